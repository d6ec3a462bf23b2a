//! Channels without receipts: what settles the order of things, what proves a booking, and what never goes again.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{Word, settle};
use crate::testing::{MATTER, PATIENCE, Town, key};
use crate::transition::{expire, outcome};
use crate::view;
use ledger::event::Person;
use model::calendar::Calendar;
use model::{AttemptId, AttemptState, BatchId, Code, Incoming, MatterId, Op, Proof, Standing};
use port::{Outcome, Said};

fn word(booked: bool, listed: bool) -> Word {
    Word {
        booked,
        attempt: None,
        listed,
        person: Person {
            name: "张三".to_owned(),
            uid: 1,
        },
        reason: "值班电话".to_owned(),
    }
}

/// How many attempts of case `n` a person's word moved; `None` where nothing of it was unsettled.
fn says(town: &mut Town, n: u64, booked: bool, listed: bool) -> Option<usize> {
    let word = word(booked, listed);
    town.desk(|desk| settle(desk, &key(n).case_no, &MatterId::new(MATTER), &word))
        .ok()
}

/// The same of one attempt of case 1, by its number.
fn says_of(town: &mut Town, id: u64, booked: bool) -> Option<usize> {
    let word = Word {
        attempt: Some(AttemptId(id)),
        ..word(booked, false)
    };
    town.desk(|desk| settle(desk, &key(1).case_no, &MatterId::new(MATTER), &word))
        .ok()
}

fn queried(town: &mut Town, said: Said) {
    town.desk(|desk| outcome::queried(desk, BatchId(1), vec![said]))
        .unwrap();
}

fn result(standing: Standing) -> Vec<Incoming> {
    vec![Incoming {
        case_no: Some(key(1).case_no),
        standing: Some(standing),
        reason: Some("备案".into()),
        ..Incoming::default()
    }]
}

fn acknowledgement(number: &str, code: &str) -> Vec<Incoming> {
    vec![Incoming {
        batch_no: Some(number.into()),
        return_code: Some(code.into()),
        ..Incoming::default()
    }]
}

fn states(town: &mut Town, n: u64) -> Vec<AttemptState> {
    town.desk(|desk| {
        let o = desk.books().obligation(&key(n)).unwrap();
        o.deliveries.iter().flat_map(|d| &d.attempts).map(|a| a.state).collect()
    })
}

/// Whether anything of case `n` is wanted again.
fn due(town: &mut Town, n: u64) -> Vec<u32> {
    town.desk(|desk| {
        let o = desk.books().obligation(&key(n)).unwrap();
        o.deliveries.iter().filter(|d| d.due.is_some()).map(|d| d.n).collect()
    })
}

fn expire_after(town: &mut Town, ms: u64) {
    town.now += i64::try_from(ms).unwrap();
    town.desk(expire::expire).unwrap();
}

fn listed(town: &mut Town) -> Vec<(AttemptState, i64)> {
    let lines = town.desk(view::unsettled);
    lines.into_iter().map(|l| (l.state, l.since)).collect()
}

/// Short numbers come again every year: word of last year's batch is no word of this year's.
#[test]
fn word_of_a_batch_with_the_number_of_the_ledger_is_of_that_batch_alone() {
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "M_1");
    for other in ["M_1 b7", "M_2 b1", "M_1 b"] {
        town.take_in("acks", acknowledgement(other, "0000"));
        assert_eq!(town.balance(), (0, 0, 0, 1), "{other}");
    }
    let row = |row_no, receipt_no: &str, code| {
        let mut rows = acknowledgement("M_1 b1", code);
        (rows[0].row_no, rows[0].receipt_no) = (row_no, Some(receipt_no.into()));
        rows
    };
    // A row that the batch does not have, and then its only one.
    town.take_in("acks", row(Some(2), "n2 b4", "2001"));
    assert_eq!(town.balance(), (0, 0, 0, 1));
    town.take_in("acks", row(None, "n2 b4", "0000"));
    assert_eq!(town.balance(), (1, 0, 0, 0));
    // Another machine has it as well: nobody is believed over the other, and it is told.
    let before = town.desk(|desk| view::refused_list(desk, None).len());
    town.take_in("acks", row(None, "n3 b9", "0000"));
    let refused = town.desk(|desk| view::refused_list(desk, None));
    assert_eq!(refused.len(), before + 1);
    assert!(
        refused
            .iter()
            .any(|l| l.findings.iter().any(|f| f.code == Code::ETakenTwice)),
        "{refused:?}"
    );
}

