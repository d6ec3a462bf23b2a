//! Erasing: what goes is gone whatever way the books are made again, and everything else is as it was.

use super::dump::dump;
use super::script::script;
use super::{Ground, Spoil};
use ledger::event::Person;
use ledger::{Erasure, Event, Ledger, Pos};
use model::{BatchId, CaseNo};
use std::collections::BTreeSet;

const GROUPS: usize = 90;

/// Where a finished case's data stand, if all of it has had its effect.
fn erasure(ledger: &mut dyn Ledger, said: &[(Pos, Event)], case_no: &CaseNo) -> Option<Erasure> {
    let file = ledger.books().case(case_no)?.clone();
    if file.needed().is_some() {
        return None;
    }
    let attempts = file
        .obligations
        .iter()
        .flat_map(|o| &o.deliveries)
        .flat_map(|d| &d.attempts);
    let batches: BTreeSet<BatchId> = attempts.filter_map(|a| a.batch).collect();
    let mine = said.iter().filter(|(_, event)| event.data_of() == Some(case_no));
    let rows = |event: &Event| match event {
        Event::Row { batch, line, .. } | Event::RowParked { batch, line, .. } => Some((*batch, *line)),
        _ => None,
    };
    let rows: Vec<(BatchId, u64)> = mine.clone().filter_map(|(_, event)| rows(event)).collect();
    let ended = |(batch, _): &(BatchId, u64)| ledger.books().in_batch(*batch).is_some_and(|b| b.end.is_some());
    if !rows.iter().all(ended) {
        return None;
    }
    let mut places: Vec<Pos> = mine.map(|(pos, _)| *pos).collect();
    for batch in &batches {
        let out = ledger.books().out_batch(*batch)?;
        places.extend(out.spool.iter().map(|(_, pos)| *pos));
    }
    places.sort_unstable();
    (!places.is_empty()).then(|| Erasure {
        case_no: case_no.clone(),
        places,
        rows,
        batches: batches.into_iter().collect(),
        person: Person {
            name: "张三".to_owned(),
            uid: 1,
        },
        reason: "到期".to_owned(),
        archive: None,
    })
}

/// Finished cases' data go, with an entry that says so; the books are the same however they are made again, the chain
/// holds, and accounts are what they were.
pub fn what_is_erased_is_gone_and_the_rest_is_as_it_was<G: Ground>() {
    let mut erased = 0;
    for seed in 1..=2 * G::LIVES {
        let groups = script(seed, GROUPS);
        let ground = G::new();
        let mut ledger = ground.open().unwrap();
        let mut said = Vec::new();
        for (at, events) in &groups {
            for event in events {
                said.push((ledger.stage(*at, event.clone()).unwrap(), event.clone()));
            }
            ledger.commit().unwrap();
        }
        let before = ledger.books().tallies();
        let mut gone: BTreeSet<Pos> = BTreeSet::new();
        for case_no in ledger.books().case_numbers() {
            let Some(mut erasure) = erasure(&mut *ledger, &said, &case_no) else {
                continue;
            };
            erasure.places.retain(|pos| !gone.contains(pos));
            let places = erasure.places.clone();
            ledger.erase(0, vec![Event::CaseErased(erasure)], &places).unwrap();
            gone.extend(places);
        }
        erased += gone.len();
        for pos in &gone {
            assert_eq!(ledger.read(*pos).unwrap(), None, "seed {seed} {pos:?}");
        }
        for (pos, event) in said.iter().filter(|(pos, _)| !gone.contains(pos)) {
            assert_eq!(ledger.read(*pos).unwrap().as_ref(), Some(event), "seed {seed} {pos:?}");
        }
        assert_eq!(ledger.books().tallies(), before, "seed {seed}: accounts stay");
        let verified = ledger.verify().unwrap();
        assert_eq!(
            (verified.damage, verified.erased),
            (Vec::new(), gone.len() as u64),
            "seed {seed}"
        );
        let live = dump(ledger.books());
        drop(ledger);
        let mut ledger = ground.open().unwrap();
        super::cases::assert_equal(&dump(ledger.books()), &live, "opened again");
        ledger.rebuild().unwrap();
        super::cases::assert_equal(&dump(ledger.books()), &live, "made again");
        drop(ledger);
        if ground.spoil(Spoil::Lost) {
            let mut ledger = ground.open().unwrap();
            super::cases::assert_equal(&dump(ledger.books()), &live, "index lost");
        }
    }
    assert!(erased > 0, "no script has a finished case");
}
