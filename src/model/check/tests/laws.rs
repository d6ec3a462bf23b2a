//! What the check digits promise, and no more: single wrong characters, and neighbours exchanged where the scheme
//! finds them all. Every generated number passes.

use crate::check::{Options, by_name, case_no, citizen_id, iso7064, org_code, reg_no15, uscc};
use proptest::prelude::*;
use proptest::sample::select;

fn passes(check: &str, value: &str) -> bool {
    by_name(check).unwrap()(value, &Options::default()).is_ok_and(|c| c.value == value)
}

/// `value` with the character at `at` replaced.
fn replaced(value: &str, at: usize, by: char) -> String {
    value
        .chars()
        .enumerate()
        .map(|(n, c)| if n == at { by } else { c })
        .collect()
}

/// `value` with the characters at `at` and `at + 1` exchanged; none where they are equal.
fn exchanged(value: &str, at: usize) -> Option<String> {
    let mut chars: Vec<char> = value.chars().collect();
    let different = chars[at] != chars[at + 1];
    chars.swap(at, at + 1);
    different.then(|| chars.into_iter().collect())
}

fn digits() -> impl Strategy<Value = char> {
    prop::char::range('0', '9')
}

prop_compose! {
    fn usccs()(head in select(vec!["91", "11", "12", "52", "A1", "N3"]), body in prop::collection::vec(select(uscc::CHARSET.chars().collect::<Vec<_>>()), 8)) -> String {
        let organisation: String = body.into_iter().collect();
        let last = org_code::check_char(&organisation).unwrap();
        let body = format!("{head}110199{organisation}{last}");
        let check = uscc::check_char(&body).unwrap();
        format!("{body}{check}")
    }
}
prop_compose! {
    fn citizens()(year in 1900i16..2020, month in 1i8..=12, day in 1i8..=28, sequence in 0u32..1000) -> String {
        let body = format!("110199{year:04}{month:02}{day:02}{sequence:03}");
        let check = citizen_id::check_char(&body).unwrap();
        format!("{body}{check}")
    }
}
prop_compose! {
    fn reg_nos()(sequence in 0u32..100_000_000) -> String {
        let body = format!("110199{sequence:08}");
        let check = reg_no15::check_char(&body).unwrap();
        format!("{body}{check}")
    }
}
prop_compose! {
    fn case_nos()(day in 1i8..=28, sequence in 0u32..1_000_000) -> String {
        case_no::build("110108", jiff::civil::Date::constant(2026, 3, day), sequence).unwrap()
    }
}
prop_compose! {
    fn digit_org_codes()(number in 1u32..100_000_000) -> String {
        let body = format!("{number:08}");
        let check = org_code::check_char(&body).unwrap();
        format!("{body}{check}")
    }
}

proptest! {
    #[test]
    fn credit_codes_find_any_wrong_or_exchanged_character(value in usccs(), at in 0usize..18, by in select(uscc::CHARSET.chars().collect::<Vec<_>>())) {
        prop_assert_eq!(passes("uscc", &value), &value[8..16] != "00000000");
        let wrong = replaced(&value, at, by);
        prop_assert!(wrong == value || !passes("uscc", &wrong), "{}", wrong);
        if let Some(wrong) = (at < 17).then(|| exchanged(&value, at)).flatten() {
            prop_assert!(!passes("uscc", &wrong), "{}", wrong);
        }
        // The modulus alone, apart from what the structure would refuse.
        let (body, last) = wrong.split_at(17);
        prop_assert_eq!(uscc::check_char(body) == last.chars().next(), wrong == value);
    }

    #[test]
    fn mod_11_2_finds_any_wrong_or_exchanged_digit(value in citizens(), at in 0usize..17, by in digits()) {
        prop_assert!(passes("citizen_id", &value), "{}", value);
        let wrong = replaced(&value, at, by);
        let holds = |text: &str| text[..17].chars().all(|c| c.is_ascii_digit()) && iso7064::mod11_2(&text[..17]) == text.chars().last();
        prop_assert_eq!(holds(&wrong), wrong == value);
        if let Some(wrong) = exchanged(&value, at) {
            prop_assert!(!holds(&wrong) && !passes("citizen_id", &wrong), "{}", wrong);
        }
    }

    #[test]
    fn mod_11_10_finds_any_wrong_digit(reg_no in reg_nos(), case in case_nos(), at in 0usize..21, by in digits()) {
        for (check, value) in [("reg_no15", reg_no), ("case_no", case)] {
            prop_assert!(passes(check, &value), "{}", value);
            let wrong = replaced(&value, at % value.len(), by);
            prop_assert_eq!(iso7064::holds_mod11_10(&wrong), wrong == value);
            prop_assert!(wrong == value || !passes(check, &wrong), "{}", wrong);
        }
    }

    #[test]
    fn organisation_codes_find_any_wrong_or_exchanged_digit(value in digit_org_codes(), at in 0usize..9, by in digits()) {
        prop_assert!(passes("org_code", &value), "{}", value);
        let wrong = replaced(&value, at, by);
        prop_assert!(wrong == value || !passes("org_code", &wrong), "{}", wrong);
        if let Some(wrong) = (at < 8 && !value.contains('X')).then(|| exchanged(&value, at)).flatten() {
            prop_assert!(!passes("org_code", &wrong), "{}", wrong);
        }
    }

    #[test]
    fn organisation_codes_of_letters_pass(body in "[0-9A-Z]{8}") {
        let value = format!("{body}{}", org_code::check_char(&body).unwrap());
        prop_assert_eq!(passes("org_code", &value), value != "000000000");
    }
}

/// Counted so that nobody relies on more: over all neighbours in all states, 20 of 900 exchanges pass MOD 11,10.
#[test]
fn mod_11_10_misses_a_few_exchanges() {
    // A prefix for each of the ten inner states: one digit after the start, which is 10.
    let mut missed = 0;
    for prefix in 0..10 {
        for (a, b) in (0..10)
            .flat_map(|a| (0..10).map(move |b| (a, b)))
            .filter(|(a, b)| a != b)
        {
            let of = |x: i32, y: i32| iso7064::mod11_10(&format!("{prefix}{x}{y}"));
            missed += u32::from(of(a, b) == of(b, a));
        }
    }
    assert_eq!(missed, 20);
}
