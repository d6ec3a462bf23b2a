//! The main job end to end: the demo's own judgement, and a second one that shares no code with it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::{Command, Output};

/// Counts a run again; `json` is what the run printed.
pub fn recount(dir: &Path, json: Option<&Path>) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recount.py");
    let mut call = Command::new("python3");
    call.arg(script).arg(dir);
    if let Some(json) = json {
        call.arg("--json").arg(json);
    }
    call.output().expect("python3 counts again")
}

struct Played {
    code: Option<i32>,
    said: serde_json::Value,
    recounted: Option<i32>,
    recount: String,
}

fn play(more: &[&str]) -> Played {
    let dir = tempfile::tempdir().unwrap();
    let demo = Command::new(env!("CARGO_BIN_EXE_tanghulu"))
        .args(["demo", "--once", "--json", "--cases", "60", "--dir"])
        .arg(dir.path())
        .args(more)
        .output()
        .unwrap();
    let json = dir.path().join("said.json");
    std::fs::write(&json, &demo.stdout).unwrap();
    let recounted = recount(dir.path(), Some(&json));
    Played {
        code: demo.status.code(),
        said: serde_json::from_slice(&demo.stdout).unwrap_or_else(|e| panic!("{e}: {demo:?}")),
        recounted: recounted.status.code(),
        recount: String::from_utf8(recounted.stdout).unwrap() + &String::from_utf8(recounted.stderr).unwrap(),
    }
}

#[test]
fn sixty_cases_reach_their_ends_and_a_recount_agrees() {
    let played = play(&[]);
    assert_eq!(played.code, Some(0), "{}", played.said);
    assert_eq!(played.recounted, Some(0), "{}", played.recount);
    assert!(played.said["accepted"].as_u64().unwrap() > 250, "{}", played.said);
    assert_eq!(played.said["lost"], 0);
    assert_eq!(played.said["doubled"], 0);
    assert_eq!(played.said["waiting"], 0);
    assert!(
        played.said["refused"].as_u64().unwrap() > 0,
        "some are refused by name: {}",
        played.said
    );
}

#[test]
fn a_department_that_loses_a_booking_is_found_out_by_both() {
    let played = play(&["--sabotage", "lose"]);
    assert_eq!(played.code, Some(1), "{}", played.said);
    assert_eq!(played.said["lost"], 1, "{}", played.said);
    assert_eq!(played.said["doubled"], 0, "{}", played.said);
    assert_eq!(played.recounted, Some(1), "{}", played.recount);
    assert!(played.recount.contains("lost: 1 of these"), "{}", played.recount);
}

#[test]
fn a_department_that_books_twice_is_found_out_by_both() {
    let played = play(&["--sabotage", "double"]);
    assert_eq!(played.code, Some(1), "{}", played.said);
    assert_eq!(played.said["lost"], 0, "{}", played.said);
    assert_eq!(played.said["doubled"], 1, "{}", played.said);
    assert_eq!(played.recounted, Some(1), "{}", played.recount);
    assert!(played.recount.contains("doubled: 1"), "{}", played.recount);
}
