//! How fast and how large the index on disk is. It says figures and judges nothing, so it runs only where it is asked
//! for: `TANGHULU_MEASURE="5000000 20000 300 300"` (records, records per write, least and most bytes of a value), and
//! with `TANGHULU_MEASURE_DIR` in that directory, which it does not remove. Build with `--release`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(
    clippy::disallowed_methods,
    reason = "it exists to say how long things take; nothing depends on it"
)]

use crate::{Index, Meta, SledIndex};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

/// What to do.
pub struct Plan {
    /// Records in all.
    pub records: u64,
    /// Records in each write.
    pub each: u64,
    /// Bytes of a value: at least.
    pub least: u64,
    /// And at most.
    pub most: u64,
}

impl Plan {
    /// From four numbers.
    pub fn parse(text: &str) -> Option<Self> {
        let numbers: Vec<u64> = text.split_whitespace().filter_map(|n| n.parse().ok()).collect();
        let [records, each, least, most] = numbers[..] else {
            return None;
        };
        Some(Self {
            records,
            each,
            least,
            most,
        })
    }
}

/// A scattering of numbers: the same for the same number.
fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 31)).wrapping_mul(0x7FB5_D329_728E_A185);
    let n = (n ^ (n >> 27)).wrapping_mul(0x81DA_DEF4_BC2D_D44D);
    n ^ (n >> 33)
}

/// One record in three has a key that tells nothing of when it came, as digests do; the others count up.
fn key(n: u64) -> String {
    match n % 3 {
        0 => format!("seen/stat/{:016x}", mix(n)),
        1 => format!("attempt/{n:012}"),
        _ => format!("case/{:04}-{n:012}", 2020 + n / 1_000_000),
    }
}

fn value(plan: &Plan, n: u64) -> Vec<u8> {
    let len = plan.least + mix(n ^ 0x55) % (plan.most - plan.least + 1);
    (0..len.div_ceil(8))
        .flat_map(|i| mix(n + i).to_le_bytes())
        .take(len as usize)
        .collect()
}

/// Resident memory now and at its highest, MiB.
fn resident() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|l| l.strip_prefix(name));
        let kib = line
            .and_then(|l| l.split_whitespace().next())
            .and_then(|n| n.parse::<u64>().ok());
        kib.unwrap_or(0) / 1024
    };
    (field("VmRSS:"), field("VmHWM:"))
}

fn on_disk(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let bytes: u64 = entries
        .map(|e| match e.path() {
            path if path.is_dir() => on_disk(&path) << 20,
            path => path.metadata().map_or(0, |m| m.len()),
        })
        .sum();
    bytes >> 20
}

fn say(what: &str, began: Instant, dir: &Path) {
    let (now, most) = resident();
    println!(
        "{what}: {:.2} s, resident {now} MiB (most {most}), directory {} MiB",
        began.elapsed().as_secs_f64(),
        on_disk(dir)
    );
}

fn percentiles(what: &str, mut micros: Vec<f64>) {
    micros.sort_by(f64::total_cmp);
    let at = |p: usize| micros[(micros.len() - 1) * p / 1000];
    println!(
        "{what}: p50 {:.1} us, p99 {:.1} us, most {:.0} us",
        at(500),
        at(990),
        at(1000)
    );
}

fn open(dir: &Path) -> SledIndex {
    let key = journal::NodeKey::from_bytes([7; 32]);
    SledIndex::open(dir, &key, Arc::new(seams::SystemRng::new())).unwrap()
}

fn looks(index: &SledIndex, what: &str, times: u64, mut look: impl FnMut(&dyn ledger::shelf::Cold, u64)) {
    let cold = index.cold();
    let micros = (0..times)
        .map(|n| {
            let began = Instant::now();
            look(&*cold, n);
            began.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    percentiles(what, micros);
}

/// Writes, reads, opens again, and says what it cost.
pub fn run(plan: &Plan, dir: &Path) {
    let (counters, last) = Default::default();
    let mut meta = Meta {
        format: Meta::FORMAT,
        watermark: 0,
        chain: [0; 32],
        counters,
        last,
        last_time: 0,
    };
    let mut index = open(dir);
    say("empty", Instant::now(), dir);
    let began = Instant::now();
    let (mut stalls, mut writes) = (Vec::new(), 0.0);
    for begin in (0..plan.records).step_by(plan.each as usize) {
        let changes: Vec<_> = (begin..plan.records.min(begin + plan.each))
            .map(|n| (key(n), Some(value(plan, n))))
            .collect();
        meta.watermark += 1;
        let write = Instant::now();
        index.write(&changes, &meta).unwrap();
        writes += write.elapsed().as_secs_f64();
        stalls.push(write.elapsed().as_secs_f64() * 1e6);
        if (begin / plan.each + 1).is_multiple_of(50) {
            say(
                &format!("{} written, {writes:.2} s of it in write", begin + plan.each),
                began,
                dir,
            );
        }
    }
    say(&format!("written, {writes:.2} s of it in write"), began, dir);
    percentiles("one write", stalls);
    let times = plan.records.min(200_000);
    let random = |n: u64| mix(n ^ 0xABCD) % plan.records;
    looks(&index, "get, there", times, |cold, n| {
        let n = random(n);
        assert_eq!(cold.get(&key(n)), Some(value(plan, n)), "{}", key(n));
    });
    say("looked", began, dir);
    looks(&index, "get, not there", times, |cold, n| {
        assert_eq!(cold.get(&format!("seen/stat/{:016x}x", mix(n))), None);
    });
    say("looked", began, dir);
    looks(&index, "500 keys", 200, |cold, n| {
        let keys = cold.keys("case/", &format!("case/2020-{:012}", random(n)), 500);
        assert!(keys.len() <= 500);
    });
    say("listed", began, dir);
    drop(index);
    say("closed", began, dir);
    let again = Instant::now();
    let index = open(dir);
    say("opened again", again, dir);
    looks(&index, "get, there", times, |cold, n| {
        let n = random(n);
        assert_eq!(cold.get(&key(n)), Some(value(plan, n)));
    });
    say("looked", again, dir);
    assert!(!index.is_damaged());
}

#[test]
fn figures_where_they_are_asked_for() {
    let Some(plan) = std::env::var("TANGHULU_MEASURE").ok().and_then(|p| Plan::parse(&p)) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let dir = std::env::var_os("TANGHULU_MEASURE_DIR").map_or(dir.path().join("index"), Into::into);
    run(&plan, &dir);
}
