#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]
use super::*;
use crate::{LocalLedger, MemoryIndex};
use ::ledger::{Event, Ledger, Pos};
use journal::{NodeKey, Suite};
use seams::{SeededRng, SimStorage};
use std::sync::Arc;

fn ledger() -> (LocalLedger, Vec<Pos>) {
    let rng = Arc::new(SeededRng::new(1));
    let (storage, index) = (Arc::new(SimStorage::new()), Box::new(MemoryIndex::default()));
    let key = NodeKey::from_bytes([3; 32]);
    let (mut ledger, _) = LocalLedger::open(storage, index, &key, Suite::Sha256, rng, None).unwrap();
    let mut places = Vec::new();
    for n in 0..5 {
        let version = format!("v{n}");
        places.push(ledger.stage(n, Event::NodeStarted { version, machine: None }).unwrap());
        ledger.commit().unwrap();
    }
    (ledger, places)
}

fn by_group(places: &[Pos]) -> BTreeMap<u64, Vec<u32>> {
    places.iter().map(|pos| (pos.group, vec![pos.ordinal])).collect()
}

fn names(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap();
    entries
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}

#[test]
fn it_appears_whole_under_its_own_name_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let (mut ledger, places) = ledger();
    let past = ledger.books().past();
    let file = dir.path().join("2026.arc");
    // A part that a dead process left is no hindrance.
    std::fs::write(dir.path().join("2026.arc.part"), "half").unwrap();
    let sealed = past.archive(&by_group(&places[1..3]), &file).unwrap();
    assert_eq!((sealed.name.as_str(), sealed.bodies), ("2026.arc", 2));
    assert_eq!(names(dir.path()), ["2026.arc"]);
    let found = journal::verify_archive(std::fs::File::open(&file).unwrap(), None).unwrap();
    assert_eq!(hex(&found.digest), sealed.digest);
    // Never over another.
    let before = std::fs::read(&file).unwrap();
    assert!(past.archive(&by_group(&places), &file).is_err());
    assert_eq!(std::fs::read(&file).unwrap(), before);
    // What is not there leaves nothing.
    let nothing = BTreeMap::from([(77, vec![0])]);
    assert!(past.archive(&nothing, &dir.path().join("other")).is_err());
    assert!(
        past.archive(&by_group(&places), &dir.path().join("no/such/dir"))
            .is_err()
    );
    assert_eq!(names(dir.path()), ["2026.arc"]);
}
