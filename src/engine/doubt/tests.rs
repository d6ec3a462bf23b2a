//! What raises a doubt, what stops while there is one, and what may go after it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::desk::Stop;
use crate::testing::{MATTER, Town, among, another, key};
use crate::transition::{advance, claim, hand_over, outcome, receipt, settle};
use crate::view::{self, ChangeLine};
use ledger::case_file::Delivery;
use model::{BatchId, Dictionary, MatterId, ObligationKey, Proof, Standing};
use port::Said;

const DAY: i64 = 24 * 3_600_000;

fn person() -> Person {
    Person {
        name: "张三".to_owned(),
        uid: 1,
    }
}

fn doubted(town: &mut Town) {
    let reason = Reason {
        mark: Some("restored x".to_owned()),
        common: Some(2),
        ..Reason::new(Finding::new(Code::LRestored).with("from", "b1").with("until", "昨日"))
    };
    town.desk(|desk| raise(desk, reason)).unwrap();
}

fn trusted(town: &mut Town, nothing_lost: bool) -> usize {
    let trusted = town.desk(|desk| trust(desk, person(), "查明".to_owned(), nothing_lost));
    trusted.unwrap()
}

fn codes(town: &mut Town) -> Vec<Code> {
    town.desk(|desk| desk.books().doubt().findings.iter().map(|f| f.code).collect())
}

fn refusal<T: std::fmt::Debug>(done: Done<T>) -> Code {
    match done {
        Err(crate::desk::Stop::No(finding)) => finding.code,
        other => panic!("{other:?}"),
    }
}

fn attempts(town: &mut Town, key: &ObligationKey) -> Vec<(AttemptState, Cause)> {
    town.desk(|desk| {
        let o = desk.books().obligation(key).unwrap();
        let attempts = o.deliveries.iter().flat_map(|d| d.attempts.clone());
        attempts.map(|a| (a.state, a.cause)).collect()
    })
}

/// A case that is owed something, and nothing of it was handed over.
fn wanted(town: &mut Town, key: &ObligationKey) {
    town.say(Event::CaseOpened {
        case_no: key.case_no.clone(),
        ent_class: "000001".into(),
    });
    town.desk(|desk| advance::open(desk, key.clone(), Op::Submit)).unwrap();
}

/// Whether what is wanted for it may have gone before.
fn may(town: &mut Town, key: &ObligationKey) -> bool {
    town.desk(|desk| {
        let (plan, now, doubt) = (desk.plan, desk.now, desk.books().doubt());
        let file = desk.books().case(&key.case_no).unwrap();
        let o = file.obligation(&key.matter, key.round).unwrap();
        may_have_gone(plan, &doubt, file, o, now)
    })
}

/// Its turn has come: somebody is to look first.
fn stand(town: &mut Town, key: &ObligationKey) {
    let stands = Stands {
        key: key.clone(),
        n: 1,
        op: Op::Submit,
        parent: None,
    };
    town.desk(|desk| stand_in(desk, "frontend", vec![stands])).unwrap();
}

fn says(town: &mut Town, key: &ObligationKey, booked: bool) {
    let word = settle::Word {
        booked,
        attempt: None,
        listed: false,
        person: person(),
        reason: "查对方台账".to_owned(),
    };
    town.desk(|desk| settle::settle(desk, &key.case_no, &key.matter, &word))
        .unwrap();
}

#[test]
fn nothing_leaves_while_it_is_in_doubt_and_a_person_ends_that() {
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "N1");
    doubted(&mut town);
    assert_eq!(
        refusal(town.desk(|desk| hand_over::hand_over(desk, BatchId(1), None))),
        Code::LDoubt
    );
    assert_eq!(refusal(town.desk(need_trust)), Code::LDoubt);
    let balance = town.desk(view::balance);
    assert_eq!((balance.unexplained, balance.doubted[0].code), (0, Code::LRestored));
    let known = town.desk(view::doubt);
    assert_eq!(
        (known.since, known.known_until, known.open_batches),
        (Some(1_000), Some(1_000), 1)
    );
    town.now += DAY;
    assert_eq!(trusted(&mut town, false), 1);
    town.desk(need_trust).unwrap();
    assert_eq!(town.desk(view::doubt).findings, []);
    assert_eq!(
        refusal(town.desk(|desk| trust(desk, person(), "x".into(), false))),
        Code::VState
    );
}

