//! Those who go on while the node dies and comes back: platform, clerk, courier, operator.

use crate::clerk::Clerk;
use crate::courier::Courier;
use crate::lister::Lister;
use crate::operator::Operator;
use crate::platform::Platform;
use crate::stage::Stage;
use seams::{SeededRng, Spawn};
use std::collections::BTreeSet;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// What they tell each other, and what can be seen of them.
#[derive(Default)]
pub(crate) struct Seen {
    /// Cases that may be posted by now.
    pub(crate) allowed: AtomicU32,
    /// Cases for which the platform has an answer.
    pub(crate) posted: AtomicU32,
    /// Tasks taken so far.
    pub(crate) claims: AtomicU64,
    /// Somebody wants the courier to go now.
    pub(crate) errand: Notify,
    /// Somebody wants another list of cases.
    pub(crate) list: Notify,
    /// The next list is a long one.
    pub(crate) long: AtomicBool,
    /// Lists that have no receipt yet.
    pub(crate) lists: AtomicU32,
    accepted: Mutex<BTreeSet<u32>>,
}

impl Seen {
    pub(crate) fn accept(&self, n: u32) {
        self.accepted.lock().unwrap_or_else(PoisonError::into_inner).insert(n);
    }
}

/// The people of a run, at work until its stage ends.
pub struct People {
    seen: Arc<Seen>,
    most: u32,
}

impl People {
    /// Sets them to work. Nothing is posted before it is allowed.
    ///
    /// # Errors
    /// The platform has no HTTP client.
    pub fn start(stage: &Stage, rng: SeededRng) -> io::Result<Self> {
        let seen = Arc::new(Seen::default());
        let courier = Courier::new(stage, seen.clone(), rng.fork());
        let clerk = Clerk::new(stage, seen.clone(), rng);
        stage
            .spawn
            .spawn("platform", Box::pin(Platform::new(stage, seen.clone())?.run()));
        stage.spawn.spawn("clerk", Box::pin(clerk.run()));
        stage.spawn.spawn("courier", Box::pin(courier.run()));
        stage
            .spawn
            .spawn("lister", Box::pin(Lister::new(stage, seen.clone()).run()));
        stage.spawn.spawn("operator", Box::pin(Operator::new(stage).run()));
        Ok(Self {
            seen,
            most: stage.cases,
        })
    }

    /// Lets the platform post cases 1 to `cases`, as far as the stage has them. What was allowed stays so.
    pub fn allow(&self, cases: u32) {
        self.seen.allowed.fetch_max(cases.min(self.most), Ordering::SeqCst);
    }

    /// How many cases may be posted by now.
    pub fn allowed(&self) -> u32 {
        self.seen.allowed.load(Ordering::SeqCst)
    }

    /// For how many cases the platform has its answer.
    pub fn posted(&self) -> u32 {
        self.seen.posted.load(Ordering::SeqCst)
    }

    /// Cases that were told as accepted.
    pub fn accepted(&self) -> BTreeSet<u32> {
        self.seen
            .accepted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Sends the courier, unless it is under way.
    pub fn send_courier(&self) {
        self.seen.errand.notify_one();
    }

    /// Has a list of cases put there, unless one still waits for its receipt.
    pub fn want_list(&self) {
        self.seen.list.notify_one();
    }

    /// The same, and the next one is so long that the index is written before it is through.
    pub fn want_long_list(&self) {
        self.seen.long.store(true, Ordering::SeqCst);
        self.want_list();
    }

    /// Lists that have no receipt yet.
    pub fn open_lists(&self) -> u32 {
        self.seen.lists.load(Ordering::SeqCst)
    }

    /// Tasks taken so far.
    pub fn claims(&self) -> u64 {
        self.seen.claims.load(Ordering::SeqCst)
    }
}
