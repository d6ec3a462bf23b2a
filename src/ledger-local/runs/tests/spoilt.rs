//! Whatever becomes of the values in sled: the index is as some write left it, or says that it is damaged.

use super::model::{agree, apply, changes};
use super::{PLAIN, meta, open, open_with, put};
use crate::Index;
use crate::runs::SledIndex;
use crate::runs::disk::Visit;
use crate::runs::place::{self, Kind};
use journal::NodeKey;
use ledger::shelf::Change;
use seams::{Rng, SeededRng, SystemRng};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// A life of many writes.
struct Life {
    _dir: TempDir,
    path: PathBuf,
    model: BTreeMap<String, Vec<u8>>,
}

fn life(seed: u64, writes: u64) -> Life {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index");
    let (rng, mut model) = (SeededRng::new(seed), BTreeMap::new());
    let mut index = open(&path);
    for n in 1..=writes {
        let changes = changes(&rng, 60);
        index.write(&changes, &meta(n)).unwrap();
        apply(&mut model, &changes);
    }
    Life { _dir: dir, path, model }
}

/// Reads everything; whether the index says that it is sound.
fn sound(index: &SledIndex, model: &BTreeMap<String, Vec<u8>>) -> bool {
    if index.meta().is_err() {
        return false;
    }
    let cold = index.cold();
    let same = cold.keys("", "", usize::MAX).len() == model.len()
        && model.iter().all(|(key, value)| cold.get(key).as_ref() == Some(value))
        && (0..50).all(|n| cold.get(&format!("absent/{n}")).is_none());
    assert!(same || index.is_damaged(), "wrong, and it does not say so");
    !index.is_damaged()
}

fn store(index: &SledIndex) -> std::sync::Arc<crate::runs::store::Store> {
    index.store.clone().unwrap()
}

fn places(index: &SledIndex, kind: Kind) -> Vec<sled::IVec> {
    let store = store(index);
    let listed: Vec<u64> = index.list.runs.iter().map(|r| r.id).collect();
    let all = store.disk.raw().1.iter().keys().map(Result::unwrap);
    all.filter(|p| listed.iter().any(|run| place::name(p, *run, kind).is_some()))
        .collect()
}

/// A process that dies leaves sled's log up to some point. Until the list is put, nothing of a write is there.
#[test]
fn a_write_that_was_cut_short_never_was() {
    for seed in 1..6 {
        let mut life = life(seed, 40);
        let rng = SeededRng::new(seed + 100);
        for n in 41..80 {
            let mut index = open(&life.path);
            let list = store(&index).disk.raw().0.get("list").unwrap().unwrap();
            let changes = changes(&rng, 60);
            index.write(&changes, &meta(n)).unwrap();
            let died = rng.below(2) == 0;
            if died {
                // All that came before the list, and the list as it was. What was retired is not yet swept.
                store(&index).disk.raw().0.insert("list", list).unwrap();
            } else {
                apply(&mut life.model, &changes);
            }
            drop(index);
            let index = open(&life.path);
            if index.meta().is_err() {
                assert!(
                    died,
                    "a list whose runs were swept is damage, but nothing was done to this one"
                );
                break;
            }
            let at = index.meta().unwrap().unwrap().watermark;
            assert_eq!(at == n, !died);
            agree(&*index.cold(), &life.model, &rng);
            assert!(!index.is_damaged());
        }
    }
}

/// A run that no list names counts for nothing and is swept.
#[test]
fn what_no_list_names_is_swept() {
    let life = life(3, 20);
    let index = open(&life.path);
    let next = index.list.next;
    let tree = store(&index).disk.raw().1.clone();
    for n in 0..500u32 {
        let place = place::place(next + 7, Kind::Block, &n.to_be_bytes());
        tree.insert(place, &[9u8; 100][..]).unwrap();
    }
    drop((index, tree));
    let mut index = open(&life.path);
    assert!(index.list.next > next + 7, "its number would be used again");
    assert!(!index.sweep.is_done());
    for n in 0..20 {
        index.write(&[put("z", b"")], &meta(100 + n)).unwrap();
    }
    assert!(index.sweep.is_done());
    let left = store(&index).disk.raw().1.scan_prefix((next + 7).to_be_bytes()).count();
    assert_eq!(left, 0);
    let mut model = life.model.clone();
    apply(&mut model, &[put("z", b"")]);
    assert!(sound(&index, &model));
}

/// Each value that is lost, and each that is changed or stands in for another, is found by whoever needs it.
#[test]
fn a_lost_changed_or_moved_value_is_damage() {
    for kind in [Kind::Block, Kind::Filter, Kind::Piece] {
        let life = life(11, 30);
        let count = {
            let index = open(&life.path);
            assert!(sound(&index, &life.model));
            places(&index, kind).len()
        };
        assert!(count > 3, "{kind:?}: {count}");
        for n in (0..count).step_by(1 + count / 12) {
            for how in 0..3 {
                let index = open(&life.path);
                let places = places(&index, kind);
                let place = &places[n];
                let tree = store(&index).disk.raw().1.clone();
                let value = tree.get(place).unwrap().unwrap();
                match how {
                    0 => drop(tree.remove(place).unwrap()),
                    1 => {
                        let mut bytes = value.to_vec();
                        let at = bytes.len() / 2;
                        bytes[at] ^= 4;
                        tree.insert(place, bytes).unwrap();
                    }
                    _ => {
                        let other = tree.get(&places[(n + 1) % count]).unwrap().unwrap();
                        tree.insert(place, other).unwrap();
                    }
                }
                drop((index, tree));
                let index = open(&life.path);
                // Older values of a key are not needed, nor are pieces of them.
                let needed = kind != Kind::Piece || read_everything_fails(&index, &life.model);
                assert_eq!(sound(&index, &life.model), !needed, "{kind:?} {n} {how}");
                drop(index);
                let index = open(&life.path);
                store(&index).disk.raw().1.insert(place, value).unwrap();
            }
        }
        assert!(sound(&open(&life.path), &life.model));
    }
}

