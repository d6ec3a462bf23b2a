#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::layout::{HEAD, put_crc};
use crate::testing::{Plain, commit, create, everything, expected, key, open, rng, segments, size, small, standard};
use crate::{Suite, verify};
use seams::{SeededRng, SimStorage};
use std::io::ErrorKind;

fn damage_of(result: Result<(Journal, OpenReport), JournalError>) -> Damage {
    match result {
        Err(JournalError::Damaged(damage)) => damage,
        Err(e) => panic!("{e:?}"),
        Ok((_, report)) => panic!("opened: {report:?}"),
    }
}

#[test]
fn another_key_is_refused_and_nothing_is_touched() {
    let storage = standard(10);
    let before = storage.files();
    let other = NodeKey::generate(&SeededRng::new(9));
    let opened = Journal::open(storage.clone(), &other, small(), rng());
    assert!(matches!(opened, Err(JournalError::Key)));
    assert_eq!(storage.files(), before);
}

#[test]
fn a_newer_format_is_refused_and_nothing_is_touched() {
    let at = |name: &str, version_at: usize, crc_at: usize, start: usize| {
        let storage = standard(10);
        let mut bytes = storage.take(name).unwrap();
        let part = &mut bytes[start..];
        part[version_at] = 2;
        put_crc(&mut part[..crc_at + 4], crc_at);
        storage.put(name, &bytes);
        storage.put("00000000000000000099.tmp", b"left over");
        storage
    };
    let last = segments(&standard(10)).pop().unwrap();
    for storage in [
        at(&last, 8, 124, 0),
        at(HEAD, 4, 60, 0),
        at(&last, 8, 156, SEGMENT_HEADER),
    ] {
        let before = storage.files();
        assert!(matches!(open(&storage), Err(JournalError::Newer { found: 2, .. })));
        assert!(matches!(verify(&*storage), Err(JournalError::Newer { found: 2, .. })));
        assert_eq!(storage.files(), before);
    }
}

/// The end of the last segment cut at every byte: with the head, what was acknowledged may not be missing; without
/// it, the whole groups stay and the torn one goes.
#[test]
fn a_cut_at_every_byte_is_damage_if_acknowledged_and_a_torn_tail_if_not() {
    let storage = standard(6);
    let name = segments(&storage).pop().unwrap();
    let whole = storage.files()[&name].clone();
    let mut torn_seen = 0;
    for cut in SEGMENT_HEADER..whole.len() {
        let s = Arc::new(storage.fork());
        s.put(&name, &whole[..cut]);
        let damage = damage_of(open(&s));
        assert_eq!(damage.file, name, "cut at {cut}");
        assert_eq!(damage.kind, DamageKind::Cut);
        let at_a_boundary = damage.offset == whole.len() as u64 && damage.group == 6;
        assert!(at_a_boundary || damage.offset == cut as u64, "cut at {cut}: {damage}");
        assert_eq!(s.files()[&name].len(), cut, "nothing was changed");
        assert!(!verify(&*s).unwrap().is_intact());

        s.take(HEAD);
        let groups_before = verify(&*s).unwrap();
        let (mut journal, report) = open(&s).unwrap();
        assert_eq!(report.head_lost, Some(DamageKind::HeadMissing));
        assert_eq!(report.torn_tail, groups_before.torn_tail);
        if let Some(torn) = &report.torn_tail {
            torn_seen += 1;
            assert_eq!(
                (torn.group, torn.offset + torn.bytes),
                (report.last_group + 1, cut as u64)
            );
        }
        let want: Vec<Plain> = (1..=report.last_group).map(|seq| expected(seq, size(seq))).collect();
        assert_eq!(everything(&journal), want);
        let next = report.last_group + 1;
        commit(&mut journal, next, 2).unwrap();
        journal.close().unwrap();
        assert!(verify(&*s).unwrap().is_intact(), "cut at {cut}");
    }
    assert!(torn_seen > 200, "{torn_seen}");
}

