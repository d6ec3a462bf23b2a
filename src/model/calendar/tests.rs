#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::vectors::{each, load, maybe, only, rows, text};
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn calendar() -> Calendar {
    let mut lists: BTreeMap<i16, Vec<(Date, bool)>> = BTreeMap::new();
    for (date, off) in load("working_days")["calendar"].as_object().unwrap() {
        lists
            .entry(day(date).year())
            .or_default()
            .push((day(date), off.as_u64() == Some(1)));
    }
    let mut calendar = Calendar::new();
    for (year, list) in lists {
        calendar.cover(year, list).unwrap();
    }
    calendar
}

fn small(row: &crate::vectors::Value, member: &str) -> u32 {
    u32::try_from(row[member].as_u64().unwrap()).unwrap()
}

#[test]
fn known_answers() {
    let calendar = calendar();
    each("working_days", &["rule", "calendar_legend"], |name, value| {
        match name {
            "papers" => assert_eq!(
                value
                    .as_object()
                    .unwrap()
                    .keys()
                    .map(|y| y.parse().unwrap())
                    .collect::<Vec<i16>>(),
                calendar.years().collect::<Vec<_>>(),
                "every covered year names its paper"
            ),
            "calendar" => {
                for (date, off) in value.as_object().unwrap() {
                    assert_eq!(calendar.is_working(day(date)), Ok(off.as_u64() == Some(0)), "{date}");
                }
            }
            "add" => {
                for row in rows(value) {
                    only(row, &["start", "days", "due"]);
                    let due = calendar.add(day(text(row, "start")), small(row, "days"));
                    assert_eq!(due, Ok(day(text(row, "due"))), "{row}");
                }
            }
            "count" => {
                for row in rows(value) {
                    only(row, &["from", "to", "working_days"]);
                    let count = calendar.count(day(text(row, "from")), day(text(row, "to")));
                    assert_eq!(count, Ok(small(row, "working_days")), "{row}");
                }
            }
            "missing_year" => {
                only(value, &["start", "days", "error"]);
                let due = calendar.add(day(text(value, "start")), small(value, "days"));
                assert_eq!(due, Err(Code::from_word(text(value, "error")).unwrap()));
            }
            "suspension" => {
                for row in rows(value) {
                    only(
                        row,
                        &[
                            "accepted",
                            "limit",
                            "suspended_from",
                            "resumed",
                            "rule",
                            "due",
                            "used_before",
                        ],
                    );
                    let (accepted, from) = (day(text(row, "accepted")), day(text(row, "suspended_from")));
                    let suspension = Suspension {
                        from,
                        resumed: Some(day(text(row, "resumed"))),
                    };
                    let due = calendar.due(accepted, small(row, "limit"), &[suspension]);
                    assert_eq!(due, Ok(Some(day(text(row, "due")))));
                    assert_eq!(calendar.count(accepted, from), Ok(small(row, "used_before")));
                    let used = calendar.used(accepted, day(text(row, "resumed")), &[suspension]);
                    assert_eq!(used, Ok(small(row, "used_before")), "nothing is used while it stands");
                }
            }
            "deemed_acceptance" => {
                for row in rows(value) {
                    only(
                        row,
                        &["received", "notice_sent", "supplement_received", "today", "accepted"],
                    );
                    let supplement = maybe(row, "supplement_received").map(day);
                    let today = maybe(row, "today").map(day).or(supplement).unwrap();
                    let (received, notice) = (day(text(row, "received")), maybe(row, "notice_sent").map(day));
                    let accepted = calendar.deemed_acceptance(received, notice, supplement, today);
                    assert_eq!(accepted, Ok(maybe(row, "accepted").map(day)), "{row}");
                }
            }
            _ => return false,
        }
        true
    });
}

#[test]
fn a_notice_that_came_too_late_does_not_stop_the_clock() {
    let calendar = calendar();
    let (received, late) = (day("2026-03-02"), day("2026-03-10"));
    assert_eq!(
        calendar.deemed_acceptance(received, Some(late), None, late),
        Ok(Some(received))
    );
    let in_time = day("2026-03-09");
    assert_eq!(
        calendar.deemed_acceptance(received, Some(in_time), None, late),
        Ok(None)
    );
}

#[test]
fn a_suspension_that_lasts_leaves_the_end_open() {
    let calendar = calendar();
    let lasting = Suspension {
        from: day("2026-03-05"),
        resumed: None,
    };
    assert_eq!(calendar.due(day("2026-03-02"), 10, &[lasting]), Ok(None));
    assert_eq!(
        calendar.due(day("2026-03-02"), 3, &[lasting]),
        Ok(Some(day("2026-03-05"))),
        "used up before"
    );
}

#[test]
fn limits_count_in_their_own_unit() {
    let calendar = calendar();
    let start = day("2026-04-30");
    assert_eq!(calendar.limit(start, 1, LimitUnit::WorkingDay), Ok(day("2026-05-06")));
    assert_eq!(calendar.limit(start, 1, LimitUnit::CalendarDay), Ok(day("2026-05-01")));
    assert_eq!(
        calendar.limit(start, u32::MAX, LimitUnit::CalendarDay),
        Err(Code::ERange)
    );
    assert_eq!(
        calendar.limit(day("2030-01-01"), 0, LimitUnit::WorkingDay),
        Ok(day("2030-01-01"))
    );
    assert_eq!(calendar.add(start, u32::MAX), Err(Code::ECalendar));
}

#[test]
fn a_list_is_refused_by_the_date_that_does_not_fit() {
    let mut calendar = Calendar::new();
    assert_eq!(
        calendar.cover(2026, [(day("2025-12-31"), true)]),
        Err(day("2025-12-31"))
    );
    assert_eq!(
        calendar.cover(2026, [(day("2026-01-01"), true), (day("2026-01-01"), false)]),
        Err(day("2026-01-01"))
    );
    assert_eq!(
        calendar.is_working(day("2026-03-02")),
        Err(Code::ECalendar),
        "a refused list covers nothing"
    );
    assert_eq!(calendar.cover(2026, []), Ok(()));
    assert_eq!(
        calendar.is_working(day("2026-01-01")),
        Ok(true),
        "an empty list is a list"
    );
}

proptest! {
    #[test]
    fn adding_and_counting_are_inverse(start in 0i32..500, days in 0u32..60) {
        let calendar = calendar();
        let start = day("2025-01-01").checked_add(start.days()).unwrap();
        let due = calendar.add(start, days).unwrap();
        prop_assert_eq!(calendar.count(start, due), Ok(days));
        prop_assert!(days == 0 || calendar.is_working(due).unwrap());
        prop_assert_eq!(calendar.used(start, due, &[]), Ok(days));
    }

    #[test]
    fn a_suspension_only_moves_the_end_back(from in 0i32..20, length in 0i32..20, days in 1u32..20) {
        let calendar = calendar();
        let start = day("2026-03-02");
        let from = start.checked_add(from.days()).unwrap();
        let suspension = Suspension { from, resumed: Some(from.checked_add(length.days()).unwrap()) };
        let due = calendar.due(start, days, &[suspension]).unwrap().unwrap();
        prop_assert!(due >= calendar.add(start, days).unwrap());
        prop_assert_eq!(calendar.used(start, due, &[suspension]), Ok(days));
    }
}