/// A row of a list refuses one record; the rest of the batch is taken with the line behind it.
#[test]
fn a_row_that_the_other_side_refused_is_refused_and_the_others_are_not() {
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "M_1");
    let mut rows = acknowledgement("M_1 b1", "2001");
    rows[0].row_no = Some(1);
    rows.extend(acknowledgement("M_1 b1", "0000"));
    town.take_in("acks", rows);
    assert_eq!(states(&mut town, 1), [AttemptState::Refused]);
}

#[test]
fn what_was_taken_is_settled_and_unproved_until_somebody_proves_it() {
    type Prove = fn(&mut Town);
    let table: [(&str, Prove); 4] = [
        ("an acknowledgement of the batch", |t| {
            t.take_in("acks", acknowledgement("M_1", "0000"));
        }),
        ("a result", |t| {
            t.take_in("results", result(Standing::Accepted));
        }),
        ("a person who looked", |t| assert_eq!(says(t, 1, true, false), Some(1))),
        ("a list, and then a person", |t| {
            assert_eq!(says(t, 1, true, true), Some(1));
            assert_eq!(t.balance(), (0, 1, 0, 0), "a list says no more than that");
            assert_eq!(says(t, 1, true, true), None, "nor twice");
            assert_eq!(says(t, 1, true, false), Some(1));
        }),
    ];
    for (what, prove) in table {
        let mut town = Town::new(Proof::Taken);
        town.hand_over(1, "M_1");
        assert_eq!(town.balance(), (0, 0, 0, 1));
        queried(&mut town, Said::CannotSay);
        assert_eq!(town.balance(), (0, 0, 0, 1));
        queried(&mut town, Said::Taken);
        assert_eq!(town.balance(), (0, 1, 0, 0));
        assert_eq!(due(&mut town, 1), Vec::<u32>::new());
        prove(&mut town);
        assert_eq!(town.balance(), (1, 0, 0, 0), "{what}");
        // Proved is proved.
        assert_eq!(says(&mut town, 1, false, false), None, "{what}");
        queried(&mut town, Said::Taken);
        assert_eq!(town.balance(), (1, 0, 0, 0), "{what}");
    }
}

/// A disk was carried away and answered before its export was known to have ended: the answer counts, and what is told
/// of the export afterwards changes nothing of it.
#[test]
fn an_answer_may_come_before_its_hand_over_is_known_to_have_ended() {
    let mut town = Town::new(Proof::Receipt);
    town.begin(1, "M_1");
    town.take_in("acks", acknowledgement("M_1", "0000"));
    assert_eq!(states(&mut town, 1), [AttemptState::Acknowledged]);
    let ended = town.desk(|desk| outcome::delivered(desk, BatchId(1), vec![Outcome::Pending], None, None));
    ended.unwrap();
    assert_eq!(states(&mut town, 1), [AttemptState::Acknowledged]);
    assert_eq!(town.balance(), (1, 0, 0, 0));
    assert_eq!(due(&mut town, 1), Vec::<u32>::new(), "nothing of it goes again");
}

