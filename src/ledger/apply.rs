//! How an event changes the books. Total, deterministic, without clock or configuration; idempotent by position:
//! a record that already contains an event is left as it is, so a journal tail can be replayed over a newer index.

mod arriving;
mod erased;
mod leaving;
mod place;
mod records;
mod reviewed;

use crate::arriving::{InBatch, InEnd, Judged, Pending, PendingRow, RefusedRow, row_key};
use crate::books::{Books, Change1, Unmatched, padded};
use crate::brief::Brief;
use crate::case_file::{CaseFile, Claim, Delivery, Form, Obligation, StandingNote};
use crate::codes::{MappedCode, Proposal};
use crate::event::{Cause, Event, NewAttempt, Pos};
use crate::marks::Marks;
use crate::trust::TrustedKey;
use model::case::{Claimed, Replaced};
use model::{AttemptState, BatchId, Case, CaseNo, Held, ObligationKey};
use place::Place;
use records::{adopt, claim_task, delivery_of, made, rank_task};
use std::collections::BTreeMap;

impl Books {
    /// Folds one event in. `at` is the group's time, milliseconds since 1970.
    pub fn apply(&mut self, pos: Pos, at: i64, event: &Event) {
        match event {
            Event::NodeStarted { machine, .. } => {
                if let Some(machine) = machine {
                    self.ran_on(pos, machine);
                }
            }
            Event::Audit { .. } => {}
            Event::Lapsed(lapse) => self.lapse(pos, at, lapse),
            Event::LedgerDoubted { .. } => self.doubted(pos, at, event),
            Event::LedgerTrusted { person, reason, jump } => self.trusted(pos, at, person, reason, jump.as_deref()),
            Event::DeliveryDoubted { attempt, channel } => {
                self.count_attempt(attempt);
                let made = made(attempt, channel, None, AttemptState::Unknown, at, Cause::Doubt);
                self.delivery_mut(&attempt.key, attempt.delivery, pos, |d| {
                    d.due = None;
                    d.attempts.push(made);
                });
            }
            Event::BatchBegun { batch, .. } => {
                self.pending.insert(*batch, Pending::begun(pos.group));
                self.arriving.insert(&padded(*batch), *batch);
                self.counters.batch = self.counters.batch.max(batch.0 + 1);
                self.begin(pos, at, event);
            }
            Event::Row {
                batch,
                line,
                incoming,
                findings,
            } => {
                let held = self.held;
                if let Some(pending) = self.pending.get_mut(batch) {
                    let row = PendingRow {
                        line: *line,
                        incoming: incoming.as_deref().cloned(),
                        findings: findings.clone(),
                        pos,
                        parked: None,
                    };
                    pending.add(row, held);
                }
            }
            Event::RowParked { batch, .. } => self.park(pos, *batch, event),
            Event::ReviewAsked(asked) => self.review_asked(pos, at, asked),
            Event::ReviewAnswered(answered) => self.review_answered(pos, at, answered),
            Event::RowReleased { row, into } => {
                let what = into.map_or_else(|| "erased".to_owned(), |(batch, line)| format!("{batch}:{line}"));
                self.settle_row(*row, ("codes".to_owned(), what));
            }
            Event::CodeProposed {
                table,
                code,
                canonical,
                person,
                reason,
            } => {
                let proposal = Proposal {
                    table: table.clone(),
                    code: code.clone(),
                    canonical: canonical.clone(),
                    person: person.clone(),
                    reason: reason.clone(),
                    at,
                };
                self.proposals.insert(&format!("{table}/{code}"), proposal);
            }
            Event::CodeMapped {
                table,
                code,
                canonical,
                date,
                ..
            } => {
                let mapped = MappedCode {
                    table: table.clone(),
                    code: code.clone(),
                    canonical: canonical.clone(),
                    date: *date,
                };
                self.codes
                    .insert(&format!("{:016}-{:08}", pos.group, pos.ordinal), mapped);
                self.proposals.remove(&format!("{table}/{code}"));
            }
            Event::CaseErased(erasure) => self.erase(pos, at, erasure),
            Event::DayClosed { sheet, digest } => self.close_day(pos, sheet, digest),
            Event::BatchAbandoned { batch } => {
                self.pending.remove(batch);
                self.arriving.remove(&padded(*batch));
                self.inbound.remove(&padded(*batch));
            }
            Event::PositionMoved {
                dept,
                channel,
                position,
            } => {
                self.channel_mut(&format!("{dept}/{channel}"), pos, |c| {
                    c.position = Some(position.clone())
                });
            }
            Event::HostKeyTrusted {
                dept,
                channel,
                fingerprint,
                instead_of,
                person,
            } => {
                let trusted = TrustedKey {
                    fingerprint: fingerprint.clone(),
                    instead_of: instead_of.clone(),
                    person: person.clone(),
                    at,
                };
                self.channel_mut(&format!("{dept}/{channel}"), pos, |c| c.trusted = Some(trusted));
            }
            Event::RowRefused { batch, line, finding } => {
                if let Some(row) = self.pending.get_mut(batch).and_then(|p| p.row_mut(*line)) {
                    row.findings.push(finding.clone());
                }
            }
            Event::BatchJudged {
                batch,
                last,
                findings,
                position,
            } => {
                let judged = Judged {
                    last: *last,
                    findings: findings.clone(),
                    position: position.clone(),
                };
                self.judge(pos, *batch, judged);
            }
            Event::RowsTaken { batch, rows } => self.take_rows(pos, *batch, rows),
            Event::BatchEnded {
                batch,
                accepted,
                findings,
                rows,
                position,
            } => {
                self.end(pos, *batch, *accepted, findings, rows, position.as_deref());
            }
            Event::BatchQuarantined {
                batch,
                dept,
                channel,
                name,
                digest,
                number,
                ..
            } => {
                self.counters.batch = self.counters.batch.max(batch.0 + 1);
                self.seen.insert(&format!("{dept}/{digest}"), *batch);
                self.refused_in.insert(&padded(*batch), *batch);
                let finding = model::Finding::new(model::Code::ENumberReused)
                    .with("number", number)
                    .file(name);
                let whole = RefusedRow {
                    case_no: None,
                    findings: vec![finding],
                    settled: None,
                    parked: None,
                };
                self.refused.insert(&row_key(*batch, WHOLE), whole);
                self.inbound.insert(
                    &padded(*batch),
                    InBatch {
                        at: pos,
                        batch: *batch,
                        dept: dept.clone(),
                        channel: channel.clone(),
                        feed: String::new(),
                        name: name.clone(),
                        digest: digest.clone(),
                        number: Some(number.clone()),
                        answers: None,
                        since: at,
                        judged: None,
                        end: Some(InEnd::Quarantined),
                        ended: pos.group,
                        findings: Vec::new(),
                        rows: Vec::new(),
                        from: pos.group,
                        open: 1,
                    },
                );
            }
            Event::RowSettled { row, person, reason } => {
                self.settle_row(*row, (person.name.clone(), reason.clone()));
            }
            Event::Unmatched {
                dept,
                row,
                case_no,
                what,
            } => {
                let key = format!("{}-{:09}-{}", padded(row.0), row.1, pos.ordinal);
                let stray = Unmatched {
                    dept: dept.clone(),
                    row: *row,
                    case_no: case_no.clone(),
                    what: *what,
                    at,
                };
                self.unmatched.insert(&key, stray);
                if let Some(case_no) = case_no {
                    self.change(case_no, pos, |_| ());
                }
            }
            Event::CaseOpened { case_no, ent_class } => self.open_case(pos, at, case_no, ent_class),
            Event::Merged {
                case_no,
                source,
                matter,
                row,
                take,
                proposals,
                claims,
            } => {
                let row = self.pending_row(*row);
                let Some((at_row, incoming)) = row.and_then(|r| Some((r.pos, r.incoming.clone()?))) else {
                    // Its row was erased since: what it took is in no case any more.
                    return self.change(case_no, pos, |_| ());
                };
                self.change(case_no, Place::with_row(pos, at_row), |file| {
                    for no in take {
                        let Some(value) = incoming.items.get(no) else { continue };
                        let version = file.case.items.get(no).map_or(1, |h| h.version + 1);
                        let held = Held {
                            value: value.clone(),
                            source: source.clone(),
                            matter: matter.clone(),
                            version,
                            at,
                            proposal: proposals.contains(no),
                        };
                        let before = file.case.items.insert(*no, held);
                        let other = before.filter(|before| before.value != *value);
                        file.case.replaced.extend(other.map(|before| Replaced {
                            item: *no,
                            value: before.value,
                            version: before.version,
                        }));
                    }
                    for no in claims {
                        let Some(value) = incoming.items.get(no) else { continue };
                        file.case.claims.push(Claimed {
                            item: *no,
                            value: value.clone(),
                            source: source.clone(),
                            at,
                        });
                    }
                    if matter.is_none() {
                        for attachment in &incoming.attachments {
                            if !file.case.attachments.contains(attachment) {
                                file.case.attachments.push(attachment.clone());
                            }
                        }
                    }
                });
            }
            Event::Adopted { case_no, matter, items } => {
                self.change(case_no, Place::alone(pos), |file| adopt(file, matter, items))
            }
            Event::CaseWithdrawn { case_no, reason } => {
                self.change(case_no, Place::alone(pos), |file| {
                    file.case.withdrawn = Some(reason.clone())
                });
            }
            Event::ObligationOpened { key } => {
                let mut opened = false;
                self.change(&key.case_no, Place::alone(pos), |file| {
                    opened = true;
                    file.obligations.push(Obligation {
                        matter: key.matter.clone(),
                        round: key.round,
                        opened_at: at,
                        standing: None,
                        ended: None,
                        deliveries: Vec::new(),
                    });
                });
                if opened {
                    self.count_opened(&key.matter.dept());
                }
            }
            Event::ObligationEnded { key, how, reason, .. } => self.obligation_mut(key, Place::alone(pos), |o| {
                o.ended = Some((*how, reason.clone()));
                for delivery in &mut o.deliveries {
                    if delivery.open_attempt().is_none() {
                        delivery.due = None;
                    }
                }
            }),
            Event::StandingSet {
                key,
                standing,
                reason,
                date,
                digest,
                ..
            } => {
                self.obligation_mut(key, Place::alone(pos), |o| {
                    o.standing = Some(StandingNote {
                        standing: *standing,
                        reason: reason.clone(),
                        date: date.clone(),
                        at,
                        digest: digest.clone(),
                    });
                });
                let line = Change1 {
                    case_no: key.case_no.clone(),
                    matter: key.matter.clone(),
                    round: key.round,
                    standing: *standing,
                    reason: reason.clone(),
                    at,
                };
                self.feed
                    .insert(&format!("{:016}-{:08}", pos.group, pos.ordinal), line.into());
            }
            Event::DeliveryQueued {
                key,
                n,
                op,
                projection,
                items,
                about,
            } => self.obligation_mut(key, Place::alone(pos), |o| {
                o.deliveries.push(Delivery {
                    n: *n,
                    op: *op,
                    projection: projection.clone(),
                    items: items.clone(),
                    about: about.clone(),
                    due: Some(at),
                    superseded: None,
                    substitute: BTreeMap::new(),
                    parked: Vec::new(),
                    attempts: Vec::new(),
                });
            }),
            Event::DeliverySuperseded { key, n, by } => self.delivery_mut(key, *n, Place::alone(pos), |d| {
                d.superseded = Some(*by);
                d.due = None;
            }),
            Event::DeliveryDue {
                key,
                n,
                at: due,
                substitute,
                ..
            } => self.delivery_mut(key, *n, Place::alone(pos), |d| {
                d.due = Some(*due);
                d.parked.clear();
                for (item, text) in substitute {
                    d.substitute.insert(*item, text.clone());
                }
            }),
            Event::BatchPrepared { attempts, .. } => self.prepare(pos, at, event, attempts),
            Event::Spooled { batch, part, .. } => {
                if let Some(out) = self.outbound.get_mut(&padded(*batch))
                    && !out.spool.contains(&(*part, pos))
                {
                    out.spool.push((*part, pos));
                }
            }
            Event::AttemptRefused {
                attempt,
                channel,
                findings,
            }
            | Event::DeliveryParked {
                attempt,
                channel,
                findings,
                ..
            } => {
                let codes = match event {
                    Event::DeliveryParked { codes, .. } => codes.as_slice(),
                    _ => &[],
                };
                self.count_attempt(attempt);
                let cause = Cause::Check {
                    findings: findings.clone(),
                };
                let made = made(attempt, channel, None, AttemptState::Refused, at, cause);
                self.delivery_mut(&attempt.key, attempt.delivery, pos, |d| {
                    d.due = None;
                    d.parked = codes.to_vec();
                    d.attempts.push(made);
                });
            }
            Event::AttemptsMoved { attempts, to, cause } => self.move_attempts(pos, at, attempts, *to, cause),
            Event::BatchLeaving { batch, .. }
            | Event::BatchLeft { batch, .. }
            | Event::BatchCarried { batch, .. }
            | Event::BatchDissolved { batch, .. } => {
                self.leave(pos, at, *batch, event);
            }
            Event::FormOpened { task, key, channel } => {
                self.counters.task = self.counters.task.max(task.0 + 1);
                self.forms.insert(&format!("{:012}", task.0), key.case_no.clone());
                self.change(&key.case_no, pos, |file| {
                    file.forms.push(Form {
                        task: *task,
                        matter: key.matter.clone(),
                        round: key.round,
                        channel: channel.clone(),
                        since: at,
                        claim: None,
                        closed: None,
                        check: None,
                        rank: 0,
                    });
                });
            }
            Event::TaskClaimed {
                task,
                case_no,
                person,
                until,
            } => {
                let claim = Claim {
                    person: person.clone(),
                    until: *until,
                    since: at,
                };
                self.change(case_no, pos, |file| claim_task(file, *task, Some(claim)));
            }
            Event::TaskReleased { task, case_no, .. } => {
                self.change(case_no, pos, |file| claim_task(file, *task, None))
            }
            Event::FormClosed {
                task,
                case_no,
                person,
                digest,
            } => {
                // Whoever keyed what was proved was counted when it was keyed.
                let since = self.claimed_since(case_no, *task);
                if let (Some(person), Some(since)) = (person, since) {
                    self.count_task(pos, at, person, since);
                }
                self.change(case_no, pos, |file| {
                    if let Some(form) = file.forms.iter_mut().find(|f| f.task == *task) {
                        form.closed = Some(digest.clone().unwrap_or_default());
                        form.claim = None;
                    }
                });
            }
            Event::FormKeyed(keyed) => self.keyed(pos, at, keyed),
            Event::FormRekeyed(rekeyed) => self.rekeyed(pos, at, rekeyed),
            Event::FormDecided(decided) => self.decided(pos, at, decided),
            Event::FormSentBack(back) => self.sent_back(pos, back),
            Event::TaskRanked(r) => self.change(&r.case_no, pos, |file| rank_task(file, r.task, r.rank)),
        }
        self.last = pos;
        self.last_time = self.last_time.max(at);
    }

