//! The department as it is, whatever the ledger knows of it.

use model::Op;
use std::collections::BTreeSet;

/// What a department has, and what is on its way from it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Department {
    /// What it booked, in order: the token and what was asked.
    booked: Vec<(String, &'static str)>,
    /// What it refused.
    refused: BTreeSet<String>,
    /// Receipts that were written and not yet taken: the number of a batch, and whether it was booked.
    receipts: BTreeSet<(String, bool)>,
    /// A hand-over came again, and what of it is there was looked at.
    again: bool,
}

impl Department {
    /// A record arrives. Whether it is booked by it is the department's choice.
    pub(super) fn take(&mut self, token: &str, op: Op, books: bool) {
        if books {
            self.booked.push((token.to_owned(), op.word()));
        } else {
            self.refused.insert(token.to_owned());
        }
    }

    /// Whoever sends again looks first.
    pub(super) fn look(&mut self, token: &str) -> bool {
        self.again = true;
        self.has(token) || self.refused.contains(token)
    }

    pub(super) fn looked_at(&self) -> bool {
        self.again
    }

    pub(super) fn has(&self, token: &str) -> bool {
        self.booked.iter().any(|(known, _)| known == token)
    }

    pub(super) fn has_refused(&self, token: &str) -> bool {
        self.refused.contains(token)
    }

    pub(super) fn write_receipt(&mut self, number: &str, booked: bool) {
        self.receipts.insert((number.to_owned(), booked));
    }

    /// Any receipt that lies there; it stays until it is taken away, and may be read twice.
    pub(super) fn receipts(&self) -> impl Iterator<Item = &(String, bool)> {
        self.receipts.iter()
    }

    pub(super) fn remove_receipt(&mut self, receipt: &(String, bool)) {
        self.receipts.remove(receipt);
    }

    /// No hand-over stands there twice, and the obligation was opened there once.
    pub(super) fn booked_once(&self) -> bool {
        let tokens: BTreeSet<&str> = self.booked.iter().map(|(token, _)| token.as_str()).collect();
        let opened = self.booked.iter().filter(|(_, op)| *op == Op::Submit.word()).count();
        tokens.len() == self.booked.len() && opened <= 1
    }

    pub(super) fn has_amendment(&self) -> bool {
        self.booked.iter().any(|(_, op)| *op == Op::Amend.word())
    }
}