/// A group whose write was interrupted at every byte: everything acknowledged stays, the torn group is cut off.
#[test]
fn an_interrupted_write_at_every_byte_is_cut_off() {
    let storage = Arc::new(SimStorage::new());
    let mut journal = create(&storage).unwrap();
    for seq in 1..=4 {
        commit(&mut journal, seq, size(seq)).unwrap();
    }
    journal.seal().unwrap();
    commit(&mut journal, 5, 2).unwrap();
    let acknowledged = storage.fork();
    commit(&mut journal, 6, 1).unwrap();
    let name = segments(&storage).pop().unwrap();
    let (before, after) = (acknowledged.files()[&name].clone(), storage.files()[&name].clone());
    assert!(after.starts_with(&before));
    let want: Vec<Plain> = [1, 2, 3, 4]
        .map(|s| expected(s, size(s)))
        .into_iter()
        .chain([expected(5, 2)])
        .collect();
    for cut in before.len() + 1..after.len() {
        for zeros in [0, after.len() - cut] {
            let s = Arc::new(acknowledged.fork());
            let mut bytes = after[..cut].to_vec();
            bytes.resize(cut + zeros, 0);
            s.put(&name, &bytes);
            let (journal, report) = open(&s).unwrap();
            if bytes == after {
                assert_eq!(report.last_group, 6, "only zeros were missing");
                continue;
            }
            let torn = report.torn_tail.unwrap();
            let size = (cut + zeros - before.len()) as u64;
            assert_eq!((torn.group, torn.offset, torn.bytes), (6, before.len() as u64, size));
            assert_eq!(everything(&journal), want);
            assert_eq!(s.files()[&name], before);
        }
    }
}

#[test]
fn without_its_head_a_damaged_group_before_others_is_not_taken_for_a_torn_end() {
    let storage = standard(2);
    storage.take(HEAD);
    let name = segments(&storage).pop().unwrap();
    let whole = storage.files()[&name].clone();
    let second = find_group(&*storage, &name, SEGMENT_HEADER as u64, whole.len() as u64, 2)
        .unwrap()
        .unwrap();
    for at in SEGMENT_HEADER..second as usize {
        let s = Arc::new(storage.fork());
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        s.put(&name, &bytes);
        let damage = damage_of(open(&s));
        assert_eq!((damage.group, damage.file.as_str()), (1, name.as_str()), "byte {at}");
        assert_eq!(s.files()[&name], bytes);
    }
}

#[test]
fn a_lost_or_damaged_head_is_told_and_written_anew() {
    for bad in [None, Some(&b""[..]), Some(b"short"), Some(&[0; 64]), Some(&[7; 200])] {
        let storage = standard(5);
        storage.take(HEAD);
        if let Some(bytes) = bad {
            storage.put(HEAD, bytes);
        }
        let (journal, report) = open(&storage).unwrap();
        assert_eq!(
            report.head_lost,
            Some(if bad.is_none() {
                DamageKind::HeadMissing
            } else {
                DamageKind::Head
            })
        );
        assert!(!report.clean);
        drop(journal);
        assert!(verify(&*storage).unwrap().is_intact());
        assert_eq!(open(&storage).unwrap().1.head_lost, None);
    }
}

#[test]
fn a_head_of_another_story_is_damage() {
    let storage = standard(5);
    let other = {
        let s = Arc::new(SimStorage::new());
        let mut journal =
            Journal::create(s.clone(), &key(), Suite::Sha256, small(), Arc::new(SeededRng::new(1))).unwrap();
        for seq in 1..=5 {
            commit(&mut journal, seq, size(seq)).unwrap();
        }
        journal.close().unwrap();
        s
    };
    storage.put(HEAD, &other.files()[HEAD]);
    assert_eq!(damage_of(open(&storage)).kind, DamageKind::HeadChain);
    assert!(
        verify(&*storage)
            .unwrap()
            .damage
            .iter()
            .any(|d| d.kind == DamageKind::HeadChain)
    );
}

