//! The index on disk: sorted runs of blocks over sled. It never carries durability: sled's flush does not sync, and
//! need not.
//!
//! Every write becomes one new run of records in the order of their keys, and then the list of runs is replaced by one
//! that names it. That one value decides: before it the index is what it was, after it the index is what was written.
//! Runs are merged a slice at a time with later writes, and what no list names is swept.
//!
//! Why not one value in sled for each record: sled costs about as much for a value of six kilobytes as for one of six
//! bytes, keeps some memory for each, and replaces one value at a time.
//!
//! Memory: the list, a page table of about 20 bytes for each block, and three caches of fixed size (`store`, `disk`).
//! Records hold what cases hold, so everything is sealed under the node key. Only keys that a part begins with lie open,
//! as places: numbers, digests and names of departments.

mod block;
mod braid;
mod build;
mod bytes;
mod cache;
mod disk;
mod filter;
mod list;
mod merge;
mod pack;
mod part;
mod place;
mod read;
mod run;
mod store;
mod sweep;
mod tiers;

#[cfg(test)]
mod tests;

use crate::index::{Index, IndexError, Meta};
use block::Block;
use build::Builder;
use disk::{Disk, DiskError, Visit, broken, set_aside};
use journal::NodeKey;
use ledger::shelf::{Change, Cold, Empty};
use list::{List, Listed};
use merge::Merge;
use run::{Run, RunSeal};
use seams::{Rng, point};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Store;
use sweep::Sweep;
use tiers::{Stand, due};

/// Values swept with each write, beside two for each value written: what dies is never more than what was written.
const SWEPT: usize = 64;

/// An index of runs in a sled tree.
pub struct SledIndex {
    path: PathBuf,
    key: NodeKey,
    rng: Arc<dyn Rng>,
    /// `None` where a reset failed half-way.
    store: Option<Arc<Store>>,
    list: List,
    /// Why the list cannot be used.
    unusable: Option<String>,
    merges: Vec<Merge>,
    sweep: Sweep,
}

impl SledIndex {
    /// Opens or begins the index at a path. What cannot be opened is set aside.
    pub fn open(path: &Path, key: &NodeKey, rng: Arc<dyn Rng>) -> Result<Self, IndexError> {
        let disk = match Disk::open(path) {
            Ok(disk) => disk,
            Err(DiskError::Held(error)) => return Err(error),
            Err(DiskError::Broken(error)) => {
                tracing::warn!(%error, "the index cannot be opened; it is set aside and made again");
                set_aside(path)?;
                Disk::open(path).map_err(broken)?
            }
        };
        let mut index = Self {
            path: path.to_owned(),
            key: NodeKey::from_bytes(key.derive("index", b"")),
            rng,
            store: None,
            list: List::default(),
            unusable: None,
            merges: Vec::new(),
            sweep: Sweep::default(),
        };
        let store = Arc::new(Store::new(disk, &index.key));
        index.store = Some(store.clone());
        if let Err(error) = index.read_list(&store) {
            index.unusable = Some(error.0);
        }
        Ok(index)
    }

    fn read_list(&mut self, store: &Store) -> Result<(), IndexError> {
        if let Some(sealed) = store.disk.list()? {
            self.list = List::open(&self.key, &sealed).map_err(broken)?;
        }
        let runs: Vec<_> = self.list.runs.iter().map(|l| self.run(store, l.clone())).collect();
        for run in &runs {
            // An old list may have come back whose runs were swept since; the rest is noticed where it is read.
            for key in [&run.listed.first, &run.listed.last] {
                store.part::<Block>(run, key.as_bytes(), Visit::InOrder)?;
            }
        }
        let listed = runs.iter().map(|run| run.id()).collect();
        let (sweep, above) = Sweep::unlisted(&store.disk, &listed)?;
        self.sweep = sweep;
        self.list.next = self.list.next.max(above);
        store.replace(runs);
        Ok(())
    }

    fn run(&self, store: &Store, listed: Listed) -> Arc<Run> {
        Arc::new(Run::new(listed, &store.key))
    }

    fn builder(&mut self, store: &Store, level: u8) -> Builder {
        let id = self.list.next;
        self.list.next += 1;
        Builder::new(RunSeal::begin(id, &store.key, &*self.rng), level)
    }

    fn usable(&self) -> Result<Arc<Store>, IndexError> {
        match (&self.store, &self.unusable) {
            (_, Some(why)) => Err(broken(why)),
            (None, None) => Err(broken("it is not open")),
            (Some(store), None) => Ok(store.clone()),
        }
    }

