//! Files that are larger than the memory they may take: read, killed in the midst, gone on with, counted.
//!
//! `TANGHULU_MIB=n` makes a file n MiB large; the short form is a tenth of what the node may take, the long one was run
//! with 4,096 for CSV. `TANGHULU_ROWS=n` brings n rows to disks; the long one was run with 1,000,000.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod bench;
mod disks;
mod terminal;

use bench::{BAD, Bench, Format, most};
use disks::{Disks, Step, case_numbers};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// What a node may take, whatever the size of a file: 256 MiB.
const MOST_KIB: u64 = 256 << 10;
/// What looking at one may take, with no ledger at hand: less than three times the short form, so that a file that is
/// held anywhere shows.
const LOOK_KIB: u64 = 64 << 10;

fn mib() -> u64 {
    std::env::var("TANGHULU_MIB").map_or(24, |n| n.parse().unwrap())
}

/// Waits for the end of a process, or for something else, and keeps the most memory it had.
fn watch(child: &mut Child, peak: &mut u64, until: &dyn Fn() -> bool) {
    while child.try_wait().unwrap().is_none() && !until() {
        *peak = most(child).unwrap_or_default().max(*peak);
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_file_larger_than_memory_is_taken_though_the_node_is_killed_in_its_midst() {
    let mib = mib();
    let bench = Bench::new(Format::Csv);
    let (file, rows) = bench.file(mib << 20);
    let file = file.to_str().unwrap();
    let mut peak = 0;
    let journal = bench.dir.path().join("data/journal");
    let written = || {
        let files = fs::read_dir(&journal).into_iter().flatten().flatten();
        files.map(|f| f.metadata().map_or(0, |m| m.len())).sum::<u64>()
    };
    // While it is being read, and while its rows take effect: the rows alone are about twice as long as the file.
    for enough in [mib << 19, (mib << 20) * 2, (mib << 20) * 11 / 4] {
        let mut child = bench.command(&["collect", "bench", file]).spawn().unwrap();
        watch(&mut child, &mut peak, &|| written() > enough);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let mut child = bench.command(&["collect", "bench", file]).spawn().unwrap();
    watch(&mut child, &mut peak, &|| false);
    let said = child.wait_with_output().unwrap();
    let taken: Value = serde_json::from_slice(&said.stdout).unwrap();
    let bad = rows / BAD;
    assert_eq!(
        (taken[0]["rows"].as_u64(), taken[0]["refused"].as_u64()),
        (Some(rows), Some(bad)),
        "{taken}"
    );
    let balance = bench.answer(&["balance"]);
    assert_eq!(balance["total"]["opened"], 2 * (rows - bad), "{balance}");
    assert_eq!(
        (&balance["unexplained"], &balance["refused_rows"]),
        (&0.into(), &bad.into()),
        "{balance}"
    );
    // The same file again changes nothing.
    let again = bench.answer(&["collect", "bench", file]);
    assert_eq!(again[0]["verdict"], "repeat", "{again}");
    let (peak_mib, journal_mib) = (peak >> 10, written() >> 20);
    eprintln!("{rows} rows, {mib} MiB: at most {peak_mib} MiB resident, {journal_mib} MiB of journal");
    assert!(peak < MOST_KIB, "{peak} KiB for {mib} MiB");
}

/// XML and JSON Lines are judged as a whole before their first row is given, and are held for it as little as CSV is.
#[test]
fn a_document_larger_than_memory_is_looked_at_in_the_memory_of_a_record() {
    for format in [Format::Csv, Format::Jsonl, Format::Xml] {
        let bench = Bench::new(format);
        let (file, rows) = bench.file(mib() << 20);
        let file = file.to_str().unwrap();
        let mut peak = 0;
        let said = bench.dir.path().join("seen.json");
        let mut look = bench.command(&["preview", "bench", file]);
        let mut child = look.stdout(File::create(&said).unwrap()).spawn().unwrap();
        watch(&mut child, &mut peak, &|| false);
        let seen: Value = serde_json::from_slice(&fs::read(&said).unwrap()).unwrap();
        let bad = rows / BAD;
        assert_eq!(
            (&seen["good"], &seen["bad"]),
            (&(rows - bad).into(), &bad.into()),
            "{format:?}"
        );
        eprintln!(
            "{format:?}, {rows} rows, {} MiB: at most {} MiB resident",
            mib(),
            peak >> 10
        );
        assert!(peak < LOOK_KIB, "{format:?}: {peak} KiB for {} MiB", mib());
    }
}

/// A long queue leaves in as many sets as its medium and the ledger want, in one export though it is killed in its midst; and
/// comes back in as many answers.
#[test]
fn a_million_rows_leave_on_disks_and_come_back_in_little_memory() {
    let rows = std::env::var("TANGHULU_ROWS").map_or(12_000, |n| n.parse().unwrap());
    // A day has 234 names.
    let cap: u64 = if rows > 200_000 { 2 } else { 1 };
    let disks = Disks::new(rows, &format!("max_bytes = \"{cap} MiB\""));
    let taken = disks.cases(rows);
    assert_eq!(taken.said[0]["rows"], rows, "{}", taken.said);
    disks.killed_export();
    let out = disks.export();
    let tables = disks.tables();
    assert!(tables.len() as u64 > rows * 300 / (cap << 20), "{} sets", tables.len());
    let mut cases = BTreeSet::new();
    for (number, table) in &tables {
        let bytes = fs::metadata(table).unwrap().len();
        assert!(bytes <= cap << 20, "{number}: {bytes}");
        for case in case_numbers(table) {
            assert!(cases.insert(case), "{number} has what another one has");
        }
    }
    assert_eq!(cases.len() as u64, rows);
    drop(cases);
    if rows > 200_000 {
        copied(
            &disks,
            &tables.iter().map(|(_, table)| table.clone()).collect::<Vec<_>>(),
        );
    }
    assert_eq!(disks.answer(), rows);
    disks.killed_import();
    let back = disks.import();
    let answers = back.said.as_array().unwrap();
    assert_eq!(answers.len(), tables.len());
    let good = |a: &Value| (a["verdict"] == "accepted" || a["verdict"] == "repeat") && a["refused"] == 0;
    assert!(answers.iter().all(good), "{}", back.said);
    let balance = disks.bench.answer(&["balance"]);
    assert_eq!(
        (&balance["total"]["booked"], &balance["unexplained"]),
        (&rows.into(), &0.into()),
        "{balance}"
    );
    for (what, step) in [("taken", &taken), ("exported", &out), ("imported", &back)] {
        let Step { peak_kib, took, .. } = step;
        eprintln!(
            "{rows} rows {what}: {took:.1?}, at most {} MiB resident",
            peak_kib >> 10
        );
        assert!(*peak_kib < MOST_KIB, "{what}: {peak_kib} KiB for {rows} rows");
    }
}

/// What copying and hashing these files takes, for whoever compares: the middle of three.
fn copied(disks: &Disks, files: &[std::path::PathBuf]) {
    let copies = disks.bench.dir.path().join("copies");
    let mut took: Vec<Duration> = (0..3)
        .map(|_| {
            fs::create_dir(&copies).unwrap();
            let begun = Instant::now();
            let mut copy = Command::new("cp");
            assert!(copy.args(files).arg(&copies).status().unwrap().success());
            let mut sync = Command::new("sync");
            assert!(sync.arg("-f").arg(&copies).status().unwrap().success());
            let mut hash = Command::new("sha256sum");
            assert!(hash.args(files).output().unwrap().status.success());
            let took = begun.elapsed();
            fs::remove_dir_all(&copies).unwrap();
            took
        })
        .collect();
    took.sort();
    let bytes: u64 = files.iter().map(|f| fs::metadata(f).unwrap().len()).sum();
    eprintln!("{} MiB copied and hashed: {:.1?}", bytes >> 20, took[1]);
}