    /// A row of a batch that has not ended.
    pub fn pending_row(&self, row: (BatchId, u64)) -> Option<&PendingRow> {
        self.pending.get(&row.0)?.row(row.1)
    }

    pub(crate) fn channel_mut(&mut self, key: &str, pos: Pos, change: impl FnOnce(&mut crate::books::ChannelBook)) {
        let book = self.channels.or_default(key);
        if book.at < pos {
            change(book);
            book.at = pos;
        }
    }

    fn open_case(&mut self, pos: Pos, at: i64, case_no: &CaseNo, ent_class: &str) {
        if self.case(case_no).is_none() {
            let case = Case {
                no: case_no.clone(),
                ent_class: ent_class.into(),
                items: BTreeMap::new(),
                replaced: Vec::new(),
                claims: Vec::new(),
                attachments: Vec::new(),
                opened_at: at,
                withdrawn: None,
            };
            let file = CaseFile {
                at: Pos::default(),
                case,
                obligations: Vec::new(),
                forms: Vec::new(),
                reviews: Vec::new(),
                story: Vec::new(),
                erased: None,
                brief: Some(Brief::default()),
            };
            self.mark(case_no, &Marks::default(), &Marks::of(&file));
            self.cases.insert(case_no.as_str(), file);
        }
        self.change(case_no, Place::alone(pos), |file| {
            file.case.ent_class = ent_class.into()
        });
    }

