//! What was refused, on the way in and on the way out, and what only a person can settle.

use crate::desk::Desk;
use crate::transition::give_up;
use crate::transition::settle::is_for_a_person;
use crate::view::words::Words;
use crate::view::{each_open, each_refused};
use ledger::apply::WHOLE;
use ledger::arriving::{InBatch, RefusedRow};
use ledger::event::Cause;
use model::{AttemptState, BatchId, CaseNo, Finding};
use serde::{Deserialize, Serialize};

/// One refusal.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RefusedLine {
    /// Its number: an attempt `a12`, or a row `b7:3`.
    pub id: String,
    /// `out` or `in`.
    pub way: String,
    /// The department.
    pub dept: String,
    /// The case, where it names one.
    pub case_no: String,
    /// The matter, or the file.
    pub what: String,
    /// Return code.
    pub code: String,
    /// Why.
    pub findings: Vec<Finding>,
    /// The department's words.
    pub reason: String,
    /// Since when, milliseconds since 1970.
    pub since: i64,
}

/// Every refusal nobody has dealt with.
pub fn list(desk: &mut Desk<'_>, dept: Option<&str>) -> Vec<RefusedLine> {
    let mut lines = outgoing(desk);
    lines.extend(incoming(desk));
    lines.extend(give_up::all(desk).iter().map(waiting_line));
    lines.retain(|l| dept.is_none_or(|d| l.dept == d));
    lines
}

fn outgoing(desk: &mut Desk<'_>) -> Vec<RefusedLine> {
    let mut lines = Vec::new();
    each_open(desk, |case_no, file| {
        for o in file.obligations.iter().filter(|o| o.ended.is_none()) {
            for delivery in o
                .last_delivery()
                .into_iter()
                .filter(|d| d.is_refused() && !d.is_parked())
            {
                let Some(attempt) = delivery.attempts.last() else {
                    continue;
                };
                let (code, findings, reason) = match &attempt.cause {
                    Cause::Check { findings } => (
                        crate::transition::prepare::code_of(findings).to_owned(),
                        findings.clone(),
                        String::new(),
                    ),
                    Cause::Answer { code, reason, .. } => (
                        code.clone().unwrap_or_default(),
                        Vec::new(),
                        reason.clone().unwrap_or_default(),
                    ),
                    Cause::Receipt { code, reason, .. } => {
                        (code.clone(), Vec::new(), reason.clone().unwrap_or_default())
                    }
                    Cause::Person { reason, .. } => (String::new(), Vec::new(), reason.clone()),
                    _ => (String::new(), Vec::new(), String::new()),
                };
                lines.push(RefusedLine {
                    id: attempt.id.to_string(),
                    way: "out".to_owned(),
                    dept: o.matter.dept().to_string(),
                    case_no: case_no.to_string(),
                    what: o.matter.to_string(),
                    code,
                    findings,
                    reason,
                    since: attempt.since,
                });
            }
        }
    });
    lines.into_iter().map(|line| masked(desk, line)).collect()
}

/// Without what is personal in the words about its case.
fn masked(desk: &mut Desk<'_>, line: RefusedLine) -> RefusedLine {
    let words = Words::about(desk, &CaseNo::new(&*line.case_no));
    RefusedLine {
        findings: line.findings.iter().map(|f| words.finding(f)).collect(),
        reason: words.reason(&line.reason),
        ..line
    }
}

fn incoming(desk: &mut Desk<'_>) -> Vec<RefusedLine> {
    let mut lines = Vec::new();
    let mut wholes = Vec::new();
    each_refused(desk, |batch, line, row| {
        if row.parked.is_none() {
            if line == WHOLE {
                wholes.push((lines.len(), batch.batch, batch.dept.clone(), batch.digest.clone()));
            }
            lines.push(incoming_line(batch, line, row));
        }
    });
    // A whole that was offered again since is judged by what became of it then.
    for (at, id, dept, digest) in wholes.into_iter().rev() {
        if desk.books().seen_digest(&dept, &digest) != Some(id) {
            lines.remove(at);
        }
    }
    lines
}

fn incoming_line(batch: &InBatch, line: u64, row: &RefusedRow) -> RefusedLine {
    RefusedLine {
        id: format!("{}:{line}", batch.batch),
        way: "in".to_owned(),
        dept: batch.dept.to_string(),
        case_no: row.case_no.as_ref().map(ToString::to_string).unwrap_or_default(),
        what: batch.name.clone(),
        code: crate::transition::prepare::code_of(&row.findings).to_owned(),
        findings: row.findings.clone(),
        reason: String::new(),
        since: batch.since,
    }
}

/// A batch whose rows wait because its feed is gone. Nothing of it is refused yet; a person must say what becomes of it.
fn waiting_line(batch: &InBatch) -> RefusedLine {
    let finding = give_up::named(batch);
    RefusedLine {
        id: give_up::id(batch.batch),
        way: "in".to_owned(),
        dept: batch.dept.to_string(),
        case_no: String::new(),
        what: batch.name.clone(),
        code: finding.code.return_code().to_owned(),
        findings: vec![finding],
        reason: String::new(),
        since: batch.since,
    }
}

/// One refusal by its number; an incoming one also where it was dealt with.
pub fn one(desk: &mut Desk<'_>, id: &str) -> Option<RefusedLine> {
    let Some((batch, line)) = id.split_once(':') else {
        return outgoing(desk).into_iter().find(|l| l.id == id);
    };
    let (batch, line): (BatchId, u64) = (batch.parse().ok()?, line.parse().ok()?);
    if line == WHOLE
        && let Some(waits) = give_up::one(desk, batch)
    {
        return Some(waiting_line(&waits));
    }
    let row = desk.books().refused_row(batch, line).cloned()?;
    Some(incoming_line(desk.books().in_batch(batch)?, line, &row))
}

/// One attempt nobody can settle but a person, or a late receipt.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct UnsettledLine {
    /// The attempt.
    pub attempt: String,
    /// The case.
    pub case_no: String,
    /// The matter.
    pub matter: String,
    /// Over.
    pub channel: String,
    /// In which batch, as answers call it.
    pub number: String,
    /// `unknown` or `unconfirmed`.
    pub state: AttemptState,
    /// Since when, milliseconds since 1970.
    pub since: i64,
}

/// Every unsettled attempt. One that was only taken away, and of which nothing was heard for as long as its channel
/// allows, is as unconfirmed as one of which nothing is known at all.
pub fn unsettled(desk: &mut Desk<'_>) -> Vec<UnsettledLine> {
    let (plan, now) = (desk.plan, desk.now);
    let mut lines = Vec::new();
    let mut batches = Vec::new();
    each_open(desk, |case_no, file| {
        for o in &file.obligations {
            for attempt in o.deliveries.iter().flat_map(|d| &d.attempts) {
                if !is_for_a_person(plan, now, &o.matter, attempt) {
                    continue;
                }
                let state = match attempt.state {
                    AttemptState::Unknown => AttemptState::Unknown,
                    _ => AttemptState::Unconfirmed,
                };
                batches.push(attempt.batch);
                lines.push(UnsettledLine {
                    attempt: attempt.id.to_string(),
                    case_no: case_no.to_string(),
                    matter: o.matter.to_string(),
                    channel: attempt.channel.clone(),
                    number: String::new(),
                    state,
                    since: attempt.since,
                });
            }
        }
    });
    for (line, batch) in lines.iter_mut().zip(batches) {
        let out = batch.and_then(|b| desk.books().out_batch(b));
        line.number = out.map(|b| b.number.clone()).unwrap_or_default();
    }
    lines
}
