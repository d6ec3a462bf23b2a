//! The cases. Each says in its name what a store owes.

use super::dump::{dump, reference};
use super::script::{Group, script};
use super::{Ground, Spoil};
use ledger::{Event, Ledger, Pos};
use model::CaseNo;
use std::collections::BTreeMap;

/// Groups of a life.
const GROUPS: usize = 60;

/// Stages a group without committing it.
fn stage(ledger: &mut dyn Ledger, (at, events): &Group) -> Vec<Pos> {
    events
        .iter()
        .map(|event| ledger.stage(*at, event.clone()).unwrap())
        .collect()
}

fn live(ledger: &mut dyn Ledger, groups: &[Group]) {
    for group in groups {
        stage(ledger, group);
        ledger.commit().unwrap();
    }
}

/// A ledger that lived through these groups.
fn lived<G: Ground>(groups: &[Group]) -> (G, Box<dyn Ledger>) {
    let ground = G::new();
    let mut ledger = ground.open().unwrap();
    live(&mut *ledger, groups);
    (ground, ledger)
}

/// Two dumps, told apart by their first difference.
#[track_caller]
pub(super) fn assert_equal(found: &[String], expected: &[String], when: &str) {
    let differs = found.iter().zip(expected).find(|(a, b)| a != b);
    assert!(differs.is_none(), "{when}: {differs:#?}");
    assert_eq!(found.len(), expected.len(), "{when}");
}

/// Every event comes back from its place as it was; a case's story is told in order; nothing is read where nothing is.
pub fn what_is_committed_is_read_and_told<G: Ground>() {
    for seed in 1..=G::LIVES {
        let groups = script(seed, GROUPS);
        let (ground, mut ledger) = (G::new(), None::<Box<dyn Ledger>>);
        let mut placed: Vec<(Pos, i64, Event)> = Vec::new();
        for (n, group) in groups.iter().enumerate() {
            // Another life every so often: places hold over them.
            if n % 20 == 0 {
                drop(ledger.take());
            }
            let ledger = ledger.get_or_insert_with(|| ground.open().unwrap());
            let places = stage(&mut **ledger, group);
            placed.extend(
                places
                    .into_iter()
                    .zip(&group.1)
                    .map(|(pos, event)| (pos, group.0, event.clone())),
            );
            ledger.commit().unwrap();
        }
        let mut ledger = ledger.unwrap();
        assert!(placed.windows(2).all(|two| two[0].0 < two[1].0), "places count up");
        let mut told: BTreeMap<CaseNo, Vec<Pos>> = BTreeMap::new();
        for (pos, _, event) in &placed {
            assert_eq!(ledger.read(*pos).unwrap().as_ref(), Some(event));
        }
        for case_no in ledger.books().case_numbers() {
            for line in ledger.story(&case_no).unwrap() {
                let (_, at, event) = placed.iter().find(|(pos, _, _)| *pos == line.pos).unwrap();
                assert_eq!((line.at, line.event.as_ref()), (*at, Some(event)));
                told.entry(case_no.clone()).or_default().push(line.pos);
            }
        }
        assert!(!told.is_empty() && told.values().all(|story| story.is_sorted()));
        for (pos, _, event) in &placed {
            if let Event::CaseOpened { case_no, .. } = event {
                assert!(told[case_no].contains(pos), "the story begins with the beginning");
            }
        }
        let beyond = Pos {
            group: groups.len() as u64 + 1,
            ordinal: 0,
        };
        assert!(!matches!(ledger.read(beyond), Ok(Some(_))));
        let stats = ledger.stats().unwrap();
        assert_eq!((stats.groups, stats.cases), (groups.len() as u64, told.len() as u64));
        assert!(ledger.verify().unwrap().damage.is_empty());
    }
}

/// Decisions see what is staged; the next life does not.
pub fn what_is_not_committed_never_happened<G: Ground>() {
    for seed in 1..=G::LIVES {
        let groups = script(seed, GROUPS);
        let (ground, mut ledger) = lived::<G>(&groups[..GROUPS - 1]);
        stage(&mut *ledger, &groups[GROUPS - 1]);
        assert_equal(&dump(ledger.books()), &reference(&groups), "staged");
        drop(ledger);
        let mut ledger = ground.open().unwrap();
        assert_equal(
            &dump(ledger.books()),
            &reference(&groups[..GROUPS - 1]),
            "not committed",
        );
        // Its place is taken by what comes instead.
        live(&mut *ledger, &groups[GROUPS - 1..]);
        assert_equal(&dump(ledger.books()), &reference(&groups), "committed after all");
    }
}

