#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::MemoryIndex;
use ::ledger::{Event, Ledger};
use journal::{NodeKey, Suite};
use seams::{SeededRng, SimStorage};

/// A place for a journal, and one for its witness.
struct Scene {
    journal: Arc<SimStorage>,
    witness: Arc<SimStorage>,
    at: i64,
}

impl Scene {
    fn new() -> Self {
        Self {
            journal: Arc::default(),
            witness: Arc::default(),
            at: 0,
        }
    }

    fn open(&self, seed: u64) -> (LocalLedger, Option<Witnessed>) {
        let key = NodeKey::parse(&"0123456789abcdef".repeat(4)).unwrap();
        let (index, rng) = (Box::new(MemoryIndex::default()), Arc::new(SeededRng::new(seed)));
        let storage: Arc<dyn Storage> = self.journal.clone();
        let (mut ledger, _) = LocalLedger::open(storage, index, &key, Suite::Sha256, rng, None).unwrap();
        let saw = ledger.keep_witness(self.witness.clone(), "node.key.witness").unwrap();
        (ledger, saw)
    }

    /// So many groups, an hour apart.
    fn work(&mut self, ledger: &mut LocalLedger, groups: u32) {
        for _ in 0..groups {
            self.at += 3_600_000;
            let event = Event::NodeStarted {
                version: self.at.to_string(),
                machine: None,
            };
            ledger.stage(self.at, event).unwrap();
            ledger.commit().unwrap();
        }
    }
}

#[test]
fn a_journal_that_is_all_that_was_seen_is_in_no_doubt() {
    let mut scene = Scene::new();
    for _ in 0..4 {
        let (mut ledger, saw) = scene.open(1);
        assert_eq!(saw, None);
        scene.work(&mut ledger, 5);
        // Killed, or ended well.
        drop(ledger);
    }
    // A witness that is behind, torn or gone says nothing.
    let (mut ledger, _) = scene.open(1);
    let file = scene.witness.files()["node.key.witness"].clone();
    scene.work(&mut ledger, 5);
    drop(ledger);
    for text in [&file[..], &file[..40], b"", b"\xff\xff"] {
        let files = [("node.key.witness".to_owned(), text.to_vec())].into();
        scene.witness = Arc::new(SimStorage::with_files(&files));
        assert_eq!(scene.open(1).1, None, "{text:?}");
    }
    scene.witness = Arc::default();
    assert_eq!(scene.open(1).1, None);
}

#[test]
fn a_journal_from_before_what_was_seen_is_told_and_one_that_went_another_way() {
    let mut scene = Scene::new();
    let (mut ledger, _) = scene.open(1);
    scene.work(&mut ledger, 5);
    let yesterday = scene.journal.files();
    scene.work(&mut ledger, 5);
    drop(ledger);
    scene.journal = Arc::new(SimStorage::with_files(&yesterday));
    let (mut ledger, saw) = scene.open(2);
    let saw = saw.unwrap();
    assert_eq!((saw.group, saw.other, saw.last), (10, false, 5));
    // As long as nothing is written, the witness stays what it is: whoever dies here is told again.
    assert_eq!(scene.open(2).1.as_ref(), Some(&saw));
    // It goes on, and the witness with it: what was seen then is seen no more, so a doubt must be durable first.
    scene.work(&mut ledger, 8);
    drop(ledger);
    assert_eq!(scene.open(2).1, None);
    // A witness of the other course, whose groups are there.
    let other = [("node.key.witness".to_owned(), format!("{}\n", saw.head).into_bytes())];
    scene.witness = Arc::new(SimStorage::with_files(&other.into()));
    let saw = scene.open(2).1.unwrap();
    assert_eq!((saw.group, saw.other), (10, true));
}

#[test]
fn another_journal_in_its_place_is_told() {
    let mut scene = Scene::new();
    let (mut ledger, _) = scene.open(1);
    scene.work(&mut ledger, 3);
    drop(ledger);
    scene.journal = Arc::default();
    let saw = scene.open(7).1.unwrap();
    assert_eq!((saw.group, saw.other, saw.last), (3, true, 0));
}

#[test]
fn a_witness_of_a_newer_program_is_left_as_it_is() {
    let (journal, witness) = (Arc::new(SimStorage::new()), Arc::new(SimStorage::new()));
    let text = b"th2:letters that nobody knows\n";
    witness.put("w", text);
    let (index, rng) = (Box::new(MemoryIndex::default()), Arc::new(SeededRng::new(1)));
    let key = NodeKey::from_bytes([7; 32]);
    let (mut ledger, _) = LocalLedger::open(journal, index, &key, Suite::Sha256, rng, None).unwrap();
    let saw = ledger.keep_witness(witness.clone(), "w");
    assert!(matches!(saw, Err(LedgerError::Newer { found: 2, known: 1 })), "{saw:?}");
    let version = "1".to_owned();
    ledger.stage(1, Event::NodeStarted { version, machine: None }).unwrap();
    ledger.commit().unwrap();
    drop(ledger);
    assert_eq!(witness.files()["w"], text);
}
