#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::testing::{Town, key};
use jiff::civil::date;
use model::Proof;

const DAY: i64 = 86_400_000;

/// 2026-03-02, noon at +08:00.
const NOON: i64 = 1_772_424_000_000;

fn opens(town: &mut Town, n: u64) {
    let key = key(n);
    let ent_class = "000001".into();
    let case_no = key.case_no.clone();
    town.desk(|desk| desk.say(Event::CaseOpened { case_no, ent_class }))
        .unwrap();
    town.desk(|desk| desk.say(Event::ObligationOpened { key })).unwrap();
}

fn days(town: &mut Town) -> Vec<(String, u64, u64, u64)> {
    let days = town.desk(|desk| desk.books().days());
    let mut told = Vec::new();
    for day in days {
        let closed = town.desk(|desk| desk.books().day(day).cloned()).unwrap();
        assert_eq!(closed.sheet.unexplained(), 0);
        let sum = |of: fn(&ledger::DayLine) -> u64| closed.sheet.lines.iter().map(of).sum();
        told.push((
            day.to_string(),
            sum(|l| l.opening),
            sum(|l| l.flow.opened),
            sum(|l| l.closing),
        ));
    }
    told
}

#[test]
fn the_first_word_of_a_new_day_is_the_sheet_of_the_one_before() {
    let mut town = Town::new(Proof::Receipt);
    town.now = NOON;
    opens(&mut town, 1);
    assert!(days(&mut town).is_empty(), "a day that is not over has no sheet");
    town.now = NOON + DAY;
    opens(&mut town, 2);
    opens(&mut town, 3);
    assert_eq!(days(&mut town), [("2026-03-02".to_owned(), 0, 1, 1)]);
    let words: Vec<u16> = town.events().iter().map(Event::kind).collect();
    assert_eq!(words, [20, 30, 4, 20, 30, 20, 30], "before anything of the new day");
    // Three days of silence, and a look at the clock alone.
    town.now = NOON + 4 * DAY;
    town.desk(close_day).unwrap();
    town.desk(close_day).unwrap();
    assert_eq!(days(&mut town)[1..], [("2026-03-03".to_owned(), 1, 2, 3)]);
    town.now = NOON + 5 * DAY;
    town.desk(close_day).unwrap();
    assert_eq!(days(&mut town)[2..], [("2026-03-06".to_owned(), 3, 0, 3)]);
    let last = town.desk(|desk| desk.books().last_day().cloned()).unwrap();
    let before = town.desk(|desk| desk.books().day(date(2026, 3, 3)).cloned()).unwrap();
    let named = last.sheet.before.unwrap();
    assert_eq!((named.day, named.digest), (date(2026, 3, 3), before.digest));
}

/// The hour before midnight belongs to the day in the configured zone, not to that of UTC.
#[test]
fn days_are_those_of_the_configured_zone() {
    let mut town = Town::new(Proof::Receipt);
    let offset = town.desk(|desk| i64::from(desk.plan.rules.offset_minutes) * 60_000);
    let midnight = (NOON + offset).div_euclid(DAY) * DAY + DAY - offset;
    town.now = midnight - 1;
    opens(&mut town, 1);
    town.now = midnight;
    opens(&mut town, 2);
    assert_eq!(days(&mut town).len(), 1);
    town.now = midnight + DAY - 1;
    opens(&mut town, 3);
    assert_eq!(days(&mut town).len(), 1);
}
