//! What the loop is told. Outside events are recorded first and acted on at the loop's own pace.

use crate::sweep::Scope;
use crate::transition::begin::{Arrival, Begun};
use crate::transition::end::{Ended, Reading};
use crate::transition::enter_form::Entries;
use crate::transition::erase::{Data, Order};
use crate::transition::key_form::Entry;
use crate::verb::{Caller, Reply, Request};
use crate::view::{LyingLine, Seen, TrustedKeys};
use ledger::event::Person;
use ledger::keying::Stage;
use ledger::store::Snapshot;
use ledger::{Lapse, Past, Pos};
use mapping::{Extensions, Unread};
use model::{BatchId, CaseNo, DeptId, Finding, Header, Incoming, Row, TaskId, UnmappedCode};
use port::{Fault, Outcome, Prepared, Recalled, Said, Starts};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Where an answer goes. Sent only after the group that holds its reasons is durable.
pub type Tell<T> = oneshot::Sender<Result<T, Finding>>;

/// A row as mapping read it: what it says, or what is wrong with it.
#[derive(Clone, PartialEq, Debug)]
pub struct ReadRow {
    /// Its place, from 1.
    pub line: u64,
    /// What it says.
    pub incoming: Option<Box<Incoming>>,
    /// What is wrong, or should be known.
    pub findings: Vec<Finding>,
    /// Where nothing is wrong but codes that no table knows: what to keep of it.
    pub parked: Option<Box<Parked>>,
}

/// A row as it came, that waits for codes.
#[derive(Clone, PartialEq, Debug)]
pub struct Parked {
    /// The case it names.
    pub case_no: Option<CaseNo>,
    /// The codes.
    pub codes: Vec<UnmappedCode>,
    /// Its cells by column.
    pub cells: Vec<(Box<str>, Option<Box<str>>)>,
}

impl ReadRow {
    /// What to keep of a row that cannot be read for its codes alone; nothing where anything else is wrong.
    pub fn park(unread: &Unread, header: &Header, row: &Row) -> Option<Box<Parked>> {
        if unread.unmapped.is_empty() {
            return None;
        }
        let cells = header.names().iter().cloned().zip(row.cells.iter().cloned());
        Some(Box::new(Parked {
            case_no: unread.case_no.clone(),
            codes: unread.unmapped.clone(),
            cells: cells.collect(),
        }))
    }
}

/// A batch of ours with its bytes, and the channel it leaves by.
#[derive(Clone, PartialEq, Debug)]
pub struct Fetched {
    /// The batch.
    pub prepared: Prepared,
    /// The channel.
    pub channel: String,
}

/// What a department may be handed now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ready {
    /// Batches that were made and never left, with their numbers.
    pub batches: Vec<(BatchId, String)>,
    /// Rows of these, and of what is due, in whatever batches it will be.
    pub rows: u64,
    /// Now, milliseconds since 1970: what becomes due from here on is for the next time.
    pub until: i64,
}

/// Which way a channel's turn goes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Way {
    /// Look for what came.
    In,
    /// Send what is due.
    Out,
}

