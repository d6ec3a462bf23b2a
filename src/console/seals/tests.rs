#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use std::collections::BTreeSet;

#[test]
fn each_person_and_day_and_node_has_a_key_of_its_own_and_keeps_it() {
    let of = |byte| Seals::new(NodeKey::from_bytes([byte; 32]));
    let mut keys = BTreeSet::new();
    for byte in [1, 2] {
        for person in ["李华", "王五"] {
            keys.insert(of(byte).who(person));
            for day in ["2026-03-02", "2026-03-03"] {
                assert_eq!(of(byte).key(person, day), of(byte).key(person, day));
                assert_eq!(of(byte).key(person, day).len(), 64);
                keys.insert(of(byte).key(person, day));
            }
        }
    }
    assert_eq!(keys.len(), 12);
    assert_eq!(of(1).who(""), "");
}
