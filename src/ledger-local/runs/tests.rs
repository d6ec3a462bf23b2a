//! The whole index against a map in memory: what it says after any writes, any reopening and any spoiling.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(
    clippy::disallowed_methods,
    reason = "the tests look at the files themselves, and spoil them"
)]

mod growth;
mod killed;
mod model;
mod spoilt;

use super::SledIndex;
use crate::{Index, Meta};
use journal::NodeKey;
use ledger::shelf::Change;
use seams::SystemRng;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

const PLAIN: &[u8] = b"110199197602020020";

fn open_with(path: &Path, key: u8) -> SledIndex {
    SledIndex::open(path, &NodeKey::from_bytes([key; 32]), Arc::new(SystemRng::new())).unwrap()
}

fn open(path: &Path) -> SledIndex {
    open_with(path, 1)
}

fn meta(watermark: u64) -> Meta {
    let (counters, last) = Default::default();
    Meta {
        format: Meta::FORMAT,
        watermark,
        chain: [0; 32],
        counters,
        last,
        last_time: 0,
    }
}

fn put(key: &str, value: &[u8]) -> Change {
    (key.to_owned(), Some(value.to_vec()))
}

fn lies_in_clear(dir: &Path) -> bool {
    std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .any(|path| match path.is_dir() {
            true => lies_in_clear(&path),
            false => std::fs::read(&path).unwrap().windows(PLAIN.len()).any(|w| w == PLAIN),
        })
}

#[test]
fn values_are_sealed_and_open_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index");
    let mut index = open(&path);
    let long = PLAIN.repeat(2_000);
    let changes = [put("case/1", PLAIN), put("case/2", b""), put("case/3", &long)];
    index.write(&changes, &meta(1)).unwrap();
    assert_eq!(index.cold().get("case/1").as_deref(), Some(PLAIN));
    assert_eq!(index.cold().get("case/2"), Some(Vec::new()));
    assert_eq!(index.cold().get("case/3"), Some(long));
    assert_eq!(index.cold().get("case/4"), None);
    assert_eq!(index.cold().keys("case/", "", 10), ["case/1", "case/2", "case/3"]);
    let changes = [put("case/3", b"x"), ("case/1".to_owned(), None)];
    index.write(&changes, &meta(2)).unwrap();
    assert_eq!(index.cold().get("case/3").as_deref(), Some(&b"x"[..]));
    assert_eq!(index.cold().get("case/1"), None);
    assert_eq!(index.meta().unwrap(), Some(meta(2)));
    assert!(!index.is_damaged());
    drop(index);
    assert!(!lies_in_clear(&path));
}

/// No key of a record that nothing begins with lies in clear either.
#[test]
fn keys_within_a_block_are_sealed_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index");
    let mut index = open(&path);
    let middle = format!("case/{}", std::str::from_utf8(PLAIN).unwrap());
    index
        .write(&[put("case/0", b""), put(&middle, b""), put("case/9", b"")], &meta(1))
        .unwrap();
    assert_eq!(index.cold().get(&middle), Some(Vec::new()));
    drop(index);
    assert!(!lies_in_clear(&path));
}

#[test]
fn the_last_change_of_a_key_counts() {
    let dir = tempfile::tempdir().unwrap();
    let mut index = open(&dir.path().join("index"));
    let gone = ("b".to_owned(), None);
    let changes = [put("b", b"1"), put("a", b"1"), gone, put("a", b"2"), put("c", b"3")];
    index.write(&changes, &meta(1)).unwrap();
    assert_eq!(index.cold().get("a").as_deref(), Some(&b"2"[..]));
    assert_eq!(index.cold().get("b"), None);
    assert_eq!(index.cold().keys("", "", 9), ["a", "c"]);
}

#[test]
fn a_write_without_changes_moves_the_watermark() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index");
    let mut index = open(&path);
    assert_eq!(index.meta().unwrap(), None);
    index.write(&[put("a", b"1")], &meta(1)).unwrap();
    index.write(&[], &meta(7)).unwrap();
    drop(index);
    let index = open(&path);
    assert_eq!(index.meta().unwrap(), Some(meta(7)));
    assert_eq!(index.cold().get("a").as_deref(), Some(&b"1"[..]));
}

#[test]
fn a_reset_sets_aside_and_begins_anew() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index");
    let mut index = open(&path);
    for n in 0..3 {
        index.write(&[put("a", b"1")], &meta(n)).unwrap();
        let old = index.cold();
        index.reset().unwrap();
        assert_eq!(index.meta().unwrap(), None);
        assert_eq!(index.cold().get("a"), None);
        assert!(dir.path().join("index.aside").is_dir());
        drop(old);
    }
    index.write(&[put("b", b"2")], &meta(9)).unwrap();
    drop(index);
    assert_eq!(open(&path).cold().keys("", "", 9), ["b"]);
}

/// Whoever reads while runs are merged and swept reads what he began with.
#[test]
fn readers_on_other_threads_are_never_disturbed() {
    let dir = tempfile::tempdir().unwrap();
    let mut index = open(&dir.path().join("index"));
    let value = vec![5; 700];
    let changes = |n: u64| -> Vec<Change> {
        let mut changes: Vec<Change> = (0..60).map(|i| put(&format!("k/{i:04}"), &value)).collect();
        changes.push(put("n", &n.to_le_bytes()));
        changes
    };
    index.write(&changes(0), &meta(0)).unwrap();
    let cold = index.cold();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut last = 0;
                while !done.load(Ordering::Acquire) {
                    let n = u64::from_le_bytes(cold.get("n").unwrap().try_into().unwrap());
                    assert!(n >= last);
                    last = n;
                    assert_eq!(cold.keys("k/", "", 1_000).len(), 60);
                    assert_eq!(cold.get("k/0042").as_ref(), Some(&value));
                }
            });
        }
        for n in 1..200 {
            index.write(&changes(n), &meta(n)).unwrap();
        }
        done.store(true, Ordering::Release);
    });
    assert!(!index.is_damaged());
}

/// Sled's own flusher would fail in silence; there is none, and what is written is written by whoever asks for it.
#[test]
fn no_thread_of_sleds_flushes() {
    let dir = tempfile::tempdir().unwrap();
    let mut index = open(dir.path());
    index.write(&[put("case/1", PLAIN)], &meta(1)).unwrap();
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = tasks.map(|task| std::fs::read_to_string(task.path().join("comm")).unwrap_or_default());
    let flushers: Vec<String> = names.filter(|name| name.contains("flush")).collect();
    assert_eq!(flushers, Vec::<String>::new());
    drop(index);
    assert_eq!(open(dir.path()).meta().unwrap().unwrap().watermark, 1);
}
