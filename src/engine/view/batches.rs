//! Batches of ours and what has been heard of them; batches that were just taken in.

use crate::desk::Desk;
use jiff::civil::Date;
use ledger::books::OutBatch;
use ledger::{Custody, CustodyLine, custody};
use model::{BatchId, Finding, Mode};
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
    /// It was taken back before it left the house.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
    /// Who has the media it is on, copy by copy, where anybody said so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub media: Vec<MediumLine>,
}

/// A medium that a copy of a batch is on.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct MediumLine {
    /// Which copy, from 1.
    pub copy: u32,
    /// What was said of it last: `taken`, `back`, `wiped`, `lost`.
    pub custody: String,
    /// When, milliseconds since 1970.
    pub since: i64,
    /// Who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The day by which it is to be back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back_by: Option<Date>,
    /// That day is over.
    pub late: bool,
    /// Who said so.
    pub said_by: String,
    /// What else there was to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl BatchLine {
    /// Something of it should have come back by now: an answer, or a medium.
    pub fn is_late(&self) -> bool {
        self.overdue || self.media.iter().any(|medium| medium.late)
    }
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

/// Disks that were made; only those late, and the one that is out for longest first, where that is asked for.
pub fn disk_log(desk: &mut Desk<'_>, overdue: bool) -> Vec<BatchLine> {
    let mut lines = Vec::new();
    for key in desk.books().outbound.keys() {
        let batch = key.parse().ok().map(BatchId);
        let Some(batch) = batch.and_then(|id| desk.books().out_batch(id).cloned()) else {
            continue;
        };
        // What was dissolved before anything was written never was a disk.
        let was_cut = batch.begun || !batch.dissolved;
        if channel_mode(desk, &batch) == Some(Mode::Disk) && was_cut {
            lines.push(line(desk, &batch));
        }
    }
    if overdue {
        lines.retain(BatchLine::is_late);
        lines.sort_by_key(|line| line.left);
    }
    lines
}

/// These batches.
pub fn disks(desk: &mut Desk<'_>, batches: &[BatchId]) -> Vec<BatchLine> {
    let each = batches.iter().filter_map(|id| desk.books().out_batch(*id).cloned());
    let each: Vec<OutBatch> = each.collect();
    each.iter().map(|batch| line(desk, batch)).collect()
}

fn medium(desk: &Desk<'_>, said: &CustodyLine) -> MediumLine {
    let (word, by, back_by) = match &said.custody {
        Custody::Taken { by, back_by } => ("taken", Some(by.clone()), *back_by),
        Custody::Returned => ("back", None, None),
        Custody::Wiped => ("wiped", None, None),
        Custody::Lost => ("lost", None, None),
    };
    MediumLine {
        copy: said.copy,
        custody: word.to_owned(),
        since: said.at,
        by,
        back_by,
        late: back_by.is_some_and(|day| day < desk.plan.day(desk.now)),
        said_by: said.person.name.clone(),
        note: said.note.clone(),
    }
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
        cancelled: batch.dissolved,
        media: (1..=batch.copies)
            .filter_map(|copy| custody::last(&batch.custody, copy))
            .map(|said| medium(desk, said))
            .collect(),
    }
}
