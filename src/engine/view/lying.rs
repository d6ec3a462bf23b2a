//! What lies on a medium, and how it stands in the ledger: enough to tell a courier what to do with it.

use crate::desk::Desk;
use ledger::arriving::InEnd;
use ledger::books::OutBatch;
use model::{DeptId, Finding};
use port::{Lying, Thing};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// A thing as one channel sees it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// The department.
    pub dept: DeptId,
    /// The channel.
    pub channel: String,
    /// The thing.
    pub lying: Lying,
}

/// How a thing stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stand {
    /// It cannot be used as it is.
    Unsound,
    /// A set of which this ledger has no batch.
    NotOurs,
    /// A set whose hand-over this ledger does not know to have ended.
    NotLeft,
    /// A set that left: answers are awaited.
    Out,
    /// The same, for longer than is allowed.
    Overdue,
    /// A set of which every record is settled.
    Settled,
    /// A set that was taken apart again.
    Dissolved,
    /// A return that was not taken in yet.
    New,
    /// A return that answers no batch of this ledger.
    NoBatch,
    /// A return that was taken in.
    Taken,
    /// A return that was refused or set aside.
    Refused,
    /// A receipt or note of ours.
    Note,
    /// What an export left that did not come to its end.
    Unfinished,
    /// It is between others.
    Elsewhere,
    /// Nobody here knows it.
    Stranger,
}

/// One thing on a medium.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LyingLine {
    /// Its name there.
    pub name: String,
    /// How it stands.
    pub stand: Stand,
    /// It is a set of ours, going out; otherwise, where a channel knows it, it comes in.
    pub is_set: bool,
    /// Another gateway numbered it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_brought: bool,
    /// The department that it goes to or comes from, where a channel knows it.
    pub dept: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// Our batch that it is, answers or speaks of.
    pub number: Option<String>,
    /// Who sent it, as it says.
    pub sender: Option<String>,
    /// For whom it is, as it says.
    pub recipient: Option<String>,
    /// Its rows, as a set says or as they were counted in a return.
    pub rows: Option<u64>,
    /// Records of a set that nobody has settled.
    pub open: Option<u64>,
    /// When it left or was taken in, milliseconds since 1970.
    pub at: Option<i64>,
    /// The ledger's number for it.
    pub batch: Option<String>,
    /// Under which name the department answers it.
    pub answer: Option<String>,
    /// What is wrong with it, or should be known.
    pub findings: Vec<Finding>,
}

/// How things stand, one line each, in the order of their names. A channel that knows a thing is believed before one that
/// does not.
pub fn lying(desk: &mut Desk<'_>, seen: Vec<Seen>) -> Vec<LyingLine> {
    let mut best: BTreeMap<String, Vec<Seen>> = BTreeMap::new();
    for thing in seen {
        let kept = best.entry(thing.lying.name.clone()).or_default();
        let most = kept.first().map(|first| first.lying.thing);
        if most.is_some_and(|most| most < thing.lying.thing) {
            kept.clear();
        }
        let known = !matches!(thing.lying.thing, Thing::Stranger | Thing::Elsewhere);
        if kept.is_empty() || known && most == Some(thing.lying.thing) {
            kept.push(thing);
        }
    }
    let all = best.into_values().flatten();
    all.map(|seen| line(desk, seen)).collect()
}

fn line(desk: &mut Desk<'_>, seen: Seen) -> LyingLine {
    let known = !matches!(seen.lying.thing, Thing::Stranger | Thing::Elsewhere);
    let mut line = LyingLine {
        name: seen.lying.name.clone(),
        stand: Stand::Stranger,
        is_set: seen.lying.thing == Thing::Set,
        is_brought: seen.lying.thing == Thing::Brought,
        dept: known.then(|| seen.dept.to_string()),
        channel: known.then(|| seen.channel.clone()),
        number: seen.lying.number.clone(),
        sender: seen.lying.sender.clone(),
        recipient: seen.lying.recipient.clone(),
        rows: seen.lying.rows,
        open: None,
        at: None,
        batch: None,
        answer: seen.lying.answer.clone(),
        findings: seen.lying.wrong.iter().chain(&seen.lying.warnings).cloned().collect(),
    };
    line.stand = match seen.lying.thing {
        Thing::Stranger => Stand::Stranger,
        Thing::Elsewhere => Stand::Elsewhere,
        Thing::Unfinished => Stand::Unfinished,
        Thing::Note => Stand::Note,
        Thing::Set => set(desk, &seen, &mut line),
        Thing::Return | Thing::Brought => returned(desk, &seen, &mut line),
    };
    line
}

/// Our batch that a thing is or answers. Short numbers come again every year: the ledger's own number decides, where the
/// thing says it.
fn ours(desk: &mut Desk<'_>, seen: &Seen) -> Option<OutBatch> {
    let number = seen.lying.number.as_deref()?;
    let batch = match seen.lying.ledger {
        Some(batch) => batch,
        None => desk.books().sent_number(&seen.dept, number)?,
    };
    let batch = desk.books().out_batch(batch)?;
    (batch.number == number && batch.dept == seen.dept).then(|| batch.clone())
}

fn set(desk: &mut Desk<'_>, seen: &Seen, line: &mut LyingLine) -> Stand {
    let batch = ours(desk, seen);
    let told = batch.as_ref().map(|batch| super::batches::line(desk, batch));
    if let Some(told) = &told {
        (line.batch, line.at, line.open) = (Some(told.batch.clone()), told.left, Some(told.open));
    }
    match (&seen.lying.wrong, batch.zip(told)) {
        (Some(_), _) => Stand::Unsound,
        (None, None) => Stand::NotOurs,
        (None, Some((batch, _))) if batch.dissolved => Stand::Dissolved,
        (None, Some((_, told))) if told.open == 0 => Stand::Settled,
        (None, Some((_, told))) if told.copies == 0 => Stand::NotLeft,
        (None, Some((_, told))) if told.overdue => Stand::Overdue,
        (None, Some(_)) => Stand::Out,
    }
}

fn returned(desk: &mut Desk<'_>, seen: &Seen, line: &mut LyingLine) -> Stand {
    let digest = seen.lying.digest.map(|digest| crate::projection::hex(&digest));
    let known = digest.and_then(|digest| desk.books().seen_digest(&seen.dept, &digest));
    let known = known.and_then(|batch| desk.books().in_batch(batch).cloned());
    if let Some(known) = known {
        (line.batch, line.at) = (Some(known.batch.to_string()), Some(known.since));
        return match known.end {
            None => Stand::New,
            Some(InEnd::Accepted) => Stand::Taken,
            Some(InEnd::Refused | InEnd::Quarantined) => Stand::Refused,
        };
    }
    // What another gateway numbered answers none of ours.
    let is_known = line.is_brought || ours(desk, seen).is_some();
    match (&seen.lying.wrong, is_known) {
        (Some(_), _) => Stand::Unsound,
        (None, false) => Stand::NoBatch,
        (None, true) => Stand::New,
    }
}
