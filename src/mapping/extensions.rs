//! Codes that people added to tables while the node runs. They stand in the ledger; the tables stay as configured.

use std::collections::BTreeMap;

/// Pairs beyond those of the tables, by table. A table's own pairs always come first, so that an extension never changes
/// what was known; several codes of a department may mean one canonical code here.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Extensions(BTreeMap<String, Vec<(String, String)>>);

impl Extensions {
    /// Adds a pair; of two that give the same code the first counts.
    pub fn add(&mut self, table: &str, code: &str, canonical: &str) {
        let pairs = self.0.entry(table.to_owned()).or_default();
        pairs.push((code.to_owned(), canonical.to_owned()));
    }

    /// The canonical code for the department's.
    pub fn canonical(&self, table: &str, code: &str) -> Option<&str> {
        let mut pairs = self.0.get(table)?.iter();
        pairs.find(|(left, _)| left == code).map(|(_, right)| right.as_str())
    }

    /// The department's code for the canonical one.
    pub fn local(&self, table: &str, canonical: &str) -> Option<&str> {
        let mut pairs = self.0.get(table)?.iter();
        pairs
            .find(|(_, right)| right == canonical)
            .map(|(left, _)| left.as_str())
    }
}

#[cfg(test)]
mod tests;