/// After any group.
pub fn opening_again_gives_equal_books<G: Ground>() {
    for seed in 1..=G::LIVES {
        let groups = script(seed, GROUPS);
        let ground = G::new();
        let mut done = 0;
        for step in [1, 1, 3, 7, 13, 19] {
            let mut ledger = ground.open().unwrap();
            assert_equal(&dump(ledger.books()), &reference(&groups[..done]), "opened");
            live(&mut *ledger, &groups[done..done + step]);
            done += step;
            assert_equal(&dump(ledger.books()), &reference(&groups[..done]), "lived on");
        }
        let mut ledger = ground.open().unwrap();
        assert_equal(&dump(ledger.books()), &reference(&groups[..done]), "at the end");
    }
}

/// Checkpoints at any moment, batches half arrived among them; then on, and again, and opened again.
pub fn a_checkpoint_changes_no_answer<G: Ground>() {
    for seed in 1..=G::LIVES {
        let groups = script(seed, GROUPS);
        for every in [1, 4, 17] {
            let ground = G::new();
            let mut ledger = ground.open().unwrap();
            for (n, group) in (1..).zip(&groups) {
                stage(&mut *ledger, group);
                ledger.commit().unwrap();
                if n % every == 0 {
                    ledger.checkpoint().unwrap();
                    assert_equal(
                        &dump(ledger.books()),
                        &reference(&groups[..n]),
                        "right after a checkpoint",
                    );
                }
            }
            ledger.checkpoint().unwrap();
            ledger.checkpoint().unwrap();
            drop(ledger);
            let mut ledger = ground.open().unwrap();
            assert_eq!(ground.rebuilt(), None);
            assert_equal(&dump(ledger.books()), &reference(&groups), "opened after a checkpoint");
        }
    }
}

/// On request, in the middle of life.
pub fn making_the_index_again_gives_equal_books<G: Ground>() {
    for seed in 1..=G::LIVES {
        let groups = script(seed, GROUPS);
        let (ground, mut ledger) = lived::<G>(&groups[..40]);
        ledger.checkpoint().unwrap();
        ledger.rebuild().unwrap();
        assert_equal(&dump(ledger.books()), &reference(&groups[..40]), "made again");
        live(&mut *ledger, &groups[40..]);
        drop(ledger);
        let mut ledger = ground.open().unwrap();
        assert_equal(&dump(ledger.books()), &reference(&groups), "and lived on");
    }
}

/// Spoils the index between two lives; whatever the store does about it, its answers are those of the truth.
fn spoilt<G: Ground>(how: Spoil, seed: u64) {
    let groups = script(seed, GROUPS);
    let (ground, mut ledger) = lived::<G>(&groups[..45]);
    ledger.checkpoint().unwrap();
    drop(ledger);
    assert!(ground.spoil(how), "there is no index here that could be spoilt");
    let mut ledger = ground.open().unwrap();
    let when = format!("{how:?}, seed {seed}, made again: {:?}", ground.rebuilt());
    assert_equal(&dump(ledger.books()), &reference(&groups[..45]), &when);
    live(&mut *ledger, &groups[45..]);
    drop(ledger);
    let mut ledger = ground.open().unwrap();
    assert_eq!(ground.rebuilt(), None, "made again once, not for ever");
    assert_equal(&dump(ledger.books()), &reference(&groups), &when);
}

/// Deleted.
pub fn a_lost_index_is_made_again<G: Ground>() {
    for seed in 1..=G::LIVES {
        spoilt::<G>(Spoil::Lost, seed);
    }
}

/// Cut off or changed in many places.
pub fn a_torn_index_is_made_again<G: Ground>() {
    for seed in 0..7 * G::LIVES {
        spoilt::<G>(Spoil::Torn(seed), seed);
    }
}

