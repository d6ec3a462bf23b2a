//! A batch that comes: begun without effect, ended with a verdict for each row.

use super::WHOLE;
use crate::arriving::{InBatch, InEnd, Judged, RefusedRow, row_key};
use crate::books::{Books, CAME, padded};
use crate::codes::ParkedRow;
use crate::event::{Event, Pos, RowRun, RowVerdict, runs_of};
use model::{BatchId, Finding};

impl Books {
    pub(super) fn begin(&mut self, pos: Pos, at: i64, event: &Event) {
        let Event::BatchBegun {
            batch,
            dept,
            channel,
            feed,
            name,
            digest,
            number,
            answers,
            ..
        } = event
        else {
            return;
        };
        if self.inbound.get(&padded(*batch)).is_some() {
            return;
        }
        let begun = InBatch {
            at: pos,
            batch: *batch,
            dept: dept.clone(),
            channel: channel.clone(),
            feed: feed.clone(),
            name: name.clone(),
            digest: digest.clone(),
            number: number.clone(),
            answers: answers.clone(),
            since: at,
            judged: None,
            end: None,
            ended: 0,
            findings: Vec::new(),
            rows: Vec::new(),
            from: pos.group,
            open: 0,
        };
        self.inbound.insert(&padded(*batch), begun);
    }

    /// A row that was just added waits for codes.
    pub(super) fn park(&mut self, pos: Pos, batch: BatchId, event: &Event) {
        let Event::RowParked {
            line, case_no, codes, ..
        } = event
        else {
            return;
        };
        if let Some(row) = self.pending.get_mut(&batch).and_then(|p| p.row_mut(*line)) {
            let codes = codes.clone();
            row.parked = Some((ParkedRow { codes, pos }, case_no.clone()));
        }
        if let Some(case_no) = case_no {
            self.change(case_no, pos, |_| ());
        }
    }

    /// Somebody, or something, has dealt with a row that was refused or parked.
    pub(super) fn settle_row(&mut self, row: (BatchId, u64), by: (String, String)) {
        let Some(refused) = self.refused.get_mut(&row_key(row.0, row.1)) else {
            return;
        };
        let was_open = refused.settled.replace(by).is_none();
        if let Some(batch) = self.inbound.get_mut(&padded(row.0)) {
            batch.open = batch.open.saturating_sub(u64::from(was_open));
            if batch.open == 0 {
                self.refused_in.remove(&padded(row.0));
            }
        }
    }

    /// A long batch is accepted: from now on it is known by content and number, whatever becomes of its rows.
    pub(super) fn judge(&mut self, pos: Pos, id: BatchId, judged: Judged) {
        let Some(batch) = self.inbound.get_mut(&padded(id)) else {
            return;
        };
        batch.at = pos;
        batch.judged = Some(judged);
        self.know(id, true);
    }

    /// Rows of a long batch have had effect.
    pub(super) fn take_rows(&mut self, pos: Pos, id: BatchId, rows: &[RowRun]) {
        let refused = self.refusals(id, rows);
        let last = rows.last().map_or(0, RowRun::last);
        let from = self.pending.get_mut(&id).and_then(|pending| pending.take(last));
        let Some(batch) = self.inbound.get_mut(&padded(id)) else {
            return;
        };
        batch.at = pos;
        batch.from = from.unwrap_or(batch.from);
        for run in rows {
            run.clone().join(&mut batch.rows);
        }
        self.refuse_rows(id, refused);
    }

    pub(super) fn end(
        &mut self,
        pos: Pos,
        id: BatchId,
        accepted: bool,
        findings: &[Finding],
        rows: &[(u64, RowVerdict, String)],
        position: Option<&str>,
    ) {
        let rows = runs_of(rows);
        let mut refused = self.refusals(id, &rows);
        self.pending.remove(&id);
        self.arriving.remove(&padded(id));
        let Some(batch) = self.inbound.get_mut(&padded(id)) else {
            return;
        };
        batch.at = pos;
        batch.end = Some(if accepted { InEnd::Accepted } else { InEnd::Refused });
        batch.ended = pos.group;
        batch.judged = None;
        batch.findings = findings.to_vec();
        for run in rows {
            run.join(&mut batch.rows);
        }
        // A number that was skipped stays listed until somebody has asked for it.
        let gaps = findings.iter().filter(|f| f.code == model::Code::ESequenceGap);
        let whole: Vec<Finding> = match accepted {
            true => gaps.cloned().collect(),
            false => findings.to_vec(),
        };
        if !accepted || !whole.is_empty() {
            let whole = RefusedRow {
                case_no: None,
                findings: whole,
                settled: None,
                parked: None,
            };
            refused.push((WHOLE, whole));
        }
        let (dept, channel) = (batch.dept.clone(), batch.channel.clone());
        // Word of a message that only brings word needs no word.
        let to_tell = batch.number.is_some() && (!batch.rows.is_empty() || !accepted);
        self.refuse_rows(id, refused);
        self.know(id, accepted);
        if to_tell || position.is_some() {
            self.channel_mut(&format!("{dept}/{channel}"), pos, |c| {
                if to_tell {
                    let over = (c.came.len() + 1).saturating_sub(CAME);
                    c.came.drain(..over);
                    c.came.push(id);
                }
                c.position = position.map(str::to_owned).or(c.position.take());
            });
        }
    }

    /// The rows among these that were refused or parked, with what is known of them.
    fn refusals(&self, id: BatchId, rows: &[RowRun]) -> Vec<(u64, RefusedRow)> {
        let pending = self.pending.get(&id);
        let bad = rows
            .iter()
            .filter(|run| matches!(run.verdict, RowVerdict::Refused | RowVerdict::Parked));
        let lines = bad.flat_map(|run| (run.first..=run.last()).map(|line| (line, run.verdict)));
        lines
            .map(|(line, verdict)| {
                let row = pending.and_then(|p| p.row(line));
                let parked: Option<(ParkedRow, _)> = row
                    .and_then(|r| r.parked.clone())
                    .filter(|_| verdict == RowVerdict::Parked);
                let said = row.and_then(|r| r.incoming.as_ref()).and_then(|i| i.case_no.clone());
                let refused = RefusedRow {
                    case_no: said.or_else(|| parked.as_ref().and_then(|(_, case_no)| case_no.clone())),
                    findings: row.map(|r| r.findings.clone()).unwrap_or_default(),
                    settled: None,
                    parked: parked.map(|(parked, _)| parked),
                };
                (line, refused)
            })
            .collect()
    }

    fn refuse_rows(&mut self, id: BatchId, rows: Vec<(u64, RefusedRow)>) {
        if rows.is_empty() {
            return;
        }
        if let Some(batch) = self.inbound.get_mut(&padded(id)) {
            batch.open += rows.len() as u64;
        }
        self.refused_in.insert(&padded(id), id);
        for (line, row) in rows {
            self.refused.insert(&row_key(id, line), row);
        }
    }

    /// Makes a batch known by its content, and by its number where it was accepted.
    fn know(&mut self, id: BatchId, accepted: bool) {
        let Some(batch) = self.inbound.get(&padded(id)) else {
            return;
        };
        let seen = format!("{}/{}", batch.dept, batch.digest);
        let number = batch.number.as_ref().filter(|_| accepted);
        let number = number.map(|number| format!("{}/{}/{number}", batch.dept, batch.feed));
        self.seen.insert(&seen, id);
        if let Some(number) = number
            && self.numbers.get(&number).is_none()
        {
            self.numbers.insert(&number, id);
        }
    }
}
