//! What is said when a case's data are erased, and which cases may be.

use crate::case_file::CaseFile;
use crate::event::{Event, Person, Pos};
use model::{AttemptId, BatchId, CaseNo, TaskId};
use serde::{Deserialize, Serialize};

/// A case's data were erased: its rows, what a person wrote instead, and the bytes of the batches it left in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Erasure {
    /// The case.
    pub case_no: CaseNo,
    /// Where what was erased stood.
    pub places: Vec<Pos>,
    /// Its rows: batch and line.
    pub rows: Vec<(BatchId, u64)>,
    /// Our batches whose bytes were erased. A batch's bytes are one body for all its cases.
    pub batches: Vec<BatchId>,
    /// Who.
    pub person: Person,
    /// Why.
    pub reason: String,
    /// The archive that holds it, where it was archived: file name and digest.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub archive: Option<(String, String)>,
}

/// An archive that was written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Sealed {
    /// Its file's name.
    pub name: String,
    /// SHA-256 of all but its seal, hexadecimal.
    pub digest: String,
    /// Bodies in it.
    pub bodies: u64,
}

/// Why a case's data must stay.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Needed {
    /// Something is still to be done, or expected.
    Open,
    /// A hand-over of it has no final receipt.
    Unsettled(AttemptId),
    /// A form about it waits.
    Form(TaskId),
    /// A receiver's question about it waits.
    Review,
}

impl CaseFile {
    /// When anything last became of it, milliseconds since 1970.
    pub fn last_at(&self) -> i64 {
        let attempts = self
            .obligations
            .iter()
            .flat_map(|o| &o.deliveries)
            .flat_map(|d| &d.attempts);
        let standings = self.obligations.iter().filter_map(|o| o.standing.as_ref());
        let moved = attempts.map(|a| a.since).chain(standings.map(|s| s.at));
        moved
            .chain(self.obligations.iter().map(|o| o.opened_at))
            .fold(self.case.opened_at, i64::max)
    }

    /// Why its data must stay, if they must.
    pub fn needed(&self) -> Option<Needed> {
        let mut attempts = self
            .obligations
            .iter()
            .flat_map(|o| &o.deliveries)
            .flat_map(|d| &d.attempts);
        if let Some(attempt) = attempts.find(|a| a.is_unsettled()) {
            return Some(Needed::Unsettled(attempt.id));
        }
        if let Some(form) = self.forms.iter().find(|f| f.closed.is_none()) {
            return Some(Needed::Form(form.task));
        }
        if self.open_reviews().next().is_some() {
            return Some(Needed::Review);
        }
        crate::marks::Marks::of(self).is_open().then_some(Needed::Open)
    }
}

impl Event {
    /// The case whose data this holds, where it holds any that can be erased. What was only decided stays.
    pub fn data_of(&self) -> Option<&CaseNo> {
        match self {
            Self::Row { incoming, .. } => incoming.as_ref()?.case_no.as_ref(),
            Self::RowParked { case_no, .. } => case_no.as_ref(),
            Self::FormKeyed(keyed) => Some(&keyed.case_no),
            Self::FormRekeyed(rekeyed) => Some(&rekeyed.case_no),
            Self::FormDecided(decided) => Some(&decided.case_no),
            Self::DeliveryDue { key, substitute, .. } if !substitute.is_empty() => Some(&key.case_no),
            _ => None,
        }
    }

    /// Whether entries of this kind may hold such data: the others need not be looked into.
    pub fn may_hold_data(kind: u16) -> bool {
        matches!(kind, 11 | 19 | 42 | 64..=66)
    }
}
