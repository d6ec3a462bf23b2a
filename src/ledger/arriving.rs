//! A batch that comes: what is kept of it for good, and what is at hand of it until it ends.
//!
//! The rows of a short batch are kept in memory until they have effect. Those of a long one are not: they stand in the
//! journal, and are read back group by group, in the order in which they take effect.

use crate::books::{Books, padded};
use crate::codes::ParkedRow;
use crate::erased::Sealed;
use crate::event::{Event, Pos, RowRun, RowVerdict};
use crate::shelf::Kept as _;
use crate::store::LedgerError;
use model::{BatchId, CaseNo, DeptId, Finding, Incoming};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Rows of an arriving batch that are kept in memory; of a longer one, none.
pub const HELD: usize = 1_000;

/// A batch that came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InBatch {
    /// The last event that is in it.
    pub at: Pos,
    /// Its number here.
    pub batch: BatchId,
    /// From.
    pub dept: DeptId,
    /// Over.
    pub channel: String,
    /// Which feed.
    pub feed: String,
    /// What people call it.
    pub name: String,
    /// SHA-256 of its content.
    pub digest: String,
    /// Its declared number.
    pub number: Option<String>,
    /// Our batch that it answers.
    pub answers: Option<String>,
    /// When it began, milliseconds since 1970.
    pub since: i64,
    /// Accepted, though not all of its rows have had effect yet.
    pub judged: Option<Judged>,
    /// What became of it; absent while it arrives.
    pub end: Option<InEnd>,
    /// The group of the journal that says so; 0 while it arrives.
    pub ended: u64,
    /// What is wrong with it as a whole, or should be known.
    pub findings: Vec<Finding>,
    /// What became of its rows that have had effect, in order.
    pub rows: Vec<RowRun>,
    /// The group of the journal in which the last row stands that has had effect; where it began, while none has.
    pub from: u64,
    /// Rows refused or parked, and not dealt with; a refusal of the whole counts as one.
    pub open: u64,
}

/// A long batch was read to its end and is accepted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Judged {
    /// Its last row.
    pub last: u64,
    /// Warnings about the whole.
    pub findings: Vec<Finding>,
    /// The position of the source once it is taken.
    pub position: Option<String>,
}

/// What became of a batch that came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InEnd {
    /// Taken.
    Accepted,
    /// Refused as a whole.
    Refused,
    /// Its number had other content before.
    Quarantined,
}

/// An incoming row that was refused or parked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefusedRow {
    /// The case it names.
    pub case_no: Option<CaseNo>,
    /// Why.
    pub findings: Vec<Finding>,
    /// Dealt with by whom and why.
    pub settled: Option<(String, String)>,
    /// Not refused: it waits for codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parked: Option<ParkedRow>,
}

/// A row of an arriving batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PendingRow {
    /// Its place.
    pub line: u64,
    /// What it says.
    pub incoming: Option<Incoming>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// Where it stands in the journal.
    pub pos: Pos,
    /// It waits for codes; the case it names.
    pub parked: Option<(ParkedRow, Option<CaseNo>)>,
}

/// Reads back what is in the journal.
pub trait Past: Send + Sync {
    /// The rows that stand in a group, `Row` and `RowParked` in order; `None` where there is no such group yet. What is
    /// kept of a row that waits for codes stands in its group.
    fn rows(&self, group: u64) -> Result<Option<Vec<(Pos, Event)>>, LedgerError>;

    /// What stands in a group and may hold a case's data, in order; `None` where there is no such group yet.
    fn data(&self, _group: u64) -> Result<Option<Vec<(Pos, Event)>>, LedgerError> {
        Ok(None)
    }

    /// Where evidence that may lapse stands in a group; `None` where there is no such group, or it was written at this
    /// instant (milliseconds since 1970) or later.
    fn evidence(&self, _group: u64, _before_ms: i64) -> Result<Option<Vec<Pos>>, LedgerError> {
        Ok(None)
    }

    /// When a group was written, milliseconds since 1970; `None` where there is no such group yet.
    fn time(&self, _group: u64) -> Result<Option<i64>, LedgerError> {
        Ok(None)
    }

