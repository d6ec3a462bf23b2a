//! One seed from its first hour to its last: faults, crashes, then calm, then judgement.

use crate::sim::kept::Found;
use crate::sim::node::{Node, Setup};
use crate::sim::world::{HOUR, World};
use crate::sim::{clerk, courier, hub, operator, oracle, quiet, strays, town, weather};
use seams::{SimStorage, Took};
use std::collections::BTreeMap;
use std::future::{Future as _, poll_fn};
use std::io::ErrorKind;
use std::sync::Arc;
use std::task::Poll;
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
    /// In each life of so many there are two nodes; in none where it is nothing.
    pair_in: u64,
}

impl Course {
    /// Everything that can go wrong, for five days.
    pub const WILD: Self = Self {
        cases: None,
        storm: 5 * 24 * HOUR,
        wild: true,
        blow: None,
        pair_in: 8,
    };

    /// One case and four days, in which the node dies only where an adapter has it die, and of this.
    pub fn short(blow: Option<Blow>) -> Self {
        Self {
            cases: Some(1),
            storm: 96 * HOUR,
            wild: false,
            blow,
            pair_in: 0,
        }
    }

    /// Whether two nodes share the departments in a life.
    pub fn is_pair(&self, seed: u64) -> bool {
        self.pair_in > 0 && seed.is_multiple_of(self.pair_in)
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
    /// What two nodes came upon, and how often; empty where there was one.
    pub met: BTreeMap<&'static str, u64>,
    /// Day sheets that were held against everything else.
    pub sheets: usize,
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
    let pair = course.is_pair(seed);
    let nodes: Vec<Arc<Node>> = (0..=usize::from(pair))
        .map(|number| Node::new(world.clone(), &setup, seed, number, !pair))
        .collect();
    for node in &nodes {
        begin(node, course).await;
    }
    town_lives(&nodes, course);
    let crashes = storms(&nodes, course).await;
    let calls = (nodes[0].storage().changes(), nodes[0].storage().calls());
    world.say("calm");
    world.lock().calm = true;
    for node in &nodes {
        node.storage().fail_never();
        // The clock is right again; a node that ran ahead waits for nobody.
        let ahead = node.machine.clock.ahead();
        node.machine.clock.jump(-ahead.min(0));
    }
    for node in &nodes {
        // One more death: what the storm left standing still at the brink must not stand there for ever.
        die(node).await;
        get_up(node, course).await;
    }
    let mut quiet = false;
    for _ in 0..PATIENCE {
        // Whoever was torn when it got up may notice only now.
        if let Some(node) = who_dies(&nodes, Duration::from_millis(12 * HOUR)).await {
            die(node).await;
            get_up(node, course).await;
            continue;
        }
        quiet = quiet::quiet(&nodes).await.is_none();
        if quiet || !world.lock().violations.is_empty() {
            break;
        }
    }
    if !quiet && world.lock().violations.is_empty() {
        let why = quiet::quiet(&nodes).await.unwrap_or_default();
        world.violation(format!("never quiet: {why}"));
    }
    let mut sheets = 0;
    if world.lock().violations.is_empty() {
        sheets = oracle::judge(&nodes).await;
    }
    let state = world.lock();
    Report {
        seed,
        violations: state.violations.clone(),
        last: state.trace.last(),
        digest: state.trace.digest(),
        counts: (state.hub.len(), state.entries.len(), crashes),
        struck: nodes.iter().map(|n| n.storage().struck()).sum(),
        calls,
        met: state.met.clone(),
        sheets,
    }
}

/// The first start of a node.
async fn begin(node: &Node, course: Course) {
    if let Some(blow) = course.blow {
        arrange(node.storage(), blow);
    }
    match node.boot(Found::Gone) {
        Ok(()) => {}
        Err(error) if course.blow.is_none() => node.world.violation(format!("the first start failed: {error}")),
        Err(_) => {
            die(node).await;
            get_up(node, course).await;
        }
    }
}

/// Everybody takes up work. Each case is posted to one node and stays there; each node has clerks, a courier and an
/// operator of its own.
fn town_lives(nodes: &[Arc<Node>], course: Course) {
    let world = &nodes[0].world;
    let cases = course.cases.unwrap_or_else(|| world.between(3, 7));
    tokio::spawn(town::live(world.clone()));
    for n in 1..=u32::try_from(cases).unwrap_or(3) {
        let lot = if nodes.len() > 1 { world.chance(50) } else { false };
        tokio::spawn(hub::live(nodes[usize::from(lot)].clone(), n));
    }
    for node in nodes {
        let other = nodes.iter().find(|n| n.machine.number != node.machine.number);
        tokio::spawn(hub::read_feed(node.clone()));
        tokio::spawn(clerk::live(node.clone(), "张三"));
        tokio::spawn(clerk::live(node.clone(), "李四"));
        tokio::spawn(courier::live(node.clone()));
        tokio::spawn(operator::live(node.clone(), other.cloned()));
        if other.is_some() {
            tokio::spawn(strays::too_soon(node.clone()));
        }
    }
    let machines = nodes.iter().map(|n| n.machine.clone()).collect();
    tokio::spawn(weather::live(world.clone(), machines));
}

/// The faults of all nodes, each in its own time. How often they died.
async fn storms(nodes: &[Arc<Node>], course: Course) -> u32 {
    let faults = async |node: &Node, other: Option<&Node>| {
        if course.wild {
            storm(node, other, course).await
        } else {
            hours(node, course).await
        }
    };
    match nodes {
        [one, two] => {
            let (a, b) = tokio::join!(faults(one, Some(two)), faults(two, Some(one)));
            a + b
        }
        [one, ..] => faults(one, None).await,
        [] => 0,
    }
}

/// The first node that wants to die within this time.
async fn who_dies(nodes: &[Arc<Node>], within: Duration) -> Option<&Arc<Node>> {
    let mut waits: Vec<_> = nodes.iter().map(|n| Box::pin(n.machine.die.notified())).collect();
    let any = poll_fn(|cx| {
        let dead = waits.iter_mut().position(|wait| wait.as_mut().poll(cx).is_ready());
        dead.map_or(Poll::Pending, Poll::Ready)
    });
    let dead = tokio::time::timeout(within, any).await.ok();
    dead.and_then(|at| nodes.get(at))
}

/// It dies of a power cut.
async fn die(node: &Node) {
    node.kill().await;
    node.power_cut(node.world.rng());
}

/// Hours in which the node dies only where its storage or an adapter has it die. How often it did.
async fn hours(node: &Node, course: Course) -> u32 {
    let world = node.world.clone();
    let mut crashes = 0;
    while world.now() < course.storm {
        let left = Duration::from_millis(course.storm.saturating_sub(world.now()) + 1);
        if tokio::time::timeout(left, node.machine.die.notified()).await.is_err() {
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

/// Random deaths until the storm is over, now and then together with the other node. How many there were.
async fn storm(node: &Node, other: Option<&Node>, course: Course) -> u32 {
    let (world, machine) = (node.world.clone(), node.machine.clone());
    let mut crashes = 0;
    let until = course.storm;
    while world.now() < until {
        let wait = Duration::from_millis(
            world
                .between(HOUR, 50 * HOUR)
                .min(until.saturating_sub(world.now()) + 1),
        );
        let called = tokio::time::timeout(wait, machine.die.notified()).await.is_ok();
        if !called && world.now() >= until {
            break;
        }
        if !called && world.chance(25) {
            let by = i64::try_from(world.between(1, 30 * HOUR)).unwrap_or(0);
            let by = if world.chance(50) { by } else { -by };
            machine.say(format!("the clock jumps by {by} ms"));
            machine.clock.jump(by);
            continue;
        }
        if !called && world.chance(35) {
            // A write fails somewhere in the middle of a group; the node must stop itself.
            machine.say("the disk is about to fail");
            node.storage().fail_at(world.between(1, 8), ErrorKind::Other);
            let wait = Duration::from_millis(world.between(HOUR, 6 * HOUR));
            let _ = tokio::time::timeout(wait, machine.die.notified()).await;
        }
        crashes += 1;
        if let Some(other) = other.filter(|_| !called && world.chance(25)) {
            world.say("the power goes in both rooms");
            world.meet("both died at once");
            other.machine.die.notify_one();
        }
        if !called && world.chance(20) {
            node.stop().await;
        } else {
            node.kill().await;
            node.power_cut(world.rng());
        }
        if world.chance(50) {
            world.nap(1_000, 3 * HOUR).await;
        }
        if other.is_some() && world.chance(20) {
            // So long that the other may be told to take over.
            world.nap(3 * HOUR, 20 * HOUR).await;
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
                node.machine.say(format!("getting up failed: {error}"));
                die(node).await;
            }
        }
    }
    world.violation("the node never gets up again");
}
