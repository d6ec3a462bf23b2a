//! Codes that no table knows: how much waits for each, since when, and what a person proposed.

use crate::desk::Desk;
use crate::view::each_refused;
use model::{CaseNo, UnmappedCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One code that no table knows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct CodeLine {
    /// The table.
    pub table: String,
    /// `local`: the department's, it came in. `canonical`: ours.
    pub side: String,
    /// The code.
    pub code: String,
    /// Incoming rows that wait for it.
    pub rows: u64,
    /// Deliveries that wait for it.
    pub deliveries: u64,
    /// Since when, milliseconds since 1970.
    pub since: i64,
    /// Where it was met first: department and row (`b7:3`) or attempt (`a12`). No value stands in it.
    pub example: String,
    /// What was proposed and not yet confirmed.
    pub proposed: Option<ProposedCode>,
}

/// What a person said that a code means.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ProposedCode {
    /// The canonical code.
    pub canonical: String,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When, milliseconds since 1970.
    pub at: i64,
}

/// One thing that waits for a code, for a case's own views.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ParkedLine {
    /// The row: `b7:3`.
    pub id: String,
    /// From.
    pub dept: String,
    /// The matter its feed is about, where it is about one.
    pub matter: String,
    /// The codes it waits for: table and code.
    pub codes: Vec<String>,
    /// Since when, milliseconds since 1970.
    pub since: i64,
}

/// Every code that something waits for, by table and code.
pub fn unmapped(desk: &mut Desk<'_>) -> Vec<CodeLine> {
    let mut lines: BTreeMap<UnmappedCode, CodeLine> = BTreeMap::new();
    let mut count = |code: &UnmappedCode, since: i64, example: String, row: bool| {
        let line = lines.entry(code.clone()).or_insert_with(|| CodeLine {
            table: code.table.clone(),
            side: code.side.word().to_owned(),
            code: code.code.clone(),
            rows: 0,
            deliveries: 0,
            since,
            example: example.clone(),
            proposed: None,
        });
        if since < line.since {
            line.since = since;
            line.example = example;
        }
        match row {
            true => line.rows += 1,
            false => line.deliveries += 1,
        }
    };
    each_refused(desk, |batch, line, row| {
        for code in row.parked.iter().flat_map(|parked| &parked.codes) {
            let example = format!("{} {}:{line}", batch.dept, batch.batch);
            count(code, batch.since, example, true);
        }
    });
    for case_no in desk.books().parked_cases() {
        let Some(file) = desk.books().case(&case_no) else {
            continue;
        };
        for o in file.obligations.iter().filter(|o| o.ended.is_none()) {
            for delivery in o.last_delivery().into_iter().filter(|d| d.is_parked()) {
                let Some(attempt) = delivery.attempts.last() else {
                    continue;
                };
                for code in &delivery.parked {
                    count(
                        code,
                        attempt.since,
                        format!("{} {}", o.matter.dept(), attempt.id),
                        false,
                    );
                }
            }
        }
    }
    let mut lines: Vec<CodeLine> = lines.into_values().collect();
    for line in &mut lines {
        line.proposed = proposed(desk, &line.table, &line.code);
    }
    lines
}

/// What is proposed for a code. One that is to go out stands on the right of the pair.
fn proposed(desk: &mut Desk<'_>, table: &str, code: &str) -> Option<ProposedCode> {
    let all = desk.books().proposals();
    let found = all
        .into_iter()
        .find(|p| p.table == table && (p.code == code || p.canonical == code))?;
    Some(ProposedCode {
        canonical: if found.code == code {
            found.canonical
        } else {
            found.code
        },
        by: found.person.name,
        reason: found.reason,
        at: found.at,
    })
}

/// Parked rows that name a case.
pub fn parked_for(desk: &mut Desk<'_>, case_no: &CaseNo) -> Vec<ParkedLine> {
    let plan = desk.plan;
    let mut lines = Vec::new();
    each_refused(desk, |batch, line, row| {
        let Some(parked) = row.parked.as_ref().filter(|_| row.case_no.as_ref() == Some(case_no)) else {
            return;
        };
        let channel = plan.dept(&batch.dept).and_then(|d| d.channel(&batch.channel));
        let matter = channel.and_then(|c| c.feeds.iter().find(|f| f.name == batch.feed)?.matter.clone());
        let codes = parked.codes.iter();
        lines.push(ParkedLine {
            id: format!("{}:{line}", batch.batch),
            dept: batch.dept.to_string(),
            matter: matter.as_ref().map(ToString::to_string).unwrap_or_default(),
            codes: codes.map(|c| format!("{} {}", c.table, c.code)).collect(),
            since: batch.since,
        });
    });
    lines
}
