//! The ledger suite on this store: in memory with power cuts, with an index that dies in the middle of its writing, and
//! on a real disk with sled.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use crate::{Index, IndexError, LocalLedger, MemoryIndex, Meta, SledIndex};
use ::ledger::shelf::{Change, Cold};
use ::ledger::{Event, Ledger, LedgerError};
use journal::{NodeKey, Suite};
use seams::{DirStorage, Rng, SeededRng, SimStorage, Storage};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use testkit::ledger_suite::{Ground, Spoil, script};

mod damaged;

fn key() -> NodeKey {
    NodeKey::from_bytes(*b"a key of exactly 32 bytes to tes")
}

/// What opening said last, shared by all grounds.
#[derive(Default)]
struct Said(Mutex<crate::Opened>);

impl Said {
    fn open(&self, storage: Arc<dyn Storage>, index: Box<dyn Index>) -> Result<Box<dyn Ledger>, LedgerError> {
        let rng = Arc::new(SeededRng::new(7));
        let (ledger, opened) = LocalLedger::open(storage, index, &key(), Suite::Sha256, rng, None)?;
        *self.0.lock().unwrap() = opened;
        Ok(Box::new(ledger))
    }
    fn rebuilt(&self) -> Option<String> {
        self.0.lock().unwrap().rebuilt.clone()
    }
    fn warned(&self) -> bool {
        self.0.lock().unwrap().head_lost.is_some()
    }
}

fn restore(storage: &SimStorage, files: &[(String, Vec<u8>)]) {
    for name in storage.files().keys() {
        storage.take(name);
    }
    for (name, bytes) in files {
        storage.put(name, bytes);
    }
}

/// Disk and index in memory; the index is gone with each life.
struct InMemory {
    storage: Arc<SimStorage>,
    said: Said,
}

impl Ground for InMemory {
    fn new() -> Self {
        Self {
            storage: Arc::new(SimStorage::new()),
            said: Said::default(),
        }
    }
    fn open(&self) -> Result<Box<dyn Ledger>, LedgerError> {
        self.said.open(self.storage.clone(), Box::new(MemoryIndex::default()))
    }
    fn rebuilt(&self) -> Option<String> {
        self.said.rebuilt()
    }
    fn warned(&self) -> bool {
        self.said.warned()
    }
    fn spoil(&self, _how: Spoil) -> bool {
        false
    }
    fn cut_power(&self, seed: u64) -> bool {
        self.storage.crash(&SeededRng::new(seed));
        true
    }
    fn fail_at(&self, n: u64) -> bool {
        self.storage.fail_at(n, std::io::ErrorKind::Other);
        true
    }
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        self.storage.files().into_iter().collect()
    }
    fn put(&self, name: &str, bytes: &[u8]) {
        self.storage.put(name, bytes);
    }
    fn restore(&self, files: &[(String, Vec<u8>)]) {
        restore(&self.storage, files);
    }
}

/// What an index in memory keeps between lives.
#[derive(Default, Clone)]
struct Kept {
    map: BTreeMap<String, Vec<u8>>,
    meta: Option<Meta>,
    /// The next writing dies.
    dies: bool,
    /// Every writing dies.
    gone: bool,
    /// How often it was written, or was to be.
    writes: u32,
    /// Somebody came by a value that is gone.
    damaged: bool,
}

/// An index that outlives its ledger and may die in the middle of being written.
#[derive(Clone, Default)]
struct KeptIndex(Arc<Mutex<Kept>>);

impl Cold for KeptIndex {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.lock().unwrap().map.get(key).cloned()
    }
    fn keys(&self, prefix: &str, after: &str, most: usize) -> Vec<String> {
        let kept = self.0.lock().unwrap();
        let keys = kept.map.keys().filter(|k| k.starts_with(prefix) && k.as_str() > after);
        keys.take(most).cloned().collect()
    }
}

