//! Values come back as they went in, lie nowhere in clear, and do not open under another name or key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(clippy::disallowed_methods, reason = "the test looks at the files themselves")]

use super::{SledIndex, piece_key};
use crate::{Index, Meta};
use journal::NodeKey;
use seams::SystemRng;
use std::path::Path;
use std::sync::Arc;

const PLAIN: &[u8] = b"110199197602020020";

fn open(path: &Path, key: u8) -> SledIndex {
    SledIndex::open(path, &NodeKey::from_bytes([key; 32]), Arc::new(SystemRng::new())).unwrap()
}

fn meta() -> Meta {
    let (counters, last) = Default::default();
    Meta {
        format: Meta::FORMAT,
        watermark: 1,
        chain: [0; 32],
        counters,
        last,
        last_time: 0,
    }
}

fn lies_in_clear(dir: &Path) -> bool {
    std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .any(|path| match path.is_dir() {
            true => lies_in_clear(&path),
            false => std::fs::read(&path).unwrap().windows(PLAIN.len()).any(|w| w == PLAIN),
        })
}

#[test]
fn values_are_sealed_and_open_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index");
    let mut index = open(&path, 1);
    let long = PLAIN.repeat(2_000);
    let changes = [
        ("case/1".to_owned(), Some(PLAIN.to_vec())),
        ("case/2".to_owned(), Some(Vec::new())),
        ("case/3".to_owned(), Some(long.clone())),
    ];
    index.write(&changes, &meta()).unwrap();
    assert_eq!(index.cold().get("case/1").as_deref(), Some(PLAIN));
    assert_eq!(index.cold().get("case/2"), Some(Vec::new()));
    assert_eq!(index.cold().get("case/3"), Some(long));
    assert_eq!(index.cold().get("case/4"), None);
    assert_eq!(index.cold().keys("case/", "", 10), ["case/1", "case/2", "case/3"]);
    index
        .write(
            &[("case/3".to_owned(), Some(b"x".to_vec())), ("case/1".to_owned(), None)],
            &meta(),
        )
        .unwrap();
    assert_eq!(index.cold().get("case/3").as_deref(), Some(&b"x"[..]));
    assert_eq!(index.cold().get("case/1"), None);
    assert_eq!(index.meta().unwrap(), Some(meta()));
    assert!(!index.is_damaged());
    drop(index);
    assert!(!lies_in_clear(&path));
}

#[test]
fn another_name_or_key_opens_nothing_and_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("index");
    let mut index = open(&path, 1);
    index
        .write(&[("case/1".to_owned(), Some(PLAIN.to_vec()))], &meta())
        .unwrap();
    let moved = index.db.tree.get(piece_key("case/1", 0)).unwrap().unwrap();
    index.db.tree.insert(piece_key("case/2", 0), moved).unwrap();
    assert_eq!(index.cold().get("case/2"), None);
    assert!(index.is_damaged());
    drop(index);
    let other = open(&path, 2);
    assert_eq!(other.cold().get("case/1"), None);
    assert!(other.is_damaged());
}
