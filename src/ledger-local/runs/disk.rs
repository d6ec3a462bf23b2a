//! Sled as the index uses it: settings and their reasons, what it must not be left to do, and setting it aside.

use crate::index::IndexError;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of a segment of sled's log. A node may have a quarter of it before it becomes a file of its own.
pub const SEGMENT: usize = 2 << 20;
/// Bytes of pages that sled may keep. It divides them among 256 shards, and each keeps the page it was asked for last
/// whatever this says: at 50 to 150 KiB a page that is already more than what we ask for. Asking for more buys little,
/// since opened blocks are kept apart (`store`).
const CACHE: u64 = 8 << 20;
/// Sled looks at what a shard keeps only when the shard was asked 64 times; until then it keeps every page it read, and
/// 256 shards of 63 pages each are some 800 MiB. So whoever reads one value asks for its page so often that two pages
/// make it look; it is then in memory, and asking costs half a microsecond.
const TOUCHES: usize = 31;
/// Whoever reads or writes values in order asks for each page about eight times anyway.
const TOUCHES_IN_ORDER: usize = 3;
/// The tree of runs.
const RUNS: &str = "runs";
/// The list of runs, in the tree without a name.
const LIST: &str = "list";

/// A place on disk that holds runs and their list.
pub struct Disk {
    db: sled::Db,
    runs: sled::Tree,
    puts: AtomicUsize,
}

/// How somebody reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Visit {
    /// One value here, the next elsewhere; it may be wanted again.
    Once,
    /// Value after value, each once: a merge.
    InOrder,
}

/// Why it does not open.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// Somebody else has it open: nothing is wrong with it.
    #[error("somebody else has it open: {0}")]
    Held(IndexError),
    /// It is not what sled left there.
    #[error(transparent)]
    Broken(#[from] IndexError),
}

/// How often a lock is tried for, a hundredth of a second each time. Sled lets go of its file on a thread of its own,
/// which may be a little behind whoever closed it.
const TRIES: u32 = 200;

#[allow(
    clippy::disallowed_methods,
    reason = "only where this process closed the same index a moment ago; nothing else goes on then"
)]
fn wait_a_little() {
    std::thread::sleep(std::time::Duration::from_millis(10));
}

/// An error of sled, or any other, as one of the index.
pub fn broken(error: impl std::fmt::Display) -> IndexError {
    IndexError(error.to_string())
}

impl Disk {
    /// Opens or begins it.
    pub fn open(path: &Path) -> Result<Self, DiskError> {
        sweep_torn_snapshots(path)?;
        let mut tries = TRIES;
        loop {
            match Self::try_open(path) {
                Err(error) if error.0.contains("could not acquire lock") => {
                    tries -= 1;
                    if tries == 0 {
                        return Err(DiskError::Held(error));
                    }
                    wait_a_little();
                }
                opened => return Ok(opened?),
            }
        }
    }

    fn try_open(path: &Path) -> Result<Self, IndexError> {
        let db = sled::Config::new()
            .path(path)
            .cache_capacity(CACHE)
            .segment_size(SEGMENT)
            .flush_every_ms(None)
            .open()
            .map_err(broken)?;
        let runs = db.open_tree(RUNS).map_err(broken)?;
        Ok(Self {
            db,
            runs,
            puts: AtomicUsize::new(0),
        })
    }

    /// The list as it was last replaced.
    pub fn list(&self) -> Result<Option<sled::IVec>, IndexError> {
        let list = self.db.get(LIST).map_err(broken)?;
        if list.is_none() && !self.db.is_empty() {
            return Err(broken("it was written by an older program"));
        }
        Ok(list)
    }

    /// Replaces the list. What it names was put before, and sled's log keeps that order.
    pub fn put_list(&self, sealed: Vec<u8>) -> Result<(), IndexError> {
        self.flush()?;
        self.db.insert(LIST, sealed).map_err(broken)?;
        self.flush()
    }

