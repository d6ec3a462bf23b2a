//! However often and in whatever order entries are read, what is kept of their groups changes nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::JournalError;
use crate::testing::{body, open, pos, size, standard};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// What is done next.
#[derive(Clone, Copy, Debug)]
enum Step {
    Read(u64, u32),
    Erase(u64, u32),
}

fn step() -> impl Strategy<Value = Step> {
    // Mostly near each other, as a case's entries are; now and then elsewhere, so that groups are let go of.
    let place = prop_oneof![3 => (5..=6_u64, 0..3_u32), 1 => (1..=12_u64, 0..4_u32)];
    (place, prop::bool::weighted(0.2)).prop_map(|((group, i), erase)| match erase {
        true => Step::Erase(group, i),
        false => Step::Read(group, i),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn entries_are_read_as_they_stand(steps in prop::collection::vec(step(), 1..60)) {
        let storage = standard(12);
        let (mut journal, _) = open(&storage).unwrap();
        let mut erased = BTreeSet::new();
        for step in steps {
            match step {
                Step::Erase(group, i) if i < size(group) => {
                    let said = journal.erase(99_000, &[pos(group, i)]);
                    prop_assert_eq!(said.is_ok(), erased.insert((group, i)));
                }
                Step::Erase(..) => {}
                Step::Read(group, i) => match journal.read(pos(group, i)) {
                    Ok(read) => {
                        prop_assert_eq!(read, body(group, i));
                        prop_assert!(i < size(group) && !erased.contains(&(group, i)));
                    }
                    Err(JournalError::Erased(_)) => prop_assert!(erased.contains(&(group, i))),
                    Err(JournalError::NoEntry(_)) => prop_assert!(i >= size(group)),
                    Err(other) => prop_assert!(false, "{other}"),
                },
            }
        }
    }
}

/// The footers say what an entry is, before and after it was erased, and nothing of it is opened.
#[test]
fn a_group_tells_its_time_and_kinds() {
    let storage = standard(12);
    let (mut journal, _) = open(&storage).unwrap();
    journal.erase(99_000, &[pos(3, 0)]).unwrap();
    let reader = journal.reader();
    let mut last = i64::MIN;
    for group in 1..=12 {
        let (at, kinds) = reader.kinds(group).unwrap().unwrap();
        let mut replayed = Vec::new();
        let first = reader.replay(group, |view| {
            replayed = view.entries.iter().map(|e| e.kind).collect();
            assert_eq!((view.seq, view.time_ms), (group, at));
            Err(JournalError::Poisoned)
        });
        assert!(first.is_err());
        assert_eq!(kinds, replayed);
        assert_eq!(
            (reader.time(group).unwrap(), kinds.len()),
            (Some(at), size(group) as usize)
        );
        assert!(at >= last);
        last = at;
    }
    for none in [0, 99] {
        assert_eq!((reader.kinds(none).unwrap(), reader.time(none).unwrap()), (None, None));
    }
}
