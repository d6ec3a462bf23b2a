//! Batches of ours and what has been heard of them; batches that were just taken in.

use crate::desk::Desk;
use ledger::books::OutBatch;
use model::{Finding, Mode};
use port::BatchVerdict;
use serde::{Deserialize, Serialize};

/// A batch of ours.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct BatchLine {
    /// Its number here.
    pub batch: String,
    /// The department.
    pub dept: String,
    /// The channel.
    pub channel: String,
    /// What answers call it.
    pub number: String,
    /// Records in it.
    pub records: u64,
    /// Records not settled.
    pub open: u64,
    /// Copies that left.
    pub copies: u32,
    /// When the last one left, milliseconds since 1970.
    pub left: Option<i64>,
    /// Where to, where a person said so.
    pub place: Option<String>,
    /// When it was prepared, milliseconds since 1970.
    pub prepared: i64,
    /// Longer out than the channel allows without proof.
    pub overdue: bool,
}

/// A batch that was taken in or handed over just now.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct BatchResult {
    /// The department.
    pub dept: String,
    /// The channel.
    pub channel: String,
    /// What people call it.
    pub name: String,
    /// Its number here.
    pub batch: String,
    /// What became of it.
    pub verdict: String,
    /// Its rows.
    pub rows: u64,
    /// Of these, refused.
    pub refused: u64,
    /// What is wrong with it as a whole.
    pub findings: Vec<Finding>,
}

/// The word for a verdict.
pub fn verdict_word(verdict: BatchVerdict) -> &'static str {
    match verdict {
        BatchVerdict::Accepted => "accepted",
        BatchVerdict::Repeat => "repeat",
        BatchVerdict::Refused => "refused",
        BatchVerdict::Quarantined => "quarantined",
    }
}

/// Batches that still wait for answers.
pub fn receipts(desk: &mut Desk<'_>, overdue: bool) -> Vec<BatchLine> {
    let open = desk.books().open_out();
    let mut lines = Vec::new();
    for id in open {
        let Some(batch) = desk.books().out_batch(id).cloned() else {
            continue;
        };
        if channel_mode(desk, &batch) == Some(Mode::Manual) {
            continue;
        }
        lines.push(line(desk, &batch));
    }
    lines.retain(|l| !overdue || l.overdue);
    lines
}

/// Disks that were made.
pub fn disk_log(desk: &mut Desk<'_>) -> Vec<BatchLine> {
    let mut lines = Vec::new();
    for key in desk.books().outbound.keys() {
        let Some(batch) = desk.books().outbound.get(&key).cloned() else {
            continue;
        };
        if channel_mode(desk, &batch) == Some(Mode::Disk) && !batch.dissolved {
            lines.push(line(desk, &batch));
        }
    }
    lines
}

fn channel_mode(desk: &Desk<'_>, batch: &OutBatch) -> Option<Mode> {
    Some(desk.plan.dept(&batch.dept)?.channel(&batch.channel)?.mode)
}

pub(super) fn line(desk: &Desk<'_>, batch: &OutBatch) -> BatchLine {
    let limit = desk
        .plan
        .dept(&batch.dept)
        .and_then(|d| d.channel(&batch.channel))
        .and_then(|c| c.unconfirmed_after);
    let left = batch.left.as_ref().map(|(at, _)| *at);
    let late = |at: i64| limit.is_some_and(|ms| at.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX)) <= desk.now);
    BatchLine {
        batch: batch.batch.to_string(),
        dept: batch.dept.to_string(),
        channel: batch.channel.clone(),
        number: batch.number.clone(),
        records: batch.attempts.len() as u64,
        open: batch.open.len() as u64,
        copies: batch.copies,
        left,
        place: batch.left.as_ref().and_then(|(_, place)| place.clone()),
        prepared: batch.since,
        overdue: !batch.open.is_empty() && left.is_some_and(late),
    }
}
