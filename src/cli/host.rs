//! What the verbs need and this crate may not know: asking a node, running one, living departments. The binary has it.

use crate::args::Sabotage;
use accounts::{Order, Told};
use engine::progress::WorkLine;
use engine::verb::{Reply, Request};
use engine::view::{ArchivedView, ChannelLine, FlowView};
use model::{Finding, Lang};
use serde::Serialize;
use settings::{Diagnostic, Sources};
use std::path::{Path, PathBuf};

/// The way to a node and to everything else outside this crate.
#[async_trait::async_trait]
pub trait Host: Send + Sync {
    /// Asks the node of this configuration: the process that holds the data directory, or one built for the question.
    /// `caller_name` is what `--as` said. Paths in the request are absolute.
    async fn ask(&self, config: &Path, request: Request, caller_name: Option<String>) -> Result<Reply, Refusal>;

    /// Asks about accounts, or changes them, in the same way.
    async fn accounts(&self, config: &Path, order: Order, caller_name: Option<String>) -> Result<Told, Refusal>;

    /// How far long pieces of work are that this node does, or the one built for a question; nothing where nobody says so.
    async fn progress(&self, _config: &Path) -> Vec<WorkLine> {
        Vec::new()
    }

    /// Runs the node until it is told to stop; the exit code.
    async fn run(&self, config: &Path) -> Result<i32, Refusal>;

    /// Plays the flow with living departments; the exit code.
    async fn demo(&self, options: DemoOptions) -> Result<i32, Refusal>;

    /// Judges the configuration and, unless offline, looks for every counterpart.
    async fn check(&self, config: &Path, offline: bool) -> CheckReport;

    /// Judges a backup and, unless it is only to be compared, makes this configuration's ledger of it.
    async fn restore(&self, config: &Path, from: &Path, verify: bool) -> Result<Restored, Refusal>;

    /// What an archive holds of a case; with `reveal` as it is, without masked. Needs the node key, no node and no ledger.
    fn archived(&self, config: &Path, case_no: &str, file: &Path, reveal: bool) -> Result<ArchivedView, Refusal>;

    /// The flow that a configuration implies for a class of enterprise; without one, the longest. Needs no node, no
    /// ledger and no secret.
    fn flow(&self, config: &Path, class: Option<&str>) -> Result<FlowView, Refusal>;

    /// Decodes, maps and checks a file of a department; nothing is taken in. Personal values are masked unless `all`.
    async fn preview(&self, config: &Path, dept: &str, file: &Path, all: bool) -> Result<Preview, Refusal>;
}

/// A backup that is what it says.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Restored {
    /// Of which node.
    pub node: String,
    /// The journal's id, hexadecimal.
    pub journal: String,
    /// Made when, milliseconds since 1970.
    pub at: i64,
    /// Its last group.
    pub group: u64,
    /// Its entries.
    pub entries: u64,
    /// Bytes of its journal.
    pub bytes: u64,
    /// The chain head after the last group, hexadecimal.
    pub chain: String,
    /// The data directory it was restored to; absent where it was only compared.
    pub data: Option<String>,
    /// The last group of the ledger that is there and goes on from it, where one does.
    pub ledger_group: Option<u64>,
}

/// Why there is no answer.
#[derive(Clone, PartialEq, Debug)]
pub enum Refusal {
    /// The answer is no. Exit code 1.
    No(Finding),
    /// The configuration is wrong. Exit code 2.
    Config {
        /// Everything that is wrong with it.
        diagnostics: Vec<Diagnostic>,
        /// The texts they point into.
        sources: Sources,
    },
    /// The node cannot be reached. Exit code 3.
    Unreachable(Finding),
}

/// What `demo` shall do.
#[derive(Clone, PartialEq, Debug)]
pub struct DemoOptions {
    /// `--config`, where it was given; the embedded departments without it.
    pub config: Option<PathBuf>,
    /// End when every case is done.
    pub once: bool,
    /// How many cases.
    pub cases: u32,
    /// A made-up clerk works the queue; always with `once`.
    pub auto_clerk: bool,
    /// Where everything is kept.
    pub dir: Option<PathBuf>,
    /// Spoil something on purpose.
    pub sabotage: Option<Sabotage>,
    /// The language of what is printed.
    pub lang: Lang,
    /// Print the outcome as JSON.
    pub json: bool,
    /// Standard error is a terminal.
    pub terminal: bool,
}

/// What `check` found.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct CheckReport {
    /// What is wrong with the configuration, or should be known.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts they point into.
    pub sources: Sources,
    /// Channels and whether they are well; empty when offline.
    pub channels: Vec<ChannelLine>,
    /// When channels take their turns.
    pub schedules: Vec<ScheduleLine>,
}

/// The next turns of a channel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ScheduleLine {
    /// The department.
    pub dept: String,
    /// The channel.
    pub channel: String,
    /// `out` or `in`.
    pub way: String,
    /// The next five turns as text, or the one word for a schedule without times.
    pub next: Vec<String>,
}

/// What a file would bring.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Preview {
    /// Some rows, or all.
    pub rows: Vec<PreviewRow>,
    /// What is wrong with the file as a whole.
    pub batch_findings: Vec<Finding>,
    /// Rows that would be taken.
    pub good: u64,
    /// Rows that would be refused.
    pub bad: u64,
}

/// One row, before and after.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct PreviewRow {
    /// Its number in the file, from 1.
    pub line: u64,
    /// The department's fields: name and text.
    pub before: Vec<(String, String)>,
    /// Items: name and value.
    pub after: Vec<(String, String)>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}
