//! A process that is killed while it writes: the index is exactly what it was after some write, and goes on from there.

use super::model::{agree, apply, changes};
use super::{meta, open};
use crate::Index;
use ledger::shelf::Change;
use seams::{Rng, SeededRng};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const NAME: &str = "runs::tests::killed::a_killed_process_leaves_what_some_write_left";
const CHILD: &str = "TANGHULU_TEST_WRITES_INTO";

/// What the write with this number writes, in every process.
fn of(n: u64) -> Vec<Change> {
    changes(&SeededRng::new(n), 150)
}

fn write_for_ever(path: &Path) -> ! {
    let mut index = open(path);
    let mut n = index.meta().unwrap().map_or(0, |m| m.watermark);
    loop {
        n += 1;
        index.write(&of(n), &meta(n)).unwrap();
        // The harness writes to the same pipe.
        println!("\nwritten {n}");
    }
}

#[test]
fn a_killed_process_leaves_what_some_write_left() {
    if let Some(path) = std::env::var_os(CHILD) {
        write_for_ever(path.as_ref());
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index");
    let (rng, mut model, mut done) = (SeededRng::new(1), BTreeMap::new(), 0);
    for _ in 0..15 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([NAME, "--exact", "--nocapture"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut written = lines.filter_map(|l| l.strip_prefix("written ")?.parse::<u64>().ok());
        let said = written.nth(rng.below(25) as usize).expect("it ended by itself");
        // Somewhere in the next writes.
        std::thread::sleep(Duration::from_micros(rng.below(30_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let index = open(&path);
        let at = index.meta().unwrap().map_or(0, |m| m.watermark);
        assert!(at >= said.max(done), "{at}, but {said} was said");
        (done + 1..=at).for_each(|n| apply(&mut model, &of(n)));
        done = at;
        agree(&*index.cold(), &model, &rng);
        for (key, value) in &model {
            assert_eq!(index.cold().get(key).as_ref(), Some(value), "{key}");
        }
        assert!(!index.is_damaged());
        assert!(!path.with_extension("aside").exists());
    }
    assert!(done > 30, "{done} writes were not enough to say anything");
}