/// One thing the loop is told.
pub enum Command {
    /// A batch begins to arrive.
    Begin(Arrival, Tell<Begun>),
    /// Some of its rows.
    Rows(BatchId, Vec<ReadRow>, Tell<()>),
    /// Its end.
    End(BatchId, Reading, Tell<Ended>),
    /// The next rows of one that is accepted.
    Take(BatchId, Tell<Ended>),
    /// It is somebody else's by now: nothing of it has effect.
    Abandon(BatchId, Tell<()>),
    /// A source was read past something known.
    Advance(DeptId, String, String, Tell<()>),
    /// A channel's position.
    Position(DeptId, String, Tell<Option<String>>),
    /// Cases that were finished before an instant and may go, after this one.
    Finished(i64, String, Tell<(Vec<CaseNo>, String)>),
    /// Which of these cases' data may be erased, and the journal to look for them in. One alone that may not is refused.
    Scope(Vec<CaseNo>, Tell<Scope>),
    /// Erases what was found of them.
    Erase(Vec<Data>, Order, Tell<usize>),
    /// The journal, and up to which group evidence that lapsed was looked for.
    Evidence(Tell<(Arc<dyn Past>, u64)>),
    /// The journal, and the last group of it.
    Past(Tell<(Arc<dyn Past>, u64)>),
    /// Erases evidence that lapsed.
    Forget(Vec<Pos>, Lapse, Tell<()>),
    /// A turn of what lapses ended: whether there is more to do.
    Lapsed(Result<bool, Finding>),
    /// The signed head of the chain after a batch's end.
    Anchor(BatchId, Tell<Option<String>>),
    /// How what lies on a medium stands in the ledger.
    Lying(Vec<Seen>, Tell<Vec<LyingLine>>),
    /// What people added to the code tables.
    Extensions(Tell<Extensions>),
    /// The bytes and records of a batch of ours.
    Fetch(BatchId, Tell<Fetched>),
    /// A hand-over ended.
    Delivered {
        /// Which batch.
        batch: BatchId,
        /// How.
        result: Result<Vec<Outcome>, Fault>,
        /// Where, if a person said so.
        place: Option<PathBuf>,
        /// Who carried it, if a person did.
        person: Option<Person>,
        /// Whom to tell, if anybody waits.
        tell: Option<Tell<()>>,
    },
    /// The other side was asked.
    Queried(BatchId, Result<Vec<Said>, Fault>),
    /// A look for what came ended: batches taken, or a fault.
    Collected(DeptId, String, Result<usize, Fault>),
    /// The other side was looked at and is well.
    Well(DeptId, String),
    /// A channel's turn.
    Turn(DeptId, String, Way),
    /// Say which batches were made and never left, of channels that are begun so.
    Export {
        /// For.
        dept: DeptId,
        /// How they are begun.
        starts: Starts,
        /// A batch to cut again; absent for what is due and what never left.
        again: Option<String>,
        /// Whom to tell.
        tell: Tell<Ready>,
    },
    /// Make the next batch of what is due, where anything is.
    ExportNext {
        /// For.
        dept: DeptId,
        /// How it is begun.
        starts: Starts,
        /// Due until when, milliseconds since 1970.
        until: i64,
        /// Whom to tell.
        tell: Tell<Option<(BatchId, String)>>,
    },
    /// Journal that a batch leaves by a person's hand, and fetch it.
    Leave {
        /// Which batch.
        batch: BatchId,
        /// Whom to tell.
        tell: Tell<Fetched>,
    },
    /// A person wants a disk back that never left: judge it, and fetch it.
    Cancel {
        /// Its number, as the person gave it.
        disk: String,
        /// Whom to tell.
        tell: Tell<Fetched>,
    },
    /// What came of taking it off its medium.
    Cancelled {
        /// Which batch.
        batch: BatchId,
        /// What the channel says.
        result: Result<Recalled, Fault>,
        /// Who wanted it.
        person: Person,
        /// Why.
        reason: String,
        /// Whom to tell.
        tell: Tell<()>,
    },
    /// A person vouches for the key that a channel's other side shows.
    Trust {
        /// Of.
        dept: DeptId,
        /// Over.
        channel: String,
        /// The key's fingerprint.
        fingerprint: String,
        /// Who.
        person: Person,
        /// Whom to tell.
        tell: Tell<()>,
    },
    /// The keys that people trust in place of configured ones.
    Trusted(Tell<TrustedKeys>),
    /// A person wants a backup: fix what is durable.
    Snapshot(Person, Tell<Box<dyn Snapshot>>),
    /// A clerk filled a form in: whether somebody must key it again.
    KeyForm(Box<Entry>, Tell<Stage>),
    /// What was agreed on of a form; or what would be, where a third person says this.
    Entries(TaskId, Option<BTreeMap<String, String>>, Tell<Entries>),
    /// What was agreed on was taken in, or cannot be.
    Entered(Box<Entries>, Result<(), Finding>, Tell<()>),
    /// The queue is laid out further.
    LayOut,
    /// A verb.
    Ask(Box<Request>, Caller, Tell<Reply>),
    /// Time passed.
    Tick,
    /// Write the index and stop.
    Stop(oneshot::Sender<()>),
}
