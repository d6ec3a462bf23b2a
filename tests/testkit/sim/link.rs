//! The park's interface: one request per record, known again by its token; results by cursor.

use crate::sim::machine::Machine;
use crate::sim::sheet::{self, Batch, decode};
use crate::sim::world::{Fate, HOUR, MINUTE};
use async_trait::async_trait;
use engine::Plan;
use model::define::Channel;
use model::{Code, Finding};
use port::{
    Abilities, Adapter, Answer, Ask, BatchVerdict, Claim, Encoded, Fault, Numbers, Offer, Outcome, Outgoing, Parts,
    Prepared, Said, Starts, Unencoded,
};
use std::sync::Arc;

/// Rows on a page at most.
const PAGE: usize = 3;

/// The adapter.
pub struct Link {
    /// Whose it is.
    pub machine: Arc<Machine>,
    /// The plan, for layouts.
    pub plan: Arc<Plan>,
    /// As configured.
    pub channel: Arc<Channel>,
}

/// A channel that cannot be reached.
pub fn unreachable() -> Fault {
    Fault::retry(Finding::new(Code::CNotPossible).with("detail", "simulated: unreachable"))
}

#[async_trait]
impl Adapter for Link {
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

    async fn collect(&self, ask: &Ask) -> Result<Vec<Offer>, Fault> {
        let (machine, world) = (&self.machine, &self.machine.world);
        if world.fault(5) || machine.is_down("park") {
            return Err(unreachable());
        }
        let from: usize = ask.position.as_ref().and_then(|p| p.0.parse().ok()).unwrap_or(0);
        let repeat = world.fault(8);
        let (from, rows) = {
            let mut state = world.lock();
            let next = (from, (from + PAGE).min(state.results.len()));
            // Now and then the page before comes again, exactly as it came.
            let pages = state.pages.entry(machine.number).or_default();
            let before = pages.last().copied().filter(|(_, to)| repeat && *to == from);
            let (from, to) = before.unwrap_or(next);
            if from >= to {
                return Ok(Vec::new());
            }
            pages.push((from, to));
            (from, state.results[from..to].to_vec())
        };
        for row in &rows {
            if let Some((_, case_no)) = row.iter().find(|(n, _)| n == "caseNo") {
                machine.tell_result(&(case_no.clone(), "park.hitech".to_owned()));
            }
        }
        let Some(layout) = sheet::layout(&self.plan, "park", &self.channel, "results") else {
            return Ok(Vec::new());
        };
        let to = from + rows.len();
        let batch = Batch {
            feed: "results",
            name: &format!("page {from} {to}"),
            number: None,
            answers: None,
            rows: &rows,
            position: Some(to.to_string()),
        };
        let offered = sheet::offer(batch, &layout);
        machine.brink("a page").await;
        Ok(vec![offered])
    }

    async fn receive(&self, _parts: Parts) -> Result<Offer, Fault> {
        Err(Fault::never("nothing is pushed here"))
    }

    async fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        self.machine.say(format!("park {}: {:?}", claim.0, answer.verdict));
        if !matches!(answer.verdict, BatchVerdict::Accepted | BatchVerdict::Repeat) {
            self.machine
                .world
                .violation(format!("a good page was not taken: {:?}", answer.findings));
        }
        Ok(())
    }

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        Ok(sheet::encode(rows, numbers, &self.channel, &self.machine))
    }

    async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let (machine, world) = (&self.machine, &self.machine.world);
        let sheets = decode(&batch.encoded);
        for sheet in &sheets {
            world.start(sheet.attempt, sheet.what(), &sheet.op);
        }
        world.nap(10, 900).await;
        machine.brink("the park's door").await;
        if world.fault(8) || machine.is_down("park") {
            return Err(unreachable());
        }
        let mut outcomes = Vec::new();
        for sheet in &sheets {
            let known = world.lock().tokens.get(&sheet.token).cloned();
            let wire = world.lock().late.iter().any(|(_, s)| s.token == sheet.token);
            let outcome = match (known, wire) {
                (_, true) => Outcome::Unknown,
                (None, false) if world.fault(6) => {
                    let at = world.now() + world.between(MINUTE, 2 * HOUR);
                    world.say(format!("a{} hangs on the wire", sheet.attempt));
                    world.lock().late.push((at, sheet.clone()));
                    Outcome::Unknown
                }
                (None, false) if world.fault(5) => {
                    world.lock().tokens.insert(sheet.token.clone(), Err("9001".to_owned()));
                    world.settle(sheet.attempt, Fate::Dead, false);
                    Outcome::Refused {
                        code: "9001".to_owned(),
                        reason: "busy".to_owned(),
                    }
                }
                _ => {
                    let answer = world.park_takes(sheet);
                    if world.fault(7) {
                        world.say(format!("the answer to a{} is lost", sheet.attempt));
                        Outcome::Unknown
                    } else {
                        match answer {
                            Ok(number) => Outcome::Acknowledged(Some(number)),
                            Err(code) => Outcome::Refused {
                                code,
                                reason: "park says no".to_owned(),
                            },
                        }
                    }
                }
            };
            outcomes.push(outcome);
        }
        world.nap(10, 500).await;
        machine.brink("the park's answer").await;
        if world.fault(6) || machine.is_down("park") {
            world.say("the park's answer is cut off");
            return Err(unreachable());
        }
        for (sheet, outcome) in sheets.iter().zip(&outcomes) {
            if !matches!(outcome, Outcome::Unknown | Outcome::Pending) {
                world.settle(sheet.attempt, Fate::Flying, true);
            }
        }
        Ok(outcomes)
    }

    async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        let (machine, world) = (&self.machine, &self.machine.world);
        if world.fault(15) || machine.is_down("park") {
            return Err(unreachable());
        }
        let mut said = Vec::new();
        for sheet in decode(&batch.encoded) {
            let known = world.lock().tokens.get(&sheet.token).cloned();
            let wire = world.lock().late.iter().any(|(_, s)| s.token == sheet.token);
            if wire || world.fault(10) {
                said.push(Said::CannotSay);
                continue;
            }
            said.push(match known {
                Some(Ok(number)) => Said::Booked(Some(number)),
                Some(Err(_)) => Said::NotBooked,
                None => {
                    // Who was told "not booked" must be able to rely on it.
                    world.lock().tokens.insert(sheet.token.clone(), Err("9999".to_owned()));
                    Said::NotBooked
                }
            });
            if matches!(said.last(), Some(Said::NotBooked)) {
                world.settle(sheet.attempt, Fate::Dead, false);
            }
            world.settle(sheet.attempt, Fate::Flying, true);
        }
        Ok(said)
    }
}
