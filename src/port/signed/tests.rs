#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

const KEY: &[u8] = b"0123456789abcdef";
const GOOD: Request<'static> = Request {
    method: "POST",
    path: "/v1/reports",
    timestamp: "1772409600",
    nonce: "00ff",
    body: b"{\"a\":1}",
};

#[test]
fn a_signature_verifies_and_every_change_breaks_it() {
    let tag = sign(KEY, &GOOD).unwrap();
    assert!(verify(KEY, &GOOD, &tag));
    let changed = [
        Request { method: "PUT", ..GOOD },
        Request {
            path: "/v1/report",
            ..GOOD
        },
        Request {
            timestamp: "1772409601",
            ..GOOD
        },
        Request { nonce: "00fe", ..GOOD },
        Request {
            body: b"{\"a\":2}",
            ..GOOD
        },
    ];
    for request in changed {
        assert!(!verify(KEY, &request, &tag), "{request:?}");
    }
    assert!(!verify(b"0123456789abcdeF", &GOOD, &tag));
    let first = if tag.starts_with('0') { "1" } else { "0" };
    let flipped = tag.replacen(|_: char| true, first, 1);
    for bad in ["", "00", &flipped, &tag[..63], &tag.to_uppercase(), &format!("{tag}0")] {
        assert!(!verify(KEY, &GOOD, bad), "{bad}");
    }
}

#[test]
fn the_signature_is_the_one_computed_elsewhere() {
    // printf 'POST\n/v1/reports\n1772409600\n00ff\n<sha256 of the body>' | openssl dgst -sha256 -hmac 0123456789abcdef
    assert_eq!(
        sign(KEY, &GOOD).unwrap(),
        "e0cf8dc2bdbe94247ed8bd959cf1e5adc7f5a21fbc411356007ab3eb411dadf8"
    );
}

#[test]
fn parts_that_could_be_read_as_two_are_not_signed() {
    for path in ["", "/a\n1", "/a b", "/中"] {
        let request = Request { path, ..GOOD };
        assert_eq!(sign(KEY, &request), None);
        assert!(!verify(KEY, &request, &"0".repeat(64)));
    }
}

#[test]
fn stale_and_foreign_times_are_not_fresh() {
    for (time, good) in [
        ("1000", true),
        ("700", true),
        ("1300", true),
        ("699", false),
        ("1301", false),
        ("", false),
        ("x", false),
        ("-9223372036854775808", false),
    ] {
        assert_eq!(fresh(time, 1000, 300), good, "{time}");
    }
}
