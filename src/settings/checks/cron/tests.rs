//! Which expressions stand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

#[test]
fn five_fields_with_names() {
    for (text, expected) in [
        ("30 18 * * MON-FRI", None),
        ("0 8,14 * * *", None),
        ("*/10 * * * *", None),
        ("0 9 1 * *", None),
        ("0 9 * JUL TUE,THU", None),
        ("30 18 * * 1-5", Some(Code::SCronNumber)),
        ("30 18 * * 0", Some(Code::SCronNumber)),
        ("30 18 13 * FRI", Some(Code::SCronBothDays)),
        ("0 30 18 * * MON", Some(Code::SCron)),
        ("30 18 * *", Some(Code::SCron)),
        ("61 18 * * *", Some(Code::SCron)),
        ("30 24 * * *", Some(Code::SCron)),
        ("30 18 31 2 *", Some(Code::SCron)),
        ("30 18 31 4 *", Some(Code::SCron)),
        ("30 18 L * *", Some(Code::SCron)),
        ("30 18 * * FUNDAY", Some(Code::SCron)),
        ("@daily", Some(Code::SCron)),
        ("", Some(Code::SCron)),
    ] {
        assert_eq!(judge(text).map(|f| f.code), expected, "{text:?}");
    }
}
