//! The staging places of the local tax bureau and of the police, these behind a one-way gap: files put there, taken away,
//! receipts and results found there. Of what crossed the gap it is only said that it was taken.
//!
//! Where two nodes have one place, each offers what it could rename to a name of its own, and puts away what it still
//! holds under that name; whoever was taken over finds nothing there and touches nothing.

use crate::sim::gap::{POLICE, SEAL};
use crate::sim::link::unreachable;
use crate::sim::machine::Machine;
use crate::sim::sheet::{self, Batch, decode};
use crate::sim::world::{Fate, Held, Letter, World};
use async_trait::async_trait;
use engine::Plan;
use model::define::Channel;
use model::{Code, Finding};
use port::{
    Abilities, Adapter, Answer, Ask, BatchVerdict, Claim, Encoded, Fault, Numbers, Offer, Outcome, Outgoing, Parts,
    Prepared, Said, Starts, Unencoded,
};
use std::sync::Arc;

/// What stands in the claim of a file that a person brought.
const GIVEN: &str = "given:";
/// Before the token in the name of a claimed file.
const CLAIMED: &str = ".claimed-";

/// The adapter.
pub struct Frontend {
    /// Whose it is.
    pub machine: Arc<Machine>,
    /// The plan, for layouts.
    pub plan: Arc<Plan>,
    /// Whose place it is.
    pub dept: &'static str,
    /// As configured.
    pub channel: Arc<Channel>,
}

/// A file's own name, and the token under which it is held.
fn named(claim: &Claim) -> Option<(&str, u64)> {
    let (name, token) = claim.0.rsplit_once(CLAIMED)?;
    Some((name, token.parse().ok()?))
}

impl Frontend {
    fn is_gap(&self) -> bool {
        self.dept == POLICE
    }

    fn world(&self) -> &World {
        &self.machine.world
    }

    /// One rename: who comes first has the file. `None` where somebody else was quicker.
    fn claim(&self, name: &str) -> Option<Claim> {
        let now = self.world().now();
        let mut state = self.world().lock();
        let next = state.claims;
        let letter = state.letters.iter_mut().find(|l| l.name == name && !l.gone)?;
        let held = letter.held.get_or_insert(Held {
            by: self.machine.number,
            token: next,
            since: now,
        });
        if held.by != self.machine.number {
            return None;
        }
        let token = held.token;
        state.claims += u64::from(token == next);
        Some(Claim(format!("{name}{CLAIMED}{token}")))
    }

    /// Whether a claim of ours stands under its name.
    fn stands(&self, claim: &Claim) -> bool {
        let Some((name, token)) = named(claim) else {
            return false;
        };
        let ours = |held: Held| held.by == self.machine.number && held.token == token;
        let state = self.world().lock();
        let mut letters = state.letters.iter().filter(|l| l.name == name && !l.gone);
        letters.any(|l| l.held.is_some_and(ours))
    }

    /// What the node is told by being offered this, and the offer.
    fn offer(&self, letter: &Letter, claim: Claim) -> Option<Offer> {
        for attempt in letter.attempts.iter().filter(|a| self.machine.owns(**a)) {
            self.world().settle(*attempt, Fate::Flying, true);
        }
        for row in letter.rows.iter().filter(|_| letter.feed == "results") {
            let (name, matter) = if self.is_gap() {
                ("CaseNo", SEAL)
            } else {
                ("业务编号", "ltax.reg")
            };
            if let Some((_, case_no)) = row.iter().find(|(n, _)| n == name) {
                self.machine.tell_result(&(case_no.clone(), matter.to_owned()));
            }
        }
        let layout = sheet::layout(&self.plan, self.dept, &self.channel, letter.feed)?;
        let batch = Batch {
            feed: letter.feed,
            name: &letter.name,
            number: None,
            answers: letter.answers.clone(),
            rows: &letter.rows,
            position: None,
        };
        let mut offer = sheet::offer(batch, &layout);
        offer.claim = claim;
        Some(offer)
    }

    /// One file that a person brings, wherever it lies now.
    fn brought(&self, name: &str) -> Result<Vec<Offer>, Fault> {
        let is_it = |l: &&Letter| l.name == name && l.dept == self.dept;
        let letter = self.world().lock().letters.iter().find(is_it).cloned();
        let offer = letter.and_then(|l| self.offer(&l, Claim(format!("{GIVEN}{name}"))));
        offer.map(|o| vec![o]).ok_or_else(unreachable)
    }

