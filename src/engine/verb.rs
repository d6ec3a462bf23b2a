//! What can be asked of a node, in-process or over its socket, and what it answers. One type each, for all callers.

use crate::view;
pub use ask::{Caller, Carried, fingerprint};
pub use ledger::Custody;
use ledger::store::{Backup, Verified};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

mod ask;

/// One question or order.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub enum Request {
    /// A case's whole story.
    Case {
        /// Its number.
        case_no: String,
        /// Show personal values, for this reason; journalled.
        reveal: Option<String>,
    },
    /// What a case waits for.
    Why {
        /// Its number.
        case_no: String,
    },
    /// Tasks.
    QueueList {
        /// Only of this department.
        dept: Option<String>,
    },
    /// The most urgent tasks for whoever asks.
    QueueBoard {
        /// Only of this department.
        dept: Option<String>,
        /// How many of what is free, and of what others have.
        most: usize,
    },
    /// Whether the queue can be done in time.
    QueueForecast {
        /// By so many clerks.
        clerks: u32,
    },
    /// One task with its worksheet or form.
    QueueShow {
        /// Its number.
        task: String,
    },
    /// What has become of a task, for a page that shows it: no row is read, nothing is journalled.
    QueueStand {
        /// Its number.
        task: String,
    },
    /// Take a task.
    QueueClaim {
        /// Its number.
        task: String,
        /// To prove what somebody else keyed.
        #[serde(default)]
        verify: bool,
    },
    /// Complete a task: an acceptance number for a worksheet, fields for a form.
    QueueComplete {
        /// Its number.
        task: String,
        /// The department's acceptance number.
        acceptance: Option<String>,
        /// Field by name.
        fields: BTreeMap<String, String>,
        /// Key fields, keyed again.
        again: BTreeMap<String, String>,
    },
    /// The department's system does not take it.
    QueueRefuse {
        /// Its number.
        task: String,
        /// Why.
        reason: String,
    },
    /// It was looked for and was not keyed.
    QueueNotKeyed {
        /// Its number.
        task: String,
        /// How that is known.
        reason: String,
    },
    /// Key again what somebody else keyed into a form.
    QueueVerify {
        /// Its number.
        task: String,
        /// Field by name.
        fields: BTreeMap<String, String>,
    },
    /// Say what is right where two entries of a form differ.
    QueueDecide {
        /// Its number.
        task: String,
        /// Field by name: each in which they differ.
        fields: BTreeMap<String, String>,
        /// How that is known.
        reason: String,
    },
    /// What was keyed into a form is to be keyed anew.
    QueueBack {
        /// Its number.
        task: String,
        /// Why.
        reason: String,
    },
    /// Give back one's own task.
    QueueRelease {
        /// Its number.
        task: String,
    },
    /// Take a task from whoever has it.
    QueueAssign {
        /// Its number.
        task: String,
        /// Who has it from now on; whoever takes it, where nobody is named.
        to: Option<String>,
        /// Why.
        reason: String,
    },
    /// Put a task before others, or behind them.
    QueueRank {
        /// Its number.
        task: String,
        /// 1 before all others, 0 by its limit, -1 behind all others.
        rank: i8,
        /// Why.
        reason: String,
    },
    /// What clerks and fields were counted for: tasks, time, errors.
    QueueStats,
    /// Refused rows, batches and hand-overs.
    RefusedList {
        /// Only of this department.
        dept: Option<String>,
    },
    /// One of them.
    RefusedShow {
        /// Its number: `a12` or `b7:3`.
        id: String,
    },
    /// Let refused hand-overs go again.
    RefusedRetry {
        /// Their numbers.
        ids: Vec<String>,
        /// All of this department and code, instead.
        dept: Option<String>,
        /// See `dept`.
        code: Option<String>,
        /// Why.
        reason: String,
    },
    /// Let one go again with other words.
    RefusedEdit {
        /// Its number.
        id: String,
        /// Item name to text.
        set: BTreeMap<String, String>,
        /// Why.
        reason: String,
    },
    /// Give them up.
    RefusedDrop {
        /// Their numbers.
        ids: Vec<String>,
        /// Why.
        reason: String,
    },
    /// Codes that no table knows, and what waits for them.
    CodesUnmapped,
    /// Say what a code means; two people must say the same.
    CodesMap {
        /// The table.
        table: String,
        /// The department's code.
        code: String,
        /// The canonical one.
        canonical: String,
        /// Why.
        reason: String,
    },
    /// Reviews that wait for an answer.
    ReviewsList {
        /// Only those that this department asked or must answer.
        dept: Option<String>,
        /// Answered ones too.
        all: bool,
    },
    /// One of them.
    ReviewsShow {
        /// Its number.
        review: String,
    },
    /// Say for a department that items are wrong.
    ReviewsAsk {
        /// Case number.
        case_no: String,
        /// The items, by name.
        items: Vec<String>,
        /// The department that was handed them.
        dept: String,
        /// What is wrong.
        reason: String,
    },
    /// Say for the source that the value stands.
    ReviewsConfirm {
        /// Its number.
        review: String,
        /// Why.
        reason: String,
    },
    /// What nobody can settle but a person.
    UnsettledList,
    /// Settle one.
    Settle {
        /// Case number.
        case_no: String,
        /// Matter.
        matter: String,
        /// It was booked, or it was not.
        booked: bool,
        /// How that is known.
        reason: String,
        /// Which hand-over is meant, where more than one is open.
        #[serde(default)]
        attempt: Option<String>,
        /// It is one of a list: a batch was answered for as a whole.
        #[serde(default)]
        listed: bool,
    },
    /// Batches and their receipts.
    Receipts {
        /// Only those overdue.
        overdue: bool,
    },
    /// opened = booked + refused + waiting.
    Balance,
    /// The sheet of a closed day.
    Day {
        /// Which.
        day: jiff::civil::Date,
    },
    /// One look for what came, or one file.
    Collect {
        /// From.
        dept: String,
        /// A file or directory, where a person brings it.
        place: Option<PathBuf>,
    },
    /// One turn of sending.
    Deliver {
        /// To.
        dept: String,
    },
    /// Write batches to a medium.
    DiskExport {
        /// For.
        dept: String,
        /// Where.
        to: PathBuf,
        /// A batch to cut again.
        again: Option<String>,
    },
    /// Read return files from a medium.
    DiskImport {
        /// Where.
        from: PathBuf,
        /// From, where more than one department uses disks.
        dept: Option<String>,
        /// Which batch of ours the one file there answers, where its name does not say it.
        #[serde(default)]
        answers: Option<String>,
        /// What is missing before a set of another gateway's is not waited for.
        #[serde(default)]
        past_gaps: bool,
    },
    /// What lies on a medium.
    DiskInspect {
        /// Where.
        place: PathBuf,
    },
    /// Which disks went out, and who has them.
    DiskLog {
        /// Only those that should be back, or answered, by now.
        #[serde(default)]
        overdue: bool,
    },
    /// Note of disks who has them.
    DiskCarried {
        /// Their numbers, each that on the disk or the ledger's.
        disks: Vec<String>,
        /// What is to be noted.
        said: Carried,
    },
    /// What goes with a disk on paper.
    DiskSlip {
        /// Its number.
        disk: String,
    },
    /// Take back a disk that never left.
    DiskCancel {
        /// Its number.
        disk: String,
        /// Where its medium is, where that is not where it was written to.
        from: Option<PathBuf>,
        /// Why.
        reason: String,
    },
    /// Take over claims of another node.
    TakeOver {
        /// Of.
        dept: String,
        /// Why.
        reason: String,
    },
    /// Vouch for the host key that the other side of a channel shows now.
    Trust {
        /// Of.
        dept: String,
        /// Over; may be left out where one channel alone knows its other side by a key.
        channel: Option<String>,
        /// The key's fingerprint.
        fingerprint: String,
    },
    /// Is every counterpart there?
    Probe,
    /// How far long pieces of work have come.
    Progress,
    /// How big the ledger is.
    LedgerStats,
    /// Check chain and bodies.
    LedgerVerify,
    /// Make the index again.
    LedgerRebuild,
    /// Move the data of cases that were finished before a day into an archive.
    LedgerArchive {
        /// Before which day.
        before: jiff::civil::Date,
        /// The archive's file.
        to: PathBuf,
    },
    /// Erase a finished case's data.
    LedgerErase {
        /// The case.
        case_no: String,
        /// Why.
        reason: String,
    },
    /// Write a backup.
    LedgerBackup {
        /// Where: a directory that is not there yet.
        to: PathBuf,
    },
    /// Is the ledger in doubt?
    LedgerDoubt,
    /// Trust a ledger that was in doubt.
    LedgerResume {
        /// How that is known.
        reason: String,
        /// It is the latest after all.
        nothing_lost: bool,
    },
    /// The change feed, for the hub.
    Changes {
        /// After this cursor.
        since: Option<String>,
        /// At most so many.
        limit: usize,
    },
    /// A case as the hub may read it.
    HubCase {
        /// Its number.
        case_no: String,
    },
    /// The hub says that items are wrong. It comes signed over the node's own listener, and over nothing else.
    #[serde(skip)]
    HubAsk {
        /// Case number.
        case_no: String,
        /// The items, by name.
        items: Vec<String>,
        /// What is wrong.
        reason: String,
    },
    /// The hub says that a value it gave stands. See `HubAsk`.
    #[serde(skip)]
    HubConfirm {
        /// The review's number.
        review: String,
        /// Why.
        reason: String,
    },
    /// Journal a security-relevant act of somebody whom this process let in. It comes over no socket.
    #[serde(skip)]
    Note {
        /// Did what.
        action: String,
        /// To what.
        object: String,
        /// With what result.
        result: String,
    },
    /// What people did, the newest first.
    Acts {
        /// Only what stands before this place, as the last answer named it.
        before: Option<String>,
        /// Only this person's.
        person: Option<String>,
        /// Only those of this day.
        day: Option<jiff::civil::Date>,
        /// So many at most.
        most: usize,
    },
    /// What a case passes through, and how all departments and channels are.
    Map,
    /// Is the node alive, and with whom does it stand well?
    Status,
    /// How many obligations wait for a decision, a hand-over or a person.
    Undecided,
}

