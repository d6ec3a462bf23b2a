//! What the journal's tests share: a key, small journals, and everything in a journal as plain values.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::{EntryPos, Journal, JournalError, Limits, NewEntry, NodeKey, OpenReport, Suite};
use seams::{Rng, SeededRng, SimStorage, Storage};
use std::sync::Arc;

/// One group as plain values: sequence, time, (kind, body) per entry.
pub(crate) type Plain = (u64, i64, Vec<(u16, Option<Vec<u8>>)>);

pub(crate) fn key() -> NodeKey {
    NodeKey::parse("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f").unwrap()
}

pub(crate) fn rng() -> Arc<dyn Rng> {
    Arc::new(SeededRng::new(42))
}

/// Segments so small that a few groups fill one.
pub(crate) fn small() -> Limits {
    Limits {
        segment_bytes: 2_000,
        group_bytes: 4_096,
    }
}

pub(crate) fn create(storage: &Arc<SimStorage>) -> Result<Journal, JournalError> {
    create_with(storage, Suite::Sha256)
}

pub(crate) fn create_with(storage: &Arc<SimStorage>, suite: Suite) -> Result<Journal, JournalError> {
    Journal::create(storage.clone() as Arc<dyn Storage>, &key(), suite, small(), rng())
}

pub(crate) fn open(storage: &Arc<SimStorage>) -> Result<(Journal, OpenReport), JournalError> {
    Journal::open(storage.clone() as Arc<dyn Storage>, &key(), small(), rng())
}

/// Body of entry `i` of group `seq`: known, of varying length, some empty.
pub(crate) fn body(seq: u64, i: u32) -> Vec<u8> {
    let len = (seq * 37 + u64::from(i) * 11) % 90;
    (0..len).map(|b| (b + seq + u64::from(i)) as u8).collect()
}

/// Commits group `seq` with `n` entries; kinds 1, 2, …
pub(crate) fn commit(journal: &mut Journal, seq: u64, n: u32) -> Result<u64, JournalError> {
    let bodies: Vec<Vec<u8>> = (0..n).map(|i| body(seq, i)).collect();
    let keys: Vec<String> = (0..n).map(|i| format!("case-{seq}-{i}")).collect();
    let entries: Vec<NewEntry<'_>> = (0..n as usize)
        .map(|i| NewEntry {
            kind: i as u16 + 1,
            key: keys[i].as_bytes(),
            body: &bodies[i],
        })
        .collect();
    journal.commit(1_000 * seq as i64, &entries)
}

/// What `commit(_, seq, n)` must be read back as.
pub(crate) fn expected(seq: u64, n: u32) -> Plain {
    (
        seq,
        1_000 * seq as i64,
        (0..n).map(|i| (i as u16 + 1, Some(body(seq, i)))).collect(),
    )
}

/// How many entries group `seq` has in the standard journal.
pub(crate) fn size(seq: u64) -> u32 {
    (seq % 3) as u32 + 1
}

/// A closed journal of `groups` standard groups.
pub(crate) fn standard(groups: u64) -> Arc<SimStorage> {
    standard_with(groups, Suite::Sha256)
}

pub(crate) fn standard_with(groups: u64, suite: Suite) -> Arc<SimStorage> {
    let storage = Arc::new(SimStorage::new());
    let mut journal = create_with(&storage, suite).unwrap();
    for seq in 1..=groups {
        assert_eq!(commit(&mut journal, seq, size(seq)).unwrap(), seq);
    }
    journal.close().unwrap();
    storage
}

pub(crate) fn everything(journal: &Journal) -> Vec<Plain> {
    let mut all = Vec::new();
    journal
        .replay(1, |group| -> Result<(), JournalError> {
            let entries = group
                .entries
                .iter()
                .map(|e| (e.kind, e.body.map(<[u8]>::to_vec)))
                .collect();
            all.push((group.seq, group.time_ms, entries));
            Ok(())
        })
        .unwrap();
    all
}

pub(crate) fn pos(group: u64, ordinal: u32) -> EntryPos {
    EntryPos { group, ordinal }
}

pub(crate) fn segments(storage: &SimStorage) -> Vec<String> {
    storage.files().into_keys().filter(|n| n.ends_with(".seg")).collect()
}