impl Index for KeptIndex {
    fn cold(&self) -> Arc<dyn Cold> {
        Arc::new(self.clone())
    }
    fn meta(&self) -> Result<Option<Meta>, IndexError> {
        Ok(self.0.lock().unwrap().meta)
    }
    fn write(&mut self, changes: &[Change], meta: &Meta) -> Result<(), IndexError> {
        let mut kept = self.0.lock().unwrap();
        kept.writes += 1;
        if std::mem::take(&mut kept.dies) || kept.gone {
            return Err(IndexError("died".to_owned()));
        }
        for (key, value) in changes {
            match value {
                Some(value) => kept.map.insert(key.clone(), value.clone()),
                None => kept.map.remove(key),
            };
        }
        kept.meta = Some(*meta);
        Ok(())
    }
    fn is_damaged(&self) -> bool {
        self.0.lock().unwrap().damaged
    }
    fn reset(&mut self) -> Result<(), IndexError> {
        let mut kept = self.0.lock().unwrap();
        let (gone, writes) = (kept.gone, kept.writes);
        *kept = Kept {
            gone,
            writes,
            ..Kept::default()
        };
        Ok(())
    }
}

/// A disk in memory and an index that is there in the next life.
struct WithKeptIndex {
    storage: Arc<SimStorage>,
    index: KeptIndex,
    said: Said,
}

impl Ground for WithKeptIndex {
    fn new() -> Self {
        Self {
            storage: Arc::new(SimStorage::new()),
            index: KeptIndex::default(),
            said: Said::default(),
        }
    }
    fn open(&self) -> Result<Box<dyn Ledger>, LedgerError> {
        self.said.open(self.storage.clone(), Box::new(self.index.clone()))
    }
    fn rebuilt(&self) -> Option<String> {
        self.said.rebuilt()
    }
    fn warned(&self) -> bool {
        self.said.warned()
    }
    fn spoil(&self, how: Spoil) -> bool {
        let mut kept = self.index.0.lock().unwrap();
        match how {
            Spoil::Lost => *kept = Kept::default(),
            Spoil::Torn(_) => kept.meta = None,
            Spoil::Foreign => {
                drop(kept);
                let other = Self::new();
                live_on(&mut *other.open().unwrap(), 99);
                *self.index.0.lock().unwrap() = other.index.0.lock().unwrap().clone();
            }
        }
        true
    }
    fn cut_power(&self, seed: u64) -> bool {
        self.storage.crash(&SeededRng::new(seed));
        true
    }
    fn fail_at(&self, n: u64) -> bool {
        self.storage.fail_at(n, std::io::ErrorKind::Other);
        true
    }
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        self.storage.files().into_iter().collect()
    }
    fn put(&self, name: &str, bytes: &[u8]) {
        self.storage.put(name, bytes);
    }
    fn restore(&self, files: &[(String, Vec<u8>)]) {
        restore(&self.storage, files);
    }
}

/// Another life, as long as the ones of the suite, ending in a checkpoint.
fn live_on(ledger: &mut dyn Ledger, seed: u64) {
    for (at, events) in script(seed, 60) {
        for event in events {
            ledger.stage(at, event).unwrap();
        }
        ledger.commit().unwrap();
    }
    ledger.checkpoint().unwrap();
}

/// A real disk, and sled beside the journal.
struct OnDisk {
    dir: TempDir,
    said: Said,
}

impl OnDisk {
    fn index(&self) -> PathBuf {
        self.dir.path().join("index")
    }
    fn journal(&self) -> PathBuf {
        self.dir.path().join("journal")
    }
}

impl Ground for OnDisk {
    const LIVES: u64 = 2;

