//! A batch that is accepted and has no feed any more is named, and ends by a person's word; no row of it is forgotten.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::desk::Stop;
use crate::testing::{MATTER, Town, key};
use crate::transition::begin::{Arrival, Begun, begin};
use crate::transition::end::Ended;
use crate::transition::take::take;
use crate::view;
use model::define::FeedRole;
use model::{DeptId, Incoming, MatterId, Proof, Standing};

const CASES: u64 = 7;

/// Of seven results two have had effect when the feed is taken out.
fn town() -> (Town, BatchId) {
    let mut town = Town::new(Proof::Receipt);
    town.whole(2);
    for n in 1..=CASES {
        town.hand_over(n, &format!("M_{n}"));
    }
    let result = |n: u64| Incoming {
        case_no: Some(key(n).case_no),
        matter: Some(MatterId::new(MATTER)),
        standing: Some(Standing::Approved),
        ..Incoming::default()
    };
    let (batch, ended) = town.read("results", (1..=CASES).map(result).collect(), Vec::new());
    assert_eq!(ended, Ended::Underway);
    assert_eq!(town.desk(|desk| take(desk, batch)).unwrap(), Ended::Underway);
    town.configure("results", None);
    (town, batch)
}

fn clerk() -> Person {
    Person {
        name: "wang".to_owned(),
        uid: 1001,
    }
}

fn code<T: std::fmt::Debug>(done: Done<T>) -> Code {
    match done.unwrap_err() {
        Stop::No(finding) => finding.code,
        Stop::Ledger(error) => panic!("{error}"),
    }
}

fn end(town: &mut Town, batch: BatchId) -> port::Answer {
    loop {
        if let Ended::Answered(answer) = town.desk(|desk| take(desk, batch)).unwrap() {
            return answer;
        }
    }
}

#[test]
fn it_is_named_for_as_long_as_it_waits() {
    let (mut town, batch) = town();
    for _ in 0..2 {
        assert_eq!(code(town.desk(|desk| take(desk, batch))), Code::CFeedGone);
    }
    let listed = town.desk(|desk| view::refused_list(desk, None));
    let [line] = listed.as_slice() else {
        panic!("{listed:?}")
    };
    assert_eq!((line.id.as_str(), line.what.as_str()), (&*id(batch), "results.xml"));
    let said = line.findings[0].sentence(model::Lang::En);
    assert!(
        said.contains("psb/frontend/results") && said.contains(&format!("refused drop {}", id(batch))),
        "{said}"
    );
    let shown = town.desk(|desk| view::refused_one(desk, &id(batch))).unwrap();
    assert_eq!(shown, *line);
    assert_eq!(town.balance(), (2, 0, 0, CASES - 2), "what had effect keeps it");
}

#[test]
fn given_up_every_row_without_effect_is_refused_by_that_name() {
    let (mut town, batch) = town();
    town.desk(|desk| give_up(desk, batch, clerk(), "the feed was closed".to_owned()))
        .unwrap();
    assert_eq!(
        town.acts(),
        [format!("wang refused drop {}: the feed was closed", id(batch))]
    );
    let again = town.desk(|desk| give_up(desk, batch, clerk(), "again".to_owned()));
    assert_eq!(code(again), Code::VNotFound);
    let answer = end(&mut town, batch);
    let codes: Vec<String> = answer.rows.iter().map(|row| row.code).collect();
    assert_eq!(codes, ["0000", "0000", "9999", "9999", "9999", "9999", "9999"]);
    assert_eq!(answer.findings.last().unwrap().code, Code::CFeedGone);
    let listed = town.desk(|desk| view::refused_list(desk, None));
    let lines: Vec<(String, Code)> = listed.iter().map(|l| (l.id.clone(), l.findings[0].code)).collect();
    let expected: Vec<(String, Code)> = (3..=CASES).map(|n| (format!("{batch}:{n}"), Code::CFeedGone)).collect();
    assert_eq!(lines, expected);
    assert_eq!(town.desk(crate::view::balance).refused_rows, CASES - 2);
    // Offered once more, it is known and answered; nothing waits any more.
    let arrival = Arrival {
        dept: DeptId::new("psb"),
        channel: "frontend".to_owned(),
        feed: "results".to_owned(),
        name: "again.xml".to_owned(),
        digest: batch.to_string(),
        number: None,
        answers: None,
        bytes: 1,
    };
    let begun = town.desk(|desk| begin(desk, arrival)).unwrap();
    assert!(matches!(begun, Begun::Answered(_)), "{begun:?}");
    assert_eq!(town.desk(all), []);
}

/// The word of a person is kept: the rest is refused wherever it was broken off, and whatever is configured by then.
#[test]
fn a_word_that_was_given_holds() {
    let (mut town, batch) = town();
    town.desk(|desk| give_up(desk, batch, clerk(), "closed".to_owned()))
        .unwrap();
    assert_eq!(town.desk(|desk| take(desk, batch)).unwrap(), Ended::Underway);
    town.configure("results", Some(FeedRole::Results));
    end(&mut town, batch);
    assert_eq!(town.balance(), (2, 0, 0, CASES - 2));
}

#[test]
fn configured_again_it_goes_on_and_cannot_be_given_up() {
    let (mut town, batch) = town();
    assert_eq!(code(town.desk(|desk| take(desk, batch))), Code::CFeedGone);
    town.configure("results", Some(FeedRole::Results));
    let given = town.desk(|desk| give_up(desk, batch, clerk(), "closed".to_owned()));
    assert_eq!(code(given), Code::VNotFound);
    end(&mut town, batch);
    assert_eq!(town.balance(), (CASES, 0, 0, 0));
    assert_eq!(town.desk(|desk| view::refused_list(desk, None)), []);
}
