//! The national tax bureau's disks: written where a person says, read back from where a person says.

use crate::sim::link::unreachable;
use crate::sim::machine::Machine;
use crate::sim::sheet::{self, Batch, decode};
use crate::sim::world::{Burned, Fate};
use async_trait::async_trait;
use engine::Plan;
use model::define::Channel;
use port::{
    Abilities, Adapter, Answer, Ask, BatchVerdict, Claim, Encoded, Fault, Numbers, Offer, Outcome, Outgoing, Parts,
    Prepared, Recalled, Starts, Unencoded,
};
use std::sync::Arc;

/// The adapter.
pub struct Disk {
    /// Whose it is.
    pub machine: Arc<Machine>,
    /// The plan, for layouts.
    pub plan: Arc<Plan>,
    /// As configured.
    pub channel: Arc<Channel>,
}

#[async_trait]
impl Adapter for Disk {
    fn abilities(&self) -> Abilities {
        Abilities {
            starts: Starts::Medium,
            collects: false,
            queries: false,
            recalls: true,
        }
    }

    async fn probe(&self) -> Result<(), Fault> {
        Ok(())
    }

    async fn collect(&self, ask: &Ask) -> Result<Vec<Offer>, Fault> {
        let Some(place) = ask.place.as_ref().map(|p| p.display().to_string()) else {
            return Ok(Vec::new());
        };
        let world = &self.machine.world;
        let returns = world.lock().at_place.get(&place).cloned().unwrap_or_default();
        let mut offers = Vec::new();
        for back in returns {
            for attempt in back.attempts.iter().filter(|a| self.machine.owns(**a)) {
                world.settle(*attempt, Fate::Flying, true);
            }
            let Some(layout) = sheet::layout(&self.plan, "ntax", &self.channel, "returns") else {
                continue;
            };
            let batch = Batch {
                feed: "returns",
                name: &back.name,
                number: Some(back.name.clone()),
                answers: Some(back.answers.clone()),
                rows: &back.rows,
                position: None,
            };
            offers.push(sheet::offer(batch, &layout));
        }
        self.machine.brink("reading a medium").await;
        Ok(offers)
    }

    async fn receive(&self, _parts: Parts) -> Result<Offer, Fault> {
        Err(Fault::never("nothing is pushed here"))
    }

    async fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        let (machine, world) = (&self.machine, &self.machine.world);
        machine.say(format!("ntax {}: {:?}", claim.0, answer.verdict));
        let ours = {
            let state = world.lock();
            let mut attempts = state
                .returns
                .iter()
                .filter(|r| r.name == claim.0)
                .flat_map(|r| &r.attempts);
            attempts.all(|a| machine.owns(*a))
        };
        let taken = matches!(answer.verdict, BatchVerdict::Accepted | BatchVerdict::Repeat);
        if taken != ours {
            world.violation(format!(
                "a return file, ours: {ours}, was taken: {taken}: {:?}",
                answer.findings
            ));
        }
        if !taken {
            return Ok(());
        }
        let attempts: Vec<u64> = {
            let state = world.lock();
            state
                .returns
                .iter()
                .filter(|r| r.name == claim.0)
                .flat_map(|r| r.attempts.clone())
                .collect()
        };
        for attempt in attempts {
            if let Some(air) = world.lock().airs.get_mut(&attempt) {
                air.receipted = true;
            }
        }
        Ok(())
    }

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        Ok(sheet::encode(rows, numbers, &self.channel, &self.machine))
    }

    async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let (machine, world) = (&self.machine, &self.machine.world);
        let Some(place) = batch.place.as_ref().map(|p| p.display().to_string()) else {
            return Err(Fault::never("no medium"));
        };
        let sheets = decode(&batch.encoded);
        for sheet in &sheets {
            world.start(sheet.attempt, sheet.what(), &sheet.op);
        }
        world.nap(1_000, 20_000).await;
        machine.brink("writing a disk").await;
        if world.fault(6) {
            return Err(unreachable());
        }
        let number = batch.encoded.number.clone();
        machine.say(format!("{number} is written, copy {}", batch.copy));
        let burned = Burned {
            number,
            sheets: sheets.clone(),
        };
        world.lock().disks.entry(place).or_default().push(burned);
        machine.brink("having written a disk").await;
        Ok(vec![Outcome::Pending; sheets.len()])
    }

    async fn recall(&self, batch: &Prepared) -> Result<Recalled, Fault> {
        let (machine, world) = (&self.machine, &self.machine.world);
        let Some(place) = batch.place.as_ref().map(|p| p.display().to_string()) else {
            return Ok(Recalled::Impossible);
        };
        let number = &batch.encoded.number;
        machine.brink("taking a disk back").await;
        {
            let mut state = world.lock();
            let lying = state.disks.get_mut(&place);
            let before = lying.as_ref().map_or(0, |disks| disks.len());
            let after = lying.map_or(0, |disks| {
                disks.retain(|disk| disk.number != *number);
                disks.len()
            });
            if after < before {
                state.taken_back.insert(number.clone());
            } else if !state.taken_back.contains(number) {
                return Ok(Recalled::Impossible);
            }
        }
        let sheets = decode(&batch.encoded);
        for sheet in &sheets {
            world.settle(sheet.attempt, Fate::Dead, false);
        }
        machine.say(format!("{number} is off its medium"));
        machine.brink("having taken a disk back").await;
        for sheet in &sheets {
            world.settle(sheet.attempt, Fate::Dead, true);
        }
        Ok(Recalled::Recalled)
    }
}