/// Its submission is long unconfirmed, and a clerk is keying its withdrawal: a person who found the submission in the
/// department's books says nothing of the withdrawal.
#[test]
fn a_word_is_about_one_hand_over() {
    use AttemptState::{Acknowledged, HandedOver, Recalled};
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "M_1");
    expire_after(&mut town, PATIENCE);
    assert_eq!(states(&mut town, 1), [AttemptState::Unconfirmed]);
    town.send(1, 2, Op::Withdraw, "M_2");
    assert_eq!(says(&mut town, 1, true, false), Some(1));
    assert_eq!(states(&mut town, 1), [Acknowledged, HandedOver]);
    assert_eq!(says(&mut town, 1, true, false), Some(1), "now it is the only one");
    assert_eq!(states(&mut town, 1), [Acknowledged, Acknowledged]);

    // Both are out, and neither stands on the list: which one is meant?
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "M_1");
    town.send(1, 2, Op::Withdraw, "M_2");
    assert_eq!(says(&mut town, 1, false, false), None);
    assert_eq!(states(&mut town, 1), [HandedOver, HandedOver]);
    for (n, count) in [(9, None), (2, Some(1)), (2, None)] {
        assert_eq!(says_of(&mut town, n, false), count, "a{n}");
    }
    assert_eq!(states(&mut town, 1), [HandedOver, Recalled]);
}

#[test]
fn taking_settles_nothing_where_it_is_no_proof() {
    for proof in [Proof::None, Proof::Receipt] {
        let mut town = Town::new(proof);
        town.hand_over(1, "M_1");
        queried(&mut town, Said::Taken);
        assert_eq!(
            (town.balance(), states(&mut town, 1)),
            ((0, 0, 0, 1), vec![AttemptState::HandedOver])
        );
    }
}

#[test]
fn without_any_proof_a_list_settles_what_was_long_unconfirmed() {
    let mut town = Town::new(Proof::None);
    town.hand_over(1, "M_1");
    let left = town.now;
    expire_after(&mut town, PATIENCE - 1);
    assert!(listed(&mut town).is_empty());
    expire_after(&mut town, 1);
    assert_eq!(listed(&mut town), [(AttemptState::Unconfirmed, left + 1_000)]);
    assert_eq!(town.balance(), (0, 0, 0, 1), "still waiting, and never sent again");
    assert_eq!(due(&mut town, 1), Vec::<u32>::new());
    assert_eq!(says(&mut town, 1, true, true), Some(1));
    assert!(listed(&mut town).is_empty());
    assert_eq!(town.balance(), (0, 1, 0, 0));
    town.take_in("acks", acknowledgement("M_1", "0000"));
    assert_eq!(town.balance(), (1, 0, 0, 0));
}

#[test]
fn where_there_are_receipts_a_list_is_as_good_as_a_person() {
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "M_1");
    assert_eq!(says(&mut town, 1, true, true), Some(1));
    assert_eq!(town.balance(), (1, 0, 0, 0));
}

#[test]
fn what_was_only_taken_is_listed_once_it_took_too_long() {
    let mut town = Town::new(Proof::Taken);
    town.hand_over(1, "M_1");
    queried(&mut town, Said::Taken);
    let taken = town.now;
    expire_after(&mut town, PATIENCE - 1);
    assert!(listed(&mut town).is_empty());
    expire_after(&mut town, 1);
    assert_eq!(listed(&mut town), [(AttemptState::Unconfirmed, taken)]);
    assert_eq!(town.balance(), (0, 1, 0, 0));
    assert_eq!(
        says(&mut town, 1, true, true),
        Some(1),
        "the duty officer has the manifest"
    );
    assert!(listed(&mut town).is_empty());
}

#[test]
fn what_was_lost_on_the_way_goes_again_when_a_person_says_so_and_only_then() {
    let mut town = Town::new(Proof::Taken);
    town.hand_over(1, "M_1");
    queried(&mut town, Said::Taken);
    expire_after(&mut town, 100 * PATIENCE);
    assert_eq!(due(&mut town, 1), Vec::<u32>::new());
    assert_eq!(says(&mut town, 1, false, true), Some(1));
    assert_eq!(states(&mut town, 1), [AttemptState::Recalled]);
    assert_eq!((town.balance(), due(&mut town, 1)), ((0, 0, 0, 1), vec![1]));
    assert_eq!(says(&mut town, 1, false, true), None, "once");
    // A late acknowledgement of the lost batch changes nothing any more.
    town.take_in("acks", acknowledgement("M_1", "0000"));
    assert_eq!(states(&mut town, 1), [AttemptState::Recalled]);
}

