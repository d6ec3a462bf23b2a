#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::layout::{GROUP_HEADER, HEAD};
use crate::testing::{body, commit, create, everything, expected, open, pos, segments, size, standard};
use crate::{DamageKind, verify};
use seams::{SimStorage, Storage};
use std::io::ErrorKind;

#[test]
fn an_erased_body_is_gone_and_nothing_else_is() {
    let storage = standard(20);
    let before = storage.files();
    let gone = [pos(2, 1), pos(2, 2), pos(5, 0), pos(20, 0)];
    let (mut journal, _) = open(&storage).unwrap();
    let chain_before = journal.head_chain();
    // Of these bytes nothing may remain, salt included.
    let stored: Vec<Vec<u8>> = gone.iter().map(|p| stored_bytes(&storage, &journal, *p)).collect();
    let seq = journal.erase(99_000, &gone).unwrap();
    assert_eq!(seq, 21);

    let mut want: Vec<_> = (1..=20).map(|s| expected(s, size(s))).collect();
    for p in gone {
        want[p.group as usize - 1].2[p.ordinal as usize].1 = None;
        assert!(matches!(journal.read(p), Err(JournalError::Erased(_))));
    }
    let found = everything(&journal);
    assert_eq!(found[..20], want);
    assert_eq!((found[20].0, found[20].1, found[20].2[0].0), (21, 99_000, KIND_ERASE));
    assert_eq!(journal.read(pos(2, 0)).unwrap(), body(2, 0));
    journal.close().unwrap();

    let report = verify(&*storage).unwrap();
    assert!(report.is_intact(), "{:?}", report.damage);
    assert_eq!(report.erased, gone);
    assert!(report.unfinished.is_empty());
    let after = storage.files();
    for (name, old) in before.iter().filter(|(n, _)| n.ends_with(".seg")) {
        let new = &after[name];
        assert_eq!(new.len(), old.len(), "places stay");
        for bytes in &stored {
            assert!(!new.windows(bytes.len()).any(|w| w == bytes), "{name}");
            assert!(!new.windows(12).any(|w| w == &bytes[2..14]), "not even its salt");
        }
    }
    assert_eq!(after.keys().filter(|n| n.ends_with(".tmp")).count(), 0);
    let (journal, _) = open(&storage).unwrap();
    assert_eq!(everything(&journal), found);
    assert_ne!(journal.head_chain(), chain_before);
}

fn stored_bytes(storage: &SimStorage, journal: &Journal, p: EntryPos) -> Vec<u8> {
    let (segment, offset, header) = journal.shared.locate(p.group).unwrap().unwrap();
    let bytes = storage.read_at(&segment.name, offset, header.total()).unwrap();
    Group::new(header, &bytes).stored(p.ordinal).to_vec()
}

/// Byte by byte: only the body, its annex entry and the annex's crc differ.
#[test]
fn all_other_bytes_keep_their_place_and_value() {
    let storage = standard(3);
    let name = segments(&storage)[0].clone();
    let (mut journal, _) = open(&storage).unwrap();
    journal.seal().unwrap();
    let old = storage.files()[&name].clone();
    let (_, offset, header) = journal.shared.locate(2).unwrap().unwrap();
    let range = Group::new(header.clone(), &old[offset as usize..]).body_range(1);
    journal.erase(1, &[pos(2, 1)]).unwrap();
    let new = &storage.files()[&name];
    let start = offset as usize;
    for (i, (a, b)) in old.iter().zip(new).enumerate() {
        let at = i.wrapping_sub(start);
        let may = range.contains(&at) || (header.annex_at()..header.trailer_at()).contains(&at);
        assert!(a == b || may, "byte {i}");
        assert!(!range.contains(&at) || *b == 0);
    }
    assert!(range.start >= GROUP_HEADER);
}

#[test]
fn what_cannot_be_erased_is_said() {
    let storage = standard(5);
    let (mut journal, _) = open(&storage).unwrap();
    let at = journal.erase(1, &[pos(1, 0)]).unwrap();
    let before = storage.files();
    assert!(matches!(journal.erase(1, &[]), Err(JournalError::Empty)));
    assert!(matches!(journal.erase(1, &[pos(1, 0)]), Err(JournalError::Erased(_))));
    assert!(matches!(
        journal.erase(1, &[pos(at, 0)]),
        Err(JournalError::NotErasable(_))
    ));
    assert!(matches!(
        journal.erase(1, &[pos(3, 0), pos(99, 0)]),
        Err(JournalError::NoEntry(_))
    ));
    assert_eq!(storage.files(), before);
    let again = journal.erase(2, &[pos(1, 0), pos(3, 0)]).unwrap();
    assert_eq!(
        everything(&journal)[again as usize - 1].2[0].1.as_ref().unwrap().len(),
        ERASE_NAME,
        "only the new one"
    );
}

