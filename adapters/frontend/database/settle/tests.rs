#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

#[test]
fn a_reason_that_is_too_long_ends_in_a_sign_that_says_so() {
    for (text, most, expected) in [
        ("缺少版本", 4, "缺少版本"),
        ("缺少版本", 3, "缺少…"),
        ("缺少版本", 1, "…"),
        ("", 5, ""),
    ] {
        assert_eq!(shortened(text, most), expected);
    }
}