    fn count_attempt(&mut self, attempt: &NewAttempt) {
        self.counters.attempt = self.counters.attempt.max(attempt.id.0 + 1);
        self.attempts
            .insert(&format!("{:012}", attempt.id.0), attempt.key.case_no.clone());
    }

    /// Changes a case unless the event is already in it, and keeps what is derived from it right.
    pub(crate) fn change(&mut self, case_no: &CaseNo, place: impl Into<Place>, change: impl FnOnce(&mut CaseFile)) {
        let place = place.into();
        let pos = place.pos;
        let Some(file) = self.cases.get_mut(case_no.as_str()) else {
            return;
        };
        if file.at >= pos {
            return;
        }
        let before = Marks::of(file);
        change(file);
        file.at = pos;
        file.story.push(pos);
        file.brief = file.brief.take().and_then(|brief| place.add_to(brief));
        if let Some(touched) = &mut self.touched {
            touched.insert(case_no.clone());
        }
        let now = Marks::of(file);
        if now != before {
            self.mark(case_no, &before, &now);
        }
    }

    fn obligation_mut(&mut self, key: &ObligationKey, place: impl Into<Place>, change: impl FnOnce(&mut Obligation)) {
        self.change(&key.case_no, place, |file| {
            if let Some(o) = file
                .obligations
                .iter_mut()
                .find(|o| o.matter == key.matter && o.round == key.round)
            {
                change(o);
            }
        });
    }

    fn delivery_mut(
        &mut self,
        key: &ObligationKey,
        n: u32,
        place: impl Into<Place>,
        change: impl FnOnce(&mut Delivery),
    ) {
        self.change(&key.case_no, place, |file| {
            if let Some(d) = delivery_of(file, key, n) {
                change(d);
            }
        });
    }
}

/// The line of a refusal that concerns a whole batch; rows count from 1.
pub const WHOLE: u64 = 0;

/// Where a task is an attempt, its number is the attempt's plus this; forms count below.
pub const ATTEMPT_TASK: u64 = 1 << 40;
