//! Sets on media that end somewhere: no payload is larger than its cap, no name is more than the oldest of them can write,
//! and no time of theirs is believed.

use crate::testing::keyring::Keyring;
use crate::testing::*;
use port::{Adapter, Encoded, Outcome, Outgoing, Unencoded};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn many(rows: usize) -> Outgoing {
    let cases: Vec<&str> = CASES.iter().cycle().take(rows).copied().collect();
    outgoing(&cases)
}

fn many_forms(rows: usize) -> Outgoing {
    let cases: Vec<&str> = CASES.iter().cycle().take(rows).copied().collect();
    forms::outgoing(&cases)
}

fn payload(encoded: &Encoded) -> usize {
    let data = |part: &&port::Part| part.name.starts_with("data/");
    encoded.parts.iter().find(data).unwrap().bytes.len()
}

/// As the engine asks: fewer, as long as it is told so.
fn fitting(adapter: &dyn Adapter, rows: &dyn Fn(usize) -> Outgoing, all: usize) -> (usize, usize) {
    let mut tried = all;
    for _ in 0..20 {
        match adapter.encode(&rows(tried), &numbers(1)) {
            Ok(encoded) => return (tried, payload(&encoded)),
            Err(Unencoded::TooLarge { rows }) => {
                assert!((1..tried).contains(&rows), "{rows} of {tried}");
                tried = rows;
            }
            Err(Unencoded::Misfits(misfits)) => panic!("{misfits:?}"),
        }
    }
    panic!("nothing fits")
}

#[tokio::test]
async fn no_payload_is_larger_than_its_cap_however_it_is_written() {
    let keys = Keyring::new();
    let cap = 64 << 10;
    let more = "max_bytes = \"64 KiB\"";
    let sealed = format!(
        "{more}\nrecipients = [\"{}\"]\n{}",
        keys.bureau.recipient(),
        keys.identity("node")
    );
    let plain = Bench::new(more);
    let sealed = Bench::of(keys.settings(&sealed), 16 << 20);
    let book = forms::bench(&format!("control_sum = \"注册资本\"\n{more}"));
    for (what, bench, rows) in [
        ("plain", &plain, &many as &dyn Fn(usize) -> Outgoing),
        ("sealed", &sealed, &many),
        ("workbook", &book, &many_forms),
    ] {
        let (rows, bytes) = fitting(&*bench.adapter, rows, 5_000);
        assert!(bytes <= cap, "{what}: {bytes}");
        // And it is made use of.
        assert!(bytes > cap / 2, "{what}: {bytes} of {cap} for {rows} rows");
    }
    // A table is told by arithmetic: what fits is known at once, and one row more does not.
    let (fit, _) = fitting(&*plain.adapter, &many, 5_000);
    let told = plain.adapter.encode(&many(5_000), &numbers(1)).unwrap_err();
    assert_eq!(told, Unencoded::TooLarge { rows: fit });
    let told = plain.adapter.encode(&many(fit + 1), &numbers(1)).unwrap_err();
    assert_eq!(told, Unencoded::TooLarge { rows: fit });
    // Without a setting there is a cap all the same, far below what FAT32 takes.
    let usual = Bench::new("");
    let (rows, bytes) = fitting(&*usual.adapter, &many, 200_000);
    assert!(rows > 40_000 && bytes <= 16 << 20, "{rows} rows, {bytes} bytes");
}

#[tokio::test]
async fn one_row_that_is_larger_than_the_cap_is_named() {
    let bench = forms::bench("control_sum = \"注册资本\"\nmax_bytes = \"4 KiB\"");
    let mut rows = many_forms(1);
    // What does not pack.
    let text: String = (0..4_000_u32)
        .map(|n| char::from_u32(0x4e00 + n.wrapping_mul(2_654_435_761) % 20_000).unwrap())
        .collect();
    rows.rows[0].cells[2] = Some(text.into());
    let misfits = bench.adapter.encode(&rows, &numbers(1)).unwrap_err().misfits();
    assert_eq!((misfits.len(), misfits[0].record), (1, 0));
    let finding = &misfits[0].findings[0];
    assert_eq!(finding.code, model::Code::ETooLarge);
    assert!(
        finding
            .args
            .iter()
            .any(|(name, of)| name == "setting" && of == "max_bytes")
    );
}

