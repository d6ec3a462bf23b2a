//! One seed from its first hour to its last: faults, crashes, then calm, then judgement.

use crate::sim::kept::Found;
use crate::sim::node::{Node, Setup};
use crate::sim::world::{HOUR, World};
use crate::sim::{clerk, courier, hub, operator, oracle, town, weather};
use seams::{SimStorage, Took};
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

/// Looks at whether all is quiet, at most; each half a day apart.
const PATIENCE: u32 = 120;

/// What befalls the node's storage at one of its calls, counted from its very first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Blow {
    /// The power goes at a call that changes something, just before or just after it.
    PowerCut {
        /// Which.
        at: u64,
        /// After it.
        after: bool,
    },
    /// So many calls that change something fail.
    Changes {
        /// The first of them.
        at: u64,
        /// How many.
        times: u64,
        /// With what.
        kind: ErrorKind,
        /// How much of their effect they have all the same.
        took: Took,
    },
    /// Any call fails, one that only reads among them.
    Call {
        /// Which.
        at: u64,
    },
}

/// How a life goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Course {
    /// How many cases; by chance where it is not said.
    cases: Option<u64>,
    /// How long departments, people and lines fail, virtual milliseconds.
    storm: u64,
    /// Deaths, bad disks and clocks that jump, by chance.
    wild: bool,
    /// What befalls the storage.
    blow: Option<Blow>,
}

impl Course {
    /// Everything that can go wrong, for five days.
    pub const WILD: Self = Self {
        cases: None,
        storm: 5 * 24 * HOUR,
        wild: true,
        blow: None,
    };

    /// One case and four days, in which the node dies only where an adapter has it die, and of this.
    pub fn short(blow: Option<Blow>) -> Self {
        Self {
            cases: Some(1),
            storm: 96 * HOUR,
            wild: false,
            blow,
        }
    }
}

/// What became of a seed.
#[derive(Clone, Debug)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// What must never happen and did; empty is good.
    pub violations: Vec<String>,
    /// The last steps.
    pub last: Vec<String>,
    /// Number of steps and their digest.
    pub digest: (u64, u64),
    /// Cases, bookings, crashes.
    pub counts: (usize, usize, u32),
    /// How often storage did not do what it was asked to.
    pub struck: u64,
    /// Calls of its storage until faults stopped: those that change something, and all.
    pub calls: (u64, u64),
}

/// Lives one seed.
///
/// # Errors
/// Where no runtime can be made.
pub fn run(setup: &Setup, seed: u64, echo: bool) -> std::io::Result<Report> {
    run_course(setup, Course::WILD, seed, echo)
}

/// Lives one seed in a way of its own.
///
/// # Errors
/// Where no runtime can be made.
pub fn run_course(setup: &Setup, course: Course, seed: u64, echo: bool) -> std::io::Result<Report> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    Ok(runtime.block_on(live(setup.clone(), course, seed, echo)))
}

fn arrange(storage: &SimStorage, blow: Blow) {
    match blow {
        Blow::PowerCut { at, after } => storage.cut_at(at, after),
        Blow::Changes { at, times, kind, took } => storage.fail_changes(at, times, kind, took),
        Blow::Call { at } => storage.fail_surely_at(at, ErrorKind::Other),
    }
}