#[test]
fn an_old_head_is_normal_after_a_power_cut() {
    let storage = standard(3);
    let old = storage.files()[HEAD].clone();
    let (mut journal, _) = open(&storage).unwrap();
    for seq in 4..=30 {
        commit(&mut journal, seq, size(seq)).unwrap();
    }
    drop(journal);
    storage.put(HEAD, &old);
    assert!(verify(&*storage).unwrap().is_intact());
    let (journal, report) = open(&storage).unwrap();
    assert_eq!((report.last_group, report.clean, report.head_lost), (30, false, None));
    assert_eq!(everything(&journal).len(), 30);
}

/// A whole life, driven by a generator: commits, closes, reopens, erasures; the power fails at a random call.
/// Whatever was acknowledged before is there and equal after.
#[test]
fn whatever_was_acknowledged_survives_any_crash() {
    for seed in 0..400 {
        let dice = SeededRng::new(seed);
        let storage = Arc::new(SimStorage::new());
        let mut acknowledged: Vec<Plain> = Vec::new();
        let mut crashes = 0;
        while crashes < 4 {
            storage.fail_at(1 + dice.below(60), ErrorKind::Other);
            let ended = live(&storage, &dice, &mut acknowledged);
            storage.fail_never();
            if ended.is_err() || dice.below(2) == 0 {
                storage.crash(&dice);
                crashes += 1;
            }
            let Some(journal) = reopen(&storage, acknowledged.is_empty()) else {
                continue;
            };
            let found = everything(&journal);
            agree(&found, &acknowledged, seed);
            acknowledged = found;
            drop(journal);
            let report = verify(&*storage).unwrap();
            assert!(
                report.is_intact() && report.torn_tail.is_none(),
                "seed {seed}: {:?}",
                report.damage
            );
            assert!(report.unfinished.is_empty(), "seed {seed}");
        }
    }
}

fn reopen(storage: &Arc<SimStorage>, nothing_yet: bool) -> Option<Journal> {
    match open(storage) {
        Ok((journal, _)) => Some(journal),
        Err(JournalError::Missing) if nothing_yet => None,
        Err(e) => panic!("{e:?}"),
    }
}

fn live(storage: &Arc<SimStorage>, dice: &SeededRng, known: &mut Vec<Plain>) -> Result<(), JournalError> {
    let mut journal = match open(storage) {
        Ok((journal, _)) => journal,
        Err(JournalError::Missing) => create(storage)?,
        Err(e) => return Err(e),
    };
    for _ in 0..dice.below(12) {
        let seq = journal.head_chain().0 + 1;
        match dice.below(8) {
            0 => journal.seal()?,
            1 if seq > 1 => erase_one(&mut journal, dice, known, seq)?,
            _ => {
                let n = dice.below(4) as u32 + 1;
                commit(&mut journal, seq, n)?;
                known.push(expected(seq, n));
            }
        }
    }
    if dice.below(2) == 0 { journal.close() } else { Ok(()) }
}

fn erase_one(journal: &mut Journal, dice: &SeededRng, known: &mut Vec<Plain>, seq: u64) -> Result<(), JournalError> {
    let pos = EntryPos {
        group: dice.below(seq - 1) + 1,
        ordinal: 0,
    };
    match journal.erase(7, &[pos]) {
        Ok(at) => {
            known[pos.group as usize - 1].2[0].1 = None;
            let name = [&pos.group.to_le_bytes()[..], &0u32.to_le_bytes()].concat();
            known.push((at, 7, vec![(KIND_ERASE, Some(name))]));
            Ok(())
        }
        Err(JournalError::Erased(_) | JournalError::NotErasable(_)) => Ok(()),
        Err(e) => Err(e),
    }
}

