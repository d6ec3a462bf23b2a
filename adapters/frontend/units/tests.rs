use super::*;

#[test]
fn a_period_is_a_number_with_its_unit_and_nothing_else() {
    let table = [
        ("250ms", Some(250)),
        ("10s", Some(10_000)),
        ("5 m", Some(300_000)),
        ("2h", Some(7_200_000)),
        ("30d", Some(2_592_000_000)),
        ("10", None),
        ("s", None),
        ("-1s", None),
        ("1.5h", None),
        ("18446744073709551615d", None),
    ];
    for (text, ms) in table {
        assert_eq!(Period::parse(text).map(|p| p.0.as_millis()), ms, "{text}");
    }
}

#[test]
fn a_size_is_a_number_with_its_unit_and_nothing_else() {
    let table = [
        ("512 B", Some(512)),
        ("64KiB", Some(65_536)),
        ("1 MiB", Some(1 << 20)),
        ("1", None),
        ("1 MB", None),
        ("-1 B", None),
        ("18446744073709551615 KiB", None),
    ];
    for (text, bytes) in table {
        assert_eq!(Size::parse(text).map(|s| s.0), bytes, "{text}");
    }
}
