#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::*;
use model::{BatchId, Code};
use port::{Lying, Thing};
use std::fs;
use std::path::Path;

async fn lying(bench: &Bench, place: &Path) -> Vec<Lying> {
    bench.adapter.inspect(place).await.unwrap()
}

/// Every name below a directory with its bytes.
fn tree(dir: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(tree(&path));
        } else {
            all.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    all.sort();
    all
}

/// A bench with a set of ours on its medium.
async fn cut(more: &str) -> Bench {
    let bench = Bench::new(more);
    bench.adapter.deliver(&bench.prepared(1, &CASES)).await.unwrap();
    bench
}

#[tokio::test]
async fn each_thing_is_told_for_what_it_is_and_nothing_is_changed() {
    let bench = cut("").await;
    let medium = bench.medium();
    bench.put("HP0302A1.DBF", &golden("HP0302A1.DBF"));
    for name in [
        "HP0302A1.DBF.receipt.txt",
        "SW0301A1.cancelled.txt",
        "holiday.jpg",
        "x.receipt.txt",
    ] {
        bench.put(name, b"x");
    }
    fs::create_dir(medium.join("SW0302A2.part-haidian-1-ntax-disk")).unwrap();
    fs::create_dir(medium.join("photos")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", medium.join("HP0309A1.DBF")).unwrap();
    let before = tree(&medium);
    let found = lying(&bench, &medium).await;
    let told: Vec<_> = found
        .iter()
        .map(|l| (l.name.as_str(), l.thing, l.number.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("HP0302A1.DBF", Thing::Return, Some("SW0302A1")),
            ("HP0302A1.DBF.receipt.txt", Thing::Note, Some("SW0302A1")),
            ("HP0309A1.DBF", Thing::Stranger, None),
            ("SW0301A1.cancelled.txt", Thing::Note, Some("SW0301A1")),
            ("SW0302A1", Thing::Set, Some("SW0302A1")),
            ("SW0302A2.part-haidian-1-ntax-disk", Thing::Unfinished, None),
            ("holiday.jpg", Thing::Stranger, None),
            ("photos", Thing::Stranger, None),
            ("x.receipt.txt", Thing::Stranger, None),
        ]
    );
    let offered = bench.offers(&medium).await;
    assert_eq!(found[0].digest, Some(offered[0].digest), "as an import would have it");
    assert_eq!((found[0].rows, found[0].wrong.clone()), (Some(2), None));
    let set = &found[4];
    assert_eq!(
        (set.ledger, set.rows, set.answer.as_deref()),
        (Some(BatchId(1)), Some(3), Some("HP0302A1.DBF"))
    );
    assert_eq!(
        (set.sender.as_deref(), set.recipient.as_deref()),
        (Some("haidian-1"), Some("ntax"))
    );
    assert!(found.iter().all(|l| l.wrong.is_none()), "{found:?}");
    // Or one thing alone.
    assert_eq!(lying(&bench, &medium.join("SW0302A1")).await, found[4..5]);
    assert_eq!(lying(&bench, &medium.join("HP0302A1.DBF")).await, found[..1]);
    assert_eq!(tree(&medium), before);
}

/// One byte anywhere, a file less, another name: a set that was touched is told before anybody carries it on.
#[tokio::test]
async fn a_set_that_is_not_as_it_was_signed_is_unsound() {
    let bench = cut("").await;
    let set = bench.medium().join("SW0302A1");
    let wrong = async || lying(&bench, &bench.medium()).await[0].wrong.clone().map(|w| w.code);
    assert_eq!(wrong().await, None);
    for (path, bytes) in tree(&set) {
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut other = bytes.clone();
            other[at] ^= 1;
            fs::write(&path, &other).unwrap();
            // The last byte of a signature is the end of its line.
            let is_blank = other[at].is_ascii_whitespace() || bytes[at].is_ascii_whitespace();
            assert!(wrong().await.is_some() || is_blank, "{path:?} @{at}");
        }
        fs::remove_file(&path).unwrap();
        let code = wrong().await;
        let gone = path.ends_with("bagit.txt") && lying(&bench, &bench.medium()).await[0].thing == Thing::Stranger;
        assert!(code.is_some() || gone, "{path:?} is missing: {code:?}");
        fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(wrong().await, None, "put right it is right again");
    fs::rename(&set, bench.medium().join("SW0302A7")).unwrap();
    assert_eq!(wrong().await, Some(Code::EStructure));
    fs::rename(bench.medium().join("SW0302A7"), &set).unwrap();
    fs::write(set.join("data/AUTORUN.INF"), "[autorun]").unwrap();
    let told = &lying(&bench, &bench.medium()).await[0];
    assert_eq!((told.wrong.clone(), told.warnings[0].code), (None, Code::WUnlistedFile));
}

/// What an import would refuse as a whole is told before anybody drives across the town with it.
#[tokio::test]
async fn a_return_that_cannot_be_read_is_unsound() {
    let bench = cut("").await;
    let whole = golden("HP0302A1.DBF");
    for len in [0, 20, whole.len() / 2, whole.len() - 9] {
        bench.put("HP0302A1.DBF", &whole[..len]);
        let told = &lying(&bench, &bench.medium()).await[0];
        assert_eq!((told.thing, told.rows), (Thing::Return, None));
        assert!(told.wrong.is_some(), "{len} bytes");
    }
}

/// Who is between whom decides, and it is said.
#[tokio::test]
async fn what_is_between_others_is_named() {
    let theirs = cut("sender = \"haidian-2\"\nrecipient = \"hrss\"").await;
    let bench = Bench::new("");
    let from = theirs.medium().join("SW0302A1");
    let to = bench.medium().join("SW0302A1");
    fs::create_dir_all(to.join("data")).unwrap();
    for (path, bytes) in tree(&from) {
        fs::write(to.join(path.strip_prefix(&from).unwrap()), bytes).unwrap();
    }
    let told = &lying(&bench, &bench.medium()).await[0];
    assert_eq!(told.thing, Thing::Elsewhere);
    assert_eq!(
        (told.sender.as_deref(), told.recipient.as_deref()),
        (Some("haidian-2"), Some("hrss"))
    );
    // Labels that cannot be read: the name is all there is.
    fs::write(to.join("bag-info.txt"), b"\xff").unwrap();
    let told = &lying(&bench, &bench.medium()).await[0];
    assert_eq!((told.thing, told.wrong.is_some()), (Thing::Set, true));
    let nowhere = bench.adapter.inspect(&bench.medium().join("nowhere")).await;
    assert_eq!(nowhere.unwrap_err().finding.code, Code::CPlace);
}
