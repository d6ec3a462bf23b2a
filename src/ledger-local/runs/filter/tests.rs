#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{Filter, KEYS, KeyHash, encode};
use crate::runs::block::BLOCK;
use crate::runs::part::{Frame, Part};

fn filter(hash: &KeyHash, keys: std::ops::Range<usize>) -> Filter {
    let hashes: Vec<u128> = keys.map(|n| hash.of(format!("case/{n}").as_bytes())).collect();
    let frame = Frame::decode(encode(&hashes, Some(b"next"))).unwrap();
    Filter::parse(b"", frame).unwrap()
}

#[test]
fn every_key_is_seen_and_few_others() {
    let hash = KeyHash::new(b"sixteen bytes of");
    for keys in [1, 2, 100, KEYS] {
        let filter = filter(&hash, 0..keys);
        assert_eq!(filter.next(), Some(&b"next"[..]));
        let seen = |n: &usize| filter.may_have(hash.of(format!("case/{n}").as_bytes()));
        assert!((0..keys).all(|n| seen(&n)), "{keys}");
        let vain = (keys..keys + 100_000).filter(seen).count();
        // Twice what twelve bits promise; a filter of a few bytes says little.
        assert!(keys < 100 || vain < 650, "{keys}: {vain}");
    }
}

#[test]
fn another_secret_sets_other_bits() {
    let (one, two) = (KeyHash::new(&[1; 16]), KeyHash::new(&[2; 16]));
    assert_ne!(one.of(b"case/1"), two.of(b"case/1"));
    assert_ne!(one.of(b"case/1"), one.of(b"case/2"));
}

#[test]
fn a_piece_is_no_larger_than_a_block() {
    let sealed = encode(&vec![1; KEYS], Some(&[b'k'; 100]));
    assert!(sealed.len() <= BLOCK + 512, "{}", sealed.len());
    assert!(Filter::parse(b"", Frame::decode(Frame::encode(None, b"")).unwrap()).is_none());
}
