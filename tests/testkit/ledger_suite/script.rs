//! Lives of a ledger, by seed: cases arrive, are owed, handed over, answered, disputed and withdrawn; batches stay open
//! over several groups, are refused, abandoned and quarantined. Every kind of event comes up.

mod odds;
mod parked;
mod reviews;

use ledger::event::{Cause, Ending, NewAttempt, PartRecord, Person, RowVerdict, Stray, runs_of};
use ledger::{Custody, Event};
use model::{
    AttemptId, AttemptState, BatchId, CaseNo, Code, DeptId, Finding, Incoming, ItemNo, MatterId, ObligationKey, Op,
    Standing, TaskId, Value,
};
use parked::{code, waits};
use seams::{Rng, SeededRng};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Events that are committed together, and when (milliseconds since 1970).
pub type Group = (i64, Vec<Event>);

/// A life of so many groups.
pub fn script(seed: u64, groups: usize) -> Vec<Group> {
    let mut author = Author::new(seed);
    let mut at = 1_772_400_000_000;
    let mut all = Vec::with_capacity(groups);
    while all.len() < groups {
        let events = author.scene();
        if !events.is_empty() {
            at += 1 + author.below(5_000) as i64;
            all.push((at, events));
        }
    }
    all
}

/// A batch under way: its attempts, and whether their hand-over has begun.
type Leaving = (BatchId, Vec<(AttemptId, CaseNo)>, bool);

struct Author {
    rng: SeededRng,
    batch: u64,
    attempt: u64,
    task: u64,
    cases: Vec<CaseNo>,
    /// Batches that arrive: number, department, rows so far with the case each names.
    arriving: VecDeque<(BatchId, DeptId, Vec<CaseNo>)>,
    /// Open obligations, with the number of their last delivery and what waits of it.
    owed: Vec<(ObligationKey, u32)>,
    /// Batches under way, with their attempts.
    leaving: VecDeque<Leaving>,
    forms: Vec<(TaskId, CaseNo)>,
    refused: Vec<(BatchId, u64)>,
    /// Rows of batches that arrive which wait for codes, and those of batches that ended so.
    parking: BTreeSet<(BatchId, u64)>,
    parked: Vec<(BatchId, u64)>,
    /// Reviews asked so far, each with its case.
    reviews: Vec<CaseNo>,
    numbers: u32,
}

fn hex(n: u64) -> String {
    format!("{n:064x}")
}

fn person() -> Person {
    Person {
        name: "li".into(),
        uid: 1000,
    }
}

impl Author {
    fn new(seed: u64) -> Self {
        Self {
            rng: SeededRng::new(seed),
            batch: 1,
            attempt: 1,
            task: 1,
            cases: Vec::new(),
            arriving: VecDeque::new(),
            owed: Vec::new(),
            leaving: VecDeque::new(),
            forms: Vec::new(),
            refused: Vec::new(),
            parking: BTreeSet::new(),
            parked: Vec::new(),
            reviews: Vec::new(),
            numbers: 0,
        }
    }

    fn below(&self, n: u64) -> u64 {
        self.rng.below(n)
    }

    fn pick<T: Clone>(&self, from: &[T]) -> Option<T> {
        from.get(self.below(from.len().max(1) as u64) as usize).cloned()
    }

    fn next_batch(&mut self) -> BatchId {
        self.batch += 1;
        BatchId(self.batch - 1)
    }

    fn scene(&mut self) -> Vec<Event> {
        match self.below(20) {
            0 => self.doubt(),
            1..=4 => self.begin(),
            5..=8 => self.end(),
            9..=11 => self.prepare(),
            12..=15 => self.answer(),
            16 => self.decide(),
            17 => self.form(),
            18 => self.dispute(),
            _ => self.odds(),
        }
    }

