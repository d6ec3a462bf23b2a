//! The node's index as files would be: it outlives the process, and is found as it was left, older, torn, another's, or
//! gone.
//!
//! What is torn keeps the promise of a real one: a value that is lost is not there, and whoever comes by it notices.

use ledger::shelf::{Change, Cold};
use ledger_local::{Index, IndexError, Meta};
use seams::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// Earlier states that are remembered.
const REMEMBERED: usize = 3;

/// How a start finds its index.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// As the last life left it.
    AsLeft,
    /// Not at all.
    Gone,
    /// As it was some writes ago.
    Older,
    /// Without some of its values, or without its watermark.
    Torn,
    /// That of another journal, or of another format.
    Foreign,
}

impl Found {
    /// One of them: half the time as it was left.
    pub fn draw(rng: &dyn Rng) -> Self {
        match rng.below(10) {
            0..5 => Self::AsLeft,
            5..7 => Self::Gone,
            7 => Self::Older,
            8 => Self::Torn,
            _ => Self::Foreign,
        }
    }
}

type Values = BTreeMap<String, Vec<u8>>;

#[derive(Default)]
struct Shelf {
    values: RwLock<Values>,
    lost: RwLock<BTreeSet<String>>,
    noticed: AtomicBool,
}

impl Shelf {
    fn holding(values: Values, lost: BTreeSet<String>) -> Arc<Self> {
        Arc::new(Self {
            values: RwLock::new(values),
            lost: RwLock::new(lost),
            noticed: AtomicBool::new(false),
        })
    }

    fn values(&self) -> Values {
        self.values.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_lost(&self, key: &str) -> bool {
        let lost = self.lost.read().unwrap_or_else(PoisonError::into_inner).contains(key);
        self.noticed.fetch_or(lost, Ordering::Relaxed);
        lost
    }
}

impl Cold for Shelf {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        if self.is_lost(key) {
            return None;
        }
        let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
        values.get(key).cloned()
    }

    fn keys(&self, prefix: &str, after: &str, most: usize) -> Vec<String> {
        let values = self.values.read().unwrap_or_else(PoisonError::into_inner);
        let keys = values
            .range(prefix.max(after).to_owned()..)
            .map(|(key, _)| key)
            .take_while(|key| key.starts_with(prefix))
            .filter(|key| key.as_str() > after && !self.is_lost(key));
        keys.take(most).cloned().collect()
    }
}

#[derive(Default)]
struct Inner {
    shelf: Arc<Shelf>,
    meta: Option<Meta>,
    earlier: Vec<(Values, Meta)>,
    /// Whoever wrote here is dead.
    closed: bool,
}

/// An index in memory that outlives the process.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<Inner>>);

impl Kept {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing more is written here: the process that would is dead.
    pub fn close(&self) {
        self.inner().closed = true;
    }

    /// What the next start finds. The one before it can write no more.
    pub fn found(&self, how: Found, rng: &dyn Rng) -> Self {
        self.close();
        let inner = self.inner();
        let (mut values, mut meta, mut lost) = (inner.shelf.values(), inner.meta, BTreeSet::new());
        let one_in = |n: u64| rng.below(n) == 0;
        match how {
            Found::AsLeft => {}
            Found::Gone => (values, meta) = (Values::new(), None),
            Found::Older => {
                let at = usize::try_from(rng.below(inner.earlier.len().max(1) as u64)).unwrap_or(0);
                if let Some((then, mark)) = inner.earlier.get(at) {
                    (values, meta) = (then.clone(), Some(*mark));
                }
            }
            Found::Torn if one_in(4) => meta = None,
            Found::Torn => lost = values.keys().filter(|_| one_in(8)).cloned().collect(),
            Found::Foreign => {
                if let Some(meta) = meta.as_mut().filter(|m| m.watermark > 0) {
                    // Everything in it stands where it does not belong.
                    let others: Vec<Vec<u8>> = values.values().cloned().collect();
                    let others = others.into_iter().cycle().skip(1);
                    values
                        .values_mut()
                        .zip(others)
                        .for_each(|(value, other)| *value = other);
                    meta.counters.cases += 7;
                    // Never back to what it was, however often it is another's.
                    if one_in(2) {
                        meta.chain[5] = meta.chain[5].wrapping_add(1);
                    } else {
                        meta.format += 1;
                    }
                }
            }
        }
        let found = Inner {
            shelf: Shelf::holding(values, lost),
            meta,
            earlier: inner.earlier.clone(),
            closed: false,
        };
        Self(Arc::new(Mutex::new(found)))
    }
}