    /// When a group was written, and where entries stand in it that a person may be behind, in order; `None` where there is
    /// no such group yet. No entry is opened for it.
    fn acts(&self, _group: u64) -> Result<Option<(i64, Vec<Pos>)>, LedgerError> {
        Ok(None)
    }

    /// Writes what stands at these places, ordinals by group, into an archive of its own, durable and checked when this
    /// returns. Never over another file.
    fn archive(&self, _places: &BTreeMap<u64, Vec<u32>>, _to: &Path) -> Result<Sealed, LedgerError> {
        Err(LedgerError::Read("there is no journal".to_owned()))
    }

    /// What stands at a place, and when it was written, milliseconds since 1970; `None` where it was erased.
    fn event(&self, pos: Pos) -> Result<Option<(i64, Event)>, LedgerError>;
}

/// There is no journal, so nothing is in it.
pub struct NoPast;

impl Past for NoPast {
    fn rows(&self, _group: u64) -> Result<Option<Vec<(Pos, Event)>>, LedgerError> {
        Ok(None)
    }
    fn event(&self, _pos: Pos) -> Result<Option<(i64, Event)>, LedgerError> {
        Ok(None)
    }
}

/// What is at hand of a batch that has not ended.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    /// Rows that have had no effect yet: all, or the next ones.
    rows: VecDeque<PendingRow>,
    /// All of them are there; else they are read back.
    held: bool,
    /// The group to read back next.
    next: u64,
    /// Rows up to this one have had effect.
    taken: u64,
    /// What is known of all rows that were read.
    facts: Facts,
}

/// What must be known of all rows before any has effect.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Facts {
    /// Rows.
    pub rows: u64,
    /// The last one.
    pub last: u64,
    /// What is wrong with the first one that does not say anything.
    pub bad: Option<Vec<Finding>>,
    /// A row names the batch of ours that it answers.
    pub by_row: bool,
}

impl Pending {
    pub(crate) fn begun(group: u64) -> Self {
        Self {
            rows: VecDeque::new(),
            held: true,
            next: group,
            taken: 0,
            facts: Facts::default(),
        }
    }

    /// Of which one row is at hand.
    pub(crate) fn of(row: PendingRow) -> Self {
        let mut pending = Self::begun(row.pos.group);
        pending.add(row, 1);
        pending
    }

    /// Of a batch that began in an earlier life.
    pub(crate) fn resumed(batch: &InBatch) -> Self {
        Self {
            held: false,
            taken: batch.rows.last().map_or(0, RowRun::last),
            ..Self::begun(batch.from)
        }
    }

    pub(crate) fn add(&mut self, row: PendingRow, most: usize) {
        self.facts.rows += 1;
        self.facts.last = row.line;
        match &row.incoming {
            None if self.facts.bad.is_none() => self.facts.bad = Some(row.findings.clone()),
            Some(incoming) => self.facts.by_row |= incoming.batch_no.is_some(),
            None => {}
        }
        if self.held {
            self.rows.push_back(row);
            if self.rows.len() > most {
                self.held = false;
                self.rows = VecDeque::new();
            }
        }
    }

    pub(crate) fn row(&self, line: u64) -> Option<&PendingRow> {
        let index = self.rows.binary_search_by_key(&line, |r| r.line).ok()?;
        self.rows.get(index)
    }

    pub(crate) fn row_mut(&mut self, line: u64) -> Option<&mut PendingRow> {
        let index = self.rows.binary_search_by_key(&line, |r| r.line).ok()?;
        self.rows.get_mut(index)
    }

    /// Rows up to this one have had effect. The group in which it stands: reading goes on there after a restart.
    pub(crate) fn take(&mut self, line: u64) -> Option<u64> {
        let group = self.row(line).map(|row| row.pos.group);
        while self.rows.front().is_some_and(|row| row.line <= line) {
            self.rows.pop_front();
        }
        self.taken = self.taken.max(line);
        group
    }

    /// Reads back until this row is there, or this many are.
    fn read_back(&mut self, past: &dyn Past, batch: BatchId, line: u64, most: usize) -> Result<(), LedgerError> {
        while !self.held && self.rows.len() < most && self.rows.back().is_none_or(|row| row.line < line) {
            let Some(found) = past.rows(self.next)? else { break };
            self.next += 1;
            for (pos, event) in found {
                self.remember(batch, pos, event);
            }
        }
        Ok(())
    }