    fn new() -> Self {
        let ground = Self {
            dir: tempfile::tempdir().unwrap(),
            said: Said::default(),
        };
        fs::create_dir(ground.journal()).unwrap();
        ground
    }
    fn open(&self) -> Result<Box<dyn Ledger>, LedgerError> {
        let storage = Arc::new(DirStorage::open(&self.journal()).unwrap());
        let index = SledIndex::open(&self.index(), &key(), Arc::new(SeededRng::new(5))).unwrap();
        self.said.open(storage, Box::new(index))
    }
    fn rebuilt(&self) -> Option<String> {
        self.said.rebuilt()
    }
    fn warned(&self) -> bool {
        self.said.warned()
    }
    fn spoil(&self, how: Spoil) -> bool {
        match how {
            Spoil::Lost if self.index().exists() => fs::remove_dir_all(self.index()).unwrap(),
            Spoil::Lost => {}
            Spoil::Torn(seed) => tear(&self.index(), seed),
            Spoil::Foreign => {
                let other = Self::new();
                live_on(&mut *other.open().unwrap(), 99);
                fs::remove_dir_all(self.index()).unwrap();
                fs::rename(other.index(), self.index()).unwrap();
            }
        }
        true
    }
    fn cut_power(&self, _seed: u64) -> bool {
        false
    }
    fn fail_at(&self, _n: u64) -> bool {
        false
    }
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let names = fs::read_dir(self.journal())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap());
        names
            .map(|name| (name.clone(), fs::read(self.journal().join(name)).unwrap()))
            .collect()
    }
    fn put(&self, name: &str, bytes: &[u8]) {
        fs::write(self.journal().join(name), bytes).unwrap();
    }
    fn restore(&self, files: &[(String, Vec<u8>)]) {
        for (name, _) in self.files() {
            fs::remove_file(self.journal().join(name)).unwrap();
        }
        for (name, bytes) in files {
            self.put(name, bytes);
        }
    }
}

/// Spoils one of sled's files: some bytes flipped, its end cut off, or a stretch of it zero.
fn tear(index: &Path, seed: u64) {
    let rng = SeededRng::new(seed);
    let mut files: Vec<PathBuf> = fs::read_dir(index)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_file() && fs::metadata(p).unwrap().len() > 0)
        .collect();
    files.sort();
    let path = &files[rng.below(files.len() as u64) as usize];
    let mut bytes = fs::read(path).unwrap();
    // Most of the file is room to grow; what was written is at its beginning.
    let end = bytes.iter().rposition(|b| *b != 0).map_or(1, |at| at + 1);
    let at = rng.below(end as u64) as usize;
    match rng.below(3) {
        0 => bytes[at] ^= 1 << rng.below(8),
        1 => bytes.truncate(at),
        _ => bytes[at..].iter_mut().take(4096).for_each(|b| *b = 0),
    }
    fs::write(path, bytes).unwrap();
}

mod in_memory {
    // There is no index left between two lives that could be spoilt.
    testkit::ledger_suite!(
        super::InMemory;
        what_is_committed_is_read_and_told,
        what_is_not_committed_never_happened,
        opening_again_gives_equal_books,
        a_checkpoint_changes_no_answer,
        making_the_index_again_gives_equal_books,
        a_power_cut_keeps_what_was_committed_and_nothing_else,
        a_commit_that_fails_is_whole_or_not_there,
        a_flipped_byte_is_found,
    );
}

mod with_kept_index {
    testkit::ledger_suite!(super::WithKeptIndex);
}

mod on_disk {
    // A file system does not lose power on request, and sled is too slow to be asked once per byte.
    testkit::ledger_suite!(
        super::OnDisk;
        what_is_committed_is_read_and_told,
        what_is_not_committed_never_happened,
        opening_again_gives_equal_books,
        a_checkpoint_changes_no_answer,
        making_the_index_again_gives_equal_books,
        a_lost_index_is_made_again,
        a_torn_index_is_made_again,
        a_foreign_index_is_set_aside,
    );
}

fn differs(found: &[String], expected: &[String], when: &str) {
    let differs = found.iter().zip(expected).find(|(a, b)| a != b);
    assert!(
        differs.is_none() && found.len() == expected.len(),
        "{when}: {differs:#?}"
    );
}