/// Everything acknowledged is there; at most one group that nobody was told of; bodies are gone only where an
/// erasure says so.
fn agree(found: &[Plain], known: &[Plain], seed: u64) {
    assert!(
        found.len() >= known.len() && found.len() <= known.len() + 1,
        "seed {seed}: {} {}",
        found.len(),
        known.len()
    );
    let untold = found.get(known.len()).filter(|g| g.2[0].0 == KIND_ERASE);
    let named: Vec<EntryPos> = untold
        .iter()
        .flat_map(|g| erased_names(g.2[0].1.as_ref().unwrap()))
        .collect();
    for (a, b) in found.iter().zip(known) {
        let mut b = b.clone();
        for pos in named.iter().filter(|p| p.group == b.0) {
            b.2[pos.ordinal as usize].1 = None;
        }
        assert_eq!(*a, b, "seed {seed}");
    }
}

/// Every single call of a scenario fails once: nothing acknowledged is lost, and after the failure all is refused.
#[test]
fn any_failing_call_loses_nothing_that_was_acknowledged() {
    let calls = {
        let storage = Arc::new(SimStorage::new());
        scenario(&storage, &mut Vec::new()).unwrap();
        storage.calls()
    };
    assert!(calls > 60, "{calls}");
    for n in 1..=calls {
        for crash in [false, true] {
            let storage = Arc::new(SimStorage::new());
            storage.fail_at(n, ErrorKind::Other);
            let mut known = Vec::new();
            assert!(scenario(&storage, &mut known).is_err(), "call {n}");
            if crash {
                storage.crash(&SeededRng::new(n));
            }
            let Some(journal) = reopen(&storage, known.is_empty()) else {
                continue;
            };
            agree(&everything(&journal), &known, n);
            journal.close().unwrap();
            assert!(verify(&*storage).unwrap().is_intact(), "call {n}");
        }
    }
}

fn scenario(storage: &Arc<SimStorage>, known: &mut Vec<Plain>) -> Result<(), JournalError> {
    let mut journal = create(storage)?;
    for seq in 1..=9 {
        commit_or_check_refusal(&mut journal, seq, size(seq))?;
        known.push(expected(seq, size(seq)));
    }
    journal.close()?;
    let (mut journal, _) = open(storage)?;
    commit_or_check_refusal(&mut journal, 10, 2)?;
    known.push(expected(10, 2));
    journal.close()
}

/// A commit that fails leaves a journal that refuses everything, though the place works again.
fn commit_or_check_refusal(journal: &mut Journal, seq: u64, n: u32) -> Result<(), JournalError> {
    let Err(error) = commit(journal, seq, n) else {
        return Ok(());
    };
    assert!(matches!(error, JournalError::Io { .. }), "{error:?}");
    assert!(matches!(commit(journal, seq, n), Err(JournalError::Poisoned)));
    assert!(matches!(journal.seal(), Err(JournalError::Poisoned)));
    assert!(matches!(
        journal.read(EntryPos { group: 1, ordinal: 0 }),
        Err(JournalError::Poisoned)
    ));
    assert!(matches!(journal.stats(), Err(JournalError::Poisoned)));
    assert!(matches!(
        journal.erase(0, &[EntryPos { group: 1, ordinal: 0 }]),
        Err(JournalError::Poisoned)
    ));
    let replayed: Result<(), JournalError> = journal.replay(1, |_| Ok(()));
    assert!(matches!(replayed, Err(JournalError::Poisoned)));
    Err(error)
}

/// After a failed sync the group is readable without being on the disk; opening must not build on it as it is.
#[test]
fn what_a_failed_sync_left_is_made_durable_before_anything_follows() {
    let storage = Arc::new(SimStorage::new());
    let mut journal = create(&storage).unwrap();
    commit(&mut journal, 1, 1).unwrap();
    storage.fail_at(2, ErrorKind::Other);
    assert!(commit(&mut journal, 2, 1).is_err());
    drop(journal);
    let (mut journal, report) = open(&storage).unwrap();
    assert_eq!(report.last_group, 2, "its bytes can be read");
    commit(&mut journal, 3, 1).unwrap();
    drop(journal);
    for seed in 0..20 {
        let s = Arc::new(storage.fork());
        s.crash(&SeededRng::new(seed));
        let (journal, _) = open(&s).unwrap();
        assert_eq!(everything(&journal), [1, 2, 3].map(|seq| expected(seq, 1)));
    }
}
