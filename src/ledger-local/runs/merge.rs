//! Some runs become one, a slice with each write. Until the list names the new run the old ones count; a crash forgets
//! the merge and loses nothing but its work.

use super::block::Record;
use super::braid::{BESIDE, Braid, Item};
use super::build::Builder;
use super::disk::Visit;
use super::list::Listed;
use super::run::Run;
use super::store::Store;
use super::tiers;
use crate::index::IndexError;
use std::sync::Arc;

/// A merge under way.
pub struct Merge {
    /// What is merged, newest first: neighbours in age.
    inputs: Vec<Arc<Run>>,
    braid: Braid,
    builder: Builder,
    /// Nothing is older than its inputs: what was removed need not be remembered any longer.
    oldest: bool,
    share: u64,
}

impl Merge {
    /// Begins to merge runs, newest first, into the run of a builder. `waiting` is how many their level has.
    pub fn begin(
        store: &Store,
        inputs: Vec<Arc<Run>>,
        builder: Builder,
        oldest: bool,
        waiting: usize,
    ) -> Result<Self, IndexError> {
        let total = inputs.iter().map(|run| weight(run)).sum();
        let level = inputs.iter().map(|run| run.listed.level).max().unwrap_or(0);
        Ok(Self {
            braid: Braid::new(store, &inputs, b"", Visit::InOrder)?,
            share: tiers::share(total, level, waiting),
            inputs,
            builder,
            oldest,
        })
    }

    /// Whether a run is among what is merged.
    pub fn takes(&self, run: u64) -> bool {
        self.inputs.iter().any(|input| input.id() == run)
    }

    /// Does the share of one write. `true` when there is nothing left to do.
    pub fn advance(&mut self, store: &Store) -> Result<bool, IndexError> {
        let until = self.braid.passed() + self.share;
        while self.braid.passed() < until {
            let Some(item) = self.braid.next(store)? else {
                return Ok(true);
            };
            self.copy(store, &item)?;
        }
        Ok(false)
    }

    fn copy(&mut self, store: &Store, item: &Item) -> Result<(), IndexError> {
        let (disk, hash, key) = (&store.disk, &store.hash, item.key());
        match item.record() {
            Record::Removed if self.oldest => Ok(()),
            Record::Removed => self.builder.push(disk, hash, key, None),
            Record::Value(value) => self.builder.push(disk, hash, key, Some(value)),
            Record::Long(long) => {
                // Piece by piece: a value may be as large as a batch.
                let mut pieces = (0..long.pieces).map(|n| store.piece(&item.run, long.first + n));
                self.builder.push_long(disk, hash, key, &mut pieces)
            }
        }
    }

    /// Ends it: what was merged, and what to list in its place, if any record is left.
    pub fn finish(self, store: &Store) -> Result<(Vec<Arc<Run>>, Option<Listed>), IndexError> {
        let listed = self.builder.finish(&store.disk)?;
        Ok((self.inputs, listed))
    }
}

fn weight(run: &Run) -> u64 {
    run.listed.bytes + run.listed.records * BESIDE
}
