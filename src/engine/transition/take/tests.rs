//! A long batch comes to what it would have come to in one group, and is known before its last row has had effect.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::{MATTER, Town, key};
use crate::transition::begin::{Arrival, Begun, begin};
use crate::transition::end::Ended;
use crate::transition::take::take;
use crate::view;
use model::{BatchId, Code, DeptId, Finding, Incoming, MatterId, Proof, Standing};
use port::Answer;

const CASES: u64 = 7;

/// Results for cases that were handed over, for one that never was, and the first one again.
fn results() -> Vec<Incoming> {
    let result = |n: u64| Incoming {
        case_no: Some(key(n).case_no),
        matter: Some(MatterId::new(MATTER)),
        standing: Some(Standing::Approved),
        ..Incoming::default()
    };
    (1..=CASES).chain([99, 1]).map(result).collect()
}

fn town(whole: usize) -> Town {
    let mut town = Town::new(Proof::Receipt);
    town.whole(whole);
    for n in 1..=CASES {
        town.hand_over(n, &format!("M_{n}"));
    }
    town
}

fn told(town: &mut Town, answer: &Answer) -> (Vec<port::RowAnswer>, String, (u64, u64, u64, u64)) {
    let refused = town.desk(|desk| view::refused_list(desk, None));
    (
        answer.rows.iter().collect(),
        format!("{refused:?}{:?}", answer.verdict),
        town.balance(),
    )
}

#[test]
fn stretches_of_every_length_come_to_the_same() {
    let mut one = town(1_000);
    let answer = one.take_in("results", results());
    let expected = told(&mut one, &answer);
    assert_eq!(expected.2, (CASES, 0, 0, 0));
    assert!(expected.0.iter().any(|row| row.code != "0000"), "one was never sent");
    for whole in 1..10 {
        let mut many = town(whole);
        let answer = many.take_in("results", results());
        assert_eq!(told(&mut many, &answer), expected, "{whole}");
    }
}

fn arrival(batch: BatchId) -> Arrival {
    Arrival {
        dept: DeptId::new("psb"),
        channel: "frontend".to_owned(),
        feed: "results".to_owned(),
        name: "again.xml".to_owned(),
        digest: batch.to_string(),
        number: None,
        answers: None,
        bytes: 1,
    }
}

#[test]
fn a_batch_that_is_offered_again_meanwhile_is_gone_on_with() {
    let mut town = town(2);
    let (batch, ended) = town.read("results", results(), Vec::new());
    assert_eq!(ended, Ended::Underway);
    assert_eq!(town.balance(), (0, 0, 0, CASES), "nothing has had effect");
    for _ in 0..2 {
        assert_eq!(town.desk(|desk| take(desk, batch)).unwrap(), Ended::Underway);
    }
    assert_eq!(town.balance(), (4, 0, 0, CASES - 4));
    let begun = town.desk(|desk| begin(desk, arrival(batch))).unwrap();
    assert_eq!(begun, Begun::Underway(batch));
    while town.desk(|desk| take(desk, batch)).unwrap() == Ended::Underway {}
    let begun = town.desk(|desk| begin(desk, arrival(batch))).unwrap();
    assert!(matches!(begun, Begun::Answered(_)), "{begun:?}");
    // Asked once more, it says what it said.
    let again = town.desk(|desk| take(desk, batch)).unwrap();
    assert!(matches!(again, Ended::Answered(_)), "{again:?}");
}

#[test]
fn what_should_be_known_of_the_whole_is_told_at_its_end() {
    let mut town = town(1);
    let gap = Finding::new(Code::ESequenceGap).with("missing", "2").with("found", 3);
    let answer = town.take_in_with("results", results(), vec![gap.clone()]);
    assert_eq!(answer.findings, [gap]);
    let listed = town.desk(|desk| view::refused_list(desk, None));
    assert!(listed.iter().any(|line| line.id.ends_with(":0")), "{listed:?}");
}

#[test]
fn a_stretch_ends_where_its_group_is_full() {
    let mut one = town(1_000);
    let answer = one.take_in("results", results());
    let expected = told(&mut one, &answer);
    let mut town = town(3);
    town.full();
    let (batch, _) = town.read("results", results(), Vec::new());
    let mut stretches = 0;
    let answer = loop {
        match town.desk(|desk| take(desk, batch)).unwrap() {
            Ended::Underway => stretches += 1,
            Ended::Answered(answer) => break answer,
        }
    };
    assert_eq!(stretches, results().len(), "a row at a time");
    assert_eq!(told(&mut town, &answer), expected);
}
