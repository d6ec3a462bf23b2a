//! What may be said of a medium, and what is seen of it afterwards.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::carry;
use crate::desk::{Done, Stop};
use crate::testing::Town;
use crate::view;
use jiff::civil::date;
use ledger::event::Person;
use ledger::{Custody, Event};
use model::{BatchId, Code, Proof};

const BATCH: BatchId = BatchId(1);

fn town() -> Town {
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "P1");
    town
}

fn says(town: &mut Town, copy: Option<u32>, custody: &Custody) -> Done {
    let person = Person {
        name: "张三".to_owned(),
        uid: 1,
    };
    town.desk(|desk| carry(desk, BATCH, copy, custody.clone(), "机房".to_owned(), person))
}

fn taken(day: Option<jiff::civil::Date>) -> Custody {
    Custody::Taken {
        by: "李四".to_owned(),
        back_by: day,
    }
}

fn carried(town: &Town) -> usize {
    let events = town.events();
    events
        .iter()
        .filter(|e| matches!(e, Event::BatchCarried { .. }))
        .count()
}

#[test]
fn a_medium_goes_out_and_comes_back_and_each_is_said_once() {
    let mut town = town();
    for custody in [
        taken(None),
        Custody::Returned,
        taken(None),
        Custody::Lost,
        Custody::Returned,
        Custody::Wiped,
    ] {
        for _ in 0..2 {
            says(&mut town, None, &custody).unwrap();
        }
    }
    assert_eq!(carried(&town), 6, "the same again changes nothing");
    let lines = town.desk(|desk| view::disks(desk, &[BATCH]));
    let medium = &lines[0].media[0];
    assert_eq!((medium.copy, medium.custody.as_str(), medium.late), (1, "wiped", false));
    assert_eq!((medium.said_by.as_str(), medium.note.as_str()), ("张三", "机房"));
}

#[test]
fn what_cannot_be_is_refused() {
    let mut town = town();
    for (copy, custody) in [
        (None, Custody::Returned),
        (Some(2), taken(None)),
        (Some(0), Custody::Lost),
    ] {
        match says(&mut town, copy, &custody) {
            Err(Stop::No(finding)) => assert_eq!(finding.code, Code::VState),
            other => panic!("{custody:?}: {other:?}"),
        }
    }
    assert_eq!(carried(&town), 0);
}

/// The day it is to be back by is still in time; the day after is not, and neither is a copy that came back late.
#[test]
fn a_medium_is_late_once_its_day_is_over() {
    let mut town = town();
    let today = town.desk(|desk| desk.plan.day(desk.now));
    for (day, late) in [
        (Some(today), false),
        (today.yesterday().ok(), true),
        (None, false),
        (Some(date(9999, 12, 31)), false),
    ] {
        says(&mut town, None, &taken(day)).unwrap();
        let lines = town.desk(|desk| view::disks(desk, &[BATCH]));
        assert_eq!((lines[0].media[0].late, lines[0].is_late()), (late, late), "{day:?}");
        says(&mut town, None, &Custody::Returned).unwrap();
        let lines = town.desk(|desk| view::disks(desk, &[BATCH]));
        assert!(!lines[0].is_late(), "it is back");
    }
}
