#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use seams::SeededRng;

#[test]
fn both_written_forms_are_the_same_key() {
    let key = NodeKey::generate(&SeededRng::new(1));
    let hex = key.reveal_hex();
    let base64 = STANDARD.encode(key.0);
    for text in [hex.clone(), hex.to_uppercase(), base64, format!("  {hex}\r\n")] {
        assert_eq!(NodeKey::parse(&text).unwrap().0, key.0, "{text}");
    }
}

#[test]
fn what_is_no_key_is_refused_without_showing_it() {
    let secret = "z".repeat(64);
    for text in [
        "",
        "abc",
        &secret,
        &"a".repeat(63),
        &"a".repeat(65),
        &"=".repeat(44),
        &"é".repeat(32),
    ] {
        let error = NodeKey::parse(text).unwrap_err();
        assert_eq!(error, KeyError::Form);
        assert!(text.is_empty() || !error.to_string().contains(text));
    }
    assert_eq!(NodeKey::parse(&"0".repeat(64)).unwrap_err(), KeyError::Placeholder);
}

#[test]
fn it_never_shows_itself() {
    let key = NodeKey::from_bytes([0xAB; 32]);
    assert_eq!(format!("{key:?}"), "NodeKey(hidden)");
}

#[test]
fn every_use_has_its_own_key() {
    let key = NodeKey::generate(&SeededRng::new(1));
    let all = [
        key.derive("a", b""),
        key.derive("b", b""),
        key.derive("a", b"salt"),
        key.0,
    ];
    for (i, a) in all.iter().enumerate() {
        for b in &all[i + 1..] {
            assert_ne!(a, b);
        }
    }
    assert_eq!(key.derive("a", b""), all[0]);
}

#[test]
fn hashes_depend_on_the_key_and_not_on_the_journal() {
    let node = NodeKey::generate(&SeededRng::new(1));
    let other = NodeKey::generate(&SeededRng::new(2));
    let (a, b, c) = (
        Keys::new(&node, [1; 16]),
        Keys::new(&node, [2; 16]),
        Keys::new(&other, [1; 16]),
    );
    assert_eq!(
        (a.key_hash(b"k"), a.body_hash(b"k")),
        (b.key_hash(b"k"), b.body_hash(b"k"))
    );
    assert_ne!(a.key_hash(b"k"), c.key_hash(b"k"));
    assert_ne!(a.body_hash(b"k"), c.body_hash(b"k"));
    assert_ne!(a.check(), b.check());
    assert_ne!(a.group(&[0; 16], 1), a.group(&[0; 16], 2));
}
