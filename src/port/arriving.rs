//! What comes in: offers of batches as streams of rows, and the answers that go back.

use model::{BatchId, Finding, Header, Row};
use std::path::PathBuf;

/// Where a source was read up to. Opaque, at most 4 KiB; committed together with the batch that moved it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Position(pub String);

impl Position {
    /// The most bytes a position may have.
    pub const MAX_BYTES: usize = 4096;
}

/// How `acknowledge` finds the source of an offer again. Opaque; stored until acknowledged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim(pub String);

impl Claim {
    /// Of what rides on another batch: nobody waits for an answer to it.
    pub fn unasked() -> Self {
        Self(String::new())
    }

    /// Whether nobody waits for an answer.
    pub fn is_unasked(&self) -> bool {
        self.0.is_empty()
    }
}

/// A request for batches.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ask {
    /// The last committed position, if any.
    pub position: Option<Position>,
    /// Where a person says it is (a medium, one file); absent for the configured place.
    pub place: Option<PathBuf>,
    /// Which batch of ours a person says the file at that place answers, where the file cannot say it.
    pub answers: Option<String>,
    /// A person says that what is missing before a batch is not waited for.
    pub past_gaps: bool,
    /// At most this many batches.
    pub max: usize,
}

/// What a name, header or trailer declares. Declared numbers are data; names and times are not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Declared {
    /// The sender's number for this batch.
    pub number: Option<String>,
    /// The number of *our* batch that this one answers.
    pub answers: Option<String>,
    /// How many rows it should have.
    pub rows: Option<u64>,
}

/// One row, or what is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Taken {
    /// A row in the order of the header.
    Row(Row),
    /// A row that cannot be read; the others can.
    Bad {
        /// Data row, from 1.
        line: u64,
        /// What is wrong.
        findings: Vec<Finding>,
    },
}

/// A batch's rows in bounded memory. Reading is blocking in effect but never waits for the network.
pub trait RowSource: Send {
    /// The field names. Known before the first row.
    fn header(&self) -> &Header;
    /// The next row; `None` at the end, after counts and trailers were judged. `Err` refuses the whole batch.
    fn next(&mut self) -> Result<Option<Taken>, Finding>;
    /// How many rows there should be, where the source says so before its end. Nothing is judged by it.
    fn expected(&self) -> Option<u64> {
        None
    }
    /// What should be known about the batch as a whole, once the end was reached.
    fn warnings(&self) -> Vec<Finding> {
        Vec::new()
    }
}

/// A batch that waits at a source.
pub struct Offer {
    /// Which feed of the channel it belongs to.
    pub feed: String,
    /// How to find it again.
    pub claim: Claim,
    /// What people call it: a file name, a page.
    pub name: String,
    /// What it declares of itself.
    pub declared: Declared,
    /// SHA-256 of its content: decides what is the same.
    pub digest: [u8; 32],
    /// Size of its content.
    pub bytes: u64,
    /// Its rows.
    pub rows: Box<dyn RowSource>,
    /// The position that is reached once this batch is taken.
    pub position: Option<Position>,
}

/// Something pushed to us.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parts {
    /// Which feed it is meant for.
    pub feed: String,
    /// What people call it: a path, a task.
    pub name: String,
    /// Its bytes, already bounded by the listener.
    pub body: Vec<u8>,
}

/// What became of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BatchVerdict {
    /// Taken; single rows may be refused.
    Accepted,
    /// Seen before; the first answer holds.
    Repeat,
    /// Refused as a whole; nothing of it has effect.
    Refused,
    /// A number used before for other content: set aside for a person.
    Quarantined,
}

/// What became of a row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RowAnswer {
    /// Data row, from 1.
    pub line: u64,
    /// The case it names, where it names one.
    pub case_no: String,
    /// Return code (domain notes 3.4); `0000` is good.
    pub code: String,
    /// Why, in Chinese, without personal values.
    pub message: String,
}

/// What the ledger says of a batch, to be told to its sender.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// What became of the whole.
    pub verdict: BatchVerdict,
    /// The ledger's number for it, or for the first one it repeats.
    pub batch: BatchId,
    /// Return code of the whole.
    pub code: String,
    /// Why, where it was refused.
    pub findings: Vec<Finding>,
    /// One answer per row; empty where the whole was refused.
    pub rows: RowAnswers,
    /// The signed head of the ledger's chain after the entry that says so, where there is one: who keeps it can tell later
    /// whether the ledger still has that entry. Always as long, and the same for the same batch; another node's is another.
    pub anchor: Option<String>,
}

/// Answers to rows, in order. Rows that follow one another and are answered alike take the place of one: a batch of
/// millions is answered in little memory.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct RowAnswers {
    runs: Vec<(RowAnswer, u64)>,
    rows: usize,
}

impl RowAnswers {
    /// Adds the next.
    pub fn push(&mut self, row: RowAnswer) {
        self.push_run(row, 1);
    }

    /// Adds so many rows that follow one another, all answered like the first.
    pub fn push_run(&mut self, first: RowAnswer, count: u64) {
        self.rows = self.rows.saturating_add(usize::try_from(count).unwrap_or(usize::MAX));
        if let Some((last, rows)) = self.runs.last_mut() {
            let alike = last.case_no == first.case_no && last.code == first.code && last.message == first.message;
            if alike && last.line + *rows == first.line {
                *rows += count;
                return;
            }
        }
        self.runs.push((first, count));
    }

    /// How many rows were answered.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Every row's answer.
    pub fn iter(&self) -> impl Iterator<Item = RowAnswer> + '_ {
        let each = |(first, count): &'_ (RowAnswer, u64)| {
            let first = first.clone();
            (0..*count).map(move |n| RowAnswer {
                line: first.line + n,
                ..first.clone()
            })
        };
        self.runs.iter().flat_map(each)
    }

    /// Rows with another code than this one: how many, and the first.
    pub fn other_than(&self, code: &str) -> (u64, Option<&RowAnswer>) {
        let mut others = self.runs.iter().filter(|(row, _)| row.code != code);
        let first = others.next();
        let count = first.map_or(0, |(_, n)| *n) + others.map(|(_, n)| n).sum::<u64>();
        (count, first.map(|(row, _)| row))
    }
}

impl FromIterator<RowAnswer> for RowAnswers {
    fn from_iter<I: IntoIterator<Item = RowAnswer>>(rows: I) -> Self {
        let mut answers = Self::default();
        for row in rows {
            answers.push(row);
        }
        answers
    }
}

impl From<Vec<RowAnswer>> for RowAnswers {
    fn from(rows: Vec<RowAnswer>) -> Self {
        rows.into_iter().collect()
    }
}
