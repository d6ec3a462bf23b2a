//! One day's work is summed, an entry folded in twice counts once, and what explains the chain is no evidence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::arriving::NoPast;
use crate::event::Person;
use crate::shelf::Empty;
use std::sync::Arc;

fn at(group: u64) -> Pos {
    Pos { group, ordinal: 0 }
}

#[test]
fn pieces_of_one_day_are_one_and_another_day_begins_anew() {
    let mut books = Books::over(Arc::new(Empty), Arc::new(NoPast));
    let piece = |day: i8, entries, through| Lapse {
        cases: 1,
        entries,
        through,
        ..Lapse::new(Lapsing::Data, 30, jiff::civil::date(2026, 3, day))
    };
    assert_eq!(books.lapsed(Lapsing::Data), None);
    for (group, day, entries, through) in [(1, 1, 5, 9), (2, 1, 6, 8), (2, 1, 6, 8)] {
        books.apply(at(group), 7, &Event::Lapsed(piece(day, entries, through)));
    }
    let last = books.lapsed(Lapsing::Data).unwrap().lapse;
    assert_eq!((last.cases, last.entries, last.through), (2, 11, 9));
    books.apply(at(3), 8, &Event::Lapsed(piece(2, 1, 10)));
    let last = books.lapsed(Lapsing::Data).unwrap();
    assert_eq!((last.at, last.lapse.cases, last.lapse.entries), (8, 1, 1));
    assert_eq!(books.lapsed(Lapsing::Evidence), None);
}

#[test]
fn acts_on_the_ledger_explain_the_chain() {
    for (action, evidence) in [
        ("reveal", true),
        ("view task", true),
        ("channel take-over", true),
        ("ledger erase", false),
        ("ledger archive", false),
        ("ledger backup", false),
        ("ledger rebuild", false),
    ] {
        let act = Event::Audit {
            person: Person {
                name: "张三".to_owned(),
                uid: 1,
            },
            action: action.to_owned(),
            object: String::new(),
            result: String::new(),
        };
        assert_eq!(act.is_evidence(), evidence, "{action}");
        assert!(Event::may_be_evidence(act.kind()));
    }
}