    /// A batch begins, with some rows; it may stay open for a while.
    fn begin(&mut self) -> Vec<Event> {
        let (batch, dept) = (
            self.next_batch(),
            DeptId::new(["hub", "park", "ltax"][self.below(3) as usize]),
        );
        let mut events = vec![Event::BatchBegun {
            batch,
            dept: dept.clone(),
            channel: "main".into(),
            feed: "cases".into(),
            name: format!("IN{}", batch.0),
            digest: hex(self.below(u64::MAX)),
            number: (self.below(2) == 0).then(|| format!("N{}", batch.0)),
            answers: None,
            bytes: self.below(1 << 20),
        }];
        let mut named = Vec::new();
        for line in 1..=1 + self.below(4) {
            let old = self.pick(&self.cases).filter(|_| self.below(3) == 0);
            let case_no = old.unwrap_or_else(|| CaseNo::new(format!("{:021}", self.below(1 << 40))));
            let value = "值".repeat(1 + self.below(40) as usize);
            let incoming = Incoming {
                case_no: Some(case_no.clone()),
                ent_class: Some("000001".into()),
                items: BTreeMap::from([
                    (ItemNo(1), Value::text(value)),
                    (ItemNo(2), Value::text(line.to_string())),
                ]),
                ..Incoming::default()
            };
            let findings = if self.below(4) == 0 {
                vec![Finding::new(Code::WDeletedRows)]
            } else {
                Vec::new()
            };
            if self.below(6) == 0 {
                self.parking.insert((batch, line));
                events.extend(waits(batch, line, case_no.clone()));
                named.push(case_no);
                continue;
            }
            events.push(Event::Row {
                batch,
                line,
                incoming: Some(Box::new(incoming)),
                findings,
            });
            named.push(case_no);
        }
        self.arriving.push_back((batch, dept, named));
        events
    }

    /// The oldest open batch ends: its rows merge, cases open, obligations with them.
    fn end(&mut self) -> Vec<Event> {
        let Some((batch, dept, named)) = self.arriving.pop_front() else {
            return Vec::new();
        };
        if self.below(8) == 0 {
            return vec![Event::BatchAbandoned { batch }];
        }
        if self.below(8) == 0 {
            let findings = vec![Finding::new(Code::EFileCount)];
            return vec![Event::BatchEnded {
                batch,
                accepted: false,
                findings,
                rows: Vec::new(),
                position: None,
            }];
        }
        let (mut events, mut rows) = (Vec::new(), Vec::new());
        // Long batches are judged first and have effect in stretches.
        let stretch = match self.below(3) {
            0 => 1 + self.below(3) as usize,
            _ => usize::MAX,
        };
        if stretch < usize::MAX {
            events.push(Event::BatchJudged {
                batch,
                last: named.len() as u64,
                findings: Vec::new(),
                position: None,
            });
        }
        for (line, case_no) in (1..).zip(named) {
            if rows.len() >= stretch {
                let rows = runs_of(&std::mem::take(&mut rows));
                events.push(Event::RowsTaken { batch, rows });
            }
            if self.parking.remove(&(batch, line)) {
                rows.push((line, RowVerdict::Parked, "0000".to_owned()));
                self.parked.push((batch, line));
                continue;
            }
            if self.below(5) == 0 {
                events.push(Event::RowRefused {
                    batch,
                    line,
                    finding: Finding::new(Code::EStructure).row(line),
                });
                rows.push((line, RowVerdict::Refused, "2003".to_owned()));
                self.refused.push((batch, line));
                continue;
            }
            if !self.cases.contains(&case_no) {
                self.cases.push(case_no.clone());
                events.push(Event::CaseOpened {
                    case_no: case_no.clone(),
                    ent_class: "000001".into(),
                });
                let key = ObligationKey {
                    case_no: case_no.clone(),
                    matter: MatterId::new("park.hitech"),
                    round: 1,
                };
                events.push(Event::ObligationOpened { key: key.clone() });
                events.push(queued(&key, 1));
                self.owed.push((key, 1));
            }
            let claims = if self.below(3) == 0 {
                vec![ItemNo(2)]
            } else {
                Vec::new()
            };
            events.push(Event::Merged {
                case_no,
                source: dept.clone(),
                matter: None,
                row: (batch, line),
                take: vec![ItemNo(1)],
                proposals: Vec::new(),
                claims,
            });
            rows.push((line, RowVerdict::Merged, "0000".to_owned()));
        }
        if stretch < usize::MAX {
            let rows = runs_of(&std::mem::take(&mut rows));
            events.push(Event::RowsTaken { batch, rows });
        }
        let position = (self.below(2) == 0).then(|| batch.0.to_string());
        events.push(Event::BatchEnded {
            batch,
            accepted: true,
            findings: Vec::new(),
            rows,
            position,
        });
        events
    }