async fn live(setup: Setup, course: Course, seed: u64, echo: bool) -> Report {
    let world = World::new(seed, echo);
    let node = Node::new(world.clone(), setup, seed);
    if let Some(blow) = course.blow {
        arrange(node.storage(), blow);
    }
    match node.boot(Found::Gone) {
        Ok(()) => {}
        Err(error) if course.blow.is_none() => world.violation(format!("the first start failed: {error}")),
        Err(_) => {
            die(&node).await;
            get_up(&node, course).await;
        }
    }
    let cases = course.cases.unwrap_or_else(|| world.between(3, 7));
    tokio::spawn(town::live(world.clone()));
    for n in 1..=u32::try_from(cases).unwrap_or(3) {
        tokio::spawn(hub::live(node.clone(), n));
    }
    tokio::spawn(hub::read_feed(node.clone()));
    tokio::spawn(clerk::live(node.clone(), "张三"));
    tokio::spawn(clerk::live(node.clone(), "李四"));
    tokio::spawn(courier::live(node.clone()));
    tokio::spawn(operator::live(node.clone()));
    tokio::spawn(weather::live(world.clone()));
    let crashes = if course.wild {
        storm(&node, course).await
    } else {
        hours(&node, course).await
    };
    let calls = (node.storage().changes(), node.storage().calls());
    world.say("calm");
    world.lock().calm = true;
    node.storage().fail_never();
    // The clock is right again; a node that ran ahead waits for nobody.
    let ahead = world.clock.ahead();
    world.clock.jump(-ahead.min(0));
    // One more death: what the storm left standing still at the brink must not stand there for ever.
    die(&node).await;
    get_up(&node, course).await;
    let mut quiet = false;
    for _ in 0..PATIENCE {
        // Whoever was torn when it got up may notice only now.
        if tokio::time::timeout(Duration::from_millis(12 * HOUR), world.die.notified())
            .await
            .is_ok()
        {
            die(&node).await;
            get_up(&node, course).await;
            continue;
        }
        quiet = oracle::quiet(&node).await.is_none();
        if quiet || !world.lock().violations.is_empty() {
            break;
        }
    }
    if !quiet && world.lock().violations.is_empty() {
        let why = oracle::quiet(&node).await.unwrap_or_default();
        world.violation(format!("never quiet: {why}"));
    }
    if world.lock().violations.is_empty() {
        oracle::judge(&node).await;
    }
    let state = world.lock();
    Report {
        seed,
        violations: state.violations.clone(),
        last: state.trace.last(),
        digest: state.trace.digest(),
        counts: (state.hub.len(), state.entries.len(), crashes),
        struck: node.storage().struck(),
        calls,
    }
}

/// It dies of a power cut.
async fn die(node: &Node) {
    node.kill().await;
    node.power_cut(node.world.rng());
}

/// Hours in which the node dies only where its storage or an adapter has it die. How often it did.
async fn hours(node: &Arc<Node>, course: Course) -> u32 {
    let world = node.world.clone();
    let mut crashes = 0;
    while world.now() < course.storm {
        let left = Duration::from_millis(course.storm.saturating_sub(world.now()) + 1);
        if tokio::time::timeout(left, world.die.notified()).await.is_err() {
            break;
        }
        crashes += 1;
        // A disk that failed keeps its power, now and then: what was not synced is still read by the next life.
        node.kill().await;
        if node.storage().is_off() || world.chance(50) {
            node.power_cut(world.rng());
        }
        get_up(node, course).await;
    }
    crashes
}

/// Random deaths until the storm is over. How many there were.
async fn storm(node: &Arc<Node>, course: Course) -> u32 {
    let world = node.world.clone();
    let mut crashes = 0;
    let until = course.storm;
    while world.now() < until {
        let wait = Duration::from_millis(
            world
                .between(HOUR, 50 * HOUR)
                .min(until.saturating_sub(world.now()) + 1),
        );
        let called = tokio::time::timeout(wait, world.die.notified()).await.is_ok();
        if !called && world.now() >= until {
            break;
        }
        if !called && world.chance(25) {
            let by = i64::try_from(world.between(1, 30 * HOUR)).unwrap_or(0);
            let by = if world.chance(50) { by } else { -by };
            world.say(format!("the clock jumps by {by} ms"));
            world.clock.jump(by);
            continue;
        }
        if !called && world.chance(35) {
            // A write fails somewhere in the middle of a group; the node must stop itself.
            world.say("the disk is about to fail");
            node.storage().fail_at(world.between(1, 8), ErrorKind::Other);
            let wait = Duration::from_millis(world.between(HOUR, 6 * HOUR));
            let _ = tokio::time::timeout(wait, world.die.notified()).await;
        }
        crashes += 1;
        if !called && world.chance(20) {
            node.stop().await;
        } else {
            node.kill().await;
            node.power_cut(world.rng());
        }
        if world.chance(50) {
            world.nap(1_000, 3 * HOUR).await;
        }
        get_up(node, course).await;
    }
    crashes
}

/// Starts again, and dies again while doing so, now and then.
async fn get_up(node: &Node, course: Course) {
    let world = &node.world;
    // A disk may stay full for a while.
    for round in 0..60 {
        if course.wild && round < 3 && world.fault(30) {
            node.storage().fail_at(world.between(1, 40), ErrorKind::Other);
        }
        match node.boot(Found::draw(world.rng())) {
            Ok(()) => return,
            Err(error) => {
                world.say(format!("getting up failed: {error}"));
                die(node).await;
            }
        }
    }
    world.violation("the node never gets up again");
}
