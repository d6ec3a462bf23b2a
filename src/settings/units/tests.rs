//! Units: what is read, and what is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

#[test]
fn durations_need_a_unit() {
    for (text, expected) in [
        ("500ms", Some(500)),
        ("10s", Some(10_000)),
        ("30m", Some(1_800_000)),
        ("2 h", Some(7_200_000)),
        ("5d", Some(432_000_000)),
        ("10", None),
        ("0s", None),
        ("-5s", None),
        ("1.5h", None),
        ("10 minutes", None),
        ("10  m", None),
        ("18446744073709551615d", None),
        ("99999999999999999999s", None),
        ("", None),
    ] {
        assert_eq!(duration(text), expected, "{text:?}");
    }
}

#[test]
fn sizes_are_binary() {
    for (text, expected) in [
        ("512 B", Some(512)),
        ("64 KiB", Some(65_536)),
        ("64MiB", Some(67_108_864)),
        ("2 GiB", Some(2_147_483_648)),
        ("64 MB", None),
        ("64", None),
        ("0 B", None),
        ("17179869184 GiB", None),
    ] {
        assert_eq!(size(text), expected, "{text:?}");
    }
}

#[test]
fn limits_say_which_days() {
    use LimitUnit::{CalendarDay, WorkingDay};
    for (text, expected) in [
        ("8 working days", Some((8, WorkingDay))),
        ("1 working day", Some((1, WorkingDay))),
        ("30 calendar days", Some((30, CalendarDay))),
        ("8 days", None),
        ("8 working day", None),
        ("0 working days", None),
        ("8  working days", None),
        ("8 working days ", None),
        ("100000 working days", None),
    ] {
        assert_eq!(limit(text), expected, "{text:?}");
    }
}

#[test]
fn terms_are_days() {
    for (text, expected) in [
        ("1095 days", Some(1_095)),
        ("1 day", Some(1)),
        ("36500 days", Some(36_500)),
        ("36501 days", None),
        ("0 days", None),
        ("2 day", None),
        ("3 years", None),
        ("1095", None),
        ("1095  days", None),
        ("1095d", None),
        ("99999999999 days", None),
    ] {
        assert_eq!(days(text), expected, "{text:?}");
    }
}

#[test]
fn offsets_are_minutes() {
    for (text, expected) in [
        ("+08:00", Some(480)),
        ("-03:30", Some(-210)),
        ("+00:00", Some(0)),
        ("08:00", None),
        ("+8:00", None),
        ("+08:60", None),
        ("+15:00", None),
        ("Asia/Shanghai", None),
    ] {
        assert_eq!(offset(text), expected, "{text:?}");
    }
}

#[test]
fn item_types_have_a_width() {
    for (text, expected) in [
        ("C100", Some((ItemKind::Text, 100))),
        ("D", Some((ItemKind::Date, 10))),
        ("N16.6", Some((ItemKind::Decimal { digits: 16, scale: 6 }, 16))),
        ("N6", Some((ItemKind::Decimal { digits: 6, scale: 0 }, 6))),
        ("C", None),
        ("C0", None),
        ("C5000", None),
        ("N6.6", None),
        ("N40.2", None),
        ("X5", None),
        ("D8", None),
    ] {
        assert_eq!(item_type(text), expected, "{text:?}");
    }
}
