//! Codes that no table knows: what waits for them, what people proposed, and by what tables were extended.

use crate::books::Books;
use crate::event::{Person, Pos};
use model::UnmappedCode;
use serde::{Deserialize, Serialize};

/// What a parked row waits for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ParkedRow {
    /// The codes that no table knew.
    pub codes: Vec<UnmappedCode>,
    /// Where its cells stand in the journal.
    pub pos: Pos,
}

/// What a person says a code means, until another one says the same.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Proposal {
    /// The table.
    pub table: String,
    /// The department's code.
    pub code: String,
    /// The canonical one.
    pub canonical: String,
    /// Who.
    pub person: Person,
    /// Why.
    pub reason: String,
    /// When, milliseconds since 1970.
    pub at: i64,
}

/// A pair by which a table was extended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MappedCode {
    /// The table.
    pub table: String,
    /// The department's code.
    pub code: String,
    /// The canonical one.
    pub canonical: String,
    /// Since when.
    pub date: jiff::civil::Date,
}

impl Books {
    /// Every extension of a code table, oldest first.
    pub fn mapped_codes(&mut self) -> Vec<MappedCode> {
        // All of them are hot: they are few, and every hand-over asks for them.
        self.codes.iter_hot().map(|(_, pair)| pair.clone()).collect()
    }

    /// Everything that was proposed and not yet confirmed.
    pub fn proposals(&mut self) -> Vec<Proposal> {
        let keys = self.proposals.keys();
        keys.iter().filter_map(|key| self.proposals.get(key).cloned()).collect()
    }

    /// What was proposed for a code and not yet confirmed.
    pub fn proposal(&mut self, table: &str, code: &str) -> Option<&Proposal> {
        self.proposals.get(&format!("{table}/{code}"))
    }
}
