#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use jiff::civil::date;
use proptest::prelude::*;

#[test]
fn a_number_says_day_and_sequence_and_nothing_else_can_be_read_in_it() {
    for good in ["N1-EPB-{date}-{seq4}", "{date}_{seq4}", "a{date}b{seq4}c"] {
        assert!(Numbering::new(good).is_some(), "{good}");
    }
    let long = "x".repeat(60) + "{date}-{seq4}";
    for bad in [
        "N1-{date}",
        "N1-{seq4}",
        "{seq4}-{date}",
        "{date}{seq4}",
        "{date}-{seq4}7",
        "{date}-{seq4}-{date}",
        "中{date}-{seq4}",
        "'{date}-{seq4}",
        &long,
    ] {
        assert!(Numbering::new(bad).is_none(), "{bad}");
    }
}

#[test]
fn rows_of_others_are_not_ours() {
    let numbering = Numbering::new("N1-{date}-{seq4}").unwrap();
    for other in [
        "",
        "N2-20260316-0001",
        "N1-2026031-0001",
        "N1-20260316-001",
        "N1-20260316-0001-1",
        "N1-20260316-0001-0001",
        "N1-20260316-0001x",
        "N1-20260316-99999999999",
        "N1-二〇二六-0001",
    ] {
        assert_eq!(numbering.parse(other), None, "{other}");
    }
}

proptest! {
    #[test]
    fn a_key_is_read_back(seq in 1..u32::MAX, row in 0usize..ROWS_MAX, rows in 1usize..=ROWS_MAX, pattern in 0usize..3) {
        prop_assume!(row < rows);
        let numbering = Numbering::new(["N1-EPB-{date}-{seq4}", "{date}_{seq4}", "a{date}b{seq4}c"][pattern]).unwrap();
        let number = numbering.number(date(2026, 3, 16), seq);
        let key = numbering.key(&number, row, rows);
        let (mark, found) = numbering.parse(&key).unwrap();
        prop_assert_eq!(found, &number);
        let row = if rows == 1 { 0 } else { row as u32 + 1 };
        prop_assert_eq!(mark, Mark { day: "20260316".into(), seq, row });
    }

    #[test]
    fn nothing_panics(key in "\\PC{0,40}") {
        let _ = Numbering::new("N1-{date}-{seq4}").unwrap().parse(&key);
        let _ = Numbering::new(&key);
    }
}