impl Request {
    /// Whether it is answered from the queue that is kept in order.
    pub(crate) fn is_of_board(&self) -> bool {
        matches!(self, Self::QueueBoard { .. } | Self::QueueForecast { .. })
    }

    /// Whether a person changes anything by it: then it needs a name.
    pub fn changes(&self) -> bool {
        match self {
            Self::QueueClaim { .. }
            | Self::QueueComplete { .. }
            | Self::QueueRefuse { .. }
            | Self::QueueNotKeyed { .. }
            | Self::QueueVerify { .. }
            | Self::QueueDecide { .. }
            | Self::QueueBack { .. }
            | Self::QueueRelease { .. }
            | Self::QueueAssign { .. }
            | Self::QueueRank { .. }
            | Self::RefusedRetry { .. }
            | Self::RefusedEdit { .. }
            | Self::RefusedDrop { .. }
            | Self::CodesMap { .. }
            | Self::ReviewsAsk { .. }
            | Self::ReviewsConfirm { .. }
            | Self::Settle { .. }
            | Self::Collect { .. }
            | Self::Deliver { .. }
            | Self::DiskExport { .. }
            | Self::DiskImport { .. }
            | Self::DiskCarried { .. }
            | Self::DiskCancel { .. }
            | Self::TakeOver { .. }
            | Self::Trust { .. }
            | Self::LedgerArchive { .. }
            | Self::LedgerErase { .. }
            | Self::LedgerRebuild
            | Self::LedgerBackup { .. }
            | Self::LedgerResume { .. }
            | Self::Note { .. } => true,
            Self::Case { reveal, .. } => reveal.is_some(),
            _ => false,
        }
    }
}

