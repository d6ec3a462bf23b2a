//! When a disk may be taken back, and what becomes of what was on it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{may, recalled};
use crate::desk::{Done, Stop};
use crate::fetch::leave;
use crate::testing::{PATIENCE, Town, key};
use crate::transition::{carry, expire, outcome};
use ledger::Custody;
use ledger::event::Person;
use model::{AttemptState, BatchId, Code, Finding, Proof};
use port::{Fault, Outcome, Recalled};

const BATCH: BatchId = BatchId(1);

fn person() -> Person {
    Person {
        name: "张三".to_owned(),
        uid: 1,
    }
}

/// A node whose one batch left once.
fn town() -> Town {
    let mut town = Town::new(Proof::Receipt);
    town.begin(1, "P1");
    export(&mut town);
    town
}

/// A person writes it to a medium, from the first byte to the last.
fn export(town: &mut Town) {
    town.desk(|desk| leave(desk, BATCH)).unwrap();
    let ended = town.desk(|desk| outcome::delivered(desk, BATCH, vec![Outcome::Pending], None, None));
    ended.unwrap();
}

fn code<T: std::fmt::Debug>(done: Done<T>) -> Code {
    match done {
        Err(Stop::No(finding)) => finding.code,
        other => panic!("{other:?}"),
    }
}

fn cancel(town: &mut Town, result: Result<Recalled, Fault>) -> Done {
    town.desk(|desk| recalled(desk, BATCH, result, person(), "送错了".to_owned()))
}

fn states(town: &mut Town) -> Vec<AttemptState> {
    town.desk(|desk| {
        let o = desk.books().obligation(&key(1)).unwrap();
        o.deliveries.iter().flat_map(|d| &d.attempts).map(|a| a.state).collect()
    })
}

#[test]
fn what_was_on_it_is_wanted_again_and_the_batch_is_no_more() {
    let mut town = town();
    let fetched = town.desk(|desk| may(desk, BATCH)).unwrap();
    assert_eq!(fetched.prepared.copy, 1, "the copy that is there, not the next one");
    cancel(&mut town, Ok(Recalled::Recalled)).unwrap();
    assert_eq!(states(&mut town), [AttemptState::Recalled]);
    let (due, open) = town.desk(|desk| {
        let o = desk.books().obligation(&key(1)).unwrap();
        let due = o.deliveries.iter().any(|d| d.due.is_some());
        (due, desk.books().open_out())
    });
    assert!(due && open.is_empty(), "{open:?}");
    // The same again, and a hand-over of what is gone.
    assert_eq!(code(cancel(&mut town, Ok(Recalled::Recalled))), Code::VState);
    let again = town.desk(|desk| crate::transition::hand_over::hand_over(desk, BATCH, None));
    assert_eq!(code(again), Code::VState);
    assert_eq!(town.balance(), (0, 0, 0, 1), "it waits, as before");
}

#[test]
fn what_may_be_in_other_hands_is_not_taken_back() {
    type Change = fn(&mut Town);
    let against: [(&str, Change); 6] = [
        ("another copy", export),
        ("an export of which nobody knows that it ended", |town| {
            town.desk(|desk| leave(desk, BATCH)).unwrap();
        }),
        ("a courier had it", |town| {
            let taken = Custody::Taken {
                by: "李四".to_owned(),
                back_by: None,
            };
            for custody in [taken, Custody::Returned] {
                let said = town.desk(|desk| carry::carry(desk, BATCH, None, custody, String::new(), person()));
                said.unwrap();
            }
        }),
        ("an answer", |town| {
            let answered = vec![Outcome::Acknowledged(None)];
            town.desk(|desk| outcome::delivered(desk, BATCH, answered, None, None))
                .unwrap();
        }),
        ("nobody can say", |town| {
            town.desk(|desk| outcome::delivered(desk, BATCH, vec![Outcome::Unknown], None, None))
                .unwrap();
        }),
        ("taken back", |town| cancel(town, Ok(Recalled::Recalled)).unwrap()),
    ];
    for (why, change) in against {
        let mut town = town();
        change(&mut town);
        assert_eq!(code(town.desk(|desk| may(desk, BATCH))), Code::VState, "{why}");
        let before = states(&mut town);
        assert_eq!(code(cancel(&mut town, Ok(Recalled::Recalled))), Code::VState, "{why}");
        assert_eq!(states(&mut town), before, "{why}");
    }
    let mut town = town();
    assert_eq!(code(town.desk(|desk| may(desk, BatchId(9)))), Code::VNotFound);
}

/// It lay in a drawer for longer than an answer takes, or its export was killed before its end: it never left all the same.
#[test]
fn what_lay_here_too_long_or_was_cut_off_is_taken_back() {
    let changes: [fn(&mut Town); 2] = [
        |town| {
            town.now += i64::try_from(PATIENCE).unwrap();
            town.desk(expire::expire).unwrap();
        },
        |town| {
            *town = {
                let mut town = Town::new(Proof::Receipt);
                town.begin(1, "P1");
                town.desk(|desk| leave(desk, BATCH)).unwrap();
                town
            }
        },
    ];
    for change in changes {
        let mut town = town();
        change(&mut town);
        cancel(&mut town, Ok(Recalled::Recalled)).unwrap();
        assert_eq!(states(&mut town), [AttemptState::Recalled]);
    }
}

#[test]
fn unless_it_is_off_its_medium_nothing_changes() {
    let broken = Fault::person(Finding::new(Code::CPlace));
    for (result, no) in [
        (Ok(Recalled::Taken), Code::VState),
        (Ok(Recalled::Impossible), Code::VState),
        (Err(broken), Code::CPlace),
    ] {
        let mut town = town();
        assert_eq!(code(cancel(&mut town, result)), no);
        assert_eq!(states(&mut town), [AttemptState::HandedOver]);
        assert!(town.desk(|desk| may(desk, BATCH)).is_ok(), "it can be tried again");
    }
}
