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
