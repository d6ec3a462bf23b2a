//! Whether the books agree: what was told, what departments booked, what the ledger says of the rest.

use departments::cases;
use engine::view::Balance;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

/// The departments of a run. The hub is not among them.
pub const DEPARTMENTS: &[&str] = &["aic", "ltax", "ntax", "park"];

/// The outcome of a run. All counts but `cases` are obligations.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Tally {
    /// Cases told as accepted.
    pub cases: u64,
    /// Departments.
    pub departments: u64,
    /// Obligations that the accepted cases must open, by the table of expected ends.
    pub accepted: u64,
    /// Of these, booked in a department's book.
    pub booked: u64,
    /// Refused by name, says the ledger.
    pub refused: u64,
    /// Waiting, says the ledger.
    pub waiting: u64,
    /// accepted − booked − refused − waiting.
    pub lost: i64,
    /// Booked twice.
    pub doubled: u64,
    /// Rows refused at the door.
    pub refused_rows: u64,
    /// How long it took.
    pub seconds: f64,
}

impl Tally {
    /// Nothing lost, nothing doubled, nothing left waiting.
    pub fn is_good(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.waiting == 0
    }
}

/// One line of a department's book.
struct Line {
    case_no: String,
    matter: String,
    round: String,
    op: String,
    digest: String,
}

#[allow(clippy::disallowed_methods, reason = "the departments' books are read as anyone would")]
fn read(books: &Path, dept: &str) -> io::Result<Vec<Line>> {
    let text = std::fs::read_to_string(books.join(format!("{dept}.csv")))?;
    Ok(text
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(',').map(str::to_owned);
            Some(Line {
                case_no: cells.next()?,
                matter: cells.next()?,
                round: cells.next()?,
                op: cells.next()?,
                digest: cells.next()?,
            })
        })
        .collect())
}

/// Counts a run. `accepted` are the numbers of the cases that were told as accepted.
pub fn count(books: &Path, accepted: &BTreeSet<u32>, balance: &Balance, seconds: f64) -> io::Result<Tally> {
    let owed: u64 = accepted.iter().map(|n| cases::expected(cases::kind(*n)).len() as u64).sum();
    let (mut booked, mut doubled) = (0, 0);
    for dept in DEPARTMENTS {
        let mut opened: BTreeMap<(String, String, String), u64> = BTreeMap::new();
        let mut same: BTreeMap<(String, String, String, String, String), u64> = BTreeMap::new();
        for line in read(books, dept)? {
            let place = (line.case_no, line.matter, line.round);
            // Round 1 opens with a submission, every later one with the answer to a 补正.
            if line.op == "submit" || (line.op == "supplement" && place.2 != "1") {
                *opened.entry(place.clone()).or_default() += 1;
            } else {
                *same.entry((place.0, place.1, place.2, line.op, line.digest)).or_default() += 1;
            }
        }
        booked += opened.len() as u64;
        doubled += opened.values().chain(same.values()).map(|times| times - 1).sum::<u64>();
    }
    let (mut refused, mut waiting) = (0, 0);
    for line in balance.lines.iter().filter(|l| l.dept != "hub") {
        refused += line.refused;
        waiting += line.waiting;
    }
    let lost = i64::try_from(owed).unwrap_or(0) - i64::try_from(booked + refused + waiting).unwrap_or(0);
    Ok(Tally {
        cases: accepted.len() as u64,
        departments: DEPARTMENTS.len() as u64,
        accepted: owed,
        booked,
        refused,
        waiting,
        lost,
        doubled,
        refused_rows: balance.refused_rows,
        seconds: (seconds * 100.0).round() / 100.0,
    })
}
