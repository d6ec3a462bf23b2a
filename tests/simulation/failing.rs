//! Every call of a node's storage fails once, in a life of its own: for want of room, by an error of the disk, having
//! written nothing, half, or all but a byte; and a disk stays full for a while. The departments' own books judge.
//!
//! `TANGHULU_FAILS=n` lives one of them again and prints its steps.

use crate::crowd::{complain, together};
use crate::{number, shipped};
use seams::Took;
use std::io::ErrorKind;
use testkit::sim::{Blow, Course, run_course};

/// A life with two deaths of its own.
const SEED: u64 = 22;

fn blows() -> Vec<Blow> {
    let whole = run_course(&shipped(), Course::short(None), SEED, false).unwrap();
    assert!(whole.violations.is_empty(), "{}", complain("undisturbed", &whole));
    let (changes, calls) = whole.calls;
    println!("{changes} changes among {calls} calls");
    let kinds = [
        (ErrorKind::StorageFull, Took::Nothing, 1),
        (ErrorKind::StorageFull, Took::Short, 1),
        (ErrorKind::StorageFull, Took::Half, 40),
        (ErrorKind::Other, Took::Nothing, 1),
        (ErrorKind::Other, Took::Short, 1),
    ];
    let each = kinds
        .into_iter()
        .flat_map(|(kind, took, times)| (1..=changes).map(move |at| Blow::Changes { at, times, kind, took }));
    let all = (1..=calls).map(|at| Blow::Call { at });
    each.chain(all).collect()
}

#[test]
fn every_call_of_a_nodes_storage_may_fail() {
    let (setup, blows) = (shipped(), blows());
    let live = |n: u64, echo: bool| {
        let blow = blows[usize::try_from(n).unwrap()];
        run_course(&setup, Course::short(Some(blow)), SEED, echo).unwrap()
    };
    if let Some(n) = number("TANGHULU_FAILS") {
        let report = live(n, true);
        assert!(report.violations.is_empty(), "{}", complain("", &report));
        return;
    }
    let lives = together(0..=blows.len() as u64 - 1, |n| live(n, false));
    println!("{} lives with failing calls, {} bookings", lives.struck, lives.bookings);
    if std::env::var_os("TANGHULU_SHORT").is_some() {
        for (n, report) in &lives.bad {
            println!(
                "{n} {:?}: {}",
                blows[usize::try_from(*n).unwrap()],
                report.violations.join(" | ")
            );
        }
    }
    if let Some((n, report)) = lives.bad.first() {
        let how = format!(
            "{:?}; TANGHULU_FAILS={n} shows every step",
            blows[usize::try_from(*n).unwrap()]
        );
        panic!(
            "{} of {} lives: {}",
            lives.bad.len(),
            blows.len(),
            complain(&how, report)
        );
    }
    assert_eq!(lives.struck, blows.len() as u64, "something failed in every life");
}
