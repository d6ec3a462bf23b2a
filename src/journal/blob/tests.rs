#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use seams::SeededRng;

#[test]
fn what_is_sealed_opens_with_the_same_key_and_label_only() {
    let rng = SeededRng::new(1);
    let (key, other) = (NodeKey::generate(&rng), NodeKey::generate(&rng));
    for plain in [&b""[..], b"x", &[7; 5_000]] {
        let sealed = seal_blob(&key, "spool", plain, &rng);
        assert_eq!(sealed.len(), plain.len() + 60);
        assert_eq!(open_blob(&key, "spool", &sealed).unwrap(), plain);
        assert_eq!(open_blob(&key, "draft", &sealed), Err(BlobError::Closed));
        assert_eq!(open_blob(&other, "spool", &sealed), Err(BlobError::Closed));
        assert_ne!(
            seal_blob(&key, "spool", plain, &rng),
            sealed,
            "never the same bytes twice"
        );
    }
}

#[test]
fn any_changed_or_missing_byte_is_noticed() {
    let rng = SeededRng::new(1);
    let key = NodeKey::generate(&rng);
    let sealed = seal_blob(&key, "spool", b"secret", &rng);
    assert!(!sealed.windows(6).any(|w| w == b"secret"));
    for i in 0..sealed.len() {
        let mut bad = sealed.clone();
        bad[i] ^= 0x20;
        assert!(open_blob(&key, "spool", &bad).is_err(), "byte {i}");
        assert!(open_blob(&key, "spool", &sealed[..i]).is_err(), "cut at {i}");
    }
    let mut newer = sealed;
    newer[8] = 2;
    assert_eq!(open_blob(&key, "spool", &newer), Err(BlobError::Newer { found: 2 }));
}
