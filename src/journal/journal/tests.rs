#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::testing::{
    body, commit, create, everything, expected, open, pos, segments, size, small, standard, standard_with,
};
use crate::{KIND_ERASE, verify};
use seams::{DirStorage, SimStorage, SystemRng};

#[test]
fn what_is_committed_is_read_back_by_place_and_in_order() {
    for suite in [Suite::Sha256, Suite::Sm3] {
        let storage = standard_with(40, suite);
        let (journal, report) = open(&storage).unwrap();
        assert!(
            report.clean && report.torn_tail.is_none() && report.head_lost.is_none(),
            "{report:?}"
        );
        assert!(segments(&storage).len() > 5, "several segments");
        let want: Vec<_> = (1..=40).map(|seq| expected(seq, size(seq))).collect();
        assert_eq!(everything(&journal), want);
        // Backwards, so that places are found without having been passed.
        for seq in (1..=40).rev() {
            for i in (0..size(seq)).rev() {
                assert_eq!(journal.read(pos(seq, i)).unwrap(), body(seq, i));
            }
            assert!(matches!(
                journal.read(pos(seq, size(seq))),
                Err(JournalError::NoEntry(_))
            ));
        }
        for missing in [pos(0, 0), pos(41, 0), pos(u64::MAX, 0)] {
            assert!(matches!(journal.read(missing), Err(JournalError::NoEntry(_))));
        }
        assert_eq!(journal.suite(), suite);
        assert!(verify(&*storage).unwrap().is_intact());
    }
}

#[test]
fn a_replay_begins_where_it_is_told_and_carries_hashes() {
    let storage = standard(40);
    let (journal, _) = open(&storage).unwrap();
    for from in [0, 1, 2, 17, 40, 41, 1_000] {
        let mut seen = Vec::new();
        let read: Result<(), JournalError> = journal.replay(from, |group| {
            for e in &group.entries {
                let key = format!("case-{}-{}", group.seq, e.ordinal);
                assert_eq!(e.key_hash, journal.key_hash(key.as_bytes()));
                assert_eq!(e.body_hash, journal.body_hash(&body(group.seq, e.ordinal)));
            }
            seen.push(group.seq);
            Ok(())
        });
        read.unwrap();
        assert_eq!(seen, (from.max(1)..=40).collect::<Vec<_>>(), "from {from}");
    }
    let stopped: Result<(), JournalError> = journal.replay(1, |_| Err(JournalError::Empty));
    assert!(matches!(stopped, Err(JournalError::Empty)));
}

#[test]
fn a_commit_is_one_sync() {
    let storage = Arc::new(SimStorage::new());
    let limits = Limits::default();
    let mut journal = Journal::create(
        storage.clone(),
        &crate::testing::key(),
        Suite::Sha256,
        limits,
        crate::testing::rng(),
    )
    .unwrap();
    let before = (storage.calls(), storage.syncs());
    commit(&mut journal, 1, 3).unwrap();
    assert_eq!(storage.syncs() - before.1, 1);
    assert_eq!(storage.calls() - before.0, 3, "append, sync, head");
}

#[test]
fn nothing_plain_lies_in_the_files() {
    let storage = Arc::new(SimStorage::new());
    let mut journal = create(&storage).unwrap();
    let secret = b"440301198001010011 is somebody's number";
    for _ in 0..3 {
        journal
            .commit(
                1,
                &[NewEntry {
                    kind: 1,
                    key: secret,
                    body: secret,
                }],
            )
            .unwrap();
    }
    for (name, bytes) in storage.files() {
        assert!(!bytes.windows(8).any(|w| secret.windows(8).any(|s| s == w)), "{name}");
    }
}