    /// Whether the answer is what a good file deserves: it is taken, unless it answers a batch of the other node's.
    fn judge(&self, letter: &Letter, answer: &Answer) {
        let taken = matches!(answer.verdict, BatchVerdict::Accepted | BatchVerdict::Repeat);
        let theirs = letter.feed == "returns" && letter.of != Some(self.machine.number);
        let named = answer.findings.iter().any(|f| f.code == Code::EUnknownBatch);
        if taken == theirs || theirs != named {
            let what = format!("{:?}, another's: {theirs}", answer.findings);
            self.world()
                .violation(format!("{} was taken: {taken}: {what}", letter.name));
        }
        let mut state = self.world().lock();
        if theirs {
            *state.met.entry("a receipt for the other").or_default() += 1;
        }
        let attempts = letter.attempts.iter().filter(|a| taken && self.machine.owns(**a));
        for attempt in attempts {
            if let Some(air) = state.airs.get_mut(attempt) {
                air.receipted = true;
            }
        }
        let letters = state.letters.iter_mut().filter(|l| taken && l.name == letter.name);
        for letter in letters {
            letter.read.insert(self.machine.number);
        }
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
        let (machine, world) = (&self.machine, self.world());
        if let Some(place) = &ask.place {
            return self.brought(&place.display().to_string());
        }
        if world.fault(5) || machine.is_down(self.dept) {
            return Err(unreachable());
        }
        let theirs = |l: &Letter| l.held.is_some_and(|h| h.by != machine.number);
        let mut letters: Vec<_> = world
            .lock()
            .letters
            .iter()
            .filter(|l| !l.gone && l.dept == self.dept && !theirs(l))
            .take(ask.max)
            .cloned()
            .collect();
        if world.fault(40) {
            letters.reverse();
        }
        let mut offers = Vec::new();
        for letter in letters {
            if !machine.alone {
                // Between the look and the rename.
                world.nap(1, 900).await;
            }
            let Some(claim) = self.claim(&letter.name) else {
                machine.say(format!("the other was quicker: {}", letter.name));
                world.meet("the other was quicker");
                continue;
            };
            if !self.stands(&claim) {
                world.violation(format!("{} is offered to both", letter.name));
            }
            offers.extend(self.offer(&letter, claim));
        }
        if !machine.alone && !offers.is_empty() {
            machine.brink("holding letters").await;
            machine.doze("holding letters").await;
        }
        Ok(offers)
    }

    async fn receive(&self, _parts: Parts) -> Result<Offer, Fault> {
        Err(Fault::never("nothing is pushed here"))
    }

    async fn holds(&self, claim: &Claim) -> Result<bool, Fault> {
        let (machine, world) = (&self.machine, self.world());
        if machine.alone || claim.0.starts_with(GIVEN) {
            return Ok(true);
        }
        world.nap(1, 900).await;
        if world.fault(3) || machine.is_down(self.dept) {
            return Err(unreachable());
        }
        let stands = self.stands(claim);
        if !stands {
            world.meet("taken over before it had effect");
            world.lock().lost.extend(named(claim).map(|(_, token)| token));
        }
        Ok(stands)
    }

    async fn take_over(&self) -> Result<Vec<String>, Fault> {
        if self.machine.is_down(self.dept) {
            return Err(unreachable());
        }
        let (now, mut names) = (self.world().now(), Vec::new());
        let mut state = self.world().lock();
        let mut token = state.claims;
        let theirs = |l: &&mut Letter| l.held.is_some_and(|h| h.by != self.machine.number);
        let letters = state.letters.iter_mut();
        for letter in letters.filter(|l| !l.gone && l.dept == self.dept).filter(theirs) {
            letter.held = Some(Held {
                by: self.machine.number,
                token,
                since: now,
            });
            token += 1;
            names.push(letter.name.clone());
        }
        state.claims = token;
        *state.met.entry("taken over").or_default() += names.len() as u64;
        Ok(names)
    }

    async fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        let (machine, world) = (&self.machine, self.world());
        machine.say(format!("{} {}: {:?}", self.dept, claim.0, answer.verdict));
        let lost = named(claim).is_some_and(|(_, token)| world.lock().lost.contains(&token));
        if lost {
            world.violation(format!(
                "{} was lost to the other, and had effect all the same",
                claim.0
            ));
        }
        machine.doze("before it answers").await;
        let given = claim.0.strip_prefix(GIVEN);
        if given.is_none() && !self.stands(claim) {
            machine.say("it is another's by now; nothing of it is touched");
            world.meet("taken over before it was answered");
            return Ok(());
        }
        let name = given.or_else(|| named(claim).map(|(name, _)| name)).unwrap_or_default();
        let letter = world.lock().letters.iter().find(|l| l.name == name).cloned();
        if let Some(letter) = letter {
            self.judge(&letter, answer);
        }
        if given.is_some() {
            return Ok(());
        }
        machine.brink("taking a letter away").await;
        if world.fault(5) || machine.is_down(self.dept) {
            return Err(unreachable());
        }
        for letter in world.lock().letters.iter_mut().filter(|l| l.name == name) {
            letter.gone = true;
        }
        Ok(())
    }

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        Ok(sheet::encode(rows, numbers, &self.channel, &self.machine))
    }

    async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let (machine, world) = (&self.machine, self.world());
        let sheets = decode(&batch.encoded);
        for sheet in &sheets {
            world.start(sheet.attempt, sheet.what(), &sheet.op);
        }
        world.nap(10, 2_000).await;
        machine.brink("publishing a file").await;
        if world.fault(8) || machine.is_down(self.dept) {
            return Err(unreachable());
        }
        let name = batch.encoded.number.clone();
        let there = {
            let state = world.lock();
            let taken = state.taken.get(&name).map(|(_, sheets)| sheets.clone());
            state.outbox.get(&name).cloned().map(Some).or(taken)
        };
        let other = there.iter().flatten().any(|there| *there != sheets);
        if other {
            // Nothing is ever overwritten.
            world.violation(format!("{name} stands there with other content"));
            return Err(Fault::person(Finding::new(Code::CConflict).with("path", name)));
        }
        // Looks first only where an earlier call may have begun, as the port says.
        if batch.again && there.is_some() {
            machine.say(format!("{name} is there already"));
        } else {
            machine.say(format!("{name} is published, {} rows", sheets.len()));
            world.lock().outbox.insert(name, sheets.clone());
        }
        world.nap(10, 500).await;
        machine.brink("having published a file").await;
        if world.fault(8) || machine.is_down(self.dept) {
            machine.say("the publisher is cut off");
            return Err(unreachable());
        }
        Ok(vec![Outcome::Pending; sheets.len()])
    }

    async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        let world = self.world();
        if world.fault(8) || self.machine.is_down(self.dept) {
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
