//! What leaves on a medium: whole or not at all, the same bytes each time, taken back only with proof.

use crate::testing::*;
use model::Code;
use port::{Fault, Next, Outcome, Prepared, Recalled};
use std::fs;
use std::path::Path;

/// Every file below a directory with its bytes, by relative path.
fn tree(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(
                tree(&path)
                    .into_iter()
                    .map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)),
            );
        } else {
            found.push((name, fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

fn expected(batch: &Prepared) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = batch
        .encoded
        .parts
        .iter()
        .map(|p| (format!("SW0302A1/{}", p.name), p.bytes.clone()))
        .collect();
    files.sort();
    files
}

fn code(fault: &Fault) -> (Code, Next) {
    (fault.finding.code, fault.next)
}

#[tokio::test]
async fn a_set_is_whole_and_the_same_however_often_it_is_cut() {
    let bench = Bench::new("");
    let mut batch = bench.prepared(1, &CASES);
    for copy in 1..=3 {
        batch.copy = copy;
        batch.again = copy > 1;
        assert_eq!(bench.adapter.deliver(&batch).await.unwrap(), vec![Outcome::Pending; 3]);
        assert_eq!(tree(&bench.medium()), expected(&batch));
    }
    let other = bench.dir.path().join("other");
    fs::create_dir(&other).unwrap();
    batch.place = Some(other.clone());
    bench.adapter.deliver(&batch).await.unwrap();
    assert_eq!(tree(&other), expected(&batch));
}

#[tokio::test]
async fn an_export_killed_at_any_point_is_begun_again() {
    let bench = Bench::new("");
    let batch = bench.prepared(1, &CASES);
    let growing = bench.medium().join("SW0302A1.part-haidian-1-ntax-disk");
    // Killed after each file, and in the middle of each.
    for written in 0..=batch.encoded.parts.len() {
        for half in [false, true] {
            fs::create_dir_all(growing.join("data")).unwrap();
            for (at, part) in batch.encoded.parts.iter().take(written).enumerate() {
                let cut = if half && at + 1 == written {
                    part.bytes.len() / 2
                } else {
                    part.bytes.len()
                };
                fs::write(growing.join(&part.name), &part.bytes[..cut]).unwrap();
            }
            assert!(
                !bench.medium().join("SW0302A1").exists(),
                "an unfinished set under its name"
            );
            assert_eq!(
                bench.offers(&bench.medium()).await.len(),
                0,
                "an unfinished set offered"
            );
            bench.adapter.deliver(&batch).await.unwrap();
            assert_eq!(tree(&bench.medium()), expected(&batch), "{written} {half}");
            fs::remove_dir_all(bench.medium().join("SW0302A1")).unwrap();
        }
    }
}

#[tokio::test]
async fn leftovers_of_others_stay() {
    let bench = Bench::new("");
    let mine = bench.medium().join("SW0228B7.part-haidian-1-ntax-disk");
    let others = [
        "SW0302A1.part-haidian-2-ntax-disk",
        "HR0302A1.part-haidian-1-ntax-disk",
        "notes.part-haidian-1-ntax-disk",
        "SW0302A1.part",
    ];
    fs::create_dir(&mine).unwrap();
    others
        .iter()
        .for_each(|name| fs::create_dir(bench.medium().join(name)).unwrap());
    bench.adapter.deliver(&bench.prepared(1, &CASES)).await.unwrap();
    assert!(!mine.exists());
    others
        .iter()
        .for_each(|name| assert!(bench.medium().join(name).exists(), "{name}"));
}

#[tokio::test]
async fn another_set_of_the_same_number_is_never_touched() {
    let bench = Bench::new("");
    let batch = bench.prepared(1, &CASES);
    let bag = bench.medium().join("SW0302A1");
    for spoil in ["data/SW0302A1.DBF", "bag-info.txt", "signature.ed25519"] {
        bench.adapter.deliver(&batch).await.unwrap();
        fs::write(bag.join(spoil), b"other").unwrap();
        let fault = bench.adapter.deliver(&batch).await.unwrap_err();
        assert_eq!(code(&fault), (Code::CConflict, Next::Person));
        assert_eq!(fs::read(bag.join(spoil)).unwrap(), b"other");
        assert_eq!(bench.adapter.recall(&batch).await.unwrap(), Recalled::Impossible);
        fs::remove_file(bag.join(spoil)).unwrap();
        assert_eq!(
            code(&bench.adapter.deliver(&batch).await.unwrap_err()),
            (Code::CConflict, Next::Person)
        );
        fs::remove_dir_all(&bag).unwrap();
    }
}

#[tokio::test]
async fn a_missing_medium_is_a_persons_business() {
    let bench = Bench::new("");
    let mut batch = bench.prepared(1, &CASES);
    for place in [None, Some(bench.medium().join("nowhere")), Some(bench.put("file", b""))] {
        batch.place = place;
        assert_eq!(
            code(&bench.adapter.deliver(&batch).await.unwrap_err()),
            (Code::CPlace, Next::Person)
        );
        assert_eq!(bench.adapter.recall(&batch).await.unwrap(), Recalled::Impossible);
    }
    let mut foreign = bench.prepared(1, &CASES);
    foreign.encoded.parts[0].name = "../../escape".into();
    assert_eq!(bench.adapter.deliver(&foreign).await.unwrap_err().next, Next::Never);
    assert!(!bench.dir.path().join("escape").exists());
}

#[tokio::test]
async fn a_set_is_taken_back_once_and_stays_back() {
    let bench = Bench::new("");
    let batch = bench.prepared(1, &CASES);
    assert_eq!(
        bench.adapter.recall(&batch).await.unwrap(),
        Recalled::Impossible,
        "never there"
    );
    bench.adapter.deliver(&batch).await.unwrap();
    for _ in 0..3 {
        assert_eq!(bench.adapter.recall(&batch).await.unwrap(), Recalled::Recalled);
        let names: Vec<_> = tree(&bench.medium()).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["SW0302A1.cancelled.txt"]);
    }
    // The note speaks of that set, not of another that had its number.
    assert_eq!(
        bench.adapter.recall(&bench.prepared(1, &CASES[..1])).await.unwrap(),
        Recalled::Impossible
    );
    // Cut again and carried away: the old note proves nothing any more.
    bench.adapter.deliver(&batch).await.unwrap();
    fs::remove_dir_all(bench.medium().join("SW0302A1")).unwrap();
    assert_eq!(bench.adapter.recall(&batch).await.unwrap(), Recalled::Impossible);
}

/// Killed once the set has lost its name, and after each file that went. Before its note is there, whoever removed a file was
/// not us.
#[tokio::test]
async fn taking_back_killed_in_between_is_finished() {
    let bench = Bench::new("");
    let batch = bench.prepared(1, &CASES);
    let (set, growing) = (
        bench.medium().join("SW0302A1"),
        bench.medium().join("SW0302A1.part-haidian-1-ntax-disk"),
    );
    bench.adapter.deliver(&batch).await.unwrap();
    bench.adapter.recall(&batch).await.unwrap();
    let note = fs::read(bench.medium().join("SW0302A1.cancelled.txt")).unwrap();
    for gone in 0..=batch.encoded.parts.len() {
        for noted in [false, true] {
            bench.adapter.deliver(&batch).await.unwrap();
            fs::rename(&set, &growing).unwrap();
            for part in batch.encoded.parts.iter().take(gone) {
                fs::remove_file(growing.join(&part.name)).unwrap();
            }
            if noted {
                bench.put("SW0302A1.cancelled.txt", &note);
            }
            let proves = noted || gone == 0;
            let expected = if proves {
                Recalled::Recalled
            } else {
                Recalled::Impossible
            };
            assert_eq!(bench.adapter.recall(&batch).await.unwrap(), expected, "{gone} {noted}");
            if proves {
                let left: Vec<_> = tree(&bench.medium()).into_iter().map(|(name, _)| name).collect();
                assert_eq!(left, ["SW0302A1.cancelled.txt"], "{gone} {noted}");
            }
        }
    }
}

#[tokio::test]
async fn what_was_answered_or_copied_is_not_taken_back() {
    let bench = Bench::new("");
    let mut batch = bench.prepared(1, &CASES);
    bench.adapter.deliver(&batch).await.unwrap();
    batch.copy = 2;
    assert_eq!(bench.adapter.recall(&batch).await.unwrap(), Recalled::Impossible);
    batch.copy = 1;
    bench.put("hp0302a1.dbf", &golden("HP0302A1.DBF"));
    assert_eq!(bench.adapter.recall(&batch).await.unwrap(), Recalled::Taken);
    assert!(bench.medium().join("SW0302A1").exists());
}
