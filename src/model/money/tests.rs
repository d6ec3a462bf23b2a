#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use proptest::prelude::*;

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

#[test]
fn only_plain_decimals_are_read() {
    for (written, shown) in [
        ("0", "0"),
        ("-0", "0"),
        ("007.50", "7.5"),
        ("-12.340", "-12.34"),
        ("0.000001", "0.000001"),
    ] {
        assert_eq!(decimal(written).to_string(), shown);
    }
    for written in [
        "", "-", ".5", "5.", "+5", "1e6", "1,000", " 1", "--1", "1.2.3", "１", "NaN",
    ] {
        assert_eq!(Decimal::parse(written), Err(Code::EFormat), "{written}");
    }
    assert_eq!(Decimal::parse(&"9".repeat(31)), Err(Code::ERange));
    assert_eq!(Decimal::parse(&format!("0.{}", "0".repeat(300))), Err(Code::ERange));
    assert_eq!(
        Decimal::parse(&format!("{}1", "0".repeat(60))).unwrap().to_string(),
        "1"
    );
}

#[test]
fn nothing_is_rounded() {
    assert_eq!(decimal("1.005").with_decimals(2), Err(Code::EScale));
    assert_eq!(decimal("1.0050").with_decimals(3).unwrap(), "1.005");
    assert_eq!(decimal("-0.5").with_decimals(2).unwrap(), "-0.50");
    assert_eq!(decimal("12.5").to_implied(2, 6).unwrap(), "001250");
    assert_eq!(decimal("12.5").to_implied(2, 3), Err(Code::ERange));
    assert_eq!(decimal("-1").to_implied(2, 6), Err(Code::ERange));
    assert_eq!(decimal("0.001").to_implied(2, 6), Err(Code::EScale));
    assert_eq!(yuan_to_wan("0.001"), Err(Code::EScale));
    assert_eq!(yuan_to_wan("1000000").unwrap(), "100.000000");
    assert_eq!(wan_to_yuan("0.000001").unwrap(), "0.01");
    assert_eq!(wan_to_yuan("0.0000001"), Err(Code::EScale));
    assert_eq!(decimal("123.45").whole_digits(), 3);
}

#[test]
fn commas_part_threes() {
    for (plain, grouped) in [
        ("1", "1"),
        ("123", "123"),
        ("1234.5678", "1,234.5678"),
        ("-1234567", "-1,234,567"),
    ] {
        assert_eq!(group_commas(plain), grouped);
        assert_eq!(strip_commas(grouped).unwrap(), plain);
    }
    for grouped in ["1,00,000", "12,34", ",123", "1,234,", "1234,567", "1,,234", "1.234,567"] {
        assert_eq!(strip_commas(grouped), Err(Code::EFormat), "{grouped}");
    }
}

#[test]
fn sums_that_do_not_fit_are_an_error() {
    let large = decimal(&"9".repeat(30));
    let mut sum = large;
    let overflow = (0..1000).find_map(|_| match sum.shift(1) {
        Ok(next) => {
            sum = next;
            None
        }
        Err(code) => Some(code),
    });
    assert_eq!(overflow, Some(Code::ERange));
    let largest = Decimal {
        units: i128::MAX,
        scale: 0,
    };
    assert_eq!(largest.plus(decimal("1")), Err(Code::ERange));
    assert_eq!(largest.plus(decimal("0.1")), Err(Code::ERange));
}

proptest! {
    #[test]
    fn writing_and_reading_are_inverse(units in -1_000_000_000_000i64..1_000_000_000_000, scale in 0u8..8) {
        let number = Decimal { units: units.into(), scale }.reduced();
        prop_assert_eq!(decimal(&number.to_string()), number);
        prop_assert_eq!(decimal(&number.with_decimals(8).unwrap()), number);
        prop_assert_eq!(number.shift(4).unwrap().shift(-4).unwrap(), number);
    }

    #[test]
    fn yuan_and_wan_are_inverse(cents in 0u64..10_000_000_000_000) {
        let yuan = Decimal::implied(&cents.to_string(), 2).unwrap().with_decimals(2).unwrap();
        prop_assert_eq!(wan_to_yuan(&yuan_to_wan(&yuan).unwrap()).unwrap(), yuan.clone());
        prop_assert_eq!(strip_commas(&group_commas(&yuan)).unwrap(), yuan);
    }

    #[test]
    fn sums_do_not_depend_on_order(units in prop::collection::vec((0u32..1_000_000, 0u8..6), 0..20)) {
        let numbers: Vec<Decimal> = units.iter().map(|(u, s)| Decimal { units: (*u).into(), scale: *s }.reduced()).collect();
        let forth = Decimal::sum(numbers.iter().copied()).unwrap();
        let back = Decimal::sum(numbers.iter().rev().copied()).unwrap();
        prop_assert_eq!(forth, back);
    }
}
