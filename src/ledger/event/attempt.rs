//! An attempt as events tell it: how it was prepared, and what moved it.

use super::Person;
use model::{AttemptId, BatchId, Finding, ObligationKey, Op};
use serde::{Deserialize, Serialize};

/// What moved an attempt.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Cause {
    /// Our own turn.
    Turn,
    /// The answer to the hand-over itself.
    Answer {
        /// Return code, where it refused.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        code: Option<String>,
        /// Its words.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
        /// The department's number.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        receipt_no: Option<String>,
    },
    /// A receipt row.
    Receipt {
        /// In this batch.
        batch: BatchId,
        /// In this row.
        line: u64,
        /// Return code.
        code: String,
        /// Its words.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
        /// The department's number.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        receipt_no: Option<String>,
    },
    /// A result: it proves receipt.
    Result {
        /// In this batch.
        batch: BatchId,
        /// In this row.
        line: u64,
    },
    /// The other side was asked.
    Query,
    /// Our own checks.
    Check {
        /// What does not fit.
        findings: Vec<Finding>,
    },
    /// A person.
    Person {
        /// Who.
        person: Person,
        /// Why, or the acceptance number's note.
        reason: String,
        /// The acceptance number keyed in.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        receipt_no: Option<String>,
    },
    /// The other side took it away, over a channel where that settles the order of things. It proves no booking.
    Taken,
    /// A person's list says so, for a whole batch at once, over a channel that gives no receipts. It proves no booking.
    Listed {
        /// Who.
        person: Person,
        /// How that is known.
        reason: String,
    },
    /// No proof came in time.
    Time,
    /// The prepared batch was dissolved before anything left.
    Dissolved,
    /// The ledger was in doubt: what became of it in the time that it does not know nobody can say.
    Doubt,
}

impl Cause {
    /// Whether an acknowledgement by this cause says that it was booked.
    pub fn proves(&self) -> bool {
        !matches!(self, Self::Taken | Self::Listed { .. })
    }
}

/// One attempt as it is prepared.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct NewAttempt {
    /// Its number.
    pub id: AttemptId,
    /// Whose.
    pub key: ObligationKey,
    /// Which delivery of the obligation, from 1.
    pub delivery: u32,
    /// What it asks, as decided now.
    pub op: Op,
    /// Its own number for ever.
    pub token: String,
    /// The attempt it repeats.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent: Option<AttemptId>,
}

/// A part of a prepared batch, without its bytes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PartRecord {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// First record it carries.
    pub from: usize,
    /// Record after the last.
    pub to: usize,
}
