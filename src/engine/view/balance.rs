//! opened = booked + refused + waiting, per department and mode, at every moment.

use crate::desk::Desk;
use crate::view::each_refused;
use ledger::apply::WHOLE;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One department over one mode.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct BalanceLine {
    /// The department.
    pub dept: String,
    /// The mode of the last attempt; `-` where none was made.
    pub mode: String,
    /// Obligations opened.
    pub opened: u64,
    /// Booked, with proof.
    pub booked: u64,
    /// Taken for booked, without proof.
    pub unproved: u64,
    /// Refused by name, withdrawn or dropped.
    pub refused: u64,
    /// Waiting.
    pub waiting: u64,
}

/// The whole.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Balance {
    /// Per department and mode.
    pub lines: Vec<BalanceLine>,
    /// Their sum.
    pub total: BalanceLine,
    /// opened − booked − unproved − refused − waiting: anything but zero is a defect of this program.
    pub unexplained: i64,
    /// Rows that were refused at the door.
    pub refused_rows: u64,
    /// Rows that came in and wait for codes.
    #[serde(default)]
    pub parked_rows: u64,
    /// Rows that matched nothing we sent.
    pub unmatched: u64,
    /// Why the ledger is in doubt, where it is: then departments may have booked more than it knows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubted: Vec<model::Finding>,
}

/// Counts every obligation.
pub fn balance(desk: &mut Desk<'_>) -> Balance {
    let plan = desk.plan;
    let mut lines: BTreeMap<(String, String), BalanceLine> = BTreeMap::new();
    for (dept, channel, tally) in desk.books().tallies() {
        let mode = channel
            .and_then(|channel| plan.dept(&dept)?.channel(&channel))
            .map_or("-", |c| c.mode.word());
        let line = lines
            .entry((dept.to_string(), mode.to_owned()))
            .or_insert_with(|| BalanceLine {
                dept: dept.to_string(),
                mode: mode.to_owned(),
                ..BalanceLine::default()
            });
        line.opened += tally.sum();
        line.booked += tally.booked;
        line.unproved += tally.unproved;
        line.refused += tally.refused;
        line.waiting += tally.waiting;
    }
    let opened: u64 = desk.books().opened().into_iter().map(|(_, opened)| opened).sum();
    let mut total = BalanceLine {
        dept: "=".to_owned(),
        mode: "-".to_owned(),
        opened,
        ..BalanceLine::default()
    };
    for line in lines.values() {
        total.booked += line.booked;
        total.unproved += line.unproved;
        total.refused += line.refused;
        total.waiting += line.waiting;
    }
    let explained = total.booked + total.unproved + total.refused + total.waiting;
    let unexplained = i64::try_from(total.opened).unwrap_or(0) - i64::try_from(explained).unwrap_or(0);
    let (mut refused_rows, mut parked_rows) = (0, 0);
    each_refused(desk, |_, line, row| match row.parked {
        _ if line == WHOLE => {}
        Some(_) => parked_rows += 1,
        None => refused_rows += 1,
    });
    let unmatched = desk.books().unmatched.keys().len() as u64;
    Balance {
        lines: lines.into_values().collect(),
        total,
        unexplained,
        refused_rows,
        parked_rows,
        unmatched,
        doubted: desk.books().doubt().findings,
    }
}
