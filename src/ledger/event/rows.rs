//! What became of incoming rows, one by one or as runs of rows that follow one another.

use serde::{Deserialize, Serialize};

/// What became of one incoming row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowVerdict {
    /// It changed something.
    Merged,
    /// It says what is known.
    Unchanged,
    /// Refused by name.
    Refused,
    /// Waits for a person or a code.
    Parked,
}

/// What became of rows that follow one another.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RowRun {
    /// The first, from 1.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// What became of each.
    pub verdict: RowVerdict,
    /// The return code told.
    pub code: String,
}

impl RowRun {
    /// Its last row.
    pub fn last(&self) -> u64 {
        (self.first + self.count).saturating_sub(1)
    }

    /// Adds it to those before it: to the last one, where it goes on.
    pub fn join(self, runs: &mut Vec<Self>) {
        match runs.last_mut() {
            Some(last) if last.last() + 1 == self.first && last.verdict == self.verdict && last.code == self.code => {
                last.count += self.count;
            }
            _ => runs.push(self),
        }
    }
}

/// Rows in order as runs.
pub fn runs_of(rows: &[(u64, RowVerdict, String)]) -> Vec<RowRun> {
    let mut runs = Vec::new();
    for (first, verdict, code) in rows {
        let run = RowRun {
            first: *first,
            count: 1,
            verdict: *verdict,
            code: code.clone(),
        };
        run.join(&mut runs);
    }
    runs
}

/// What a row was that matched nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stray {
    /// A result for what we never asked.
    Result,
    /// A receipt for a record we never sent in that batch: `extra`.
    Receipt,
    /// A record of our batch that the return file does not name: `missing`.
    Missing,
    /// A record named twice: `duplicate`.
    Duplicate,
    /// It contradicts what was settled.
    Contradiction,
}
