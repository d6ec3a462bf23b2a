//! What can happen next: the engine's turn, the line's, the department's, a person's, or a crash.

use super::{FIRST, ITEM, SECOND, State, Town};
use crate::action::Action;
use crate::desk::{Desk, Stop};
use crate::plan::Plan;
use crate::testing::{self, Paper};
use crate::transition::end::{self, Reading};
use crate::transition::{advance, expire, hand_over, outcome, prepare, retry, settle};
use async_trait::async_trait;
use ledger::event::{NewAttempt, Person};
use ledger::{Event, Ledger};
use model::{AttemptState, BatchId, DeptId, Incoming, Value};
use port::{
    Abilities, Adapter, Answer, Ask, Claim, Encoded, Fault, Numbers, Offer, Outcome, Outgoing, Part, Parts, Prepared,
    Said, Starts, Unencoded,
};
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Step {
    /// A rung prepares what is due.
    Prepare(&'static str),
    /// The oldest batch that was not completed is handed over.
    HandOver,
    /// What is under way arrives, and is booked or refused; the answer comes back or is lost.
    Arrive { booked: bool, answered: bool },
    /// What is under way gets nowhere, and that is known.
    Fail,
    /// It gets nowhere, and nobody knows.
    Vanish,
    /// The node dies; what is under way has arrived, or has not.
    Crash { arrived: bool },
    /// The department is asked what it has.
    Query,
    /// A receipt is read, and then taken away or left to be read again.
    Receipt { again: bool },
    /// The case changes.
    Amend,
    /// Time passes.
    Wait,
    /// A person who looked says what is true.
    Settle,
    /// A person lets a refused attempt go again.
    Retry,
}

impl Step {
    pub(super) const ALL: [Self; 18] = [
        Self::Prepare(FIRST),
        Self::Prepare(SECOND),
        Self::HandOver,
        Self::Arrive {
            booked: true,
            answered: true,
        },
        Self::Arrive {
            booked: true,
            answered: false,
        },
        Self::Arrive {
            booked: false,
            answered: true,
        },
        Self::Arrive {
            booked: false,
            answered: false,
        },
        Self::Fail,
        Self::Vanish,
        Self::Crash { arrived: true },
        Self::Crash { arrived: false },
        Self::Query,
        Self::Receipt { again: false },
        Self::Receipt { again: true },
        Self::Amend,
        Self::Wait,
        Self::Settle,
        Self::Retry,
    ];
}

/// A code by which a department refuses a row, and says nothing of the matter.
const REFUSED: &str = "2003";
/// How often time passes in one history.
const WAITS: i64 = 2;

fn desk<T>(
    paper: &mut Paper,
    plan: &Plan,
    now: i64,
    work: impl FnOnce(&mut Desk<'_>) -> Result<T, Stop>,
) -> Option<(T, Vec<Action>)> {
    let mut actions = Vec::new();
    let mut desk = Desk {
        plan,
        ledger: paper,
        now,
        actions: &mut actions,
    };
    match work(&mut desk) {
        Ok(done) => Some((done, actions)),
        Err(Stop::No(_)) => None,
        Err(Stop::Ledger(error)) => panic!("{error}"),
    }
}

fn person() -> Person {
    Person {
        name: "p".to_owned(),
        uid: 1,
    }
}

/// A row of a batch that came, with its items taken into the case.
fn hub_says(paper: &mut Paper, plan: &Plan, now: i64, value: &str) -> Option<()> {
    let key = testing::key(1);
    let batch = BatchId(paper.books().counters.batch);
    let incoming = Incoming {
        case_no: Some(key.case_no.clone()),
        items: BTreeMap::from([(ITEM, Value::text(value))]),
        ..Incoming::default()
    };
    let events = [
        begun(batch, "cases", None),
        Event::Row {
            batch,
            line: 1,
            incoming: Some(Box::new(incoming)),
            findings: Vec::new(),
        },
        Event::CaseOpened {
            case_no: key.case_no.clone(),
            ent_class: "0".into(),
        },
        Event::Merged {
            case_no: key.case_no.clone(),
            source: DeptId::new("hub"),
            matter: None,
            row: (batch, 1),
            take: vec![ITEM],
            proposals: Vec::new(),
            claims: Vec::new(),
        },
        Event::BatchEnded {
            batch,
            accepted: true,
            findings: Vec::new(),
            rows: Vec::new(),
            position: None,
        },
    ];
    for event in events {
        paper.stage(now, event).ok()?;
    }
    desk(paper, plan, now, |desk| advance::advance(desk, &key.case_no)).map(|_| ())
}

fn begun(batch: BatchId, feed: &str, answers: Option<String>) -> Event {
    Event::BatchBegun {
        batch,
        dept: DeptId::new("psb"),
        channel: SECOND.to_owned(),
        feed: feed.to_owned(),
        name: feed.to_owned(),
        digest: batch.to_string(),
        number: None,
        answers,
        bytes: 1,
    }
}

/// The case comes in for the first time.
pub(super) fn open(paper: &mut Paper, plan: &Plan, now: i64) -> Option<()> {
    hub_says(paper, plan, now, "one")
}

/// Takes a step, if it can be taken.
pub(super) fn take(state: &mut State, town: &Town, step: Step) -> Option<()> {
    match step {
        Step::Prepare(rung) => state.decide(town, |paper, plan, now| {
            let dept = DeptId::new("psb");
            let channel = plan.dept(&dept)?.channel(rung)?.clone();
            let (made, _) = desk(paper, plan, now, |desk| prepare::prepare(desk, &dept, &channel, &Bytes))?;
            made.map(|_| ())
        }),
        Step::HandOver => start(state, town),
        Step::Arrive { booked, answered } => {
            let records = arrive(state, town, booked)?;
            let (batch, _) = state.flight.take()?;
            state.decide(town, |paper, plan, now| {
                let outcomes = records.iter().map(|(_, outcome)| match answered {
                    true => outcome.clone(),
                    false => Outcome::Unknown,
                });
                let outcomes = outcomes.collect();
                let batch = BatchId(batch);
                desk(paper, plan, now, |desk| {
                    outcome::delivered(desk, batch, outcomes, None, None)
                })
                .map(|_| ())
            })
        }
        Step::Fail => state.flight.take().map(|_| ()),
        Step::Vanish => {
            let (batch, _) = state.flight.take()?;
            state.decide(town, |paper, plan, now| {
                let batch = BatchId(batch);
                let records = paper.books().out_batch(batch)?.attempts.len();
                let outcomes = vec![Outcome::Unknown; records];
                desk(paper, plan, now, |desk| {
                    outcome::delivered(desk, batch, outcomes, None, None)
                })
                .map(|_| ())
            })
        }
        Step::Crash { arrived } => {
            if std::mem::replace(&mut state.crashed, true) {
                return None;
            }
            if arrived {
                arrive(state, town, true)?;
            }
            state.flight = None;
            Some(())
        }
        Step::Query => query(state, town),
        Step::Receipt { again } => receipt(state, town, again),
        Step::Amend => {
            if std::mem::replace(&mut state.amended, true) {
                return None;
            }
            state.decide(town, |paper, plan, now| hub_says(paper, plan, now, "two"))
        }
        Step::Wait => {
            state.now += testing::PATIENCE as i64 + 1;
            if state.now > 1_000 + WAITS * (testing::PATIENCE as i64 + 1) {
                return None;
            }
            state.decide(town, |paper, plan, now| {
                desk(paper, plan, now, expire::expire).map(|_| ())
            })
        }
        Step::Settle => settle_truly(state, town),
        Step::Retry => {
            let refused = |(_, at): &&(NewAttempt, AttemptState)| *at == AttemptState::Refused;
            let id = state.attempts.iter().rfind(refused)?.0.id;
            state.decide(town, |paper, plan, now| {
                let again = |desk: &mut Desk<'_>| retry::by_person(desk, id, person(), BTreeMap::new(), String::new());
                desk(paper, plan, now, again).map(|_| ())
            })
        }
    }
}

/// A hand-over begins, or begins again: the oldest that was not completed, of any rung.
fn start(state: &mut State, town: &Town) -> Option<()> {
    if state.flight.is_some() {
        return None;
    }
    let mut flight = None;
    state.decide(town, |paper, plan, now| {
        let unfinished = paper.books().unfinished.values().flatten().min().copied()?;
        let (_, actions) = desk(paper, plan, now, |desk| hand_over::hand_over(desk, unfinished, None))?;
        flight = actions.into_iter().find_map(|action| match action {
            Action::Deliver { batch, again, .. } => Some((batch.0, again)),
            _ => None,
        });
        Some(())
    })?;
    state.flight = flight;
    flight.map(|_| ())
}

/// What is under way comes to the department. What it would answer, record by record.
fn arrive(state: &mut State, town: &Town, books: bool) -> Option<Vec<(NewAttempt, Outcome)>> {
    let (batch, again) = state.flight?;
    let mut paper = Paper::telling(&state.said);
    let out = paper.books().out_batch(BatchId(batch))?.clone();
    let by_receipt = out.channel == SECOND;
    let mut answers = Vec::new();
    for record in out.attempts {
        let there = again && town.looks_first && state.department.look(&record.token);
        if !there {
            state.department.take(&record.token, record.op, books);
        }
        let booked = state.department.has(&record.token);
        let outcome = match (by_receipt, booked) {
            (true, _) => Outcome::Pending,
            (false, true) => Outcome::Acknowledged(None),
            (false, false) => Outcome::Refused {
                code: REFUSED.to_owned(),
                reason: String::new(),
            },
        };
        if by_receipt && !there {
            state.department.write_receipt(&out.number, booked);
        }
        answers.push((record, outcome));
    }
    Some(answers)
}

/// The first rung's department says what it has of each batch that nobody knows of.
fn query(state: &mut State, town: &Town) -> Option<()> {
    if state.flight.is_some() {
        return None;
    }
    let known = state.department.clone();
    state.decide(town, |paper, plan, now| {
        let before = paper.said.len();
        for batch in paper.books().open_out() {
            let out = paper.books().out_batch(batch)?.clone();
            if out.channel != FIRST {
                continue;
            }
            let said = out.attempts.iter().map(|record| match known.has(&record.token) {
                true => Said::Booked(None),
                false => Said::NotBooked,
            });
            let said = said.collect();
            desk(paper, plan, now, |desk| outcome::queried(desk, batch, said))?;
        }
        (paper.said.len() > before).then_some(())
    })
}

/// The second rung's department answers by receipt.
fn receipt(state: &mut State, town: &Town, again: bool) -> Option<()> {
    let receipt = state.department.receipts().next()?.clone();
    if !again {
        state.department.remove_receipt(&receipt);
    }
    let (number, booked) = receipt;
    state.decide(town, |paper, plan, now| {
        let batch = BatchId(paper.books().counters.batch);
        let code = if booked { "0000" } else { REFUSED };
        let incoming = Incoming {
            case_no: Some(testing::key(1).case_no),
            return_code: Some(code.into()),
            ..Incoming::default()
        };
        paper.stage(now, begun(batch, "acks", Some(number))).ok()?;
        let row = Event::Row {
            batch,
            line: 1,
            incoming: Some(Box::new(incoming)),
            findings: Vec::new(),
        };
        paper.stage(now, row).ok()?;
        let whole = Reading::Whole {
            warnings: Vec::new(),
            position: None,
        };
        desk(paper, plan, now, |desk| end::end(desk, batch, whole)).map(|_| ())
    })
}

/// A person goes and looks, while nothing is under way, and says what is true.
fn settle_truly(state: &mut State, town: &Town) -> Option<()> {
    if state.flight.is_some() {
        return None;
    }
    let left = |(_, at): &&(NewAttempt, AttemptState)| at.is_open() && *at != AttemptState::Prepared;
    let open = state.attempts.iter().find(left)?.0.clone();
    // What was refused there has its answer on the way.
    if state.department.has_refused(&open.token) {
        return None;
    }
    let booked = state.department.has(&open.token);
    let word = settle::Word {
        booked,
        attempt: Some(open.id),
        listed: false,
        person: person(),
        reason: "looked".to_owned(),
    };
    state.decide(town, |paper, plan, now| {
        let (case_no, matter) = (&open.key.case_no, &open.key.matter);
        desk(paper, plan, now, |desk| settle::settle(desk, case_no, matter, &word)).map(|_| ())
    })
}

/// Encodes tokens, and can do nothing else.
struct Bytes;

#[async_trait]
impl Adapter for Bytes {
    fn abilities(&self) -> Abilities {
        Abilities {
            starts: Starts::Node,
            collects: true,
            queries: true,
            recalls: false,
        }
    }
    async fn probe(&self) -> Result<(), Fault> {
        Ok(())
    }
    async fn collect(&self, _: &Ask) -> Result<Vec<Offer>, Fault> {
        Ok(Vec::new())
    }
    async fn receive(&self, _: Parts) -> Result<Offer, Fault> {
        Err(Fault::never("nothing is pushed"))
    }
    async fn acknowledge(&self, _: &Claim, _: &Answer) -> Result<(), Fault> {
        Ok(())
    }
    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        Ok(Encoded {
            number: format!("n{}", numbers.batch.0),
            parts: vec![Part {
                name: "rows".to_owned(),
                bytes: Vec::new(),
                records: 0..rows.records.len(),
            }],
        })
    }
    async fn deliver(&self, _: &Prepared) -> Result<Vec<Outcome>, Fault> {
        Ok(Vec::new())
    }
}
