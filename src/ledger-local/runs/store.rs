//! The runs on disk, what of them is kept in memory, and which of them count: all that reading needs.

use super::block::{Block, Long};
use super::cache::Cache;
use super::disk::{Disk, Visit, broken};
use super::filter::{Filter, KeyHash};
use super::part::{Frame, Part};
use super::place::{Kind, name, place};
use super::run::Run;
use crate::index::IndexError;
use journal::NodeKey;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Bytes of filters kept: 12 bits a record are 30 MB for twenty million. Where there are more, some looks for what is
/// not there cost a read; memory does not grow.
const FILTERS: usize = 40 << 20;
/// Bytes of opened blocks kept: neighbours are asked for one after another.
const BLOCKS: usize = 8 << 20;

/// The runs that count, newest first.
pub type Runs = Arc<Vec<Arc<Run>>>;

/// Runs to read.
pub struct Store {
    /// Where they lie.
    pub disk: Disk,
    /// What their values and their list are sealed with.
    pub key: NodeKey,
    /// The hash that filters know keys by.
    pub hash: KeyHash,
    runs: RwLock<Runs>,
    blocks: Mutex<Cache<Block>>,
    filters: Mutex<Cache<Filter>>,
    damaged: AtomicBool,
}

impl Store {
    /// Over a disk, with no runs that count.
    pub fn new(disk: Disk, key: &NodeKey) -> Self {
        let mut secret = [0; 16];
        secret.copy_from_slice(&key.derive("filter", b"")[..16]);
        Self {
            disk,
            key: NodeKey::from_bytes(key.derive("values", b"")),
            hash: KeyHash::new(&secret),
            runs: RwLock::new(Arc::default()),
            blocks: Mutex::new(Cache::new(BLOCKS)),
            filters: Mutex::new(Cache::new(FILTERS)),
            damaged: AtomicBool::new(false),
        }
    }

    /// The runs that count now. Whoever holds this keeps them from being swept.
    pub fn runs(&self) -> Runs {
        self.runs.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From now on these count.
    pub fn replace(&self, runs: Vec<Arc<Run>>) {
        *self.runs.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(runs);
    }

    /// Keeps nothing of a run.
    pub fn forget(&self, run: u64) {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner).forget(run);
        self.filters.lock().unwrap_or_else(PoisonError::into_inner).forget(run);
    }

    /// Whether something was found that cannot be what was written.
    pub fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Acquire)
    }

    /// Notes that something is not what was written.
    pub fn damage(&self, what: impl std::fmt::Display) -> IndexError {
        self.damaged.store(true, Ordering::Release);
        broken(what)
    }

    /// The block of a run that reaches over a key, kept.
    pub fn block(&self, run: &Run, key: &[u8]) -> Result<Arc<Block>, IndexError> {
        self.kept(&self.blocks, run, key)
    }

    /// The filter of a run that reaches over a key, kept.
    pub fn filter(&self, run: &Run, key: &[u8]) -> Result<Arc<Filter>, IndexError> {
        self.kept(&self.filters, run, key)
    }

    fn kept<T: Part>(&self, cache: &Mutex<Cache<T>>, run: &Run, key: &[u8]) -> Result<Arc<T>, IndexError> {
        let found = cache.lock().unwrap_or_else(PoisonError::into_inner).find(run.id(), key);
        if let Some(part) = found {
            return Ok(part);
        }
        let (first, part) = self.part::<T>(run, key, Visit::Once)?;
        cache
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .put(run.id(), &first, part.clone());
        Ok(part)
    }

    /// The part of a run that reaches over a key, with its first key; from disk. The run reaches over the key.
    pub fn part<T: Part>(&self, run: &Run, key: &[u8], visit: Visit) -> Result<(Vec<u8>, Arc<T>), IndexError> {
        let wanted = place(run.id(), T::KIND, key);
        let found = self.disk.last_until(&wanted, visit).map_err(|e| self.damage(e.0))?;
        let missing = || self.damage("a part of a run is missing");
        let (found, sealed) = found.ok_or_else(missing)?;
        let first = name(&found, run.id(), T::KIND).ok_or_else(missing)?;
        let part = run
            .open(&found, &sealed)
            .and_then(Frame::decode)
            .and_then(|frame| T::parse(first, frame))
            .ok_or_else(|| self.damage("a part of a run does not open"))?;
        if part.next().is_some_and(|next| key >= next) {
            return Err(missing());
        }
        Ok((first.to_vec(), Arc::new(part)))
    }

    /// One piece of a long value.
    pub fn piece(&self, run: &Run, number: u32) -> Result<Vec<u8>, IndexError> {
        let place = place(run.id(), Kind::Piece, &number.to_be_bytes());
        let sealed = self.disk.get(&place, Visit::InOrder).map_err(|e| self.damage(e.0))?;
        sealed
            .and_then(|sealed| run.open(&place, &sealed))
            .ok_or_else(|| self.damage("a piece of a value is missing or does not open"))
    }

    /// The whole of a long value.
    pub fn long(&self, run: &Run, long: Long) -> Result<Vec<u8>, IndexError> {
        let mut value = Vec::new();
        for n in 0..long.pieces {
            value.extend_from_slice(&self.piece(run, long.first + n)?);
        }
        if value.len() as u64 != long.len {
            return Err(self.damage("a value is not as long as it was"));
        }
        Ok(value)
    }
}
