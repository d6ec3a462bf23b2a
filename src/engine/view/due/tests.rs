#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::testing::{MATTER, Town, key};
use jiff::civil::date;
use ledger::Event;
use ledger::event::Cause;
use model::{AttemptId, BatchId, MatterId, Proof};

const DAY: i64 = 86_400_000;

fn calendar(years: &[i16]) -> Calendar {
    let mut calendar = Calendar::new();
    for year in years {
        calendar.cover(*year, []).unwrap();
    }
    calendar
}

/// Noon of a day at +08:00.
fn noon(day: Date) -> i64 {
    day.at(4, 0, 0, 0)
        .to_zoned(jiff::tz::TimeZone::UTC)
        .unwrap()
        .timestamp()
        .as_millisecond()
}

/// A case that was handed over on a day; acknowledged that day where told so.
fn town(day: Date, booked: bool) -> Town {
    let mut town = Town::new(Proof::Receipt);
    town.now = noon(day);
    town.hand_over(1, "M_1");
    if booked {
        acknowledge(&mut town, 1);
    }
    town
}

fn acknowledge(town: &mut Town, attempt: u64) {
    town.say(Event::AttemptsMoved {
        attempts: vec![(AttemptId(attempt), key(1).case_no)],
        to: AttemptState::Acknowledged,
        cause: Cause::Query,
    });
}

fn stands(town: &mut Town, round: u32, standing: Standing) {
    town.say(Event::StandingSet {
        key: model::ObligationKey { round, ..key(1) },
        standing,
        reason: None,
        date: None,
        row: (BatchId(1), u64::from(round)),
        digest: format!("{round}{standing}"),
    });
}

fn due_of(town: &mut Town, calendar: &Calendar, round: u32) -> Option<Due> {
    let now = town.now;
    town.desk(|desk| {
        let plan = desk.plan;
        let file = desk.books().case(&key(1).case_no).unwrap();
        let o = file.obligation(&MatterId::new(MATTER), round).unwrap();
        due(plan, calendar, now, file, o)
    })
}

#[test]
fn the_clock_runs_from_the_day_it_was_booked_to_the_day_it_is_decided() {
    let calendar = calendar(&[2026]);
    // A Friday; three working days are Monday to Wednesday.
    let friday = date(2026, 3, 6);
    assert_eq!(
        due_of(&mut town(friday, false), &calendar, 1),
        None,
        "nobody has it yet"
    );
    let mut town = town(friday, true);
    let mut day = |after: i64| {
        town.now = noon(friday) + after * DAY;
        due_of(&mut town, &calendar, 1).unwrap()
    };
    let found = day(0);
    assert_eq!((found.day.as_deref(), found.overdue), (Some("2026-03-11"), false));
    assert!(!day(5).overdue);
    assert!(day(6).overdue);
    stands(&mut town, 1, Standing::Accepted);
    assert!(due_of(&mut town, &calendar, 1).is_some(), "accepted is not decided");
    stands(&mut town, 1, Standing::SupplementRequested);
    assert_eq!(due_of(&mut town, &calendar, 1), None, "the clock stands");
    stands(&mut town, 1, Standing::Approved);
    assert_eq!(due_of(&mut town, &calendar, 1), None);
}

#[test]
fn a_year_without_a_calendar_is_named_and_never_guessed() {
    let last = date(2026, 12, 30);
    for (years, missing) in [(&[2026_i16][..], 2027), (&[2025][..], 2026), (&[][..], 2026)] {
        let found = due_of(&mut town(last, true), &calendar(years), 1).unwrap();
        assert_eq!((&found.day, found.overdue), (&None, false));
        let finding = found.finding.unwrap();
        assert_eq!(finding.code, Code::ECalendar);
        assert!(
            finding.what(model::Lang::En).contains(&missing.to_string()),
            "{finding:?}"
        );
    }
    let known = due_of(&mut town(last, true), &calendar(&[2026, 2027]), 1).unwrap();
    assert_eq!((known.day.as_deref(), known.finding), (Some("2027-01-04"), None));
}

#[test]
fn an_answer_begins_the_limit_anew_unless_it_was_asked_for_too_late() {
    let monday = date(2026, 3, 2);
    for (asked_after, expected) in [(3, "2026-03-19"), (14, "2026-03-05")] {
        let mut town = town(monday, true);
        town.now += asked_after * DAY;
        stands(&mut town, 1, Standing::SupplementRequested);
        town.now = noon(date(2026, 3, 16));
        let second = model::ObligationKey { round: 2, ..key(1) };
        town.say(Event::ObligationOpened { key: second.clone() });
        town.send_for(&second, 1, Op::Supplement, "M_2");
        acknowledge(&mut town, 2);
        let found = due_of(&mut town, &calendar(&[2026]), 2).unwrap();
        assert_eq!(found.day.as_deref(), Some(expected), "asked {asked_after} days later");
    }
}
