#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use seams::SeededRng;

/// RFC 6238, appendix B, the rows of SHA-1.
#[test]
fn the_vectors_of_the_standard() {
    let secret = b"12345678901234567890";
    let vectors = [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ];
    for (seconds, code) in vectors {
        assert_eq!(digits(secret, seconds / STEP, 8), code, "{seconds}");
    }
}

/// RFC 4648, section 10, without its padding.
#[test]
fn base32_is_that_of_the_standard() {
    let vectors = [
        ("", ""),
        ("f", "MY"),
        ("fo", "MZXQ"),
        ("foo", "MZXW6"),
        ("foobar", "MZXW6YTBOI"),
    ];
    for (plain, text) in vectors {
        assert_eq!(base32(plain.as_bytes()), text);
    }
}

#[test]
fn a_code_is_good_once_and_only_near_its_time() {
    let mut totp = Totp::new(&SeededRng::new(7));
    let now = 1_772_413_200_000;
    let code = code_at(&totp.base32(), now).unwrap();
    let late = code_at(&totp.base32(), now + 30_000).unwrap();
    assert!(!totp.clone().take(&code, now + 90_000), "too late");
    assert!(!totp.clone().take("", now), "none");
    assert!(totp.take(&code, now));
    assert!(!totp.take(&code, now), "again");
    assert!(totp.take(&late, now), "a clock that is a step ahead");
    assert!(!totp.take(&code, now), "an older one after a newer");
}
