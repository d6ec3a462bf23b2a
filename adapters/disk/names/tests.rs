#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

fn names() -> Names {
    Names {
        out: "SW".into(),
        back: "HP".into(),
        style: Style::Short,
    }
}

#[test]
fn a_day_has_234_numbers_and_no_more() {
    let day = jiff::civil::date(2026, 3, 2);
    let all: Vec<String> = (1..=234).map(|seq| names().number(day, seq).unwrap()).collect();
    assert_eq!(
        (all[0].as_str(), all[8].as_str(), all[9].as_str(), all[233].as_str()),
        ("SW0302A1", "SW0302A9", "SW0302B1", "SW0302Z9")
    );
    let distinct: std::collections::BTreeSet<&String> = all.iter().collect();
    assert_eq!(distinct.len(), 234);
    assert!(all.iter().all(|n| n.len() == 8 && names().is_ours(n)));
    assert_eq!((names().number(day, 0), names().number(day, 235)), (None, None));
}

#[test]
fn a_return_says_which_batch_it_answers() {
    for (name, expected) in [
        ("HP0302A1.DBF", Some("SW0302A1")),
        ("hp0302a1.dbf", Some("SW0302A1")),
        ("HP0302A1", Some("SW0302A1")),
        ("HP1231Z9.DBF", Some("SW1231Z9")),
        ("SW0302A1.DBF", None),
        ("HP1302A1.DBF", None),
        ("HP0302A0.DBF", None),
        ("HP0302AA.DBF", None),
        ("HP0302A1.DBF.DBF", None),
        ("HP0302A1.DBF.receipt.txt", None),
        ("HP0302A12.DBF", None),
        ("HP\u{ff10}302A1.DBF", None),
        ("HP0\u{301}02A1.DBF", None),
        ("", None),
    ] {
        assert_eq!(names().answers(name).as_deref(), expected, "{name}");
    }
}

fn forms() -> Names {
    Names {
        out: "HUB_HRSS_".into(),
        back: "HRSS_HUB_RET_".into(),
        style: Style::Dated,
    }
}

#[test]
fn a_form_is_called_by_its_day() {
    let day = jiff::civil::date(2026, 3, 2);
    for (seq, expected) in [
        (0, None),
        (1, Some("HUB_HRSS_20260302_01")),
        (99, Some("HUB_HRSS_20260302_99")),
        (100, None),
    ] {
        assert_eq!(forms().number(day, seq).as_deref(), expected);
        assert!(expected.is_none_or(|number| forms().is_ours(number) && forms().day(number) == Some(day)));
    }
    assert_eq!(forms().back_of("HUB_HRSS_20260302_01"), "HRSS_HUB_RET_20260302_01");
}

#[test]
fn a_form_that_comes_back_says_which_batch_it_answers() {
    let first = Some("HUB_HRSS_20260302_01");
    for (name, expected, as_file) in [
        ("HRSS_HUB_RET_20260302_01.xlsx", first, true),
        ("HRSS_HUB_RET_20260302_01.xls", first, true),
        ("hrss_hub_ret_20260302_01.ODS", first, true),
        ("HRSS_HUB_RET_20260302_01", first, false),
        ("HRSS_HUB_RET_20260302_01.csv", None, false),
        ("HRSS_HUB_RET_20260302_01.xlsx.xlsx", None, false),
        ("HRSS_HUB_RET_20260302_01.xlsx.receipt.xlsx", None, false),
        ("HRSS_HUB_RET_20260302_00.xlsx", None, false),
        ("HRSS_HUB_RET_20260230_01.xlsx", None, false),
        ("HRSS_HUB_RET_20260302-01.xlsx", None, false),
        ("HRSS_HUB_RET_20260302_1.xlsx", None, false),
        ("HRSS_HUB_RET_2026030２_01.xlsx", None, false),
        ("HUB_HRSS_20260302_01.xlsx", None, false),
        ("", None, false),
    ] {
        assert_eq!(forms().answers(name).as_deref(), expected, "{name}");
        assert_eq!(
            forms().answers_as_file(name).as_deref(),
            expected.filter(|_| as_file),
            "{name}"
        );
    }
}

#[test]
fn a_number_is_the_same_in_whatever_words() {
    for (written, same) in [
        ("HRSS20260302-01", true),
        ("HUB_HRSS_20260302_01", true),
        ("2026-03-02 第01批", true),
        ("HRSS20260302-02", false),
        ("HRSS20260302-1", false),
        ("", false),
    ] {
        assert_eq!(forms().is_same("HUB_HRSS_20260302_01", written), same, "{written}");
    }
}