/// An answer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "reply", content = "is", rename_all = "snake_case")]
pub enum Reply {
    /// A case.
    Case(view::CaseView),
    /// What it waits for.
    Why(view::WhyView),
    /// Tasks.
    Tasks(Vec<view::TaskLine>),
    /// The most urgent tasks.
    Board(view::BoardView),
    /// Whether the queue can be done in time.
    Forecast(view::ForecastView),
    /// One task.
    Task(view::TaskView),
    /// What has become of one.
    Stand(view::TaskStand),
    /// Refusals.
    Refused(Vec<view::RefusedLine>),
    /// Codes that no table knows.
    Codes(Vec<view::CodeLine>),
    /// What became of a code that a person mapped.
    Mapped {
        /// Another person must say the same before it holds.
        confirmed: bool,
        /// How many rows and deliveries went on.
        released: u64,
    },
    /// Reviews.
    Reviews(Vec<view::ReviewLine>),
    /// Reviews that were asked; how many of them are new.
    Asked {
        /// How many are new.
        new: usize,
        /// All of them.
        reviews: Vec<view::ReviewLine>,
    },
    /// Reviews as the hub may read them; how many of them are new.
    HubReviews {
        /// How many are new.
        new: usize,
        /// All of them.
        reviews: Vec<view::HubReview>,
    },
    /// Unsettled attempts.
    Unsettled(Vec<view::UnsettledLine>),
    /// Batches and their receipts.
    Receipts(Vec<view::BatchLine>),
    /// What goes with a disk on paper.
    Slip(Box<view::SlipView>),
    /// Things on a medium.
    Lying(Vec<view::LyingLine>),
    /// The balance.
    Balance(view::Balance),
    /// A day's sheet.
    Day(Box<view::SignedSheet>),
    /// Batches that were taken in or handed over.
    Batches(Vec<view::BatchResult>),
    /// How far long pieces of work have come.
    Progress(Vec<crate::progress::WorkLine>),
    /// Channels.
    Channels(Vec<view::ChannelLine>),
    /// An archive was written, and what is in it erased; how many cases, and how many changed meanwhile and stayed.
    Archived {
        /// The archive.
        sealed: ledger::Sealed,
        /// Cases that went.
        cases: usize,
        /// Cases that stayed.
        stayed: usize,
    },
    /// Ledger size.
    Stats(Box<view::LedgerView>),
    /// Chain check.
    Verified(Verified),
    /// A backup was written.
    Backup(Backup),
    /// Whether the ledger is in doubt.
    Doubt(view::DoubtView),
    /// The change feed.
    Changes(view::Changes),
    /// A case as the hub may read it.
    HubCase(view::HubCase),
    /// What people did.
    Acts(view::Acts),
    /// The whole as a picture.
    Map(Box<view::MapView>),
    /// Node state.
    Status(view::Status),
    /// What a form waits for after it was keyed: `rekey`, `decide`, or `done`.
    Checked {
        /// The word.
        stage: String,
    },
    /// What clerks and fields were counted for.
    Keying(view::KeyingView),
    /// Done; how many it concerned.
    Done {
        /// How many.
        count: usize,
    },
    /// Claimed until then, milliseconds since 1970.
    Claimed {
        /// Until.
        until: i64,
        /// It may already be keyed: look for it first.
        look_first: bool,
    },
}
