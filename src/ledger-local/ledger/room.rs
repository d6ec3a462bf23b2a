//! A disk without room: the group never was, the books are those of the last one that is durable.

use super::LocalLedger;
use crate::reserve::Reserve;
use ::ledger::Books;
use ::ledger::Ledger;
use ::ledger::store::LedgerError;
use seams::{Rng, Storage};
use std::sync::Arc;

impl LocalLedger {
    /// Keeps so many bytes in a file of this place, which are given up when the disk is full. Whether there is room.
    pub fn keep_reserve(&mut self, place: Arc<dyn Storage>, rng: Arc<dyn Rng>, bytes: u64) -> bool {
        let reserve = Reserve::new(place, rng, bytes);
        self.room = match reserve.make() {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, bytes, "there is no room for a reserve");
                false
            }
        };
        self.reserve = Some(reserve);
        self.room
    }

    /// Forgets the group that is being made and tells the books anew. An error of that is final.
    pub(super) fn take_back(&mut self, detail: String) -> LedgerError {
        self.staged.clear();
        (self.staged_bytes, self.staged_weight) = (0, 0);
        self.room = false;
        if let Some(reserve) = &self.reserve {
            reserve.release();
        }
        match self.tell_anew() {
            Ok(()) => LedgerError::Full(detail),
            Err(error) => {
                self.failed = true;
                error
            }
        }
    }

    fn tell_anew(&mut self) -> Result<(), LedgerError> {
        if self.index_stale {
            return self.rebuild();
        }
        let held = self.books.held();
        self.books = Books::over(self.index.cold(), self.past.clone());
        self.books.hold(held);
        self.since_checkpoint = 0;
        match self.catch_up() {
            Ok(_) => {
                self.books.hold(held);
                Ok(())
            }
            Err(why) => {
                tracing::warn!(%why, "the index is made again from the journal");
                self.rebuild()
            }
        }
    }

    /// Whether there is room again.
    pub(super) fn is_roomy(&mut self) -> bool {
        if !self.room {
            self.room = self.reserve.as_ref().is_none_or(Reserve::is_back);
        }
        self.room
    }
}

#[cfg(test)]
mod tests;
