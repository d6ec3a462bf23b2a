//! The power goes at every step: a whole node plays a short life once for each call of its storage that changes
//! something, the power goes just before that call or just after it, what was not synced is lost, torn or forgotten, and
//! the node goes on. The departments' own books judge.
//!
//! `TANGHULU_CUT=n` lives one of them again and prints its steps.

use crate::crowd::{complain, together};
use crate::{number, shipped};
use testkit::sim::{Blow, Course, run_course};

/// What is promised for each run of the tests.
const LEAST: usize = 2_000;
/// A life in which departments booked less shows little.
const BUSY: usize = 5;

/// Where the power goes in one life.
struct Cut {
    seed: u64,
    at: u64,
    after: bool,
}

/// Every step of as many lives as are needed.
fn cuts() -> Vec<Cut> {
    let setup = shipped();
    let mut cuts = Vec::new();
    for seed in 1.. {
        let whole = run_course(&setup, Course::short(None), seed, false).unwrap();
        assert!(whole.violations.is_empty(), "{}", complain("undisturbed", &whole));
        if whole.counts.1 < BUSY {
            continue;
        }
        let (changes, _) = whole.calls;
        println!("seed {seed}: {changes} steps, {} bookings", whole.counts.1);
        let each = (1..=changes).flat_map(|at| [false, true].map(|after| (at, after)));
        cuts.extend(each.map(|(at, after)| Cut { seed, at, after }));
        if cuts.len() >= LEAST {
            break;
        }
    }
    cuts
}

#[test]
fn the_power_may_go_at_every_step_of_a_node() {
    let (setup, cuts) = (shipped(), cuts());
    let live = |n: u64, echo: bool| {
        let cut = &cuts[usize::try_from(n).unwrap()];
        let blow = Blow::PowerCut {
            at: cut.at,
            after: cut.after,
        };
        run_course(&setup, Course::short(Some(blow)), cut.seed, echo).unwrap()
    };
    if let Some(n) = number("TANGHULU_CUT") {
        let report = live(n, true);
        assert!(report.violations.is_empty(), "{}", complain("", &report));
        return;
    }
    let lives = together(0..=cuts.len() as u64 - 1, |n| live(n, false));
    println!(
        "{} power cuts, {} cases, {} bookings",
        lives.struck, lives.cases, lives.bookings
    );
    if std::env::var_os("TANGHULU_SHORT").is_some() {
        for (n, report) in &lives.bad {
            println!("{n}: {}", report.violations.join(" | "));
        }
    }
    if let Some((n, report)) = lives.bad.first() {
        let how = format!("TANGHULU_CUT={n} shows every step");
        panic!("{} of {} cuts: {}", lives.bad.len(), cuts.len(), complain(&how, report));
    }
    assert_eq!(lives.struck, cuts.len() as u64, "the power went in every life");
    assert!(lives.struck >= LEAST as u64, "{}", lives.struck);
}
