//! A batch of ours: prepared with its attempts, which then move; found by what is still to be done with it.

use super::records::{attempt_of, delivery_of, made, move_one};
use crate::books::{Books, OutBatch, SentBatch, padded};
use crate::custody::CustodyLine;
use crate::event::{Cause, Event, NewAttempt, Pos};
use model::{AttemptId, AttemptState, BatchId, CaseNo};
use std::collections::BTreeMap;

impl Books {
    pub(super) fn prepare(&mut self, pos: Pos, at: i64, event: &Event, attempts: &[NewAttempt]) {
        let Event::BatchPrepared {
            batch,
            dept,
            channel,
            day,
            seq,
            number,
            parts,
            digest,
            ..
        } = event
        else {
            return;
        };
        self.counters.batch = self.counters.batch.max(batch.0 + 1);
        for attempt in attempts {
            self.count_attempt(attempt);
        }
        if self.outbound.get(&padded(*batch)).is_none_or(|b| b.at < pos) {
            let out = OutBatch {
                at: pos,
                batch: *batch,
                dept: dept.clone(),
                channel: channel.clone(),
                day: *day,
                seq: *seq,
                number: number.clone(),
                parts: parts.clone(),
                spool: Vec::new(),
                attempts: attempts.to_vec(),
                since: at,
                begun: false,
                begins: 0,
                copies: 0,
                left: None,
                dissolved: false,
                custody: Vec::new(),
                doubted: false,
                open: attempts.iter().map(|a| a.id).collect(),
            };
            self.outbound.insert(&padded(*batch), out);
        }
        self.index_batch(*batch);
        self.sent.insert(&format!("{dept}/{number}"), *batch);
        self.channel_mut(&format!("{dept}/{channel}"), pos, |c| {
            c.last = Some((*day, *seq));
            c.before = Some(SentBatch {
                batch: *batch,
                number: number.clone(),
                digest: digest.clone(),
            });
            c.told = c.came.last().copied();
        });
        // All attempts of one case in one batch share this position, so they are folded in together.
        let mut by_case: BTreeMap<&CaseNo, Vec<&NewAttempt>> = BTreeMap::new();
        for attempt in attempts {
            by_case.entry(&attempt.key.case_no).or_default().push(attempt);
        }
        for (case_no, attempts) in by_case {
            self.change(case_no, pos, |file| {
                for attempt in attempts {
                    let made = made(attempt, channel, Some(*batch), AttemptState::Prepared, at, Cause::Turn);
                    if let Some(delivery) = delivery_of(file, &attempt.key, attempt.delivery) {
                        delivery.due = None;
                        delivery.attempts.push(made);
                    }
                }
            });
        }
    }

    pub(super) fn move_attempts(
        &mut self,
        pos: Pos,
        at: i64,
        attempts: &[(AttemptId, CaseNo)],
        to: AttemptState,
        cause: &Cause,
    ) {
        let mut by_case: BTreeMap<&CaseNo, Vec<AttemptId>> = BTreeMap::new();
        for (attempt, case_no) in attempts {
            by_case.entry(case_no).or_default().push(*attempt);
        }
        let mut batches = Vec::new();
        for (case_no, ids) in by_case {
            let mut taken = None;
            if let Some(file) = self.cases.get(case_no.as_str()) {
                batches.extend(ids.iter().filter_map(|id| Some((file.attempt(*id)?.2.batch?, *id))));
                let claims = ids.iter().filter_map(|id| file.attempt(*id)?.2.claim.as_ref());
                taken = claims.map(|claim| claim.since).find(|since| *since > 0);
            }
            // Keyed or refused by a clerk who had taken it.
            if let (Cause::Person { person, .. }, Some(since), false) = (cause, taken, to.is_open()) {
                self.count_task(pos, at, person, since);
            }
            self.change(case_no, pos, |file| {
                for id in &ids {
                    if let Some((delivery, index)) = attempt_of(file, *id) {
                        move_one(delivery, index, at, to, cause);
                    }
                }
            });
        }
        for (batch, id) in batches {
            let Some(out) = self.outbound.get_mut(&padded(batch)) else {
                continue;
            };
            if to == AttemptState::HandedOver {
                out.begun = true;
            }
            if !to.is_open() {
                out.open.remove(&id);
            }
            self.index_batch(batch);
        }
    }

    /// What becomes of a batch as a whole.
    pub(super) fn leave(&mut self, pos: Pos, at: i64, batch: BatchId, event: &Event) {
        match (self.out_mut(batch, pos), event) {
            (None, _) => {}
            (Some(out), Event::BatchLeaving { .. }) => out.begins += 1,
            (Some(out), Event::BatchLeft { place, copy, .. }) => {
                out.copies = (*copy).max(out.copies);
                out.left = Some((at, place.clone()));
            }
            (
                Some(out),
                Event::BatchCarried {
                    copy,
                    custody,
                    person,
                    note,
                    ..
                },
            ) => out.custody.push(CustodyLine {
                copy: *copy,
                at,
                custody: custody.clone(),
                person: person.clone(),
                note: note.clone(),
            }),
            (Some(out), _) => {
                out.dissolved = true;
                out.open.clear();
            }
        }
        self.index_batch(batch);
    }

    pub(super) fn out_mut(&mut self, batch: BatchId, pos: Pos) -> Option<&mut OutBatch> {
        let out = self.outbound.get_mut(&padded(batch))?;
        if out.at >= pos {
            return None;
        }
        out.at = pos;
        Some(out)
    }
}
