#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::{Index, IndexError, MemoryIndex, Meta};
use ::ledger::shelf::{Change, Cold};
use journal::{NodeKey, Suite};
use seams::{SeededRng, SimStorage};
use std::io::ErrorKind;
use std::sync::Mutex;
use testkit::ledger_suite::{Group, dump, reference, script};

const RESERVE: u64 = 1 << 20;

fn open(storage: &Arc<SimStorage>, index: Box<dyn Index>) -> LocalLedger {
    let key = NodeKey::from_bytes(*b"a key of exactly 32 bytes to tes");
    let rng = Arc::new(SeededRng::new(7));
    let opened = LocalLedger::open(storage.clone(), index, &key, Suite::Sha256, rng, None);
    opened.unwrap().0
}

fn stage(ledger: &mut LocalLedger, (at, events): &Group) {
    for event in events {
        ledger.stage(*at, event.clone()).unwrap();
    }
}

fn live(ledger: &mut LocalLedger, groups: &[Group]) {
    for group in groups {
        stage(ledger, group);
        ledger.commit().unwrap();
    }
}

/// The books are told again, from the journal alone or over an index, and what comes next counts as if nothing had been.
#[test]
fn a_group_without_room_leaves_the_books_as_they_were_and_the_next_one_counts() {
    let kinds = [ErrorKind::StorageFull, ErrorKind::ReadOnlyFilesystem];
    for (seed, kind) in (1..3).flat_map(|seed| kinds.map(|kind| (seed, kind))) {
        for checkpoint in [None, Some(12), Some(20)] {
            let groups = script(seed, 40);
            let storage = Arc::new(SimStorage::new());
            let mut ledger = open(&storage, Box::new(MemoryIndex::default()));
            let rng = Arc::new(SeededRng::new(1));
            assert!(ledger.keep_reserve(Arc::new(SimStorage::new()), rng, RESERVE));
            if let Some(at) = checkpoint {
                live(&mut ledger, &groups[..at]);
                ledger.checkpoint().unwrap();
            }
            live(&mut ledger, &groups[checkpoint.unwrap_or(0)..20]);
            for _ in 0..2 {
                stage(&mut ledger, &groups[20]);
                storage.fail_at(1, kind);
                assert!(matches!(ledger.commit(), Err(LedgerError::Full(_))));
                assert_eq!(dump(ledger.books()), reference(&groups[..20]), "seed {seed}");
                assert!(ledger.has_room());
            }
            live(&mut ledger, &groups[20..]);
            assert_eq!(dump(ledger.books()), reference(&groups), "seed {seed}");
            assert!(ledger.verify().unwrap().damage.is_empty());
            drop(ledger);
            let mut ledger = open(&storage, Box::new(MemoryIndex::default()));
            assert_eq!(dump(ledger.books()), reference(&groups), "seed {seed}, opened again");
        }
    }
}

/// The reserve is given up when there is no room, and there is none again before it is whole.
#[test]
fn the_reserve_makes_room_and_must_be_back_before_work_goes_on() {
    let groups = script(1, 12);
    let (storage, place) = (Arc::new(SimStorage::new()), Arc::new(SimStorage::new()));
    let mut ledger = open(&storage, Box::new(MemoryIndex::default()));
    assert!(ledger.keep_reserve(place.clone(), Arc::new(SeededRng::new(1)), RESERVE));
    let kept = |place: &SimStorage| place.files().values().map(|f| f.len() as u64).sum::<u64>();
    live(&mut ledger, &groups[..10]);
    assert_eq!(kept(&place), RESERVE);
    stage(&mut ledger, &groups[10]);
    storage.fail_at(1, ErrorKind::StorageFull);
    assert!(matches!(ledger.commit(), Err(LedgerError::Full(_))));
    assert_eq!(kept(&place), 0, "its room is given up");
    // What is under way is written down in it.
    live(&mut ledger, &groups[10..11]);
    // While there is no room for the reserve there is none.
    place.fail_at(3, ErrorKind::StorageFull);
    assert!(!ledger.has_room());
    assert_eq!(kept(&place), 0);
    assert!(ledger.has_room());
    assert_eq!(kept(&place), RESERVE);
    live(&mut ledger, &groups[11..]);
    assert_eq!(dump(ledger.books()), reference(&groups));
}

/// An index that counts its writings.
#[derive(Default)]
struct Counted {
    inner: MemoryIndex,
    written: Arc<Mutex<u32>>,
}

impl Index for Counted {
    fn cold(&self) -> Arc<dyn Cold> {
        self.inner.cold()
    }
    fn meta(&self) -> Result<Option<Meta>, IndexError> {
        self.inner.meta()
    }
    fn write(&mut self, changes: &[Change], meta: &Meta) -> Result<(), IndexError> {
        *self.written.lock().unwrap() += 1;
        self.inner.write(changes, meta)
    }
    fn reset(&mut self) -> Result<(), IndexError> {
        self.inner.reset()
    }
}

/// A full disk is not filled with an index, not at the end either.
#[test]
fn without_room_the_index_is_left_alone() {
    let (storage, place) = (Arc::new(SimStorage::new()), Arc::new(SimStorage::new()));
    let index = Counted::default();
    let written = index.written.clone();
    let mut ledger = open(&storage, Box::new(index));
    let groups = script(2, 6);
    live(&mut ledger, &groups[..5]);
    place.fail_at(3, ErrorKind::StorageFull);
    assert!(!ledger.keep_reserve(place, Arc::new(SeededRng::new(1)), RESERVE));
    drop(ledger);
    assert_eq!(*written.lock().unwrap(), 0);
}