/// Every call of an erasure fails once, with and without a crash: the body is either untouched or erased by name.
#[test]
fn an_interrupted_erasure_is_finished_or_never_was() {
    let calls = {
        let storage = standard(9);
        let (mut journal, _) = open(&storage).unwrap();
        let before = storage.calls();
        journal.erase(1, &[pos(2, 0), pos(8, 1)]).unwrap();
        storage.calls() - before
    };
    let (mut never, mut finished) = (0, 0);
    for n in 1..=calls {
        for crash in [false, true] {
            let storage = standard(9);
            let (mut journal, _) = open(&storage).unwrap();
            storage.fail_at(n, ErrorKind::Other);
            assert!(journal.erase(1, &[pos(2, 0), pos(8, 1)]).is_err(), "call {n}");
            drop(journal);
            if crash {
                storage.crash(&seams::SeededRng::new(n));
            }
            let (journal, report) = open(&storage).unwrap();
            let all = everything(&journal);
            let named = all.iter().any(|g| g.2[0].0 == KIND_ERASE);
            assert_eq!(
                (all[1].2[0].1.is_none(), all[7].2[1].1.is_none()),
                (named, named),
                "call {n}"
            );
            if named {
                finished += report.erasures_finished
            } else {
                never += 1
            }
            journal.close().unwrap();
            let report = verify(&*storage).unwrap();
            assert!(
                report.is_intact() && report.unfinished.is_empty(),
                "call {n}: {:?}",
                report.damage
            );
            assert!(!storage.files().keys().any(|n| n.ends_with(".tmp")));
        }
    }
    assert!(never > 10 && finished > 1, "{never} {finished}");
}

#[test]
fn a_body_zeroed_without_an_erasure_is_damage() {
    let storage = standard(3);
    let (journal, _) = open(&storage).unwrap();
    let (segment, offset, header) = journal.shared.locate(2).unwrap().unwrap();
    drop(journal);
    let mut bytes = storage.files()[&segment.name].clone();
    let group = &mut bytes[offset as usize..offset as usize + header.total()];
    erase_in(&header, group, &[1]);
    storage.put(&segment.name, &bytes);
    let report = verify(&*storage).unwrap();
    let found: Vec<_> = report.damage.iter().map(|d| (d.group, d.entry, d.kind)).collect();
    assert_eq!(found, vec![(2, Some(1), DamageKind::ErasedUnnamed)]);
}

#[test]
fn an_erasure_that_was_committed_and_not_done_is_told_by_verify() {
    let storage = standard(3);
    let (mut journal, _) = open(&storage).unwrap();
    journal.seal().unwrap();
    let before = storage.files();
    journal.erase(1, &[pos(2, 1)]).unwrap();
    journal.close().unwrap();
    // An old copy of the segment comes back, as from a backup.
    let name = segments(&storage)[0].clone();
    storage.put(&name, &before[&name]);
    let report = verify(&*storage).unwrap();
    assert!(report.is_intact());
    assert_eq!(report.unfinished, vec![pos(2, 1)]);
    let (journal, report) = open(&storage).unwrap();
    assert_eq!(report.erasures_finished, 1);
    assert!(matches!(journal.read(pos(2, 1)), Err(JournalError::Erased(_))));
    assert!(storage.files().contains_key(HEAD));
}

#[test]
fn many_erasures_over_segments_leave_the_rest() {
    let storage = std::sync::Arc::new(SimStorage::new());
    let mut journal = create(&storage).unwrap();
    for seq in 1..=30 {
        commit(&mut journal, seq, 3).unwrap();
    }
    let gone: Vec<EntryPos> = (1..=30).map(|g| pos(g, (g % 3) as u32)).collect();
    journal.erase(1, &gone).unwrap();
    for seq in 1..=30 {
        for i in 0..3 {
            let read = journal.read(pos(seq, i));
            if u64::from(i) == seq % 3 {
                assert!(matches!(read, Err(JournalError::Erased(_))));
            } else {
                assert_eq!(read.unwrap(), body(seq, i));
            }
        }
    }
}
