//! What lapses: by a rule of the configuration, what was kept for its term leaves the journal. What is said when it does,
//! what may go so, and what the rule did last.

use crate::books::Books;
use crate::event::{Event, Pos};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a rule is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lapsing {
    /// The data of finished cases.
    Data,
    /// Audit entries.
    Evidence,
}

impl Lapsing {
    /// The word, as the configuration has it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Evidence => "evidence",
        }
    }
}

/// Something went by rule. It is the audit entry of that act.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lapse {
    /// What.
    pub what: Lapsing,
    /// For how long it is kept, days.
    pub days: u32,
    /// What was over before this day went.
    pub before: Date,
    /// Cases whose data went.
    pub cases: u64,
    /// Entries that went.
    pub entries: u64,
    /// The archive that holds them, where there is one: file name and digest.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub archive: Option<(String, String)>,
    /// Of evidence: the last group that was looked through.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub through: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Lapse {
    /// What goes of this, before anything is counted.
    pub fn new(what: Lapsing, days: u32, before: Date) -> Self {
        Self {
            what,
            days,
            before,
            cases: 0,
            entries: 0,
            archive: None,
            through: 0,
        }
    }
}

/// What a rule did last.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Lapsed {
    /// The last event that is in it.
    pub pos: Pos,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// What went before that day, all together.
    pub lapse: Lapse,
}

impl Event {
    /// Whether it is evidence that may lapse: who looked, who changed, who logged in. Acts on the ledger itself explain the
    /// chain and stay; nothing that the books are folded from is among it.
    pub fn is_evidence(&self) -> bool {
        matches!(self, Self::Audit { action, .. } if !action.starts_with("ledger "))
    }

    /// Whether entries of this kind may be evidence: the others need not be looked into.
    pub fn may_be_evidence(kind: u16) -> bool {
        kind == 2
    }
}

impl Books {
    /// What the rule did last.
    pub fn lapsed(&mut self, what: Lapsing) -> Option<Lapsed> {
        self.lapses.get(what.word()).cloned()
    }

    pub(crate) fn lapse(&mut self, pos: Pos, at: i64, lapse: &Lapse) {
        let before = self.lapsed(lapse.what);
        let mut lapse = lapse.clone();
        if let Some(before) = before {
            if before.pos >= pos {
                return;
            }
            // One day's work is done in pieces.
            if before.lapse.before == lapse.before {
                lapse.cases += before.lapse.cases;
                lapse.entries += before.lapse.entries;
            }
            lapse.through = lapse.through.max(before.lapse.through);
        }
        let word = lapse.what.word();
        self.lapses.insert(word, Lapsed { pos, at, lapse });
    }
}

#[cfg(test)]
mod tests;