/// Long batches, none of whose rows is kept in memory, add up to the same: in this life, in the next, in one whose index
/// died while it was written, and from the journal alone.
#[test]
fn rows_that_are_read_back_add_up_to_the_same() {
    use testkit::ledger_suite::{Group, dump, reference};
    for seed in 1..20 {
        // One event a group, so that what is read back is durable. Only what is kept of a row stands beside it, and a
        // row's refusal beside the verdict.
        let mut groups: Vec<Group> = Vec::new();
        let mut together = false;
        for (at, events) in script(seed, 60) {
            for event in events {
                let kept = matches!(event, Event::RowParked { .. });
                let (begins, ends) = match event {
                    Event::RowRefused { .. } => (true, false),
                    Event::RowsTaken { .. } | Event::BatchEnded { .. } => (false, true),
                    _ => (false, false),
                };
                match groups.last_mut() {
                    Some((_, group)) if kept || together => group.push(event),
                    _ => groups.push((at, vec![event])),
                }
                together = (together || begins) && !ends;
            }
        }
        let expected = reference(&groups);
        let ground = WithKeptIndex::new();
        let mut ledger = ground.open().unwrap();
        for (n, (at, events)) in groups.iter().enumerate() {
            ledger.books().hold(0);
            for event in events {
                ledger.stage(*at, event.clone()).unwrap();
            }
            ledger.commit().unwrap();
            if n % 7 == 0 {
                ledger.checkpoint().unwrap();
                drop(ledger);
                ledger = ground.open().unwrap();
            }
        }
        differs(&dump(ledger.books()), &expected, &format!("seed {seed}"));
        // A process that is killed in the middle of it writes nothing more.
        ground.index.0.lock().unwrap().dies = true;
        assert!(ledger.checkpoint().is_err());
        drop(ledger);
        let mut ledger = ground.open().unwrap();
        differs(
            &dump(ledger.books()),
            &expected,
            &format!("seed {seed}, the index died"),
        );
        ledger.books().hold(0);
        ledger.rebuild().unwrap();
        differs(&dump(ledger.books()), &expected, &format!("seed {seed}, rebuilt"));
    }
}

/// One failed writing of the index must not leave a hole under a later watermark.
#[test]
fn a_failed_index_write_is_made_up_for() {
    use testkit::ledger_suite::{dump, reference};
    for seed in 1..5 {
        let groups = script(seed, 40);
        let ground = WithKeptIndex::new();
        let mut ledger = ground.open().unwrap();
        for (n, (at, events)) in groups.iter().enumerate() {
            for event in events {
                ledger.stage(*at, event.clone()).unwrap();
            }
            ledger.commit().unwrap();
            if n == 20 {
                ground.index.0.lock().unwrap().dies = true;
                assert!(ledger.checkpoint().is_err());
            }
        }
        ledger.checkpoint().unwrap();
        assert_eq!(dump(ledger.books()), reference(&groups), "in this life");
        drop(ledger);
        let mut ledger = ground.open().unwrap();
        assert_eq!(dump(ledger.books()), reference(&groups), "in the next");
    }
}

/// A case that the index tells by places in the journal, which cannot be read there: nothing is decided without it.
#[test]
fn what_can_no_longer_be_told_stops_the_ledger() {
    let ground = WithKeptIndex::new();
    let mut ledger = ground.open().unwrap();
    let case_no = model::CaseNo::new("C1");
    let opened = Event::CaseOpened {
        case_no: case_no.clone(),
        ent_class: "1".into(),
    };
    ledger.stage(1, opened).unwrap();
    ledger.commit().unwrap();
    let audit = Event::Audit {
        person: ::ledger::event::Person {
            name: "p".to_owned(),
            uid: 0,
        },
        action: "a".to_owned(),
        object: "o".to_owned(),
        result: "r".to_owned(),
    };
    for at in 2..6 {
        ledger.stage(at, audit.clone()).unwrap();
        ledger.commit().unwrap();
    }
    ledger.checkpoint().unwrap();
    drop(ledger);
    let mut ledger = ground.open().unwrap();
    assert!(ledger.books().case(&case_no).is_some());
    drop(ledger);

    let (name, mut bytes) = ground
        .files()
        .into_iter()
        .find(|(name, _)| name.ends_with(".seg"))
        .unwrap();
    // Behind the headers of segment and group stands the first body.
    bytes[128 + 160 + 20] ^= 1;
    // What is damaged before is noticed where the ledger is opened.
    let mut ledger = ground.open().unwrap();
    ground.put(&name, &bytes);
    assert!(ledger.books().case(&case_no).is_none());
    ledger.stage(9, audit).unwrap();
    let stopped = ledger.commit().unwrap_err().to_string();
    assert!(stopped.contains("segment") || stopped.contains(".seg"), "{stopped}");
    assert!(ledger.commit().is_err());
}