    fn write_all(&mut self, store: &Store, changes: &[Change], meta: &Meta) -> Result<(), IndexError> {
        // Before anything else: a node that writes its index once in a life, at its end, must come to an end with them too.
        self.begin_merges(store)?;
        let mut runs: Vec<Arc<Run>> = store.runs().to_vec();
        point::passed("index.run-begun");
        let new = self.new_run(store, changes)?;
        point::passed("index.run-put");
        let retired = self.advance(store, &mut runs)?;
        runs.splice(0..0, new);
        self.list.runs = runs.iter().map(|run| run.listed.clone()).collect();
        self.list.meta = Some(*meta);
        store
            .disk
            .put_list(self.list.seal(&self.key, &*self.rng).map_err(broken)?)?;
        point::passed("index.list-put");
        // Now it counts.
        store.replace(runs);
        for run in retired {
            store.forget(run.id());
            self.sweep.retire(run);
        }
        self.sweep.some(&store.disk, SWEPT + 2 * store.disk.puts())?;
        point::passed("index.swept");
        Ok(())
    }

    /// One new run for these changes; of several for one key the last counts.
    fn new_run(&mut self, store: &Store, changes: &[Change]) -> Result<Option<Arc<Run>>, IndexError> {
        let mut order: Vec<&Change> = changes.iter().collect();
        order.sort_by(|a, b| a.0.cmp(&b.0));
        let mut builder = self.builder(store, 0);
        for (n, (key, value)) in order.iter().enumerate() {
            if order.get(n + 1).is_none_or(|after| after.0 != *key) {
                builder.push(&store.disk, &store.hash, key.as_bytes(), value.as_deref())?;
            }
        }
        let listed = builder.finish(&store.disk)?;
        Ok(listed.map(|listed| self.run(store, listed)))
    }

    /// Does every merge's share. Those that end take their place among the runs.
    fn advance(&mut self, store: &Store, runs: &mut Vec<Arc<Run>>) -> Result<Vec<Arc<Run>>, IndexError> {
        let mut retired = Vec::new();
        for mut merge in std::mem::take(&mut self.merges) {
            if !merge.advance(store)? {
                self.merges.push(merge);
                continue;
            }
            let (inputs, listed) = merge.finish(store)?;
            point::passed("index.merge-ended");
            let at = runs.iter().position(|run| run.id() == inputs[0].id());
            let at = at.ok_or_else(|| broken("what was merged is not listed"))?;
            let merged = listed.map(|listed| self.run(store, listed));
            runs.splice(at..at + inputs.len(), merged);
            retired.extend(inputs);
        }
        Ok(retired)
    }

    /// Begins the merges that are due.
    fn begin_merges(&mut self, store: &Store) -> Result<(), IndexError> {
        let runs = store.runs();
        loop {
            let stands: Vec<Stand> = runs
                .iter()
                .map(|run| Stand {
                    level: run.listed.level,
                    busy: self.merges.iter().any(|m| m.takes(run.id())),
                })
                .collect();
            let Some(range) = due(&stands) else { return Ok(()) };
            let oldest = range.end == runs.len();
            let level = stands[range.start].level;
            let waiting = stands.iter().filter(|s| s.level == level).count();
            let builder = self.builder(store, level.saturating_add(1));
            let merge = Merge::begin(store, runs[range].to_vec(), builder, oldest, waiting)?;
            self.merges.push(merge);
        }
    }
}

impl Index for SledIndex {
    fn cold(&self) -> Arc<dyn Cold> {
        match &self.store {
            Some(store) => store.clone(),
            None => Arc::new(Empty),
        }
    }

    fn meta(&self) -> Result<Option<Meta>, IndexError> {
        self.usable()?;
        Ok(self.list.meta)
    }

    fn write(&mut self, changes: &[Change], meta: &Meta) -> Result<(), IndexError> {
        let store = self.usable()?;
        let written = self.write_all(&store, changes, meta);
        if let Err(error) = &written {
            // What it was still reads; what of the new was put is of no run, and nothing is built upon it.
            self.unusable = Some(error.0.clone());
        }
        written
    }

    fn is_damaged(&self) -> bool {
        self.store.as_ref().is_some_and(|store| store.is_damaged())
    }

    fn reset(&mut self) -> Result<(), IndexError> {
        self.merges.clear();
        self.sweep = Sweep::default();
        self.list = List::default();
        self.unusable = None;
        // The old handle must be gone before its directory moves.
        self.store = None;
        set_aside(&self.path)?;
        self.store = Some(Arc::new(Store::new(Disk::open(&self.path).map_err(broken)?, &self.key)));
        Ok(())
    }
}