    fn remember(&mut self, of: BatchId, pos: Pos, event: Event) {
        match event {
            Event::Row {
                batch,
                line,
                incoming,
                findings,
            } if batch == of && line > self.taken => self.rows.push_back(PendingRow {
                line,
                incoming: incoming.map(|i| *i),
                findings,
                pos,
                parked: None,
            }),
            Event::RowParked {
                batch,
                line,
                case_no,
                codes,
                ..
            } if batch == of => {
                if let Some(row) = self.row_mut(line) {
                    row.parked = Some((ParkedRow { codes, pos }, case_no));
                }
            }
            _ => {}
        }
    }
}

impl Books {
    /// Makes sure that the rows an event speaks of are at hand. To be called before it is folded in.
    pub fn ready(&mut self, event: &Event) -> Result<(), LedgerError> {
        let (batch, line) = match event {
            Event::Merged { row, .. } => *row,
            Event::RowRefused { batch, line, .. } => (*batch, *line),
            Event::RowsTaken { batch, rows } => (*batch, rows.last().map_or(0, RowRun::last)),
            Event::BatchEnded { batch, rows, .. } => (*batch, rows.last().map_or(0, |row| row.0)),
            _ => return Ok(()),
        };
        if line == 0 {
            return Ok(());
        }
        let past = self.past.clone();
        match self.pending.get_mut(&batch) {
            Some(pending) => pending.read_back(&*past, batch, line, usize::MAX),
            None => Ok(()),
        }
    }

    /// The next rows of an arriving batch that have had no effect, so many at most.
    pub fn next_rows(&mut self, batch: BatchId, most: usize) -> Result<Vec<PendingRow>, LedgerError> {
        let past: Arc<dyn Past> = self.past.clone();
        let Some(pending) = self.pending.get_mut(&batch) else {
            return Ok(Vec::new());
        };
        // What stands behind the last row is not looked at: it may be all that ever happened since.
        let judged = self.inbound.get(&padded(batch)).and_then(|b| b.judged.as_ref());
        let last = judged.map_or(pending.facts.last, |judged| judged.last);
        if pending.taken < last {
            pending.read_back(&*past, batch, last, most)?;
        }
        Ok(pending.rows.iter().take(most).cloned().collect())
    }

    /// What is known of all rows of an arriving batch that were read.
    pub fn facts(&self, batch: BatchId) -> Facts {
        self.pending.get(&batch).map(|p| p.facts.clone()).unwrap_or_default()
    }

    /// A refused or parked row of a batch; line 0 stands for the whole.
    pub fn refused_row(&mut self, batch: BatchId, line: u64) -> Option<&RefusedRow> {
        self.refused.get(&row_key(batch, line))
    }

    /// Refused and parked rows of a batch after a line, in order, `most` at most. Begin with `None`.
    pub fn refused_after(&mut self, batch: BatchId, after: Option<u64>, most: usize) -> Vec<(u64, RefusedRow)> {
        self.refused.trim(most);
        let prefix = format!("{}/", padded(batch));
        let after = after.map(|line| row_key(batch, line)).unwrap_or_default();
        let keys = self.refused.page(&prefix, &after, most);
        let line = |key: &str| key.strip_prefix(&prefix).and_then(|line| line.parse().ok());
        keys.iter()
            .filter_map(|key| Some((line(key)?, self.refused.get(key)?.clone())))
            .collect()
    }
}

/// The key of a row of a batch: sorts by batch and line.
pub(crate) fn row_key(batch: BatchId, line: u64) -> String {
    format!("{}/{line:012}", padded(batch))
}

impl InBatch {
    /// Rows that a person has not dealt with.
    pub fn has_open_refusals(&self) -> bool {
        self.open > 0
    }

    /// It has a row that waited for codes when it was taken.
    pub fn has_parked(&self) -> bool {
        self.rows.iter().any(|run| run.verdict == RowVerdict::Parked)
    }
}