#[test]
fn a_task_is_claimed_by_nobody_while_it_is_in_doubt() {
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "N1");
    // As on a clerk's rung: prepared, and nobody has it.
    let (id, k) = (AttemptId(2), key(2));
    wanted(&mut town, &k);
    let new = ledger::event::NewAttempt {
        id,
        key: k.clone(),
        delivery: 1,
        op: Op::Submit,
        token: "t2".to_owned(),
        parent: None,
    };
    let day = town.desk(|desk| desk.today());
    town.say(Event::BatchPrepared {
        batch: BatchId(2),
        dept: DeptId::new("psb"),
        channel: "frontend".to_owned(),
        day,
        seq: 2,
        number: "N2".to_owned(),
        parts: Vec::new(),
        digest: String::new(),
        attempts: vec![new],
    });
    doubted(&mut town);
    let task = TaskId(ledger::apply::ATTEMPT_TASK + id.0);
    assert_eq!(
        refusal(town.desk(|desk| claim::claim(desk, task, person(), false))),
        Code::LDoubt
    );
    assert_eq!(trusted(&mut town, false), 2);
    // Nobody keys it now on the strength of a sheet from before.
    assert_eq!(attempts(&mut town, &k), [(AttemptState::Unknown, Cause::Doubt)]);
    let claimed = town.desk(|desk| claim::claim(desk, task, person(), false));
    assert_eq!(refusal(claimed), Code::VState);
    says(&mut town, &k, false);
    assert_eq!(attempts(&mut town, &k)[0].0, AttemptState::Recalled);
}

#[test]
fn no_number_is_given_again_and_what_was_open_is_sent_by_nobody() {
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "N1");
    doubted(&mut town);
    let before = town.desk(|desk| desk.books().counters);
    trusted(&mut town, false);
    let (now, last, day) = town.desk(|desk| {
        let day = desk.today();
        (
            desk.books().counters,
            desk.books().channel(&DeptId::new("psb"), "frontend").last,
            day,
        )
    });
    for (before, now) in [
        (before.batch, now.batch),
        (before.attempt, now.attempt),
        (before.task, now.task),
        (before.review, now.review),
    ] {
        assert_eq!(now, before + JUMP);
    }
    assert_eq!(last, Some((day, 1 + JUMP_OF_DAY)));
    assert_eq!(attempts(&mut town, &key(1)), [(AttemptState::Unknown, Cause::Doubt)]);
    let (batch, unfinished) = town.desk(|desk| {
        let batch = desk.books().out_batch(BatchId(1)).cloned().unwrap();
        (batch, desk.books().unfinished.values().any(|set| !set.is_empty()))
    });
    assert!(batch.doubted && batch.begun && !unfinished);
    // Trusted as it is, nothing changes at all.
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "N1");
    doubted(&mut town);
    trusted(&mut town, true);
    assert_eq!(town.desk(|desk| desk.books().counters), before);
    assert_eq!(attempts(&mut town, &key(1))[0].0, AttemptState::HandedOver);
    assert!(!may(&mut town, &key(1)));
}