/// Every path below a directory, with `/` between its parts.
fn paths(dir: &Path, before: &str, all: &mut Vec<String>) {
    for entry in fs::read_dir(dir).unwrap().map(Result::unwrap) {
        let name = format!("{before}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            paths(&entry.path(), &format!("{name}/"), all);
        }
        all.push(name);
    }
}

/// FAT and its successors: letters that are in all code pages, none that mean something there, no name of a device, no two
/// names that differ in their case alone, none that ends in a dot. The table and its directory are 8.3.
#[tokio::test]
async fn every_name_can_be_written_on_any_medium() {
    let keys = Keyring::new();
    let recipient = keys.bureau.recipient();
    let sealed = format!("recipients = [\"{recipient}\"]\n{}", keys.identity("node"));
    let plain = Bench::new("");
    let sealed = Bench::of(keys.settings(&sealed), 16 << 20);
    for bench in [&plain, &sealed] {
        let batch = bench.prepared(1, &CASES);
        bench.adapter.deliver(&batch).await.unwrap();
        let again = bench.prepared(2, &CASES);
        bench.adapter.deliver(&again).await.unwrap();
        bench.adapter.recall(&again).await.unwrap();
        let mut all = Vec::new();
        paths(&bench.medium(), "", &mut all);
        assert!(all.iter().any(|path| path.ends_with(".cancelled.txt")), "{all:?}");
        let folded: BTreeSet<String> = all.iter().map(|path| path.to_ascii_lowercase()).collect();
        assert_eq!(folded.len(), all.len(), "{all:?}");
        for name in all.iter().flat_map(|path| path.split('/')) {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
            assert!(name.bytes().all(plain) && name.len() <= 64, "{name}");
            assert!(!name.starts_with(['.', '-']) && !name.ends_with('.'), "{name}");
            let stem = name.split('.').next().unwrap().to_ascii_uppercase();
            let device = ["CON", "PRN", "AUX", "NUL"].contains(&&*stem)
                || stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT"));
            assert!(!device, "{name}");
        }
    }
    let eight_three = |name: &str| {
        let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
        stem.len() <= 8 && ending.len() <= 3 && name == name.to_ascii_uppercase()
    };
    assert!(eight_three("SW0302A1") && plain.medium().join("SW0302A1").is_dir());
    let table = fs::read_dir(plain.medium().join("SW0302A1/data"))
        .unwrap()
        .next()
        .unwrap();
    let table = table.unwrap().file_name();
    assert!(eight_three(table.to_str().unwrap()), "{table:?}");
}

/// FAT keeps two seconds, a stick's owner has no clock, and copying makes all of them new.
#[tokio::test]
async fn times_on_a_medium_mean_nothing() {
    let bench = Bench::new("");
    let batch = bench.prepared(1, &CASES);
    bench.adapter.deliver(&batch).await.unwrap();
    let answer = bench.put("HP0302A1.DBF", &golden("HP0302A1.DBF"));
    let first = bench.offers(&bench.medium()).await.remove(0).digest;
    for day in ["1980-01-01", "2107-12-31"] {
        for path in [answer.clone(), bench.medium().join("SW0302A1")] {
            let mut touch = Command::new("find");
            touch.arg(&path).args(["-exec", "touch", "-d", day, "{}", "+"]);
            assert!(touch.status().unwrap().success());
        }
        let outcomes = bench.adapter.deliver(&batch).await.unwrap();
        assert_eq!(outcomes, vec![Outcome::Pending; 3], "{day}");
        assert_eq!(bench.offers(&bench.medium()).await.remove(0).digest, first, "{day}");
    }
}
