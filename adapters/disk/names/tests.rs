#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

fn names() -> Names {
    Names {
        out: "SW".into(),
        back: "HP".into(),
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