/// The heart of it: what was wanted then goes when somebody has looked, and not before.
#[test]
fn what_may_have_gone_waits_for_a_person() {
    let mut town = Town::new(Proof::Receipt);
    wanted(&mut town, &key(1));
    assert!(!may(&mut town, &key(1)), "the ledger was never in doubt");
    doubted(&mut town);
    town.now += 1_000;
    trusted(&mut town, false);
    town.now += 1_000;
    assert!(may(&mut town, &key(1)));
    // One that comes later is news.
    wanted(&mut town, &key(2));
    assert!(!may(&mut town, &key(2)));
    stand(&mut town, &key(1));
    let lines = town.desk(view::unsettled);
    assert_eq!(lines.len(), 1);
    assert_eq!(
        (lines[0].case_no.as_str(), lines[0].state),
        ("case-1", AttemptState::Unknown)
    );
    says(&mut town, &key(1), false);
    let due: Vec<u32> = town.desk(|desk| {
        let o = desk.books().obligation(&key(1)).unwrap();
        let due = |d: &&Delivery| d.due.is_some();
        o.deliveries.iter().filter(due).map(|d| d.n).collect()
    });
    assert_eq!(due, [1]);
    assert!(!may(&mut town, &key(1)), "somebody looked: it was not there");
    // The other answer: it is booked, and nothing goes.
    let mut town = Town::new(Proof::Receipt);
    wanted(&mut town, &key(1));
    doubted(&mut town);
    trusted(&mut town, false);
    stand(&mut town, &key(1));
    says(&mut town, &key(1), true);
    assert_eq!(town.balance(), (1, 0, 0, 0));
    // What is wanted a season later is news as well.
    assert!(may(&mut town, &key(1)));
    town.now += REACH + 1;
    assert!(!may(&mut town, &key(1)));
}

/// Under its old number it is not there: that says nothing of one under which it may have gone since.
#[test]
fn a_query_that_knows_nothing_settles_nothing() {
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "N1");
    doubted(&mut town);
    trusted(&mut town, false);
    town.desk(|desk| outcome::queried(desk, BatchId(1), vec![Said::NotBooked]))
        .unwrap();
    assert_eq!(attempts(&mut town, &key(1)), [(AttemptState::Recalled, Cause::Query)]);
    assert!(may(&mut town, &key(1)));
    // One that has it does.
    let mut town = Town::new(Proof::Receipt);
    town.hand_over(1, "N1");
    doubted(&mut town);
    trusted(&mut town, false);
    town.desk(|desk| outcome::queried(desk, BatchId(1), vec![Said::Booked(None)]))
        .unwrap();
    assert_eq!(town.balance(), (1, 0, 0, 0));
}

/// Where something went since, nothing that rests on it can have gone before.
#[test]
fn what_rests_on_something_that_went_since_is_news() {
    let first = "aic.name";
    let plan = || {
        let after = |department: &mut model::define::Department| {
            department.matters[0].after = vec![MatterId::new(first)];
        };
        let aic = another("aic", Some(first), Vec::new(), Vec::new());
        among(Dictionary::default(), after, vec![aic])
    };
    let name = |town: &mut Town, looked: bool| {
        let before = ObligationKey {
            matter: MatterId::new(first),
            ..key(1)
        };
        wanted(town, &before);
        doubted(town);
        trusted(town, false);
        stand(town, &before);
        says(town, &before, !looked);
        town.desk(|desk| advance::open(desk, key(1), Op::Submit)).unwrap();
        may(town, &key(1))
    };
    assert!(
        !name(&mut Town::following(plan()), true),
        "the name was not there: nor was the seal"
    );
    assert!(
        name(&mut Town::following(plan()), false),
        "the name was there: the seal may be"
    );
}