fn read_everything_fails(index: &SledIndex, model: &BTreeMap<String, Vec<u8>>) -> bool {
    let cold = index.cold();
    model.iter().any(|(key, value)| cold.get(key).as_ref() != Some(value))
}

#[test]
fn another_key_opens_nothing() {
    let life = life(5, 3);
    let mut other = open_with(&life.path, 2);
    assert!(other.meta().is_err());
    assert!(other.cold().keys("", "", 9).is_empty());
    // Nothing is written over it either.
    assert!(other.write(&[put("a", PLAIN)], &meta(9)).is_err());
    drop(other);
    assert!(sound(&open(&life.path), &life.model));
}

#[test]
fn a_spoilt_list_is_no_list() {
    for spoil in [&b""[..], b"x", b"{\"format\":2}"] {
        let life = life(5, 3);
        let index = open(&life.path);
        store(&index).disk.raw().0.insert("list", spoil).unwrap();
        drop(index);
        assert!(open(&life.path).meta().is_err());
    }
    // Values without any list: the list alone was lost, and then nothing counts.
    let life = life(5, 3);
    let index = open(&life.path);
    store(&index).disk.raw().0.remove("list").unwrap();
    drop(index);
    let index = open(&life.path);
    assert_eq!(index.meta().unwrap(), None);
    assert!(index.cold().keys("", "", 9).is_empty());
}

/// What older programs wrote was one value for each record, or runs in smaller segments.
#[test]
fn an_index_of_an_older_form_is_not_read() {
    for segment in [512 << 10, crate::runs::disk::SEGMENT] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("index");
        let db = sled::Config::new().path(&path).segment_size(segment).open().unwrap();
        db.insert("meta", "{\"format\":2}").unwrap();
        db.insert("case/1\0\0\0\0\0", "old").unwrap();
        db.flush().unwrap();
        drop(db);
        let mut index = open(&path);
        assert!(index.meta().is_err() || aside(&path));
        assert_eq!(index.cold().get("case/1"), None);
        index.reset().unwrap();
        assert_eq!(index.meta().unwrap(), None);
    }
}

/// A process that dies while sled opens leaves a torn snapshot, which sled itself would never get over.
#[test]
fn a_torn_snapshot_costs_nothing() {
    let life = life(5, 3);
    std::fs::write(life.path.join("snap.00000000000FFFFF.generating"), b"torn").unwrap();
    let index = open(&life.path);
    assert!(sound(&index, &life.model));
    assert!(!aside(&life.path));
}

#[test]
fn what_does_not_open_is_set_aside() {
    let life = life(5, 3);
    std::fs::write(life.path.join("snap.00000000000FFFFF"), b"torn").unwrap();
    let index = open(&life.path);
    assert_eq!(index.meta().unwrap(), None);
    assert!(aside(&life.path));
}

fn aside(path: &Path) -> bool {
    path.with_extension("aside").exists()
}

/// After a write that failed it still says what it said, and takes no other before it is made anew.
#[test]
fn a_failed_write_changes_nothing_and_is_the_last() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index");
    let mut index = open(&path);
    // So much that a merge takes several writes.
    let changes = |n: u64| -> Vec<Change> {
        let value = vec![n as u8; 1_000];
        (0..60).map(|i| put(&format!("case/{i:03}"), &value)).collect()
    };
    for n in 1..=17 {
        index.write(&changes(n), &meta(n)).unwrap();
    }
    assert_eq!(index.merges.len(), 1);
    let last = index.list.runs[8].last.clone();
    let lost = store(&index)
        .disk
        .last_until(&place::place(8, Kind::Block, last.as_bytes()), Visit::Once);
    let (lost, _) = lost.unwrap().unwrap();
    store(&index).disk.raw().1.remove(lost).unwrap();
    let mut n = 18;
    while index.write(&changes(n), &meta(n)).is_ok() {
        n += 1;
    }
    assert!((19..40).contains(&n), "{n}");
    assert!(index.is_damaged());
    assert_eq!(index.cold().get("case/000"), Some(vec![n as u8 - 1; 1_000]));
    assert_eq!(index.cold().keys("case/", "", 2), ["case/000", "case/001"]);
    assert!(index.write(&[], &meta(n)).is_err());
    index.reset().unwrap();
    index.write(&[], &meta(n)).unwrap();
}

/// Another process that holds the index keeps it: nothing is wrong with it, and nobody moves it away.
#[test]
fn an_index_that_somebody_holds_is_left_alone() {
    let life = life(5, 3);
    let held = open(&life.path);
    let key = NodeKey::from_bytes([1; 32]);
    let other = SledIndex::open(&life.path, &key, Arc::new(SystemRng::new()));
    assert!(other.is_err_and(|e| e.to_string().contains("lock")));
    assert!(!aside(&life.path));
    assert!(sound(&held, &life.model));
}