    fn flush(&self) -> Result<(), IndexError> {
        self.db.flush().map(drop).map_err(broken)
    }

    /// Puts a value. Values come in the order of their places: sled is made for that, and half as fast otherwise.
    pub fn put(&self, place: Vec<u8>, value: Vec<u8>) -> Result<(), IndexError> {
        self.puts.fetch_add(1, Ordering::Relaxed);
        self.runs.insert(&place, value).map_err(broken)?;
        self.touch(&place, Visit::InOrder)
    }

    /// Values put since this was last asked.
    pub fn puts(&self) -> usize {
        self.puts.swap(0, Ordering::Relaxed)
    }

    /// The value at a place.
    pub fn get(&self, place: &[u8], visit: Visit) -> Result<Option<sled::IVec>, IndexError> {
        let found = self.runs.get(place).map_err(broken)?;
        self.touch(place, visit)?;
        Ok(found)
    }

    /// The last value at or before a place.
    pub fn last_until(&self, place: &[u8], visit: Visit) -> Result<Option<(sled::IVec, sled::IVec)>, IndexError> {
        let mut end = Vec::with_capacity(place.len() + 1);
        end.extend_from_slice(place);
        end.push(0);
        let found = self.runs.get_lt(end).map_err(broken)?;
        if let Some((place, _)) = &found {
            self.touch(place, visit)?;
        }
        Ok(found)
    }

    fn touch(&self, place: &[u8], visit: Visit) -> Result<(), IndexError> {
        let times = match visit {
            Visit::Once => TOUCHES,
            Visit::InOrder => TOUCHES_IN_ORDER,
        };
        for _ in 0..times {
            self.runs.contains_key(place).map_err(broken)?;
        }
        Ok(())
    }

    /// The first place at or after the beginning of a run.
    pub fn first_from(&self, run: u64) -> Result<Option<sled::IVec>, IndexError> {
        let found = self.runs.range(&run.to_be_bytes()[..]..).next();
        found
            .transpose()
            .map(|found| found.map(|(place, _)| place))
            .map_err(broken)
    }

    /// Removes values of a run, `most` at most; says how many.
    pub fn remove(&self, run: u64, most: usize) -> Result<usize, IndexError> {
        let places: Result<Vec<sled::IVec>, sled::Error> =
            self.runs.scan_prefix(run.to_be_bytes()).keys().take(most).collect();
        let places = places.map_err(broken)?;
        for place in &places {
            self.runs.remove(place).map_err(broken)?;
        }
        Ok(places.len())
    }

    /// The tree of runs itself, for tests that spoil it.
    #[cfg(test)]
    pub fn raw(&self) -> (&sled::Db, &sled::Tree) {
        (&self.db, &self.runs)
    }
}

/// Sled writes a snapshot while it opens and renames it when it is whole. A torn one, left by a process that died just
/// then, would be taken for a snapshot, and no later opening would succeed.
#[allow(
    clippy::disallowed_methods,
    reason = "the index is no data path: losing it costs a rebuild"
)]
fn sweep_torn_snapshots(path: &Path) -> Result<(), IndexError> {
    if !path.is_dir() {
        return Ok(());
    }
    for entry in std::fs::read_dir(path).map_err(broken)? {
        let torn = entry.map_err(broken)?.path();
        if torn.extension().is_some_and(|e| e == "generating") {
            std::fs::remove_file(&torn).map_err(broken)?;
        }
    }
    Ok(())
}

/// Moves what is there out of the way.
#[allow(
    clippy::disallowed_methods,
    reason = "the index is no data path: losing it costs a rebuild"
)]
pub fn set_aside(path: &Path) -> Result<(), IndexError> {
    if !path.exists() {
        return Ok(());
    }
    let aside = path.with_extension("aside");
    if aside.exists() {
        std::fs::remove_dir_all(&aside).map_err(broken)?;
    }
    std::fs::rename(path, &aside).map_err(broken)
}
