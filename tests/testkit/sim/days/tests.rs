//! Each law of the sheets, broken once.

#![allow(clippy::unwrap_used)]

use super::{chained, totals};
use crate::sim::kept::Kept;
use engine::view::{Balance, BalanceLine, SHEET_LABEL, SignedSheet, sheet_digest};
use jiff::civil::{Date, date};
use journal::{NodeKey, Suite};
use ledger::{DayBefore, DayFlow, DayLine, DaySheet, Ledger as _};
use ledger_local::LocalLedger;
use seams::{SeededRng, SimStorage};
use std::sync::Arc;

/// Midnight of 2026-03-02 at +08:00.
const MIDNIGHT: i64 = 1_772_380_800_000;
const DAY: i64 = 24 * 3_600_000;

fn line(opening: u64, flow: DayFlow, closing: u64) -> DayLine {
    DayLine {
        dept: "ltax".to_owned(),
        channel: "frontend".to_owned(),
        mode: "frontend".to_owned(),
        opening,
        flow,
        closing,
    }
}

fn flow(opened: u64, booked: u64) -> DayFlow {
    DayFlow {
        opened,
        booked,
        ..DayFlow::default()
    }
}

fn sheet(day: Date, line: DayLine) -> DaySheet {
    let since = day.since(date(2026, 3, 2)).unwrap().get_days();
    DaySheet {
        form: 1,
        node: "n1".to_owned(),
        day,
        closed_at: MIDNIGHT + (i64::from(since) + 1) * DAY + 5,
        before: None,
        lines: vec![line],
    }
}

/// Three days, of which one was passed over.
fn days() -> Vec<DaySheet> {
    vec![
        sheet(date(2026, 3, 2), line(0, flow(3, 1), 2)),
        sheet(date(2026, 3, 3), line(2, flow(1, 0), 3)),
        sheet(date(2026, 3, 5), line(3, flow(0, 3), 0)),
    ]
}

/// Names each one's predecessor, digests and signs.
fn signed(days: Vec<DaySheet>) -> Vec<SignedSheet> {
    let rng = Arc::new(SeededRng::new(1));
    let storage = Arc::new(SimStorage::new());
    let key = NodeKey::from_bytes([7; 32]);
    let opened = LocalLedger::open(storage, Box::new(Kept::default()), &key, Suite::Sha256, rng, None);
    let mut ledger = opened.unwrap().0;
    let mut sheets: Vec<SignedSheet> = Vec::new();
    for mut sheet in days {
        sheet.before = sheets.last().map(|before| DayBefore {
            day: before.sheet.day,
            digest: before.digest.clone(),
        });
        let (signature, public_key) = ledger.sign(SHEET_LABEL, &sheet.bytes()).unwrap();
        sheets.push(SignedSheet {
            digest: sheet_digest(&sheet),
            sheet,
            signature,
            public_key,
            ledger: String::new(),
        });
    }
    sheets
}

fn broken(how: impl FnOnce(&mut Vec<DaySheet>)) -> Vec<String> {
    let mut days = days();
    how(&mut days);
    chained("n1", &signed(days))
}

fn says(found: &[String], what: &str) {
    assert!(found.iter().any(|f| f.contains(what)), "{what}: {found:?}");
}

#[test]
fn sheets_that_are_whole_are_taken_and_each_broken_law_is_named() {
    assert_eq!(broken(|_| ()), [] as [&str; 0]);
    says(&broken(|days| days[1].node = "n2".to_owned()), "another's");
    says(&broken(|days| days[1].lines[0].flow.booked = 1), "does not explain");
    says(&broken(|days| days[1].lines[0].opening = 1), "does not explain");
    let shifted = |days: &mut Vec<DaySheet>| days[1].lines[0] = line(1, flow(2, 0), 3);
    says(&broken(shifted), "does not open with");
    says(&broken(|days| days[1].lines.clear()), "does not open with");
    says(&broken(|days| days[1].closed_at -= DAY), "before its day was over");
    says(
        &broken(|days| days[0].closed_at += 3 * DAY),
        "when the one before was closed",
    );
}

#[test]
fn a_sheet_that_is_left_out_edited_or_signed_by_another_is_named() {
    let mut skipped = signed(days());
    skipped.remove(1);
    says(&chained("n1", &skipped), "names another one before it");
    let mut cut = signed(days());
    cut.remove(0);
    says(&chained("n1", &cut), "names another one before it");
    let mut edited = signed(days());
    edited[2].sheet.lines[0].mode = "manual".to_owned();
    says(&chained("n1", &edited), "its digest is another");
    says(&chained("n1", &edited), "nothing vouches for it");
}

#[test]
fn what_all_sheets_come_to_is_the_balance() {
    let sheets = signed(days());
    let balance = |opened, booked, waiting| {
        let line = BalanceLine {
            dept: "ltax".to_owned(),
            mode: "frontend".to_owned(),
            opened,
            booked,
            waiting,
            ..BalanceLine::default()
        };
        Balance {
            lines: vec![line],
            ..Balance::default()
        }
    };
    assert_eq!(totals(&sheets, &[], &balance(4, 4, 0)), [] as [&str; 0]);
    let open = [line(0, flow(1, 0), 1)];
    assert_eq!(totals(&sheets, &open, &balance(5, 4, 1)), [] as [&str; 0]);
    for other in [balance(5, 4, 1), balance(4, 3, 1)] {
        assert_eq!(totals(&sheets, &[], &other).len(), 1);
    }
    let mut moved = [line(0, DayFlow::default(), 0)];
    moved[0].flow.moved_out = 1;
    assert_eq!(totals(&sheets, &moved, &balance(4, 4, 0)).len(), 1);
}
