#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use seams::SeededRng;

#[test]
fn only_the_password_fits_its_hash_and_no_two_hashes_are_alike() {
    let rng = SeededRng::new(1);
    let one = Hash::new("朝阳区 correct horse", &rng).unwrap();
    let two = Hash::new("朝阳区 correct horse", &rng).unwrap();
    assert!(one.fits("朝阳区 correct horse"));
    assert!(!one.fits("朝阳区 correct horsf"));
    assert!(!one.fits(""));
    assert_ne!(one.hash, two.hash);
}

/// Vectors of the reference program's own tests for this form, version and memory in KiB.
#[test]
fn it_is_argon2id_version_19() {
    let vectors = [
        (256, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"),
        (
            65_536,
            "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7",
        ),
    ];
    for (memory, hash) in vectors {
        let made = Hash {
            memory,
            passes: 2,
            lanes: 1,
            salt: b"somesalt".to_vec(),
            hash: Vec::new(),
        };
        assert_eq!(crate::hex::text(&made.of("password").unwrap()), hash, "{memory}");
    }
}

#[test]
fn weak_passwords_are_refused_by_name() {
    let cases = [
        ("short", "at least 12"),
        ("aaaaaaaaaaaaaaaa", "at least 6"),
        ("xx-LiHua-2026-yy", "the name"),
        ("正确的马电池订书钉北京朝阳", ""),
        ("correct horse battery", ""),
    ];
    for (password, why) in cases {
        match judge("lihua", password) {
            Ok(()) => assert_eq!(why, "", "{password}"),
            Err(finding) => assert!(
                !why.is_empty() && finding.arg("detail").unwrap().contains(why),
                "{password}: {finding:?}"
            ),
        }
    }
    assert!(judge("lihua", &"abcdefgh".repeat(40)).is_err());
}
