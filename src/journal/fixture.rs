//! The journal that format version 1 wrote, kept for ever: every later version must read it.
//!
//! To make it anew (only while the format is not yet in use): set `TANGHULU_WRITE_FIXTURE` and run this test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use crate::testing::{Plain, everything, key, pos};
use crate::{Journal, KIND_ERASE, Limits, NewEntry, Suite, Trust, verify, verify_against};
use seams::{SeededRng, SimStorage, Storage};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

const LIMITS: Limits = Limits {
    segment_bytes: 1_000,
    group_bytes: 4_096,
};

/// The hash of `440301-1` under the fixed key: SipHash-2-4-128, its key the first half of HKDF-SHA256 "tanghulu/key-hash".
const KEY_HASH: u128 = 101_000_988_314_762_987_348_763_040_434_271_243_661;

/// From before groups were signed, and since.
const UNSIGNED: &str = "v1";
const SIGNED: &str = "v1-signed";

fn place(form: &str, suite: Suite) -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.join("../../fixtures/ledger").join(form).join(suite.word())
}

/// Kind, key and body.
type Entry = (u16, &'static str, &'static str);

/// What the fixture says.
fn groups() -> Vec<(i64, Vec<Entry>)> {
    vec![
        (
            1_300_000_000_000,
            vec![(1, "440301-1", "first body"), (2, "440301-2", "")],
        ),
        (
            1_300_000_001_000,
            vec![(1, "440301-3", "to be erased"), (1, "440301-4", "stays")],
        ),
        (1_300_000_002_000, vec![(7, "名称", "糖葫芦 𠮷")]),
        (-1, vec![(1, "440301-1", "first body")]),
    ]
}

fn expected() -> Vec<Plain> {
    let mut all: Vec<Plain> = Vec::new();
    for (seq, (time, entries)) in (1..).zip(groups()) {
        let bodies = entries
            .iter()
            .map(|(kind, _, body)| (*kind, Some(body.as_bytes().to_vec())))
            .collect();
        all.push((seq, time, bodies));
    }
    all[1].2[0].1 = None;
    let name = [&2u64.to_le_bytes()[..], &0u32.to_le_bytes()].concat();
    all.push((5, 1_300_000_009_000, vec![(KIND_ERASE, Some(name))]));
    all
}

fn make(suite: Suite) -> BTreeMap<String, Vec<u8>> {
    let storage = Arc::new(SimStorage::new());
    let rng = Arc::new(SeededRng::new(1));
    let mut journal = Journal::create(storage.clone(), &key(), suite, LIMITS, rng).unwrap();
    for (time, entries) in groups() {
        let new = |(kind, key, body): &Entry| NewEntry {
            kind: *kind,
            key: key.as_bytes(),
            body: body.as_bytes(),
        };
        journal
            .commit(time, &entries.iter().map(new).collect::<Vec<_>>())
            .unwrap();
    }
    journal.erase(1_300_000_009_000, &[pos(2, 0)]).unwrap();
    journal.close().unwrap();
    storage.files()
}

fn stored(form: &str, suite: Suite) -> BTreeMap<String, Vec<u8>> {
    let dir = std::fs::read_dir(place(form, suite)).unwrap();
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read(&path).unwrap())
    };
    dir.map(|entry| read(entry.unwrap().path())).collect()
}

#[test]
fn version_1_is_read_for_ever() {
    for (form, suite) in [
        (UNSIGNED, Suite::Sha256),
        (UNSIGNED, Suite::Sm3),
        (SIGNED, Suite::Sha256),
        (SIGNED, Suite::Sm3),
    ] {
        if form == SIGNED && std::env::var_os("TANGHULU_WRITE_FIXTURE").is_some() {
            std::fs::create_dir_all(place(form, suite)).unwrap();
            for (name, bytes) in make(suite) {
                std::fs::write(place(form, suite).join(name), bytes).unwrap();
            }
        }
        let files = stored(form, suite);
        let storage = Arc::new(SimStorage::with_files(&files));
        let report = verify(&*storage).unwrap();
        assert!(report.is_intact() && report.torn_tail.is_none(), "{:?}", report.damage);
        assert_eq!((report.groups, report.entries, report.suite), (5, 7, Some(suite)));
        assert_eq!(report.erased, vec![pos(2, 0)]);
        let opened = Journal::open(
            storage.clone() as Arc<dyn Storage>,
            &key(),
            LIMITS,
            Arc::new(SeededRng::new(2)),
        );
        let (journal, report) = opened.unwrap();
        assert!(report.clean);
        assert_eq!(everything(&journal), expected());
        assert_eq!(journal.read(pos(3, 0)).unwrap(), "糖葫芦 𠮷".as_bytes());
        let mut hashes = Vec::new();
        let read: Result<(), crate::JournalError> = journal.replay(1, |g| {
            hashes.extend(g.entries.iter().map(|e| (e.key_hash, e.body_hash)));
            Ok(())
        });
        read.unwrap();
        assert_eq!(hashes[0].0, KEY_HASH, "the keyed hashes are part of the format");
        let trust = Trust {
            key: Some(journal.public_key()),
            anchors: Vec::new(),
        };
        let signed = verify_against(&*storage, &trust).unwrap();
        assert_eq!(signed.is_intact(), form == SIGNED, "{:?}", signed.damage);
        drop(journal);
        assert_eq!(storage.files(), files, "reading changes nothing");
    }
}

/// The writer of this version still writes exactly these bytes.
#[test]
fn version_1_is_still_written_the_same() {
    for suite in [Suite::Sha256, Suite::Sm3] {
        assert_eq!(make(suite), stored(SIGNED, suite));
    }
}
