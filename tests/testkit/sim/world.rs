//! What outlives the nodes: time, chance, the departments' state, the platform's memory, and what must never happen.

use crate::sim::sheet::{Said, Sheet};
use crate::sim::trace::Trace;
use seams::{Clock, Rng, SeededRng, TokioClock, UnixMs};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Milliseconds of a minute.
pub const MINUTE: u64 = 60_000;
/// Milliseconds of an hour.
pub const HOUR: u64 = 60 * MINUTE;
/// Case and matter.
pub type What = (String, String);

/// What became of an attempt, seen from outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// It may still be booked.
    Flying,
    /// It was booked.
    Booked,
    /// It was not, and never will be.
    Dead,
}

/// An attempt that began to leave.
#[derive(Clone, Debug)]
pub struct Air {
    /// Case and matter.
    pub what: What,
    /// What it asks.
    pub op: String,
    /// What became of it.
    pub fate: Fate,
    /// The node was told, by whatever way.
    pub told: bool,
    /// A receipt for it was taken by the node.
    pub receipted: bool,
    /// The node was told that it was taken through a gap: what comes after it may leave.
    pub taken: bool,
}

/// One booking in a department's books.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Case and matter.
    pub what: What,
    /// What was asked.
    pub op: String,
    /// The round as the department counts.
    pub round: u32,
    /// Which attempt brought it.
    pub attempt: u64,
    /// Over which mode.
    pub mode: String,
    /// What it says.
    pub sheet: Sheet,
}

/// What a department will do with a case.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ruling {
    /// 准予.
    Approve,
    /// 补正 in the first round.
    Supplement,
    /// 不予许可.
    Deny,
    /// 退件.
    Return,
    /// Refuses the row at its first coming.
    RefuseOnce,
    /// Refuses the row whenever it comes.
    RefuseAlways,
}

/// A decision a department has made.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Case and matter.
    pub what: What,
    /// The round.
    pub round: u32,
    /// In the words of the product's standing.
    pub standing: &'static str,
    /// What it gives, item by item.
    pub gives: Said,
}

/// A file that a front-end department has put out for us.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub dept: &'static str,
    /// Which feed.
    pub feed: &'static str,
    /// Our batch that it answers.
    pub answers: Option<String>,
    /// Its rows.
    pub rows: Vec<Said>,
    /// For each row the attempt it speaks of, where it is a receipt.
    pub attempts: Vec<u64>,
    /// The machine whose batch it answers.
    pub of: Option<usize>,
    /// Who holds it, as its name says.
    pub held: Option<Held>,
    /// Nodes that gave its rows effect, or had done so before.
    pub read: BTreeSet<usize>,
    /// Put away.
    pub gone: bool,
}

/// A claim of a file: the machine's, under a token of this claim's own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held {
    /// Whose.
    pub by: usize,
    /// The token.
    pub token: u64,
    /// Since when, virtual milliseconds.
    pub since: u64,
}

/// A disk with our data on it.
#[derive(Clone, Debug)]
pub struct Burned {
    /// The batch's number.
    pub number: String,
    /// Its records.
    pub sheets: Vec<Sheet>,
}

/// A return file on a medium.
#[derive(Clone, Debug)]
pub struct Return {
    /// Its name.
    pub name: String,
    /// The batch it answers.
    pub answers: String,
    /// Its rows.
    pub rows: Vec<Said>,
    /// The attempts they speak of.
    pub attempts: Vec<u64>,
    /// When it is ready to be fetched, virtual milliseconds.
    pub at: u64,
    /// How often the courier still brings it.
    pub trips: u32,
}

/// A decision on paper.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Case and matter.
    pub what: What,
    /// The round.
    pub round: u32,
    /// What it says, by field.
    pub said: Said,
    /// Entered and accepted.
    pub done: bool,
}

/// A case as the platform knows it.
#[derive(Clone, Debug, Default)]
pub struct HubCase {
    /// The node it was posted to.
    pub node: usize,
    /// The platform was told that it is accepted.
    pub accepted: bool,
    /// The platform was told that it is refused.
    pub refused: bool,
    /// The park does not apply.
    pub no_park: bool,
    /// Items as last accepted.
    pub items: BTreeMap<String, String>,
    /// When the withdrawal was answered, virtual milliseconds.
    pub withdrawn: Option<u64>,
    /// Matters that asked for a supplement and have not got one.
    pub asked: Vec<String>,
    /// Nothing more will be sent.
    pub idle: bool,
}

