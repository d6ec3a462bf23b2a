#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{BLOCK, Block, BlockWriter, Long, Record};
use crate::runs::part::{Frame, Part};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn block(records: &[(&str, Record<'_>)], next: Option<&[u8]>) -> Option<Block> {
    let mut writer = BlockWriter::default();
    for (key, record) in records {
        writer.push(key.as_bytes(), *record);
    }
    let first = records.first().map_or("", |r| r.0);
    Block::parse(first.as_bytes(), Frame::decode(writer.take(next))?)
}

proptest! {
    #[test]
    fn records_come_back(
        records in prop::collection::btree_map(
            "[a-c/]{0,6}[0-9]{0,5}",
            prop_oneof![
                Just(None),
                prop::collection::vec(any::<u8>(), 0..300).prop_map(Some),
            ],
            1..60,
        ),
        next in prop::option::of("[d-f]{0,4}"),
        absent in "[a-f/0-9]{0,7}",
    ) {
        let records: BTreeMap<String, Option<Vec<u8>>> = records;
        let listed: Vec<(&str, Record<'_>)> = records
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_deref().map_or(Record::Removed, Record::Value)))
            .collect();
        let block = block(&listed, next.as_deref().map(str::as_bytes)).unwrap();
        prop_assert_eq!(block.next(), next.as_deref().map(str::as_bytes));
        prop_assert_eq!(block.len(), records.len());
        for (n, (key, record)) in listed.iter().enumerate() {
            prop_assert_eq!(block.key(n), key.as_bytes());
            prop_assert_eq!(block.find(key.as_bytes()), Some(*record));
        }
        let expected = records.get(&absent).map(|v| v.as_deref().map_or(Record::Removed, Record::Value));
        prop_assert_eq!(block.find(absent.as_bytes()), expected);
        prop_assert_eq!(block.seek(absent.as_bytes()), records.range(..absent).count());
    }

    #[test]
    fn any_bytes_are_a_block_or_none(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Some(frame) = Frame::decode(bytes) && let Some(block) = Block::parse(b"", frame) {
            for n in 0..block.len() {
                let _ = (block.key(n), block.record(n));
            }
        }
    }
}

#[test]
fn where_a_long_value_lies_comes_back() {
    let long = Record::Long(Long {
        first: 7,
        pieces: 300,
        len: u64::MAX,
    });
    let block = block(&[("a", long), ("b", Record::Value(b""))], None).unwrap();
    assert_eq!(block.find(b"a"), Some(long));
    assert_eq!(block.find(b"b"), Some(Record::Value(b"")));
}

#[test]
fn a_block_begins_with_the_key_it_is_named_by_and_has_records() {
    let sealed = || {
        let mut writer = BlockWriter::default();
        writer.push(b"a", Record::Removed);
        Frame::decode(writer.take(None)).unwrap()
    };
    assert!(Block::parse(b"a", sealed()).is_some());
    assert!(Block::parse(b"b", sealed()).is_none());
    assert!(Block::parse(b"", Frame::decode(Frame::encode(None, b"")).unwrap()).is_none());
}

#[test]
fn a_block_is_full_before_it_is_too_large() {
    let mut writer = BlockWriter::default();
    for n in 0.. {
        let (key, value) = (format!("case/{n:06}"), vec![0; 100 + n % 200]);
        if writer.is_full_for(key.as_bytes(), Record::Value(&value)) {
            break;
        }
        writer.push(key.as_bytes(), Record::Value(&value));
    }
    let len = writer.take(None).len();
    assert!((BLOCK - 400..=BLOCK + 8).contains(&len), "{len}");
    // One record always fits: nothing else would ever take it.
    assert!(!writer.is_full_for(b"a", Record::Value(&[0; 2 * BLOCK])));
}
