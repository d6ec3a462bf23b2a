//! A front-end machine as the world sees it: its clock, its lines to others, its death, and the marks of its hand-overs.
//!
//! Where there are two of them, they have one configuration, and each has its own name and whatever can break.

use crate::sim::world::{Fate, What, World};
use async_trait::async_trait;
use seams::{Clock, TokioClock, UnixMs};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::sync::Notify;

/// Attempts of one machine are numbered below this.
const ATTEMPTS: u64 = 1_000_000;

/// The machine whose attempt bears a mark.
pub fn owner(mark: u64) -> usize {
    usize::try_from(mark / ATTEMPTS).unwrap_or(usize::MAX)
}

/// A civil clock that can be set, over the runtime's own time.
pub struct JumpClock {
    inner: TokioClock,
    ahead: AtomicI64,
}

impl JumpClock {
    fn new(base: i64) -> Self {
        Self {
            inner: TokioClock::new(UnixMs(base)),
            ahead: AtomicI64::new(0),
        }
    }
    /// Sets it forward or back, milliseconds.
    pub fn jump(&self, by: i64) {
        self.ahead.fetch_add(by, Ordering::Relaxed);
    }
    /// How far it is from the true time, milliseconds.
    pub fn ahead(&self) -> i64 {
        self.ahead.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl Clock for JumpClock {
    fn now(&self) -> UnixMs {
        UnixMs(self.inner.now().0 + self.ahead())
    }
    fn mono(&self) -> Duration {
        self.inner.mono()
    }
    async fn sleep(&self, d: Duration) {
        self.inner.sleep(d).await;
    }
}

/// One machine.
pub struct Machine {
    /// Where it stands.
    pub world: Arc<World>,
    /// Which it is, from 0.
    pub number: usize,
    /// The node's name.
    pub name: String,
    /// There is no other.
    pub alone: bool,
    /// Its time.
    pub clock: Arc<JumpClock>,
    /// Somebody wants the node to die now.
    pub die: Notify,
    /// Its operator believes that the other node is gone.
    pub impatient: Arc<Notify>,
    /// The same of the other's.
    others: Arc<Notify>,
}

impl Machine {
    /// A machine whose clock is right; of two, each with the other's operator.
    pub fn new(world: Arc<World>, number: usize, name: String, alone: bool) -> Arc<Self> {
        let (impatient, others) = world.operators(number);
        Arc::new(Self {
            world,
            number,
            name,
            alone,
            clock: Arc::new(JumpClock::new(World::START)),
            die: Notify::new(),
            impatient,
            others,
        })
    }

    /// By which an attempt is known among all machines' attempts.
    pub fn mark(&self, attempt: u64) -> u64 {
        self.number as u64 * ATTEMPTS + attempt
    }

    /// Whether a mark is of one of its attempts.
    pub fn owns(&self, mark: u64) -> bool {
        owner(mark) == self.number
    }

    /// Whether the platform posted a case to it.
    pub fn has(&self, case_no: &str) -> bool {
        self.world
            .lock()
            .hub
            .get(case_no)
            .is_some_and(|c| c.node == self.number)
    }

    /// Whether its line to somebody is down.
    pub fn is_down(&self, end: &'static str) -> bool {
        let (now, state) = (self.world.now(), self.world.lock());
        !state.calm && state.down.get(&(self.number, end)).is_some_and(|until| now < *until)
    }

    /// Notes a step; whose it is, where that is a question.
    pub fn say(&self, text: impl std::fmt::Display) {
        if self.alone {
            self.world.say(text);
        } else {
            self.world.say(format!("{}: {text}", self.name));
        }
    }

    /// A point at which one of two nodes may fall asleep, for so long that the other's operator takes it for dead.
    pub async fn doze(&self, place: &str) {
        if !self.alone && self.world.fault(4) {
            self.say(format!("the node sleeps {place}"));
            self.others.notify_one();
            self.world.nap(1, 4_000).await;
        }
    }

    /// A point of an adapter at which the node may die: it then stands still until it does.
    pub async fn brink(&self, place: &str) {
        if self.world.fault(2) {
            self.say(format!("the node dies at {place}"));
            self.die.notify_one();
            std::future::pending::<()>().await;
        }
    }

    /// A result of a matter is offered to it: whatever it has there and was booked is told by that.
    pub fn tell_result(&self, what: &What) {
        let mut state = self.world.lock();
        let airs = state.airs.iter_mut().filter(|(mark, _)| self.owns(**mark));
        airs.map(|(_, air)| air)
            .filter(|a| a.what == *what && a.fate == Fate::Booked)
            .for_each(|air| air.told = true);
    }
}
