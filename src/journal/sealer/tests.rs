#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::Sealer;
use crate::{BlobError, NodeKey};

const PLAIN: &[u8] = b"110199197602020020";

fn sealer(key: u8, label: &str, salt: u8) -> Sealer {
    Sealer::new(&NodeKey::from_bytes([key; 32]), label, &[salt; 16])
}

fn sealed() -> Vec<u8> {
    let mut bytes = PLAIN.to_vec();
    sealer(1, "run", 1).seal(7, b"name", &mut bytes);
    bytes
}

#[test]
fn a_value_opens_under_what_it_was_sealed_under_and_nothing_else() {
    let sealed = sealed();
    assert_eq!(sealed.len(), PLAIN.len() + Sealer::OVERHEAD);
    assert!(!sealed.windows(8).any(|w| PLAIN.windows(8).any(|p| p == w)));
    let open = |sealer: Sealer, number: u32, name: &[u8]| {
        let mut bytes = sealed.clone();
        sealer.open(number, name, &mut bytes).map(|()| bytes)
    };
    assert_eq!(open(sealer(1, "run", 1), 7, b"name").as_deref(), Ok(PLAIN));
    for (other, number, name) in [
        (sealer(2, "run", 1), 7, &b"name"[..]),
        (sealer(1, "list", 1), 7, b"name"),
        (sealer(1, "run", 2), 7, b"name"),
        (sealer(1, "run", 1), 8, b"name"),
        (sealer(1, "run", 1), 7, b"nome"),
    ] {
        assert_eq!(open(other, number, name), Err(BlobError::Closed));
    }
}

#[test]
fn each_flipped_bit_and_each_lost_byte_is_found() {
    let sealed = sealed();
    for bit in 0..sealed.len() * 8 {
        let mut bytes = sealed.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(sealer(1, "run", 1).open(7, b"name", &mut bytes).is_err(), "bit {bit}");
    }
    for len in 0..sealed.len() {
        let mut bytes = sealed[..len].to_vec();
        assert!(sealer(1, "run", 1).open(7, b"name", &mut bytes).is_err(), "{len} bytes");
    }
}