#[test]
fn what_a_later_hand_over_carries_does_not_go_again() {
    for order in [[1, 2], [2, 1]] {
        let mut town = Town::new(Proof::Taken);
        town.hand_over(1, "M_1");
        queried(&mut town, Said::Taken);
        town.send(1, 2, Op::Amend, "M_2");
        assert_eq!(says(&mut town, 1, false, false), None, "which of them?");
        for id in order {
            assert_eq!(says_of(&mut town, id, false), Some(1), "neither of them arrived");
        }
        assert_eq!(
            due(&mut town, 1),
            [2],
            "the second carries all that the first one did: {order:?}"
        );
    }
    let mut town = Town::new(Proof::Taken);
    town.hand_over(1, "M_1");
    queried(&mut town, Said::Taken);
    town.send(1, 2, Op::Amend, "M_2");
    town.take_in("acks", acknowledgement("M_2", "0000"));
    assert_eq!(says(&mut town, 1, false, false), Some(1));
    assert_eq!((due(&mut town, 1), town.balance()), (Vec::new(), (1, 0, 0, 0)));
}

#[test]
fn a_batch_is_answered_as_a_whole_row_by_row() {
    let mut town = Town::new(Proof::Taken);
    for n in 1..=3 {
        town.hand_over(n, &format!("M_{n}"));
    }
    queried(&mut town, Said::Taken);
    let mut rows = acknowledgement("M_1", "0000");
    rows.extend(acknowledgement("M_2", "1002"));
    rows.extend(acknowledgement("M_9", "0000"));
    rows.extend(acknowledgement("M_3", "7777"));
    rows.push(Incoming {
        return_code: Some("0000".into()),
        ..Incoming::default()
    });
    let answer = town.take_in("acks", rows);
    let codes: Vec<String> = answer.rows.iter().map(|r| r.code).collect();
    assert_eq!(codes, ["0000", "0000", "1005", "2004", "2001"]);
    assert_eq!(town.balance(), (1, 0, 1, 1));
    assert_eq!(states(&mut town, 2), [AttemptState::Refused]);
    assert_eq!(town.desk(view::balance).unmatched, 1);
    // The same again changes nothing.
    let answer = town.take_in("acks", acknowledgement("M_1", "0000"));
    assert_eq!(
        (answer.rows.iter().next().unwrap().message.as_str(), town.balance()),
        ("已处理", (1, 0, 1, 1))
    );
}

#[test]
fn the_case_shows_what_is_proved_and_what_is_not() {
    let mut town = Town::new(Proof::Taken);
    town.hand_over(1, "M_1");
    let shown = |town: &mut Town| {
        let view = town.desk(|desk| view::case(desk, &Calendar::new(), &key(1).case_no, false));
        let view = view.unwrap();
        let attempt = &view.obligations[0].attempts[0];
        (view.obligations[0].account, attempt.state, attempt.unproved)
    };
    queried(&mut town, Said::Taken);
    assert_eq!(
        shown(&mut town),
        (ledger::account::Account::Unproved, AttemptState::Acknowledged, true)
    );
    town.take_in("acks", acknowledgement("M_1", "0000"));
    assert_eq!(
        shown(&mut town),
        (ledger::account::Account::Booked, AttemptState::Acknowledged, false)
    );
}

/// A submission nobody could answer for is withdrawn meanwhile; then it turns out that it was never booked. It is not
/// begun again: there is nothing left to withdraw, and the obligation ends.
#[test]
fn what_is_withdrawn_meanwhile_is_not_begun_again() {
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "N1");
    let (case_no, reason) = (key(1).case_no, "申请人撤回".to_owned());
    town.desk(|desk| crate::transition::withdraw::withdraw_case(desk, &case_no, reason))
        .unwrap();
    assert_eq!(due(&mut town, 1), [2], "the withdrawal waits for what went before it");
    expire_after(&mut town, PATIENCE);
    assert_eq!(says(&mut town, 1, false, false), Some(1), "not booked there");
    assert_eq!(due(&mut town, 1), [2], "and nothing else is wanted");
}
