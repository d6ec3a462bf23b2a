//! What was replaced, removed or merged leaves the disk and the memory again.

use super::{meta, open, put};
use crate::Index;
use crate::runs::tiers::TIER;
use ledger::shelf::Change;
use std::path::Path;

fn bytes_in(dir: &Path) -> u64 {
    std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .map(|path| match path.is_dir() {
            true => bytes_in(&path),
            false => path.metadata().unwrap().len(),
        })
        .sum()
}

/// A value that does not pack.
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    (0..500)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        })
        .collect()
}

/// The same records again and again: the directory stays within a few times their size.
#[test]
fn the_directory_does_not_grow_with_the_number_of_writes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index");
    let mut index = open(&path);
    let records = 400;
    let round = (TIER * TIER) as u64;
    let mut most = [0; 6];
    for n in 0..6 * round {
        let changes: Vec<Change> = (0..records)
            .filter(|i| i % 8 == n % 8)
            .map(|i| put(&format!("case/{i:06}"), &noise(n * records + i)))
            .collect();
        index.write(&changes, &meta(n)).unwrap();
        let most = &mut most[(n / round) as usize];
        *most = bytes_in(&path).max(*most);
    }
    // Sled lets go of its segments when it likes, by threads of its own, and keeps a few KiB of each write for its own
    // books; what kept the records of each write would be three times as much after six rounds as after two.
    let (before, after) = (most[0].max(most[1]), most[4].max(most[5]));
    assert!(after < before * 2, "{before} bytes became {after}: {most:?}");
    let values = index.store.as_ref().unwrap().disk.raw().1.len() as u64;
    let listed: u64 = index.list.runs.iter().map(|r| u64::from(r.values)).sum();
    let going: u64 = listed * 2 + 200;
    assert!(values <= listed + going, "{values} values for {listed} listed");
}

/// Everything removed: after the merges nothing is left, not even that it was removed.
#[test]
fn what_was_removed_is_forgotten_in_the_end() {
    let dir = tempfile::tempdir().unwrap();
    let mut index = open(&dir.path().join("index"));
    for n in 0..4 * (TIER * TIER) as u64 {
        let value = (n < TIER as u64).then(|| vec![1; 500]);
        let changes: Vec<Change> = (0..5).map(|i| (format!("open/{i}"), value.clone())).collect();
        index.write(&changes, &meta(n)).unwrap();
    }
    let oldest = index.list.runs.last().unwrap();
    assert!(oldest.level < 2 || oldest.records == 0, "{oldest:?}");
    let values: u64 = index.list.runs.iter().map(|r| r.bytes).sum();
    assert!(values < 5 * 10 * index.list.runs.len() as u64, "{values}");
    assert!(index.cold().keys("", "", 9).is_empty());
}

/// A node that is ended again and again, each time with one writing of its index: its runs are merged all the same.
#[test]
fn one_write_in_each_life_is_enough_to_merge() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index");
    for n in 0..8 * TIER as u64 {
        let mut index = open(&path);
        let changes: Vec<Change> = (0..400)
            .map(|i| put(&format!("case/{n:03}{i:06}"), &noise(n * 400 + i)))
            .collect();
        index.write(&changes, &meta(n)).unwrap();
        assert!(
            index.list.runs.len() < 3 * TIER,
            "{} runs after {n} lives",
            index.list.runs.len()
        );
    }
}