impl Index for Kept {
    fn cold(&self) -> Arc<dyn Cold> {
        self.inner().shelf.clone()
    }

    fn meta(&self) -> Result<Option<Meta>, IndexError> {
        Ok(self.inner().meta)
    }

    fn write(&mut self, changes: &[Change], meta: &Meta) -> Result<(), IndexError> {
        let mut inner = self.inner();
        if inner.closed {
            return Err(IndexError("nobody writes here any more".to_owned()));
        }
        if let Some(before) = inner.meta {
            let values = inner.shelf.values();
            inner.earlier.push((values, before));
            if inner.earlier.len() > REMEMBERED {
                inner.earlier.remove(0);
            }
        }
        let mut values = inner.shelf.values.write().unwrap_or_else(PoisonError::into_inner);
        let mut lost = inner.shelf.lost.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in changes {
            lost.remove(key);
            match value {
                Some(value) => values.insert(key.clone(), value.clone()),
                None => values.remove(key),
            };
        }
        drop((values, lost));
        inner.meta = Some(*meta);
        Ok(())
    }

    fn is_damaged(&self) -> bool {
        self.inner().shelf.noticed.load(Ordering::Relaxed)
    }

    fn reset(&mut self) -> Result<(), IndexError> {
        let mut inner = self.inner();
        if inner.closed {
            return Err(IndexError("nobody writes here any more".to_owned()));
        }
        (inner.shelf, inner.meta) = (Arc::default(), None);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Found, Kept};
    use ledger::books::Counters;
    use ledger::event::Pos;
    use ledger_local::{Index, Meta};
    use seams::SeededRng;

    fn meta(watermark: u64) -> Meta {
        Meta {
            format: Meta::FORMAT,
            watermark,
            chain: [3; 32],
            counters: Counters::default(),
            last: Pos {
                group: watermark,
                ordinal: 0,
            },
            last_time: 0,
        }
    }

    fn kept() -> Kept {
        let mut kept = Kept::default();
        for n in 1..=4u64 {
            let changes: Vec<_> = (0..20).map(|i| (format!("k{i:02}"), Some(vec![i, n as u8]))).collect();
            kept.write(&changes, &meta(n)).unwrap();
        }
        kept
    }

    #[test]
    fn it_is_found_as_was_said_and_its_last_writer_writes_no_more() {
        let rng = SeededRng::new(4);
        let mut before = kept();
        let left = before.found(Found::AsLeft, &rng);
        assert!(before.write(&[], &meta(9)).is_err());
        assert_eq!(left.meta().unwrap(), Some(meta(4)));
        assert_eq!(left.cold().get("k07"), Some(vec![7, 4]));
        assert_eq!(kept().found(Found::Gone, &rng).meta().unwrap(), None);
        assert!(kept().found(Found::Gone, &rng).cold().keys("", "", 9).is_empty());
        let older = kept().found(Found::Older, &rng);
        let then = older.meta().unwrap().unwrap().watermark;
        assert!(then < 4, "{then}");
        assert_eq!(older.cold().get("k07"), Some(vec![7, then as u8]));
        let foreign = kept().found(Found::Foreign, &rng);
        assert_ne!(foreign.meta().unwrap(), Some(meta(4)));
        assert_ne!(foreign.cold().get("k07"), Some(vec![7, 4]));
    }

    #[test]
    fn what_is_torn_is_noticed_by_whoever_comes_by_it() {
        let (mut noticed, mut unmarked) = (0, 0);
        for seed in 0..40 {
            let torn = kept().found(Found::Torn, &SeededRng::new(seed));
            unmarked += u32::from(torn.meta().unwrap().is_none());
            assert!(!torn.is_damaged(), "nobody has come by it");
            let found = torn.cold().keys("k", "", 99).len();
            assert_eq!(torn.is_damaged(), found < 20);
            noticed += u32::from(torn.is_damaged());
        }
        assert!(noticed > 10 && unmarked > 2, "{noticed} {unmarked}");
    }
}
