//! What stays listed of a batch that was taken.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::Town;
use crate::view;
use ledger::Event;
use ledger::event::Person;
use model::{BatchId, Code, Finding, Proof};
use port::BatchVerdict;

fn gap() -> Finding {
    Finding::new(Code::ESequenceGap).with("missing", "2").with("found", 3)
}

fn listed(town: &mut Town) -> Vec<(String, Code)> {
    let lines = town.desk(|desk| view::refused_list(desk, Some("psb")));
    lines.into_iter().map(|l| (l.id, l.findings[0].code)).collect()
}

#[test]
fn a_number_that_was_skipped_stays_listed_until_somebody_closes_it() {
    let mut town = Town::new(Proof::Taken);
    let other = Finding::new(Code::WExtraColumn).with("column", "x");
    let answer = town.take_in_with("results", Vec::new(), vec![other, gap()]);
    assert_eq!(
        (answer.verdict, answer.code.as_str()),
        (BatchVerdict::Accepted, "0000"),
        "what is there is taken"
    );
    assert_eq!(listed(&mut town), [("b1:0".to_owned(), Code::ESequenceGap)]);
    assert_eq!(town.desk(view::balance).refused_rows, 0, "no row was refused");
    town.say(Event::RowSettled {
        row: (BatchId(1), 0),
        person: Person {
            name: "张三".to_owned(),
            uid: 1,
        },
        reason: "对方补发".to_owned(),
    });
    assert_eq!(listed(&mut town), []);
}