#[test]
fn a_cursor_that_this_ledger_cannot_have_told_is_another_course() {
    let mut town = Town::new(Proof::Receipt);
    town.course(1);
    town.hand_over(1, "N1");
    let said = |standing| model::Incoming {
        case_no: Some(key(1).case_no),
        standing: Some(standing),
        reason: Some("备案".into()),
        ..model::Incoming::default()
    };
    town.take_in("results", vec![said(Standing::Accepted)]);
    let page = town.desk(|desk| view::changes(desk, None, 10)).unwrap();
    let ChangeLine::Result(line) = &page.items[0] else {
        panic!("{page:?}")
    };
    assert_eq!((page.items.len(), line.cursor.len()), (1, 42));
    assert_eq!(line.cursor, page.next);
    let key_alone = &page.next[..25];
    let read = |town: &mut Town, since: &str| {
        let page = town.desk(|desk| view::changes(desk, Some(since), 10)).unwrap();
        (page.items.len(), codes(town))
    };
    // Its own, with the piece and from before there were pieces, one that is no cursor at all, and none.
    for own in [&page.next, key_alone, "x", ""] {
        let (lines, codes) = read(&mut town, own);
        assert_eq!((lines, codes), (usize::from(own.is_empty()), vec![]), "{own}");
    }
    // One of a later form is refused by name: read as ours it would leave lines out.
    match town.desk(|desk| view::changes(desk, Some("v2-0000000000000001"), 10)) {
        Err(Stop::No(no)) => {
            assert_eq!(
                (no.code, no.arg("found"), no.arg("known")),
                (Code::LNewer, Some("2"), Some("1"))
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(codes(&mut town), vec![]);
    // Another course of the same length: from the start, for nobody knows where they parted.
    let forked = format!("{key_alone}-{}", "02".repeat(8));
    assert_eq!(read(&mut town, &forked), (1, vec![Code::LForked]));
    // A longer one. What was said once is not said again.
    let beyond = format!("{:016}-{:08}", 900, 1);
    assert_eq!(read(&mut town, &beyond), (1, vec![Code::LForked, Code::LOlder]));
    assert_eq!(read(&mut town, &beyond).1.len(), 2);
    trusted(&mut town, false);
    assert_eq!(read(&mut town, &beyond), (1, vec![]), "a person has judged it");
    assert_eq!(
        read(&mut town, &format!("{:016}-{:08}", 700, 1)).1,
        [],
        "and all before it"
    );
    let more = format!("{:016}-{:08}", 901, 1);
    assert_eq!(read(&mut town, &more).1, [Code::LOlder], "somebody goes on over there");
    let next = town.desk(|desk| view::changes(desk, Some(&more), 10)).unwrap().next;
    assert_eq!(next, page.next, "they go on by ours");
}

#[test]
fn a_restored_ledger_tells_again_what_came_after_the_backup() {
    let mut town = Town::new(Proof::Receipt);
    town.course(1);
    town.hand_over(1, "N1");
    let last = town.desk(|desk| desk.books().last.group);
    let reason = Reason {
        common: Some(last),
        ..Reason::new(Finding::new(Code::LRestored))
    };
    town.desk(|desk| raise(desk, reason)).unwrap();
    let since = format!("{:016}-{:08}-{}", 900, 1, "02".repeat(8));
    let page = town.desk(|desk| view::changes(desk, Some(&since), 10)).unwrap();
    assert_eq!(page.next, format!("{last:016}-99999999"));
}

#[test]
fn an_answer_to_a_number_after_all_that_were_given_is_a_reason_and_another_is_not() {
    let told = |number: &str| {
        let mut town = Town::new(Proof::Receipt);
        town.hand_over(1, "psb-20260302-000007");
        town.hand_over(2, "psb-20260303-000002");
        town.desk(|desk| never_given(desk, &DeptId::new("psb"), number))
            .unwrap();
        codes(&mut town)
    };
    for later in ["psb-20260303-000003", "psb-20260304-000001"] {
        assert_eq!(told(later), [Code::LOlder], "{later}");
    }
    for other in [
        "psb-20260302-000008",
        "psb-20260101-000001",
        "OUT20260304",
        "psb-2026",
        "",
        "psb-20260304-0000001",
    ] {
        assert_eq!(told(other), [], "{other}");
    }
}

/// Two nodes before one department: their numbers differ in a digit of the node's name, and each takes the other's answers.
#[test]
fn an_answer_to_another_nodes_number_is_no_reason() {
    let told = |given: &str, number: &str| {
        let mut town = Town::new(Proof::Receipt);
        assert_eq!(town.desk(|desk| desk.plan.rules.node.clone()), "n1");
        town.hand_over(1, given);
        town.desk(|desk| never_given(desk, &DeptId::new("psb"), number))
            .unwrap();
        codes(&mut town)
    };
    let ours = "psb-n1-20260302-0001";
    assert_eq!(told(ours, "psb-n2-20260302-0001"), []);
    assert_eq!(told(ours, "psb-n2-20260309-0007"), []);
    assert_eq!(told("N1_0001", "N2_0002"), [], "in capitals");
    assert_eq!(told(ours, "psb-n1-20260302-0002"), [Code::LOlder], "our own");
    // By chance within a word, it says nothing of nodes.
    assert_eq!(told("man1_0001", "man2_0001"), [Code::LOlder]);
    assert_eq!(told("n10001", "n20001"), [Code::LOlder]);
}

/// Whether it answers a batch as a whole, in a row, or by its own name.
#[test]
fn an_answer_that_comes_too_early_is_refused_and_raises_it() {
    let town = || {
        let mut town = Town::new(Proof::Receipt);
        town.hand_over(1, "N0001");
        town
    };
    let mut by_row = town();
    let row = model::Incoming {
        batch_no: Some("N0002".into()),
        return_code: Some("0000".into()),
        ..model::Incoming::default()
    };
    by_row.take_in("acks", vec![row]);
    assert_eq!(codes(&mut by_row), [Code::LOlder]);
    let mut by_name = town();
    let dept = DeptId::new("psb");
    for (number, reasons) in [("N0001", 0), ("M0002", 0), ("N0002", 1), ("N0002", 1), ("N0003", 1)] {
        let opened = by_name.desk(|desk| receipt::open(desk, &dept, Some(number)).map(|found| found.is_ok()));
        assert_eq!(opened.unwrap(), number == "N0001");
        assert_eq!(codes(&mut by_name).len(), reasons, "{number}");
    }
    // Whoever lost what he gave expects answers to it.
    let answered = |town: &mut Town, number: &str| {
        drop(town.desk(|desk| receipt::open(desk, &dept, Some(number))).unwrap());
        codes(town).len()
    };
    trusted(&mut by_name, true);
    assert_eq!(answered(&mut by_name, "N0004"), 1);
    trusted(&mut by_name, false);
    assert_eq!(answered(&mut by_name, "N0005"), 0);
    by_name.now += REACH + 1;
    assert_eq!(answered(&mut by_name, "N0006"), 1);
}

#[test]
fn another_machine_is_a_reason_once() {
    let mut town = Town::new(Proof::Receipt);
    let origin = |machine: Option<&str>| Origin {
        machine: machine.map(str::to_owned),
        reasons: Vec::new(),
    };
    let start = |town: &mut Town, machine: Option<&str>| {
        town.desk(|desk| at_start(desk, &origin(machine))).unwrap();
        town.say(Event::NodeStarted {
            version: "1".into(),
            machine: machine.map(str::to_owned),
        });
        codes(town)
    };
    for (machine, reasons) in [
        (Some("aaaa"), vec![]),
        (None, vec![]),
        (Some("aaaa"), vec![]),
        (Some("bbbb"), vec![Code::LMoved]),
        (Some("bbbb"), vec![Code::LMoved]),
    ] {
        assert_eq!(start(&mut town, machine), reasons, "{machine:?}");
    }
    trusted(&mut town, true);
    assert_eq!(start(&mut town, Some("bbbb")), []);
    assert_eq!(
        start(&mut town, Some("aaaa")),
        [Code::LMoved],
        "and back is another move"
    );
}

#[test]
fn a_reason_that_a_person_has_judged_is_not_raised_again() {
    let mut town = Town::new(Proof::Receipt);
    doubted(&mut town);
    doubted(&mut town);
    assert_eq!(codes(&mut town), [Code::LRestored]);
    trusted(&mut town, false);
    doubted(&mut town);
    assert_eq!(codes(&mut town), []);
    assert_eq!(MATTER, key(1).matter.as_str());
}