/// Everything outside the node.
pub struct State {
    /// Steps.
    pub trace: Trace,
    /// What must never happen and did.
    pub violations: Vec<String>,
    /// No more faults.
    pub calm: bool,
    /// Attempts that began to leave.
    pub airs: BTreeMap<u64, Air>,
    /// All departments' books.
    pub entries: Vec<Entry>,
    /// How often a matter asked for a supplement.
    pub asked: BTreeMap<What, u32>,
    /// What departments will do.
    pub rulings: BTreeMap<What, Ruling>,
    /// Matters that refused a row once.
    pub refused_once: BTreeSet<What>,
    /// Decisions made.
    pub decisions: Vec<Decision>,
    /// Decisions to be made: when, what, round.
    pub pending: Vec<(u64, What, u32)>,
    /// Numbers given out.
    pub counter: u64,
    /// The park's answers by token: a number, or a refusal's code.
    pub tokens: BTreeMap<String, Result<String, String>>,
    /// Requests still on the wire to the park.
    pub late: Vec<(u64, Sheet)>,
    /// The park's results in order.
    pub results: Vec<Said>,
    /// Pages given out, by machine: from, to.
    pub pages: BTreeMap<usize, Vec<(usize, usize)>>,
    /// Files at the local tax bureau's front end, not taken.
    pub outbox: BTreeMap<String, Vec<Sheet>>,
    /// Files taken: what is in them, and when the bureau gets to it.
    pub taken: BTreeMap<String, (u64, Option<Vec<Sheet>>)>,
    /// Results of the local tax bureau that wait for a file.
    pub ltax_results: Vec<Said>,
    /// Files put out for us.
    pub letters: Vec<Letter>,
    /// Claims of them that were made.
    pub claims: u64,
    /// Claims of which a node was told that it has them no longer, by their tokens.
    pub lost: BTreeSet<u64>,
    /// Disks by place.
    pub disks: BTreeMap<String, Vec<Burned>>,
    /// Batches that were taken off their medium before anybody carried it.
    pub taken_back: BTreeSet<String>,
    /// Batches the national tax bureau has read.
    pub read: BTreeSet<String>,
    /// Return files.
    pub returns: Vec<Return>,
    /// Return files that lie at a place.
    pub at_place: BTreeMap<String, Vec<Return>>,
    /// Papers.
    pub papers: Vec<Paper>,
    /// The platform's cases.
    pub hub: BTreeMap<String, HubCase>,
    /// The change feed as the platform read it: case, matter, round, standing.
    pub feed: Vec<(String, String, u32, String)>,
    /// Matters given up by the operator.
    pub dropped: BTreeSet<What>,
    /// Matters whose words a person changed.
    pub edited: BTreeSet<What>,
    /// Machines' lines that are down, and until when, virtual milliseconds.
    pub down: BTreeMap<(usize, &'static str), u64>,
    /// People with something in hand.
    pub busy: u32,
    /// Disks that must be cut again, by machine.
    pub owed: BTreeMap<usize, usize>,
    /// What two machines came upon, and how often.
    pub met: BTreeMap<&'static str, u64>,
}

/// The world of one seed.
pub struct World {
    /// Time.
    pub clock: TokioClock,
    impatient: [Arc<Notify>; 2],
    rng: SeededRng,
    state: Mutex<State>,
}

impl World {
    /// Monday 2026-03-02, eight in the morning at +08:00.
    pub const START: i64 = 1_772_409_600_000;

