#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::{Town, key};
use ledger::Event;
use ledger::event::Person;
use model::{AttemptState, Proof};

const SHEET: TaskId = TaskId(ATTEMPT_TASK + 1);
const FORM: TaskId = TaskId(5);

fn person(name: &str) -> Person {
    Person {
        name: name.to_owned(),
        uid: 1,
    }
}

fn claimed(task: TaskId, name: &str) -> Event {
    Event::TaskClaimed {
        task,
        case_no: key(1).case_no,
        person: person(name),
        until: 9_000,
    }
}

fn moved(to: AttemptState, cause: Cause) -> Event {
    Event::AttemptsMoved {
        attempts: vec![(AttemptId(1), key(1).case_no)],
        to,
        cause,
    }
}

fn withdrawn() -> Event {
    Event::CaseWithdrawn {
        case_no: key(1).case_no,
        reason: "申请人撤回".to_owned(),
    }
}

/// A task of each kind that 李华 has taken.
fn town() -> Town {
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "A1");
    town.say(Event::FormOpened {
        task: FORM,
        key: key(1),
        channel: "manual".to_owned(),
    });
    town.say(claimed(SHEET, "李华"));
    town.say(claimed(FORM, "李华"));
    town
}

fn stands(town: &mut Town, task: TaskId) -> TaskStand {
    town.desk(|desk| stand(desk, task)).ok().unwrap()
}

fn taken() -> TaskStand {
    TaskStand {
        waits: true,
        claimed_by: Some("李华".to_owned()),
        until: Some(9_000),
        ..TaskStand::default()
    }
}

#[test]
fn a_task_waits_as_long_as_it_is_to_be_answered_and_says_who_has_it() {
    let mut town = town();
    for task in [SHEET, FORM] {
        assert_eq!(stands(&mut town, task), taken());
        town.say(claimed(task, "王五"));
        assert_eq!(stands(&mut town, task).claimed_by.as_deref(), Some("王五"));
    }
    assert!(town.desk(|desk| stand(desk, TaskId(99))).is_err());
}

#[test]
fn a_worksheet_that_was_taken_waits_past_a_withdrawal_for_it_may_be_keyed() {
    let mut town = town();
    town.say(withdrawn());
    let expected = TaskStand {
        withdrawn: true,
        ..taken()
    };
    assert_eq!(stands(&mut town, SHEET), expected);
    town.say(moved(AttemptState::Recalled, Cause::Dissolved));
    assert!(!stands(&mut town, SHEET).waits);
}

#[test]
fn what_is_settled_says_by_whom() {
    let mut town = town();
    let cause = Cause::Person {
        person: person("王五"),
        reason: "keyed".to_owned(),
        receipt_no: Some("A-1".to_owned()),
    };
    town.say(moved(AttemptState::Acknowledged, cause));
    let stand = stands(&mut town, SHEET);
    assert_eq!((stand.waits, stand.settled_by.as_deref()), (false, Some("王五")));
}

#[test]
fn a_later_hand_over_supersedes_a_worksheet_and_a_withdrawal_is_no_withdrawn_task() {
    let mut town = town();
    assert!(!stands(&mut town, SHEET).superseded);
    town.say(withdrawn());
    town.send(1, 2, Op::Withdraw, "A2");
    assert!(stands(&mut town, SHEET).superseded);
    let second = stands(&mut town, TaskId(ATTEMPT_TASK + 2));
    assert_eq!((second.withdrawn, second.superseded), (false, false));
}

#[test]
fn a_form_ends_with_its_answer_or_with_its_case() {
    for (digest, ended) in [(None, true), (Some("d1"), false)] {
        let mut town = town();
        town.say(withdrawn());
        assert!(
            !stands(&mut town, FORM).withdrawn,
            "as long as it is expected it can be answered"
        );
        town.say(Event::FormClosed {
            task: FORM,
            case_no: key(1).case_no,
            person: None,
            digest: digest.map(str::to_owned),
        });
        let stand = stands(&mut town, FORM);
        assert_eq!((stand.waits, stand.withdrawn), (false, ended), "{digest:?}");
    }
}
