//! What goes out: rows to encode, bytes to hand over, and what the other side says of them.

use crate::arriving::Answer;
use jiff::civil::Date;
use model::define::Layout;
use model::{AttemptId, BatchId, CaseNo, DeptId, Finding, Header, MatterId, Op, Row};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// One hand-over among a batch's.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// The attempt.
    pub attempt: AttemptId,
    /// The case.
    pub case_no: CaseNo,
    /// The matter.
    pub matter: MatterId,
    /// What it asks.
    pub op: Op,
    /// Its own number, unique for ever, the same in every repeat: an idempotency key where the interface takes one.
    pub token: String,
}

/// Rows that are due, in the department's field names and order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outgoing {
    /// The layout they follow.
    pub layout: Arc<Layout>,
    /// Its field names.
    pub header: Header,
    /// One row per record.
    pub rows: Vec<Row>,
    /// One record per row.
    pub records: Vec<Record>,
    /// What goes with them, where the other side keeps a ledger as well.
    pub beside: Beside,
}

/// What one ledger tells another with whatever it sends.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Beside {
    /// The batch before this one on the channel: who misses that one knows it by this one.
    pub before: Option<Before>,
    /// What became of the other side's last batches, in the order in which they came.
    pub took: Vec<Took>,
}

/// An earlier batch of ours.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Before {
    /// The ledger's number.
    pub batch: BatchId,
    /// What answers call it.
    pub number: String,
    /// The digest on its slip, else SHA-256 of its parts' bytes, one after the other; hexadecimal.
    pub digest: String,
}

/// A batch of the other side's that we took, or refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Took {
    /// The number it declared.
    pub number: String,
    /// What became of it.
    pub answer: Answer,
}

/// The numbers of a batch, fixed in the ledger before anything is encoded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Numbers {
    /// The ledger's number.
    pub batch: BatchId,
    /// For whom.
    pub dept: DeptId,
    /// Civil date of the batch, in the configured zone.
    pub day: Date,
    /// Counts from 1 per department, channel and day, without gaps.
    pub seq: u32,
    /// When it was prepared, milliseconds since 1970 UTC.
    pub at: i64,
}

/// Encoded bytes under a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// File name, request line or entry: what the adapter needs to place it.
    pub name: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Which records it carries.
    pub records: Range<usize>,
}

/// A batch as it will leave.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Encoded {
    /// What answers will call it.
    pub number: String,
    /// Its parts, in the order they leave.
    pub parts: Vec<Part>,
}

impl Encoded {
    /// The most bytes a batch may have: they stand in the ledger as one thing that happened, and are at hand as a whole
    /// while it is made and handed over.
    pub const MAX_BYTES: usize = 32 << 20;

    /// Bytes of all parts.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(|part| part.bytes.len()).sum()
    }
}

/// A row that does not fit the interface.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misfit {
    /// Which record, from 0. The number of records: the batch as a whole cannot be made now, and no row is to blame.
    pub record: usize,
    /// Why.
    pub findings: Vec<Finding>,
}

/// Why rows do not become a batch as they are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unencoded {
    /// Rows that do not fit, by name.
    Misfits(Vec<Misfit>),
    /// Each of them fits, and all together they are more than one batch may hold. The first so many may fit; at least one
    /// and not all, for a row that does not fit alone is a misfit.
    TooLarge {
        /// About how many.
        rows: usize,
    },
}

impl From<Vec<Misfit>> for Unencoded {
    fn from(misfits: Vec<Misfit>) -> Self {
        Self::Misfits(misfits)
    }
}

impl Unencoded {
    /// The rows that do not fit; none where each of them does.
    pub fn misfits(self) -> Vec<Misfit> {
        match self {
            Self::Misfits(misfits) => misfits,
            Self::TooLarge { .. } => Vec::new(),
        }
    }
}

/// A batch ready to hand over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prepared {
    /// Its numbers.
    pub numbers: Numbers,
    /// Its bytes, from the spool.
    pub encoded: Encoded,
    /// Its records, in the order of the rows.
    pub records: Vec<Record>,
    /// Where a person says it should go; absent for the configured place.
    pub place: Option<PathBuf>,
    /// True where an earlier call with this batch may have begun.
    pub again: bool,
    /// Which copy this is, from 1: a lost disk is cut again with the same bytes.
    pub copy: u32,
}

/// What became of one record in a hand-over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The department has it; its own number, where it gave one.
    Acknowledged(Option<String>),
    /// The department refused it by code and reason.
    Refused {
        /// Return code (domain notes 3.4).
        code: String,
        /// Its words, without personal values.
        reason: String,
    },
    /// It is there; the answer comes later.
    Pending,
    /// It may be there; nobody can say yet.
    Unknown,
}

/// What the other side says of one record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Said {
    /// It is booked; its number, where it gave one.
    Booked(Option<String>),
    /// It was taken away on the way to the department. Whether it arrived and was booked nobody says.
    Taken,
    /// It is not booked and cannot become so from this batch.
    NotBooked,
    /// It cannot say.
    CannotSay,
}

/// Whether a batch could be taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recalled {
    /// It is back: nothing of it can be booked any more.
    Recalled,
    /// The other side has it.
    Taken,
    /// Nobody can tell, or the interface has no way back.
    Impossible,
}

/// Which digest two people compare: each takes it with a program that his own system has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DigestKind {
    /// SHA-256.
    Sha256,
    /// SM3, the national one.
    Sm3,
}

impl DigestKind {
    /// As people and their programs call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sm3 => "SM3",
        }
    }
}

/// What of a batch two people compare, each with what he holds and with no program of ours, to know that it is the same.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slip {
    /// The file of the batch that vouches for all others of it, by its path from where the batch was written to.
    pub file: String,
    /// Which digest both take of that file.
    pub kind: DigestKind,
    /// That digest.
    pub digest: [u8; 32],
    /// Under which name the other side answers, where it answers by a file of its own.
    pub answer: Option<String>,
}