    /// Begins a world inside a runtime whose time is paused.
    pub fn new(seed: u64, echo: bool) -> Arc<Self> {
        let state = State {
            trace: Trace::new(echo),
            violations: Vec::new(),
            calm: false,
            airs: BTreeMap::new(),
            entries: Vec::new(),
            asked: BTreeMap::new(),
            rulings: BTreeMap::new(),
            refused_once: BTreeSet::new(),
            decisions: Vec::new(),
            pending: Vec::new(),
            counter: 0,
            tokens: BTreeMap::new(),
            late: Vec::new(),
            results: Vec::new(),
            pages: BTreeMap::new(),
            outbox: BTreeMap::new(),
            taken: BTreeMap::new(),
            ltax_results: Vec::new(),
            letters: Vec::new(),
            claims: 0,
            lost: BTreeSet::new(),
            disks: BTreeMap::new(),
            taken_back: BTreeSet::new(),
            read: BTreeSet::new(),
            returns: Vec::new(),
            at_place: BTreeMap::new(),
            papers: Vec::new(),
            hub: BTreeMap::new(),
            feed: Vec::new(),
            dropped: BTreeSet::new(),
            edited: BTreeSet::new(),
            down: BTreeMap::new(),
            busy: 0,
            owed: BTreeMap::new(),
            met: BTreeMap::new(),
        };
        Arc::new(Self {
            clock: TokioClock::new(UnixMs(Self::START)),
            impatient: Default::default(),
            rng: SeededRng::new(seed),
            state: Mutex::new(state),
        })
    }

    /// The state; never held over a wait.
    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Virtual milliseconds since the beginning.
    pub fn now(&self) -> u64 {
        u64::try_from(self.clock.mono().as_millis()).unwrap_or(u64::MAX)
    }

    /// Notes a step.
    pub fn say(&self, text: impl Display) {
        let now = self.now();
        self.lock().trace.say(now, &text.to_string());
    }

    /// Who believes that the other of two nodes is gone: a machine's own operator, and the other's.
    pub fn operators(&self, number: usize) -> (Arc<Notify>, Arc<Notify>) {
        let [one, two] = &self.impatient;
        let (own, other) = if number == 0 { (one, two) } else { (two, one) };
        (own.clone(), other.clone())
    }

    /// Two machines came upon something.
    pub fn meet(&self, what: &'static str) {
        *self.lock().met.entry(what).or_default() += 1;
    }

    /// Something that must never happen has happened.
    pub fn violation(&self, text: impl Display) {
        let now = self.now();
        let mut state = self.lock();
        let text = text.to_string();
        state.trace.say(now, &format!("VIOLATION {text}"));
        state.violations.push(text);
    }

    /// The seed's chance.
    pub fn rng(&self) -> &SeededRng {
        &self.rng
    }

    /// A number in `low..high`.
    pub fn between(&self, low: u64, high: u64) -> u64 {
        low + self.rng.below(high.saturating_sub(low).max(1))
    }

    /// True this often in a hundred.
    pub fn chance(&self, percent: u64) -> bool {
        self.rng.below(100) < percent
    }

    /// The same, but never once the faults have stopped.
    pub fn fault(&self, percent: u64) -> bool {
        let hit = self.chance(percent);
        hit && !self.lock().calm
    }

    /// Waits a random time, virtual milliseconds.
    pub async fn nap(&self, low: u64, high: u64) {
        let ms = self.between(low, high);
        self.clock.sleep(Duration::from_millis(ms)).await;
    }

    /// A hand-over of an attempt begins. Invariant 11: no earlier one of its matter may still be booked.
    pub fn start(&self, attempt: u64, what: What, op: &str) {
        let mut clash = None;
        {
            let mut state = self.lock();
            if state.airs.contains_key(&attempt) {
                return;
            }
            for (id, air) in &state.airs {
                if air.what == what && !air.taken && (air.fate == Fate::Flying || !air.told) {
                    clash = Some(format!(
                        "a{attempt} ({op} of {} {}) starts while a{id} ({}) is {:?}, told: {}",
                        what.0, what.1, air.op, air.fate, air.told
                    ));
                }
            }
            let air = Air {
                what,
                op: op.to_owned(),
                fate: Fate::Flying,
                told: false,
                receipted: false,
                taken: false,
            };
            state.airs.insert(attempt, air);
        }
        self.say(format!("a{attempt} leaves: {op}"));
        if let Some(clash) = clash {
            self.violation(clash);
        }
    }

    /// What became of an attempt, and whether the node hears it now.
    pub fn settle(&self, attempt: u64, fate: Fate, told: bool) {
        let mut state = self.lock();
        let Some(air) = state.airs.get_mut(&attempt) else {
            return;
        };
        if air.fate == Fate::Flying || fate == Fate::Booked {
            air.fate = fate;
        }
        air.told |= told && air.fate != Fate::Flying;
    }
}
