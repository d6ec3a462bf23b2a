//! The staging places of the local tax bureau and of the police, these behind a one-way gap: files put there, taken away,
//! receipts and results found there. Of what crossed the gap it is only said that it was taken.

use crate::sim::gap::{POLICE, SEAL};
use crate::sim::link::unreachable;
use crate::sim::sheet::{self, Batch, decode};
use crate::sim::world::{Fate, World};
use async_trait::async_trait;
use engine::Plan;
use model::define::Channel;
use port::{
    Abilities, Adapter, Answer, Ask, BatchVerdict, Claim, Encoded, Fault, Misfit, Numbers, Offer, Outcome, Outgoing,
    Parts, Prepared, Said, Starts,
};
use std::sync::Arc;

/// The adapter.
pub struct Frontend {
    /// Where everything happens.
    pub world: Arc<World>,
    /// The plan, for layouts.
    pub plan: Arc<Plan>,
    /// Whose place it is.
    pub dept: &'static str,
    /// As configured.
    pub channel: Arc<Channel>,
}

impl Frontend {
    fn is_gap(&self) -> bool {
        self.dept == POLICE
    }
}

#[async_trait]
impl Adapter for Frontend {
    fn abilities(&self) -> Abilities {
        Abilities {
            starts: Starts::Node,
            collects: true,
            queries: self.is_gap(),
            recalls: false,
        }
    }

    async fn probe(&self) -> Result<(), Fault> {
        Ok(())
    }

    async fn collect(&self, ask: &Ask) -> Result<Vec<Offer>, Fault> {
        let world = &self.world;
        if world.fault(5) || world.is_down(self.dept) {
            return Err(unreachable());
        }
        let mut letters: Vec<_> = world
            .lock()
            .letters
            .iter()
            .filter(|l| !l.gone && l.dept == self.dept)
            .take(ask.max)
            .cloned()
            .collect();
        if world.fault(40) {
            letters.reverse();
        }
        let mut offers = Vec::new();
        for letter in letters {
            for attempt in &letter.attempts {
                world.settle(*attempt, Fate::Flying, true);
            }
            for row in letter.rows.iter().filter(|_| letter.feed == "results") {
                let (name, matter) = if self.is_gap() {
                    ("CaseNo", SEAL)
                } else {
                    ("业务编号", "ltax.reg")
                };
                if let Some((_, case_no)) = row.iter().find(|(n, _)| n == name) {
                    world.tell_result(&(case_no.clone(), matter.to_owned()));
                }
            }
            let Some(layout) = sheet::layout(&self.plan, self.dept, &self.channel, letter.feed) else {
                continue;
            };
            let batch = Batch {
                feed: letter.feed,
                name: &letter.name,
                number: None,
                answers: letter.answers.clone(),
                rows: &letter.rows,
                position: None,
            };
            offers.push(sheet::offer(batch, &layout));
        }
        Ok(offers)
    }

    async fn receive(&self, _parts: Parts) -> Result<Offer, Fault> {
        Err(Fault::never("nothing is pushed here"))
    }

    async fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        let world = &self.world;
        world.say(format!("{} {}: {:?}", self.dept, claim.0, answer.verdict));
        let letter = world.lock().letters.iter().find(|l| l.name == claim.0).cloned();
        if !matches!(answer.verdict, BatchVerdict::Accepted | BatchVerdict::Repeat) {
            world.violation(format!("a good letter was not taken: {:?}", answer.findings));
        }
        if let Some(letter) = letter {
            for attempt in &letter.attempts {
                if let Some(air) = world.lock().airs.get_mut(attempt) {
                    air.receipted = true;
                }
            }
        }
        world.brink("taking a letter away").await;
        if world.fault(5) || world.is_down(self.dept) {
            return Err(unreachable());
        }
        for letter in world.lock().letters.iter_mut().filter(|l| l.name == claim.0) {
            letter.gone = true;
        }
        Ok(())
    }

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Vec<Misfit>> {
        Ok(sheet::encode(rows, numbers, &self.channel))
    }

    async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let world = &self.world;
        let sheets = decode(&batch.encoded);
        for sheet in &sheets {
            world.start(sheet.attempt, sheet.what(), &sheet.op);
        }
        world.nap(10, 2_000).await;
        world.brink("publishing a file").await;
        if world.fault(8) || world.is_down(self.dept) {
            return Err(unreachable());
        }
        let name = batch.encoded.number.clone();
        let there = {
            let state = world.lock();
            state.outbox.contains_key(&name) || state.taken.contains_key(&name)
        };
        // Looks first only where an earlier call may have begun, as the port says.
        if batch.again && there {
            world.say(format!("{name} is there already"));
        } else {
            world.say(format!("{name} is published, {} rows", sheets.len()));
            world.lock().outbox.insert(name, sheets.clone());
        }
        world.nap(10, 500).await;
        world.brink("having published a file").await;
        if world.fault(8) || world.is_down(self.dept) {
            world.say("the publisher is cut off");
            return Err(unreachable());
        }
        Ok(vec![Outcome::Pending; sheets.len()])
    }

    async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        let world = &self.world;
        if world.fault(8) || world.is_down(self.dept) {
            return Err(unreachable());
        }
        let sheets = decode(&batch.encoded);
        let taken = world.lock().taken.contains_key(&batch.encoded.number);
        if !taken || !self.is_gap() {
            return Ok(vec![Said::CannotSay; sheets.len()]);
        }
        for sheet in &sheets {
            if let Some(air) = world.lock().airs.get_mut(&sheet.attempt) {
                air.taken = true;
            }
        }
        Ok(vec![Said::Taken; sheets.len()])
    }
}
