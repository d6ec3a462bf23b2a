#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[test]
fn lines_are_read_strictly() {
    assert_eq!(read("PUT /a/{case_no}").unwrap(), (Method::PUT, "/a/{case_no}"));
    for line in [
        "",
        "POST",
        "post /a",
        "POST a",
        "POST  /a",
        "POST //evil.example/",
        "BREW /a",
        "POST /a b",
        "POST /a#b",
        "POST /\\a",
    ] {
        assert!(read(line).is_err(), "{line}");
    }
}

#[test]
fn values_cannot_become_syntax() {
    let filled = fill(
        "/c/{case_no}?key={token}",
        &[("case_no", "../x?y"), ("token", "a&b={case_no}中")],
    );
    assert_eq!(filled, "/c/..%2Fx%3Fy?key=a%26b%3D%7Bcase_no%7D%E4%B8%AD");
    assert_eq!(fill("/c/{other}/{", &[("case_no", "1")]), "/c/{other}/{");
}
