//! A batch that comes: begun without effect, ended with a verdict for each row.

use super::WHOLE;
use crate::books::{Books, InBatch, InEnd, RefusedRow, padded};
use crate::codes::ParkedRow;
use crate::event::{Event, Pos, RowVerdict};
use model::BatchId;
use std::collections::BTreeMap;

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
            end: None,
            findings: Vec::new(),
            rows: Vec::new(),
            refused: BTreeMap::new(),
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
        if let Some(rows) = self.pending.get_mut(&batch)
            && let Ok(index) = rows.binary_search_by_key(line, |r| r.line)
            && let Some(row) = rows.get_mut(index)
        {
            let codes = codes.clone();
            row.parked = Some((ParkedRow { codes, pos }, case_no.clone()));
        }
        if let Some(case_no) = case_no {
            self.change(case_no, pos, |_| ());
        }
    }

    /// Somebody, or something, has dealt with a row that was refused or parked.
    pub(super) fn settle_row(&mut self, row: (BatchId, u64), by: (String, String)) {
        if let Some(batch) = self.inbound.get_mut(&padded(row.0)) {
            if let Some(refused) = batch.refused.get_mut(&row.1) {
                refused.settled = Some(by);
            }
            if !batch.has_open_refusals() {
                self.refused_in.remove(&row.0);
            }
        }
    }

    pub(super) fn end(
        &mut self,
        pos: Pos,
        id: BatchId,
        accepted: bool,
        findings: &[model::Finding],
        rows: &[(u64, RowVerdict, String)],
        position: Option<&str>,
    ) {
        let pending = self.pending.remove(&id).unwrap_or_default();
        self.pending_since.remove(&id);
        let Some(batch) = self.inbound.get_mut(&padded(id)) else {
            return;
        };
        if batch.at < pos {
            batch.at = pos;
            batch.end = Some(if accepted { InEnd::Accepted } else { InEnd::Refused });
            batch.findings = findings.to_vec();
            batch.rows = rows.to_vec();
            if !accepted {
                let whole = RefusedRow {
                    case_no: None,
                    findings: findings.to_vec(),
                    settled: None,
                    parked: None,
                };
                batch.refused.insert(WHOLE, whole);
            }
            // A number that was skipped stays listed until somebody has asked for it.
            let gaps: Vec<_> = findings
                .iter()
                .filter(|f| f.code == model::Code::ESequenceGap)
                .cloned()
                .collect();
            if accepted && !gaps.is_empty() {
                let whole = RefusedRow {
                    case_no: None,
                    findings: gaps,
                    settled: None,
                    parked: None,
                };
                batch.refused.insert(WHOLE, whole);
            }
            for (line, verdict, _) in rows {
                if !matches!(verdict, RowVerdict::Refused | RowVerdict::Parked) {
                    continue;
                }
                let row = pending.iter().find(|r| r.line == *line);
                let parked = row
                    .and_then(|r| r.parked.clone())
                    .filter(|_| *verdict == RowVerdict::Parked);
                let said = row.and_then(|r| r.incoming.as_ref()).and_then(|i| i.case_no.clone());
                let refused = RefusedRow {
                    case_no: said.or_else(|| parked.as_ref().and_then(|(_, case_no)| case_no.clone())),
                    findings: row.map(|r| r.findings.clone()).unwrap_or_default(),
                    settled: None,
                    parked: parked.map(|(parked, _)| parked),
                };
                batch.refused.insert(*line, refused);
            }
        }
        let open = batch.has_open_refusals();
        let (dept, channel, feed) = (batch.dept.clone(), batch.channel.clone(), batch.feed.clone());
        let (digest, number) = (batch.digest.clone(), batch.number.clone());
        if open {
            self.refused_in.insert(id);
        }
        self.seen.insert(&format!("{dept}/{digest}"), id);
        if let (true, Some(number)) = (accepted, number) {
            let key = format!("{dept}/{feed}/{number}");
            if self.numbers.get(&key).is_none() {
                self.numbers.insert(&key, id);
            }
        }
        if let Some(position) = position {
            self.channel_mut(&format!("{dept}/{channel}"), pos, |c| {
                c.position = Some(position.to_owned())
            });
        }
    }
}
