//! A seeded simulation: hub, node, departments and clerks in one process, crashes included.
//!
//! `TANGHULU_SEED=n` runs one seed and prints its steps; `TANGHULU_SEEDS=n` says how many seeds run (1000).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use testkit::sim::{Report, run, setup};

/// Seeds in one ordinary run.
const SEEDS: u64 = 1_000;

fn shipped() -> testkit::sim::Setup {
    setup(&Path::new(env!("CARGO_MANIFEST_DIR")).join("config")).expect("the shipped configuration loads")
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn complain(report: &Report) -> String {
    format!(
        "seed {} (TANGHULU_SEED={} shows every step)\n{}\nthe last steps:\n{}\n",
        report.seed,
        report.seed,
        report.violations.join("\n"),
        report.last.join("\n")
    )
}

#[test]
fn no_case_is_lost_and_none_doubled() {
    let setup = shipped();
    if let Some(seed) = number("TANGHULU_SEED") {
        let report = run(&setup, seed, true).expect("a runtime");
        assert!(report.violations.is_empty(), "{}", complain(&report));
        return;
    }
    let seeds = number("TANGHULU_SEEDS").unwrap_or(SEEDS);
    let next = AtomicU64::new(1);
    let bad: Mutex<Vec<Report>> = Mutex::new(Vec::new());
    let totals = Mutex::new((0, 0, 0, 0));
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed > seeds {
                        break;
                    }
                    let report = run(&setup, seed, false).expect("a runtime");
                    let mut totals = totals.lock().unwrap_or_else(PoisonError::into_inner);
                    totals.0 += report.counts.0;
                    totals.1 += report.counts.1;
                    totals.2 += report.counts.2;
                    totals.3 += report.digest.0;
                    if !report.violations.is_empty() {
                        bad.lock().unwrap_or_else(PoisonError::into_inner).push(report);
                    }
                }
            });
        }
    });
    let (cases, bookings, crashes, steps) = *totals.lock().unwrap();
    println!("{seeds} seeds: {cases} cases, {bookings} bookings, {crashes} crashes, {steps} steps");
    let mut bad = bad.into_inner().unwrap();
    bad.sort_by_key(|r| r.seed);
    if std::env::var_os("TANGHULU_SHORT").is_some() {
        for report in &bad {
            println!("{}: {}", report.seed, report.violations.join(" | "));
        }
    }
    assert!(
        bad.is_empty(),
        "{} of {seeds} seeds failed; the first:\n{}",
        bad.len(),
        complain(&bad[0])
    );
}

#[test]
fn the_same_seed_is_the_same_life() {
    let setup = shipped();
    let lives = |seed| run(&setup, seed, false).expect("a runtime").digest;
    for seed in [1, 7, 42, 1000] {
        assert_eq!(lives(seed), lives(seed), "seed {seed} lived twice");
    }
    assert_ne!(lives(1), lives(2), "the seed decides nothing");
}
