#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::{Plain, commit, create, everything, expected, open, pos, size};
use crate::{Journal, JournalError, verify};
use seams::{SeededRng, SimStorage};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::Arc;

const KINDS: [ErrorKind; 3] = [
    ErrorKind::StorageFull,
    ErrorKind::QuotaExceeded,
    ErrorKind::ReadOnlyFilesystem,
];

fn lived(groups: u64) -> (Arc<SimStorage>, Journal, Vec<Plain>) {
    let storage = Arc::new(SimStorage::new());
    let mut journal = create(&storage).unwrap();
    let mut known = Vec::new();
    for seq in 1..=groups {
        commit(&mut journal, seq, size(seq)).unwrap();
        known.push(expected(seq, size(seq)));
    }
    (storage, journal, known)
}

/// Each call of a commit finds no room, in every way there is and for segments filled to any part: either the group never
/// was and the next one counts, or the journal takes nothing more. After a power cut too, there is no other group than
/// those that were acknowledged.
#[test]
fn what_finds_no_room_never_was_and_the_next_one_counts() {
    let (mut taken_back, mut begun) = (0, 0);
    for (groups, kind) in (0..8).flat_map(|g| KINDS.map(|k| (g, k))) {
        for call in 1.. {
            let (storage, mut journal, mut known) = lived(groups);
            let next = groups + 1;
            storage.fail_at(call, kind);
            let first = commit(&mut journal, next, size(next));
            storage.fail_never();
            let cut = Arc::new(storage.fork());
            match first {
                Ok(_) => break,
                Err(JournalError::Full { doing, .. }) => {
                    taken_back += 1;
                    begun += u32::from(doing == "begin a segment");
                    assert_eq!(everything(&journal), known, "call {call}: as before");
                    commit(&mut journal, next, size(next)).unwrap();
                    known.push(expected(next, size(next)));
                    commit(&mut journal, next + 1, 2).unwrap();
                    known.push(expected(next + 1, 2));
                    drop(journal);
                    let (journal, report) = open(&storage).unwrap();
                    assert_eq!(report.torn_tail, None, "call {call}");
                    assert_eq!(everything(&journal), known, "call {call}");
                    assert!(verify(&*storage).unwrap().is_intact(), "call {call}");
                    // Refused and then without power: it never was.
                    for seed in 0..8 {
                        let cut = Arc::new(cut.fork());
                        cut.crash(&SeededRng::new(seed));
                        let (journal, _) = open(&cut).unwrap();
                        assert_eq!(everything(&journal), known[..known.len() - 2], "call {call}, {seed}");
                    }
                }
                Err(JournalError::Io { .. }) => {
                    assert!(matches!(commit(&mut journal, next, 1), Err(JournalError::Poisoned)));
                }
                Err(other) => panic!("call {call}: {other:?}"),
            }
        }
    }
    assert!(taken_back > 6 && begun > 2, "{taken_back} {begun}");
}

/// The same of an erasure: either nothing of it was and it may be asked again, or the journal takes nothing more.
#[test]
fn an_erasure_that_finds_no_room_never_was_and_may_be_asked_again() {
    let gone = [pos(2, 1), pos(5, 0)];
    let mut taken_back = BTreeSet::new();
    for kind in KINDS {
        for call in 1.. {
            let (storage, mut journal, known) = lived(6);
            storage.fail_at(call, kind);
            let first = journal.erase(99_000, &gone);
            storage.fail_never();
            match first {
                Ok(_) => break,
                Err(JournalError::Full { doing, .. }) => {
                    taken_back.insert(doing);
                    assert_eq!(everything(&journal), known, "call {call}: as before");
                    let left = storage.files().keys().filter(|n| n.ends_with(".tmp")).count();
                    assert_eq!(left, 0, "call {call}: no copy stays");
                    commit(&mut journal, 7, 1).unwrap();
                    journal.erase(99_000, &gone).unwrap();
                    assert!(matches!(journal.read(gone[0]), Err(JournalError::Erased(_))));
                    drop(journal);
                    let (journal, _) = open(&storage).unwrap();
                    assert!(matches!(journal.read(gone[1]), Err(JournalError::Erased(_))));
                    assert!(verify(&*storage).unwrap().is_intact(), "call {call}");
                }
                // What cannot be read was not touched.
                Err(JournalError::Io { doing, .. }) => {
                    let next = commit(&mut journal, 7, 1);
                    assert!(
                        matches!(next, Err(JournalError::Poisoned)) || doing.starts_with("read"),
                        "call {call}: {doing}, {next:?}"
                    );
                }
                Err(other) => panic!("call {call}: {other:?}"),
            }
        }
    }
    for doing in ["begin a copy", "write a copy", "write a group"] {
        assert!(taken_back.contains(doing), "{taken_back:?}");
    }
}

/// A disk that is broken is not a disk that is full.
#[test]
fn another_error_of_a_write_is_final() {
    let (storage, mut journal, _) = lived(3);
    storage.fail_at(1, ErrorKind::Other);
    assert!(matches!(commit(&mut journal, 4, 1), Err(JournalError::Io { .. })));
    assert!(matches!(commit(&mut journal, 4, 1), Err(JournalError::Poisoned)));
}