/// The index says more than the journal has, as where an older copy of the journal was put back: the journal decides.
#[test]
fn an_index_that_is_ahead_of_the_journal_is_made_again_from_it() {
    use testkit::ledger_suite::{dump, reference};
    let groups = script(4, 30);
    let ground = WithKeptIndex::new();
    let live = |from: usize, to: usize| {
        let mut ledger = ground.open().unwrap();
        for (at, events) in &groups[from..to] {
            for event in events {
                ledger.stage(*at, event.clone()).unwrap();
            }
            ledger.commit().unwrap();
        }
        ledger.checkpoint().unwrap();
    };
    live(0, 20);
    let older = ground.files();
    live(20, 30);
    ground.restore(&older);
    let mut ledger = ground.open().unwrap();
    let why = ground.rebuilt().unwrap_or_default();
    assert!(why.contains("ahead of the journal"), "{why}");
    assert_eq!(dump(ledger.books()), reference(&groups[..20]));
}

/// More than two checkpoints' worth of cases, in groups of a thousand entries.
fn many(ledger: &mut dyn Ledger, groups: u64) {
    for group in 0..groups {
        for n in 0..1_000 {
            let case_no = model::CaseNo::new(format!("C{:07}", group * 1_000 + n));
            let opened = Event::CaseOpened {
                case_no,
                ent_class: "1".into(),
            };
            ledger.stage(group as i64, opened).unwrap();
        }
        ledger.commit().unwrap();
    }
}

/// Memory for a part of the way is enough: what is made again is written on the way, and read again where it was left.
#[test]
fn an_index_is_made_again_in_steps() {
    use testkit::ledger_suite::dump;
    let ground = WithKeptIndex::new();
    let mut ledger = ground.open().unwrap();
    many(&mut *ledger, 25);
    let expected = dump(ledger.books());
    ground.index.0.lock().unwrap().writes = 0;
    ledger.rebuild().unwrap();
    assert_eq!(ground.index.0.lock().unwrap().writes, 3);
    assert_eq!(ledger.stats().unwrap().watermark, 25);
    differs(&dump(ledger.books()), &expected, "made again");
    drop(ledger);
    // And where a start has a long way to go.
    *ground.index.0.lock().unwrap() = Kept::default();
    let mut ledger = ground.open().unwrap();
    assert_eq!(ground.index.0.lock().unwrap().writes, 2);
    assert_eq!(ledger.stats().unwrap().watermark, 20);
    differs(&dump(ledger.books()), &expected, "caught up");
    // Died on the way, it goes on from there.
    let kept = ground.index.0.lock().unwrap().clone();
    drop(ledger);
    *ground.index.0.lock().unwrap() = kept;
    let mut ledger = ground.open().unwrap();
    differs(&dump(ledger.books()), &expected, "gone on");
}

/// An index that cannot be written is tried again now and then, not with each group.
#[test]
fn what_cannot_be_written_is_not_made_again_with_each_group() {
    let ground = WithKeptIndex::new();
    let mut ledger = ground.open().unwrap();
    ground.index.0.lock().unwrap().gone = true;
    many(&mut *ledger, 25);
    let tried = ground.index.0.lock().unwrap().writes;
    assert!((2..=4).contains(&tried), "{tried}");
    ground.index.0.lock().unwrap().gone = false;
    ledger.checkpoint().unwrap();
    assert_eq!(ledger.stats().unwrap().watermark, 25);
}
