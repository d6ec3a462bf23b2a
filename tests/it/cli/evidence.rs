//! What an auditor does who has no secret: a copy of the journal, the public key, and receipts that left the machine.

use super::played::Played;
use super::say::{Said, call};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A receipt that the bureau gets for a file: one that came before comes again, and files are answered from now on.
fn receipt(played: &Played) -> PathBuf {
    let settings = played.config.join("departments/ltax.toml");
    let text = fs::read_to_string(&settings).unwrap();
    let answering = text.replace("[channel.settings.in]", "[channel.settings.in]\nanswer = true");
    // The demo's SFTP server went with it; its directory is still there.
    let (before, sftp) = answering.split_once("[channel.settings.sftp]").unwrap();
    let (_, after) = sftp.split_once("\n[[").unwrap();
    let root = format!(
        "transport = \"directory\"\nroot = \"{}\"",
        played.dir().join("ltax-front").display()
    );
    let here = format!("{before}[[{after}").replace("transport = \"sftp\"", &root);
    fs::write(
        &settings,
        here.replace("\"/upload", "\"upload")
            .replace("\"/download", "\"download"),
    )
    .unwrap();
    let done = played.dir().join("ltax-front/download/done");
    for entry in fs::read_dir(&done).unwrap().flatten() {
        fs::rename(entry.path(), done.parent().unwrap().join(entry.file_name())).unwrap();
    }
    let config = played.config.to_str().unwrap();
    let said = call(&["--config", config, "collect", "ltax", "--as", "张三"]);
    assert_eq!(said.code, 0, "{said:?}");
    let names = fs::read_dir(&done).unwrap().map(|e| e.unwrap().path());
    let mut receipts = names.filter(|p| p.to_string_lossy().ends_with(".receipt.csv"));
    receipts.next().expect("a receipt beside the file")
}

fn figures(said: &Said) -> Value {
    serde_json::from_str(&said.out).unwrap_or_else(|_| panic!("{said:?}"))
}

/// A copy of the journal alone: as it is sent to an auditor.
fn copy(journal: &Path) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(journal).unwrap().flatten() {
        fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
    }
    dir
}

#[test]
fn an_auditor_needs_a_copy_the_public_key_and_receipts() {
    let played = Played::new();
    let config = played.config.to_str().unwrap();
    let stats = figures(&call(&["--config", config, "ledger", "stats", "--json"]));
    let (key, head) = (
        stats["public_key"].as_str().unwrap(),
        stats["signed_head"].as_str().unwrap(),
    );
    let journal = played.data.join("journal");
    let copied = copy(&journal);
    let there = copied.path().to_str().unwrap().to_owned();
    // No configuration is at hand where the auditor sits.
    let verify = |more: &[&str]| {
        let line = [
            &[
                "--config",
                "/nowhere",
                "--json",
                "ledger",
                "verify",
                &there,
                "--public-key",
                key,
            ],
            more,
        ]
        .concat();
        call(&line)
    };
    let whole = verify(&["--anchor", head]);
    let value = figures(&whole);
    assert_eq!((whole.code, &value["intact"]), (0, &true.into()), "{whole:?}");
    assert_eq!((&value["signed"], &value["anchors"]), (&value["groups"], &1.into()));

    // A receipt that went to a bureau months ago still holds.
    let paper = receipt(&played);
    let said = verify(&["--anchor", paper.to_str().unwrap()]);
    assert_eq!((said.code, &figures(&said)["anchors"]), (0, &1.into()), "{said:?}");

    // The last segment is cut off, and `head` with it: the journal looks whole, but not beside a receipt.
    let mut segments: Vec<PathBuf> = fs::read_dir(copied.path())
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    segments.retain(|path| path.extension().is_some_and(|e| e == "seg"));
    segments.sort();
    let last = segments.last().unwrap();
    let bytes = fs::read(last).unwrap();
    let group = bytes.windows(8).rposition(|at| at == b"TANGHGRP").unwrap();
    fs::write(last, &bytes[..group]).unwrap();
    fs::remove_file(copied.path().join("head")).unwrap();
    let cut = figures(&verify(&["--anchor", head]));
    let kinds: Vec<&str> = cut["damage"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|d| d["kind"].as_str())
        .collect();
    assert_eq!(kinds, ["head-missing", "cut"]);
    assert_eq!(
        cut["damage"][1]["group"], value["groups"],
        "the group that is gone is named"
    );
}

#[test]
fn what_proves_nothing_is_refused_by_name() {
    let played = Played::new();
    let other = Played::new();
    let of = |played: &Played, what: &str| {
        let config = played.config.to_str().unwrap();
        let stats = figures(&call(&["--config", config, "ledger", "stats", "--json"]));
        stats[what].as_str().unwrap().to_owned()
    };
    let journal = played.data.join("journal");
    let journal = journal.to_str().unwrap();
    let key = of(&played, "public_key");
    let verify =
        |more: &[&str]| call(&[&["--config", "/nowhere", "--json", "ledger", "verify", journal], more].concat());
    let empty = played.dir().join("letter.txt");
    fs::write(&empty, "nothing here").unwrap();
    let forged = of(&played, "signed_head").replace("th1:", "th1:A")[..164].to_owned();
    let theirs = of(&other, "signed_head");
    for (line, code, says) in [
        (vec!["--public-key", "12ab"], 2, "V_CALL"),
        (vec!["--public-key", &key, "--anchor", &forged], 2, "L_ANCHOR"),
        (vec!["--public-key", &key, "--anchor", &theirs], 2, "L_ANCHOR"),
        (vec!["--anchor", &theirs], 2, "L_ANCHOR"),
        (vec!["--anchor", empty.to_str().unwrap()], 2, "L_ANCHOR"),
        (vec!["--anchor", "/nowhere/receipt.txt"], 2, "C_PLACE"),
    ] {
        let said = verify(&line);
        assert_eq!(said.code, code, "{line:?}: {said:?}");
        assert!(said.out.contains(says), "{line:?}: {said:?}");
    }
    // Another node's key: nothing in this journal is vouched for.
    let stranger = verify(&["--public-key", &of(&other, "public_key")]);
    let value = figures(&stranger);
    assert_eq!((stranger.code, &value["signed"]), (1, &0.into()));
    assert_eq!(value["damage"][0]["kind"], "signature");
}
