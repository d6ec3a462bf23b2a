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