    /// What is owed goes into a batch: numbers, bytes, and often the hand-over begins at once.
    fn prepare(&mut self) -> Vec<Event> {
        let take = self.owed.len().min(3);
        if take == 0 {
            return Vec::new();
        }
        let (batch, mut attempts, mut moved) = (self.next_batch(), Vec::new(), Vec::new());
        for (key, n) in self.owed.drain(..take) {
            let id = AttemptId(self.attempt);
            self.attempt += 1;
            let attempt = NewAttempt {
                id,
                key: key.clone(),
                delivery: n,
                op: Op::Submit,
                token: format!("token-{}", id.0),
                parent: None,
            };
            attempts.push(attempt);
            moved.push((id, key.case_no));
        }
        if self.below(6) == 0 {
            let waits = self.below(2) == 0;
            let refused = attempts.into_iter().map(|attempt| match waits {
                true => Event::DeliveryParked {
                    attempt,
                    channel: "link".into(),
                    findings: vec![Finding::new(Code::EUnmapped)],
                    codes: vec![code()],
                },
                false => Event::AttemptRefused {
                    attempt,
                    channel: "link".into(),
                    findings: vec![Finding::new(Code::ECharset)],
                },
            });
            return refused.collect();
        }
        self.numbers += 1;
        let bytes: Vec<u8> = (0..self.below(400)).map(|n| (n % 251) as u8).collect();
        let records = attempts.len();
        let mut events = vec![
            Event::BatchPrepared {
                batch,
                dept: DeptId::new("park"),
                channel: "link".into(),
                day: jiff::civil::date(2026, 3, 16),
                seq: self.numbers,
                number: format!("OUT{}", self.numbers),
                parts: vec![PartRecord {
                    name: "a".into(),
                    bytes: bytes.len() as u64,
                    from: 0,
                    to: records,
                }],
                digest: hex(batch.0),
                attempts,
            },
            Event::Spooled { batch, part: 0, bytes },
        ];
        let begun = self.below(3) > 0;
        if begun {
            let (attempts, to) = (moved.clone(), AttemptState::HandedOver);
            events.push(Event::AttemptsMoved {
                attempts,
                to,
                cause: Cause::Turn,
            });
        }
        self.leaving.push_back((batch, moved, begun));
        events
    }

    /// The oldest batch under way leaves and is answered, or is dissolved, or stays unknown for ever.
    fn answer(&mut self) -> Vec<Event> {
        let Some((batch, attempts, begun)) = self.leaving.pop_front() else {
            return Vec::new();
        };
        if !begun && self.below(3) == 0 {
            let back = Event::AttemptsMoved {
                attempts,
                to: AttemptState::Recalled,
                cause: Cause::Dissolved,
            };
            return vec![
                back,
                Event::BatchDissolved {
                    batch,
                    reason: "试".into(),
                },
            ];
        }
        let place = (self.below(4) == 0).then(|| "/media/a".to_owned());
        let mut events = vec![
            Event::BatchLeaving { batch, copy: 1 },
            Event::BatchLeft {
                batch,
                place,
                copy: 1,
                person: None,
            },
        ];
        if self.below(3) == 0 {
            let by = Custody::Taken {
                by: "李四".into(),
                back_by: None,
            };
            events.extend([by, Custody::Returned].map(|custody| Event::BatchCarried {
                batch,
                copy: 1,
                custody,
                person: person(),
                note: String::new(),
            }));
        }
        for (id, case_no) in attempts {
            let to = [
                AttemptState::Acknowledged,
                AttemptState::Refused,
                AttemptState::Unknown,
                AttemptState::Unconfirmed,
            ][self.below(4) as usize];
            let cause = Cause::Answer {
                code: Some("0000".into()),
                reason: None,
                receipt_no: Some(format!("R{}", id.0)),
            };
            events.push(Event::AttemptsMoved {
                attempts: vec![(id, case_no.clone())],
                to,
                cause,
            });
            let key = ObligationKey {
                case_no,
                matter: MatterId::new("park.hitech"),
                round: 1,
            };
            if to == AttemptState::Refused && self.below(2) == 0 {
                let substitute = BTreeMap::from([(ItemNo(1), "改".to_owned())]);
                let at = 1_772_400_000_000 + self.below(1 << 30) as i64;
                events.push(Event::DeliveryDue {
                    key,
                    n: 1,
                    at,
                    person: Some(person()),
                    substitute,
                    reason: "改".into(),
                });
            }
        }
        events
    }

