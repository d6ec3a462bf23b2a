#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use proptest::prelude::*;

fn mark(day: &str, seq: u32, row: u32) -> Mark {
    Mark {
        day: day.to_owned(),
        seq,
        row,
    }
}

fn filled(marks: &[(&str, u32, u32, Option<&str>)]) -> Answered {
    let mut answered = Answered::default();
    for (day, seq, row, odd) in marks {
        answered.add(&mark(day, *seq, *row), *odd);
    }
    answered
}

#[test]
fn what_was_answered_is_written_in_ranges() {
    let answered = filled(&[
        ("20260317", 1, 0, None),
        ("20260316", 3, 0, None),
        ("20260316", 1, 0, None),
        ("20260316", 2, 0, None),
        ("20260316", 5, 0, None),
        ("20260316", 6, 2, None),
        ("20260316", 7, 0, Some("0a1b2c3d")),
    ]);
    let position = answered.position();
    assert_eq!(position.0, "20260316:1-3,5,6.2,7!0a1b2c3d;20260317:1");
    assert_eq!(Answered::parse(Some(&position)), answered);
}

#[test]
fn an_odd_row_comes_again_when_it_has_changed() {
    let seven = mark("20260316", 7, 0);
    let mut answered = filled(&[("20260316", 7, 0, Some("aa"))]);
    assert!(answered.has(&seven, Some("aa")));
    assert!(!answered.has(&seven, Some("bb")), "another odd state");
    assert!(!answered.has(&seven, None), "decided after all");
    answered.add(&seven, None);
    assert!(answered.has(&seven, None));
    assert_eq!(answered.position().0, "20260316:7");
}

#[test]
fn days_that_are_over_are_forgotten() {
    let mut answered = filled(&[("20260315", 1, 0, None), ("20260316", 1, 0, None)]);
    answered.forget_before("20260316");
    assert_eq!(answered.position().0, "20260316:1");
}

#[test]
fn a_position_that_is_not_ours_says_nothing() {
    for text in [
        "x",
        "20260316",
        "20260316:",
        "20260316:a",
        "20260316:1-",
        "20260316:1.x",
        ":1;",
    ] {
        let parsed = Answered::parse(Some(&Position(text.to_owned())));
        assert!(!parsed.has(&mark("20260316", 1, 0), None), "{text}");
    }
}

#[test]
fn the_oldest_days_go_where_there_is_no_room() {
    let mut answered = Answered::default();
    for day in 10..40 {
        for seq in (1..200).step_by(2) {
            answered.add(&mark(&format!("202603{day}"), seq, 0), None);
        }
    }
    let position = answered.position();
    assert!(position.0.len() <= Position::MAX_BYTES && position.0.len() > Position::MAX_BYTES / 2);
    let parsed = Answered::parse(Some(&position));
    assert!(parsed.has(&mark("20260339", 199, 0), None));
    assert!(!parsed.has(&mark("20260310", 1, 0), None));
}

proptest! {
    #[test]
    fn every_answer_is_remembered_and_no_other(marks in prop::collection::vec((0u32..3, 1u32..30, 0u32..3), 0..60)) {
        let name = |day: u32| format!("2026031{day}");
        let mut answered = Answered::default();
        for (day, seq, row) in &marks {
            answered.add(&mark(&name(*day), *seq, *row), None);
        }
        let parsed = Answered::parse(Some(&answered.position()));
        for day in 0..3 {
            for seq in 1..30 {
                for row in 0..3 {
                    let known = marks.contains(&(day, seq, row));
                    prop_assert_eq!(parsed.has(&mark(&name(day), seq, row), None), known);
                }
            }
        }
    }
}
