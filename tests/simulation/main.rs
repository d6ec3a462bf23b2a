//! A seeded simulation: hub, one node or two, departments and clerks in one process, crashes included.
//!
//! `TANGHULU_SEED=n` runs one seed and prints its steps; `TANGHULU_SEEDS=n` says how many seeds run (20,000).
//! `TANGHULU_TALLY=FILE` keeps what they came to: the next run goes on behind the last seed of this one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::disallowed_methods, reason = "a tally is a file of the tester's")]

mod crowd;
mod failing;
mod pairs;
mod power;
mod tally;

use crowd::{complain, together};
use std::path::{Path, PathBuf};
use tally::Tally;
use testkit::sim::{Setup, run, setup};

/// Seeds in one ordinary run.
const SEEDS: u64 = 20_000;
/// Seeds between two writings of a tally.
const BLOCK: u64 = 500;

fn shipped() -> Setup {
    setup(&Path::new(env!("CARGO_MANIFEST_DIR")).join("config")).expect("the shipped configuration loads")
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn no_case_is_lost_and_none_doubled() {
    let setup = shipped();
    if let Some(seed) = number("TANGHULU_SEED") {
        let report = run(&setup, seed, true).expect("a runtime");
        assert!(report.violations.is_empty(), "{}", complain("", &report));
        return;
    }
    let seeds = number("TANGHULU_SEEDS").unwrap_or(SEEDS);
    let file = std::env::var_os("TANGHULU_TALLY").map(PathBuf::from);
    let mut tally = file.as_deref().map(Tally::read).unwrap_or_default();
    let end = tally.last + seeds;
    let mut bad = Vec::new();
    while tally.last < end {
        let block = tally.last + 1..=end.min(tally.last + BLOCK);
        let lives = together(block.clone(), |seed| run(&setup, seed, false).expect("a runtime"));
        tally.add(*block.end(), &lives);
        bad.extend(lives.bad);
        if let Some(file) = &file {
            tally.write(file);
        }
    }
    println!("{}", tally.line());
    if std::env::var_os("TANGHULU_SHORT").is_some() {
        for (seed, report) in &bad {
            println!("{seed}: {}", report.violations.join(" | "));
        }
    }
    if let Some((seed, report)) = bad.first() {
        let how = format!("TANGHULU_SEED={seed} shows every step");
        panic!(
            "{} of {seeds} seeds failed; the first:\n{}",
            bad.len(),
            complain(&how, report)
        );
    }
}

#[test]
fn the_same_seed_is_the_same_life() {
    let setup = shipped();
    let lives = |seed| run(&setup, seed, false).expect("a runtime").digest;
    // Two of them with two nodes.
    for seed in [1, 7, 8, 42, 1000] {
        assert_eq!(lives(seed), lives(seed), "seed {seed} lived twice");
    }
    assert_ne!(lives(1), lives(2), "the seed decides nothing");
}