#[test]
fn the_same_body_twice_is_stored_differently_and_recognised() {
    let storage = Arc::new(SimStorage::new());
    let mut journal = create(&storage).unwrap();
    let entry = NewEntry {
        kind: 1,
        key: b"k",
        body: b"the same body",
    };
    journal.commit(1, &[entry, entry]).unwrap();
    journal.commit(2, &[entry]).unwrap();
    let mut hashes = Vec::new();
    let read: Result<(), JournalError> = journal.replay(1, |g| {
        hashes.extend(g.entries.iter().map(|e| (e.key_hash, e.body_hash)));
        Ok(())
    });
    read.unwrap();
    assert_eq!(hashes.len(), 3);
    assert!(hashes.iter().all(|h| *h == hashes[0]));
    let digests: std::collections::BTreeSet<_> = [pos(1, 0), pos(1, 1), pos(2, 0)]
        .map(|p| journal.shared.entry(p).unwrap().unwrap().footer.digest)
        .into();
    assert_eq!(digests.len(), 3, "salted");
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let storage = Arc::new(SimStorage::new());
    let mut journal = create(&storage).unwrap();
    let before = storage.files();
    let big = vec![0u8; small().group_bytes - 31];
    let entry = |body| NewEntry {
        kind: 1,
        key: b"k",
        body,
    };
    assert!(matches!(journal.commit(1, &[]), Err(JournalError::Empty)));
    assert!(matches!(
        journal.commit(1, &[entry(&big)]),
        Err(JournalError::TooLarge { .. })
    ));
    let many = vec![entry(b""); MAX_ENTRIES + 1];
    assert!(matches!(journal.commit(1, &many), Err(JournalError::TooLarge { .. })));
    let reserved = NewEntry {
        kind: KIND_ERASE,
        key: b"",
        body: b"",
    };
    assert!(matches!(
        journal.commit(1, &[reserved]),
        Err(JournalError::Reserved(KIND_ERASE))
    ));
    assert_eq!(storage.files(), before);
    let fits = &big[1..];
    assert_eq!(
        journal.commit(1, &[entry(fits)]).unwrap(),
        1,
        "a group larger than a segment gets its own"
    );
    assert_eq!(journal.commit(2, &[entry(b"x")]).unwrap(), 2);
    assert_eq!(journal.read(pos(1, 0)).unwrap(), fits);
    assert_eq!(segments(&storage).len(), 2);
    journal.close().unwrap();
    assert!(verify(&*storage).unwrap().is_intact());
}

#[test]
fn sealing_begins_a_segment_once() {
    let storage = Arc::new(SimStorage::new());
    let mut journal = create(&storage).unwrap();
    journal.seal().unwrap();
    assert_eq!(segments(&storage).len(), 1, "an empty one is not sealed");
    commit(&mut journal, 1, 1).unwrap();
    journal.seal().unwrap();
    journal.seal().unwrap();
    assert_eq!(segments(&storage).len(), 2);
    drop(journal);
    let (mut journal, report) = open(&storage).unwrap();
    assert_eq!((report.last_group, report.torn_tail), (1, None));
    commit(&mut journal, 2, 2).unwrap();
    assert_eq!(everything(&journal), vec![expected(1, 1), expected(2, 2)]);
    journal.close().unwrap();
    assert!(verify(&*storage).unwrap().is_intact());
}

#[test]
fn a_reader_sees_commits_as_they_come() {
    let storage = Arc::new(SimStorage::new());
    let mut journal = create(&storage).unwrap();
    let reader = journal.reader();
    for seq in 1..=20 {
        assert!(matches!(reader.read(pos(seq, 0)), Err(JournalError::NoEntry(_))));
        commit(&mut journal, seq, size(seq)).unwrap();
        assert_eq!(reader.last(), seq);
        assert_eq!(reader.read(pos(seq, 0)).unwrap(), body(seq, 0));
        assert_eq!(reader.read(pos(seq / 2 + 1, 0)).unwrap(), body(seq / 2 + 1, 0));
    }
}

#[test]
fn there_is_one_journal_in_a_place() {
    let storage = standard(3);
    assert!(matches!(create(&storage), Err(JournalError::Exists)));
    for name in segments(&storage) {
        storage.take(&name);
    }
    assert!(
        matches!(create(&storage), Err(JournalError::Exists)),
        "its head says that it was there"
    );
    assert!(matches!(open(&storage), Err(JournalError::Damaged(_))));
    assert!(matches!(open(&Arc::new(SimStorage::new())), Err(JournalError::Missing)));
    assert!(matches!(verify(&SimStorage::new()), Err(JournalError::Missing)));
}

#[test]
fn it_counts_what_it_holds() {
    let storage = standard(40);
    let (journal, _) = open(&storage).unwrap();
    let stats = journal.stats().unwrap();
    let bytes: usize = storage
        .files()
        .iter()
        .filter(|(n, _)| n.ends_with(".seg"))
        .map(|(_, b)| b.len())
        .sum();
    assert_eq!(stats.segments as usize, segments(&storage).len());
    assert_eq!(
        (stats.groups, stats.entries),
        (40, (1..=40).map(|s| u64::from(size(s))).sum())
    );
    assert_eq!(stats.bytes as usize, bytes);
    assert_eq!((stats.first_ms, stats.last_ms), (Some(1_000), Some(40_000)));
    let report = verify(&*storage).unwrap();
    assert_eq!(
        (report.groups, report.entries, report.bytes),
        (stats.groups, stats.entries, stats.bytes)
    );
    assert_eq!((report.last_group, report.head), journal.head_chain());
    assert_eq!(stats.head, report.head);
}