/// Of another ledger.
pub fn a_foreign_index_is_set_aside<G: Ground>() {
    for seed in 1..=G::LIVES {
        spoilt::<G>(Spoil::Foreign, seed);
    }
}

/// Whatever the disk kept of what was never promised.
pub fn a_power_cut_keeps_what_was_committed_and_nothing_else<G: Ground>() {
    for seed in 0..60 {
        let groups = script(seed, GROUPS);
        let ground = G::new();
        let mut done = 0;
        // Several cuts in one life: what a cut leaves must bear the next.
        for cut in 0..4 {
            let mut ledger = ground.open().unwrap();
            assert_equal(
                &dump(ledger.books()),
                &reference(&groups[..done]),
                &format!("seed {seed}, cut {cut}"),
            );
            let next = (done + (seed as usize * 7 + cut * 11) % 14).min(GROUPS - 1);
            live(&mut *ledger, &groups[done..next]);
            done = next;
            if seed % 3 == 0 {
                ledger.checkpoint().unwrap();
            }
            // Decided, not committed.
            stage(&mut *ledger, &groups[done]);
            assert!(ground.cut_power(seed * 31 + cut as u64), "the power cannot go here");
            drop(ledger);
        }
        let mut ledger = ground.open().unwrap();
        assert_equal(
            &dump(ledger.books()),
            &reference(&groups[..done]),
            &format!("seed {seed}, at last"),
        );
        assert!(ledger.verify().unwrap().damage.is_empty());
    }
}

/// The disk fails in any call of a commit, then the power goes: the group is there whole, or not at all; the store
/// that failed takes nothing more.
pub fn a_commit_that_fails_is_whole_or_not_there<G: Ground>() {
    let groups = script(3, GROUPS);
    let mut failures = 0;
    for call in 1.. {
        for seed in 0..6 {
            let (ground, mut ledger) = lived::<G>(&groups[..30]);
            stage(&mut *ledger, &groups[30]);
            assert!(ground.fail_at(call), "the disk cannot fail here");
            let failed = ledger.commit().is_err();
            if failed {
                assert!(
                    ledger.stage(groups[31].0, groups[31].1[0].clone()).is_err(),
                    "it went on after a failed write"
                );
                assert!(ledger.commit().is_err(), "it went on after a failed write");
            }
            assert!(ground.cut_power(seed), "the power cannot go here");
            drop(ledger);
            let mut ledger = ground.open().unwrap();
            let found = dump(ledger.books());
            let (before, after) = (reference(&groups[..30]), reference(&groups[..31]));
            if failed {
                failures += 1;
                assert!(
                    found == before || found == after,
                    "call {call}, seed {seed}: neither before nor after"
                );
            } else {
                assert_equal(&found, &after, "it said yes");
            }
            if !failed && seed == 5 {
                assert!(failures > 0, "no call of a commit ever failed");
                return;
            }
        }
    }
}

/// Each byte of the truth, changed in one bit: opening refuses or warns, or `verify` names it. Never other books.
pub fn a_flipped_byte_is_found<G: Ground>() {
    let groups = script(5, 8);
    let (ground, ledger) = lived::<G>(&groups);
    drop(ledger);
    let (expected, whole) = (reference(&groups), ground.files());
    let (mut found, mut unseen) = (0, Vec::new());
    for (name, bytes) in &whole {
        for at in 0..bytes.len() {
            let mut spoilt = bytes.clone();
            spoilt[at] ^= 1 << (at % 8);
            ground.put(name, &spoilt);
            // The index would answer for the truth: it is not asked here.
            ground.spoil(Spoil::Lost);
            let seen = match ground.open() {
                Err(_) => true,
                Ok(mut ledger) => {
                    let damaged = ledger.verify().map_or(true, |v| !v.damage.is_empty());
                    if !damaged {
                        assert_equal(&dump(ledger.books()), &expected, &format!("{name} @{at}: other books"));
                    }
                    damaged || ground.warned()
                }
            };
            if seen {
                found += 1;
            } else {
                unseen.push(format!("{name} @{at}"));
            }
            ground.restore(&whole);
        }
    }
    assert!(
        unseen.is_empty(),
        "{} of {} flips found; not these: {unseen:?}",
        found,
        found + unseen.len()
    );
}
