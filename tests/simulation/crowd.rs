//! Many lives on all cores, and what they came to together.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use testkit::sim::Report;

/// What many lives came to.
#[derive(Default)]
pub struct Lives {
    pub cases: u64,
    pub bookings: u64,
    pub crashes: u64,
    pub steps: u64,
    /// In how many of them storage did not do what it was asked to.
    pub struck: u64,
    /// Day sheets that were held against everything else.
    pub sheets: usize,
    /// What two nodes beside each other came upon.
    pub met: BTreeMap<&'static str, u64>,
    /// Those in which something happened that must never happen, by their numbers.
    pub bad: Vec<(u64, Report)>,
}

impl Lives {
    fn add(&mut self, number: u64, report: Report) {
        self.cases += report.counts.0 as u64;
        self.bookings += report.counts.1 as u64;
        self.crashes += u64::from(report.counts.2);
        self.steps += report.digest.0;
        self.struck += u64::from(report.struck > 0);
        self.sheets += report.sheets;
        for (what, often) in &report.met {
            *self.met.entry(what).or_default() += often;
        }
        if !report.violations.is_empty() {
            self.bad.push((number, report));
        }
    }
}

/// Lives all of these.
pub fn together(numbers: RangeInclusive<u64>, live: impl Fn(u64) -> Report + Sync) -> Lives {
    let (next, end) = (AtomicU64::new(*numbers.start()), *numbers.end());
    let lives = Mutex::new(Lives::default());
    let threads = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number > end {
                        break;
                    }
                    let report = live(number);
                    lives.lock().unwrap_or_else(PoisonError::into_inner).add(number, report);
                }
            });
        }
    });
    let mut lives = lives.into_inner().unwrap();
    lives.bad.sort_by_key(|(number, _)| *number);
    lives
}

/// What went wrong in a life, how to see it again, and its last steps.
pub fn complain(how: &str, report: &Report) -> String {
    format!(
        "seed {} ({how})\n{}\nthe last steps:\n{}\n",
        report.seed,
        report.violations.join("\n"),
        report.last.join("\n")
    )
}
