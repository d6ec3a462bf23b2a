#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::{Town, key};
use ledger::Event;
use ledger::event::Cause;
use model::{AttemptId, AttemptState, BatchId, Code, Proof};

const DAY: i64 = 86_400_000;
const NUMBER: &str = "SW0302A1";

fn seen(dept: &str, name: &str, thing: Thing) -> Seen {
    Seen {
        dept: DeptId::new(dept),
        channel: "disk".to_owned(),
        lying: Lying::new(name, thing),
    }
}

fn thing(thing: Thing) -> Seen {
    let mut seen = seen("psb", NUMBER, thing);
    seen.lying.number = Some(NUMBER.to_owned());
    seen
}

fn stand(town: &mut Town, seen: Seen) -> Stand {
    let lines = town.desk(|desk| lying(desk, vec![seen]));
    assert_eq!(lines.len(), 1);
    lines[0].stand
}

/// From the day a set leaves to the day its last record is settled.
#[test]
fn a_set_stands_as_its_batch_does() {
    let mut town = Town::new(Proof::Receipt);
    assert_eq!(stand(&mut town, thing(Thing::Set)), Stand::NotOurs);
    town.hand_over(1, NUMBER);
    assert_eq!(stand(&mut town, thing(Thing::Set)), Stand::Out);
    let mut damaged = thing(Thing::Set);
    damaged.lying.wrong = Some(Finding::new(Code::EFileHash));
    assert_eq!(stand(&mut town, damaged), Stand::Unsound);
    // Of another year: the same short number, another batch of the ledger.
    let mut old = thing(Thing::Set);
    old.lying.ledger = Some(BatchId(9));
    assert_eq!(stand(&mut town, old.clone()), Stand::NotOurs);
    old.lying.ledger = Some(BatchId(1));
    let line = town.desk(|desk| lying(desk, vec![old])).remove(0);
    assert_eq!(
        (line.open, line.at, line.batch.as_deref()),
        (Some(1), Some(town.now), Some("b1"))
    );
    town.now += 400 * DAY;
    assert_eq!(stand(&mut town, thing(Thing::Set)), Stand::Overdue);
    town.say(Event::AttemptsMoved {
        attempts: vec![(AttemptId(1), key(1).case_no)],
        to: AttemptState::Acknowledged,
        cause: Cause::Query,
    });
    assert_eq!(stand(&mut town, thing(Thing::Set)), Stand::Settled);
}

/// A return is known by its content, whatever it is called.
#[test]
fn a_return_stands_as_what_was_taken_in() {
    let mut town = Town::new(Proof::Receipt);
    let digest = [7; 32];
    let mut back = thing(Thing::Return);
    back.lying.digest = Some(digest);
    assert_eq!(stand(&mut town, back.clone()), Stand::NoBatch);
    town.hand_over(1, NUMBER);
    assert_eq!(stand(&mut town, back.clone()), Stand::New);
    let mut damaged = back.clone();
    damaged.lying.wrong = Some(Finding::new(Code::EFileHash));
    assert_eq!(stand(&mut town, damaged), Stand::Unsound);
    let batch = BatchId(town.desk(|desk| desk.books().counters.batch));
    town.say(Event::BatchBegun {
        batch,
        dept: DeptId::new("psb"),
        channel: "frontend".to_owned(),
        feed: "acks".to_owned(),
        name: "HP0302A1.DBF".to_owned(),
        digest: crate::projection::hex(&digest),
        number: None,
        answers: Some(NUMBER.to_owned()),
        bytes: 1,
    });
    assert_eq!(stand(&mut town, back.clone()), Stand::New, "not yet");
    let whole = crate::transition::end::Reading::Whole {
        warnings: Vec::new(),
        position: None,
    };
    town.desk(|desk| crate::transition::end::end(desk, batch, whole))
        .unwrap();
    assert_eq!(stand(&mut town, back), Stand::Taken);
}

/// One line for each thing; the channel that knows most of it is believed.
#[test]
fn a_channel_that_knows_a_thing_is_believed() {
    let mut town = Town::new(Proof::Receipt);
    let all = vec![
        seen("aic", "A", Thing::Stranger),
        seen("psb", "A", Thing::Set),
        seen("stat", "A", Thing::Elsewhere),
        seen("aic", "B", Thing::Stranger),
        seen("psb", "B", Thing::Stranger),
        seen("aic", "C", Thing::Elsewhere),
        seen("psb", "C", Thing::Elsewhere),
        // Two departments whose names are alike: both are told.
        seen("aic", "D", Thing::Return),
        seen("psb", "D", Thing::Return),
    ];
    let lines = town.desk(|desk| lying(desk, all));
    let told: Vec<_> = lines
        .iter()
        .map(|l| (l.name.as_str(), l.dept.as_deref(), l.stand))
        .collect();
    assert_eq!(
        told,
        [
            ("A", Some("psb"), Stand::NotOurs),
            ("B", None, Stand::Stranger),
            ("C", None, Stand::Elsewhere),
            ("D", Some("aic"), Stand::NoBatch),
            ("D", Some("psb"), Stand::NoBatch),
        ]
    );
}
