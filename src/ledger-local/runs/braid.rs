//! Several runs read as one, in the order of their keys: where more than one has a key, the newest speaks.

use super::block::{Block, Record};
use super::disk::Visit;
use super::part::Part;
use super::run::Run;
use super::store::Store;
use crate::index::IndexError;
use std::sync::Arc;

/// A place in one run.
struct Strand {
    run: Arc<Run>,
    /// `None` behind the last record.
    block: Option<Arc<Block>>,
    at: usize,
}

/// What a record costs beside its bytes, so that a million empty ones are not nothing.
pub const BESIDE: u64 = 16;

/// Runs side by side.
pub struct Braid {
    /// Newest first.
    strands: Vec<Strand>,
    visit: Visit,
    passed: u64,
}

/// A record as the newest of the runs has it.
pub struct Item {
    /// The run.
    pub run: Arc<Run>,
    block: Arc<Block>,
    at: usize,
}

impl Item {
    /// Its key.
    pub fn key(&self) -> &[u8] {
        self.block.key(self.at)
    }

    /// What is said of it.
    pub fn record(&self) -> Record<'_> {
        self.block.record(self.at)
    }
}

impl Braid {
    /// At the first record at or after a key. The runs are newest first.
    pub fn new(store: &Store, runs: &[Arc<Run>], from: &[u8], visit: Visit) -> Result<Self, IndexError> {
        let mut braid = Self {
            strands: Vec::with_capacity(runs.len()),
            visit,
            passed: 0,
        };
        for run in runs {
            let strand = braid.strand(store, run, from)?;
            braid.strands.push(strand);
        }
        Ok(braid)
    }

    /// Bytes of the records gone past, those too that a newer one hides.
    pub fn passed(&self) -> u64 {
        self.passed
    }

    fn strand(&self, store: &Store, run: &Arc<Run>, from: &[u8]) -> Result<Strand, IndexError> {
        let mut strand = Strand {
            run: run.clone(),
            block: None,
            at: 0,
        };
        if from <= run.listed.last.as_bytes() {
            let from = from.max(run.listed.first.as_bytes());
            let block = self.block(store, run, from)?;
            strand.at = block.seek(from);
            strand.block = Some(block);
            // The key wanted may lie behind the last of this block and before the first of the next.
            self.settle(store, &mut strand)?;
        }
        Ok(strand)
    }

    fn block(&self, store: &Store, run: &Run, key: &[u8]) -> Result<Arc<Block>, IndexError> {
        match self.visit {
            Visit::Once => store.block(run, key),
            Visit::InOrder => store.part(run, key, self.visit).map(|(_, block)| block),
        }
    }

    /// Goes on to the next block where this one is read.
    fn settle(&self, store: &Store, strand: &mut Strand) -> Result<(), IndexError> {
        let Some(block) = &strand.block else { return Ok(()) };
        if strand.at < block.len() {
            return Ok(());
        }
        strand.at = 0;
        strand.block = match block.next() {
            Some(next) => Some(self.block(store, &strand.run, next)?),
            None => None,
        };
        Ok(())
    }

    /// The next record. A key that was removed is an item too.
    pub fn next(&mut self, store: &Store) -> Result<Option<Item>, IndexError> {
        let mut least: Option<(usize, &[u8])> = None;
        for (n, strand) in self.strands.iter().enumerate() {
            let Some(block) = &strand.block else { continue };
            let key = block.key(strand.at);
            // Equal keys leave the newer run, which stands before.
            if least.is_none_or(|(_, least)| key < least) {
                least = Some((n, key));
            }
        }
        let Some((n, _)) = least else { return Ok(None) };
        let strand = &self.strands[n];
        let Some(block) = strand.block.clone() else {
            return Ok(None);
        };
        let item = Item {
            run: strand.run.clone(),
            at: strand.at,
            block,
        };
        for n in n..self.strands.len() {
            let strand = &self.strands[n];
            if strand.block.as_ref().is_some_and(|b| b.key(strand.at) == item.key()) {
                self.step(store, n)?;
            }
        }
        Ok(Some(item))
    }

    fn step(&mut self, store: &Store, n: usize) -> Result<(), IndexError> {
        let strand = &self.strands[n];
        if let Some(block) = &strand.block {
            self.passed += block.key(strand.at).len() as u64 + block.record(strand.at).len() + BESIDE;
        }
        let mut strand = Strand {
            run: self.strands[n].run.clone(),
            block: self.strands[n].block.take(),
            at: self.strands[n].at + 1,
        };
        self.settle(store, &mut strand)?;
        self.strands[n] = strand;
        Ok(())
    }
}
