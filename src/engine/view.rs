//! What people and programs see of the books: plain records, masked where personal, the same for every caller.

mod balance;
mod batches;
mod case;
mod codes;
mod flow;
mod hub;
mod queue;
mod refused;
mod why;

pub use balance::{Balance, BalanceLine, balance};
pub use batches::{BatchLine, BatchResult, disk_log, receipts, verdict_word};
pub use case::{AttemptView, CaseView, ItemView, ObligationView, StoryView, case};
pub use codes::{CodeLine, ParkedLine, ProposedCode, parked_for, unmapped};
pub use flow::{FlowBlock, FlowView, flow};
pub use hub::{ChangeLine, Changes, HubCase, HubMatter, changes, hub_case};
pub use queue::{
    TaskField, TaskLine, TaskView, form_body, form_verdict, list as queue_list, one as queue_line, show as queue_show,
};
pub use refused::{RefusedLine, UnsettledLine, list as refused_list, one as refused_one, unsettled};
pub use why::{WhyLine, WhyView, why};

use model::{Finding, Mode};
use serde::{Deserialize, Serialize};

/// A channel and whether it is well.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ChannelLine {
    /// The department.
    pub dept: String,
    /// The channel.
    pub channel: String,
    /// Its mode.
    pub mode: Mode,
    /// Whether it is well.
    pub good: bool,
    /// What is wrong.
    pub finding: Option<Finding>,
}

/// The node as a whole.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Status {
    /// Its name.
    pub node: String,
    /// Now, milliseconds since 1970.
    pub now: i64,
    /// Cases open.
    pub open_cases: u64,
    /// Hand-overs due now.
    pub due: u64,
    /// Channels in trouble.
    pub troubles: Vec<ChannelLine>,
}