#[test]
fn it_works_in_a_real_directory_with_default_limits() {
    let tmp = tempfile::tempdir().unwrap();
    let storage = Arc::new(DirStorage::create(&tmp.path().join("journal")).unwrap());
    let rng: Arc<dyn Rng> = Arc::new(SystemRng::new());
    let key = NodeKey::generate(&*rng);
    let mut journal = Journal::create(storage.clone(), &key, Suite::Sha256, Limits::default(), rng.clone()).unwrap();
    for seq in 1..=200 {
        commit(&mut journal, seq, size(seq)).unwrap();
    }
    let before = everything(&journal);
    drop(journal);
    let (journal, report) = Journal::open(storage.clone(), &key, Limits::default(), rng).unwrap();
    assert!(
        !report.clean && report.torn_tail.is_none() && report.head_lost.is_none(),
        "{report:?}"
    );
    assert_eq!(everything(&journal), before);
    assert_eq!(before.len(), 200);
    journal.close().unwrap();
    assert!(verify(&*storage).unwrap().is_intact());
}

/// Opening looks only at the last segment's bytes; whatever is wrong in a sealed one, reading never gives other bytes
/// than were committed, and a replay never gives less.
#[test]
fn a_damaged_byte_is_never_read_as_data() {
    let storage = standard(6);
    let name = segments(&storage)[0].clone();
    let whole = storage.files()[&name].clone();
    let (mut refused, mut opened) = (0, 0);
    for at in 0..whole.len() {
        let s = Arc::new(storage.fork());
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        s.put(&name, &bytes);
        let Ok((journal, _)) = open(&s) else {
            refused += 1;
            continue;
        };
        opened += 1;
        let replayed: Result<(), JournalError> = journal.replay(1, |_| Ok(()));
        assert!(
            matches!(replayed, Err(JournalError::Damaged(_))),
            "byte {at}: {replayed:?}"
        );
        for seq in 1..=6 {
            for i in 0..size(seq) {
                match journal.read(pos(seq, i)) {
                    Ok(found) => assert_eq!(found, body(seq, i), "byte {at}"),
                    Err(JournalError::Damaged(_) | JournalError::Erased(_)) => {}
                    Err(e) => panic!("byte {at}: {e:?}"),
                }
            }
        }
    }
    assert!(refused > 100 && opened > 1_000, "{refused} {opened}");
}

/// Who changes the unchained body hash and mends the crc is found as soon as the body is opened.
#[test]
fn a_forged_body_hash_does_not_open() {
    let storage = standard(6);
    let (journal, _) = open(&storage).unwrap();
    let (segment, offset, header) = journal.shared.locate(1).unwrap().unwrap();
    let mut bytes = storage.files()[&segment.name].clone();
    let group = &mut bytes[offset as usize..offset as usize + header.total()];
    let annex = &mut group[header.annex_at()..header.trailer_at()];
    annex[0] ^= 1;
    let crc_at = annex.len() - crate::layout::CRC;
    crate::layout::put_crc(annex, crc_at);
    storage.put(&segment.name, &bytes);
    assert!(
        verify(&*storage).unwrap().is_intact(),
        "outside the chain: without the key nobody can tell"
    );
    let sealed = |e: &JournalError| matches!(e, JournalError::Damaged(d) if d.kind == crate::DamageKind::Sealed);
    assert!(sealed(&journal.read(pos(1, 0)).unwrap_err()));
    let replayed: Result<(), JournalError> = journal.replay(1, |_| Ok(()));
    assert!(sealed(&replayed.unwrap_err()));
}

#[test]
fn errors_become_findings_with_a_place_and_without_content() {
    use model::{Code, Lang};
    let damage = crate::Damage {
        file: "00000000000000000001.seg".into(),
        group: 3,
        entry: Some(2),
        offset: 77,
        kind: crate::DamageKind::Body,
    };
    let io = std::io::Error::from(std::io::ErrorKind::StorageFull);
    let table = [
        (JournalError::Damaged(damage), Code::LDamaged, "group 3 entry 2"),
        (JournalError::Key, Code::LKey, "/etc/key"),
        (
            JournalError::Newer {
                found: 9,
                file: "head".into(),
            },
            Code::LNewer,
            "9",
        ),
        (
            JournalError::Io {
                doing: "sync a group",
                source: io,
            },
            Code::LWrite,
            "sync a group",
        ),
        (JournalError::Poisoned, Code::LWrite, "/data"),
    ];
    for (error, code, part) in table {
        let finding = error.finding("/data", "/etc/key");
        assert_eq!(finding.code, code);
        for lang in [Lang::Zh, Lang::En] {
            let text = finding.sentence(lang);
            assert!(text.contains(part) && !text.contains('{'), "{text}");
        }
    }
}
