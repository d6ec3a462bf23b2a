//! What people and programs see of the books: plain records, masked where personal, the same for every caller.

mod acts;
mod archived;
mod balance;
mod batches;
mod case;
mod coded;
mod codes;
mod day;
mod doubt;
mod due;
mod flow;
mod forecast;
mod hub;
mod hub_reviews;
mod keep;
mod keying;
mod lying;
mod map;
mod queue;
mod refused;
mod reviews;
mod slip;
mod stand;
mod trusted;
mod why;
mod words;

pub use crate::board::BoardView;
pub use acts::{ActLine, Acts, act};
pub use archived::{ArchivedItem, ArchivedRow, ArchivedView, archived};
pub use balance::{Balance, BalanceLine, balance};
pub use batches::{BatchLine, BatchResult, MediumLine, disk_log, disks, receipts, verdict_word};
pub use case::{AttemptView, CaseView, ItemView, ObligationView, StoryView, case};
pub use codes::{CodeLine, ParkedLine, ProposedCode, parked_for, unmapped};
pub use day::{DayFlow, DayLine, DaySheet, SHEET_LABEL, SignedSheet, day, sheet_digest};
pub use doubt::{DoubtView, doubt};
pub use due::{Due, due};
pub use flow::{FlowBlock, FlowView, flow};
pub use forecast::{ForecastLine, ForecastView, Team, forecast};
pub use hub::{ChangeLine, Changes, HubCase, HubMatter, ResultLine, changes, hub_case};
pub use hub_reviews::{HubReview, hub_review};
pub use keep::{KeepView, LedgerView, stats};
pub use keying::{KeyingLine, KeyingView, keying, seconds_each};
pub use lying::{LyingLine, Seen, Stand, lying};
pub use map::{MapChannel, MapDept, MapView, map};
pub use queue::{
    TaskField, TaskLine, TaskView, form_body, form_verdict, lines as queue_lines, list as queue_list,
    one as queue_line, show as queue_show,
};
pub use refused::{RefusedLine, UnsettledLine, list as refused_list, one as refused_one, unsettled};
pub use reviews::{AnswerView, ReviewLine, list as reviews, one as review};
pub use slip::{SlipView, slip};
pub use stand::{TaskStand, stand};
pub use trusted::{TrustedKeys, TrustedLine, trusted};
pub use why::{WhyLine, WhyView, why};

use crate::desk::Desk;
use ledger::CaseFile;
use ledger::arriving::{InBatch, RefusedRow};
use model::{CaseNo, Finding, Mode};
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
    /// The host key that a person trusts in place of the configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted: Option<TrustedLine>,
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
    /// Why nothing is taken in or changed, where the ledger finds no room.
    pub halted: Option<Finding>,
    /// Why nothing is sent, where the ledger is in doubt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubted: Vec<Finding>,
}

/// Cases or rows looked at in one go.
const PAGE: usize = 256;

/// Looks at every case that is open, in the order of their numbers.
pub(crate) fn each_open(desk: &mut Desk<'_>, mut each: impl FnMut(&CaseNo, &CaseFile)) {
    let mut after = String::new();
    loop {
        let numbers = desk.books().open_after(&after);
        let Some(last) = numbers.last() else { return };
        after = last.to_string();
        for case_no in &numbers {
            if let Some(file) = desk.books().case(case_no) {
                each(case_no, file);
            }
        }
    }
}

/// Looks at every row that was refused or parked and that nobody has dealt with, batch by batch; line 0 is a whole one.
pub(crate) fn each_refused(desk: &mut Desk<'_>, mut each: impl FnMut(&InBatch, u64, &RefusedRow)) {
    for id in desk.books().refused_in() {
        let Some(batch) = desk.books().in_batch(id).cloned() else {
            continue;
        };
        let mut after = None;
        loop {
            let page = desk.books().refused_after(id, after, PAGE);
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            for (line, row) in page.iter().filter(|(_, row)| row.settled.is_none()) {
                each(&batch, *line, row);
            }
        }
    }
}