    /// A result: it stands in the change feed, and may end a case.
    fn decide(&mut self) -> Vec<Event> {
        let Some(case_no) = self.pick(&self.cases) else {
            return Vec::new();
        };
        let key = ObligationKey {
            case_no: case_no.clone(),
            matter: MatterId::new("park.hitech"),
            round: 1,
        };
        let standing = [Standing::Approved, Standing::Denied, Standing::SupplementRequested][self.below(3) as usize];
        vec![
            Event::StandingSet {
                key,
                standing,
                reason: Some("理由".into()),
                date: Some("2026-03-16".into()),
                row: (BatchId(1), 1),
                digest: hex(self.below(1 << 30)),
            },
            Event::Adopted {
                case_no,
                matter: MatterId::new("park.hitech"),
                items: vec![ItemNo(1)],
            },
        ]
    }

    /// A form is opened, claimed, given back, closed.
    fn form(&mut self) -> Vec<Event> {
        let Some(case_no) = self.pick(&self.cases) else {
            return Vec::new();
        };
        match self.forms.pop() {
            Some((task, case_no)) if self.below(2) == 0 => {
                let digest = Some(hex(task.0));
                vec![Event::FormClosed {
                    task,
                    case_no,
                    person: Some(person()),
                    digest,
                }]
            }
            Some((task, case_no)) => {
                self.forms.push((task, case_no.clone()));
                match self.below(2) {
                    0 => vec![Event::TaskClaimed {
                        task,
                        case_no,
                        person: person(),
                        until: 1_772_500_000_000,
                    }],
                    _ => vec![Event::TaskReleased {
                        task,
                        case_no,
                        expired: true,
                    }],
                }
            }
            None => {
                let task = TaskId(self.task);
                self.task += 1;
                self.forms.push((task, case_no.clone()));
                let key = ObligationKey {
                    case_no,
                    matter: MatterId::new("aic.name"),
                    round: 1,
                };
                vec![Event::FormOpened {
                    task,
                    key,
                    channel: "manual".into(),
                }]
            }
        }
    }

    /// What matches nothing, what is withdrawn, what a person settles.
    fn dispute(&mut self) -> Vec<Event> {
        let Some(case_no) = self.pick(&self.cases) else {
            return Vec::new();
        };
        let key = ObligationKey {
            case_no: case_no.clone(),
            matter: MatterId::new("park.hitech"),
            round: 1,
        };
        let row = (BatchId(self.batch.saturating_sub(1)), 1 + self.below(3));
        match self.below(4) {
            0 => {
                let dept = DeptId::new("park");
                vec![Event::Unmatched {
                    dept,
                    row,
                    case_no: Some(case_no),
                    what: Stray::Contradiction,
                }]
            }
            1 => vec![
                Event::CaseWithdrawn {
                    case_no,
                    reason: "申请人撤回".into(),
                },
                Event::ObligationEnded {
                    key,
                    how: Ending::Withdrawn,
                    reason: "撤回".into(),
                    person: None,
                },
            ],
            2 => match self.refused.pop() {
                Some(row) => vec![Event::RowSettled {
                    row,
                    person: person(),
                    reason: "重报".into(),
                }],
                None => Vec::new(),
            },
            _ => vec![queued(&key, 2), Event::DeliverySuperseded { key, n: 2, by: 3 }],
        }
    }
}

fn queued(key: &ObligationKey, n: u32) -> Event {
    Event::DeliveryQueued {
        key: key.clone(),
        n,
        op: Op::Submit,
        projection: hex(u64::from(n)),
        items: vec![ItemNo(1), ItemNo(2)],
        about: None,
    }
}
