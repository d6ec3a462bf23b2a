//! One seed from its first hour to its last: faults, crashes, then calm, then judgement.

use crate::sim::node::{Node, Setup};
use crate::sim::world::{HOUR, World};
use crate::sim::{clerk, courier, hub, operator, oracle, town};
use std::sync::Arc;
use std::time::Duration;

/// How long faults go on, virtual milliseconds.
const STORM: u64 = 5 * 24 * HOUR;
/// Looks at whether all is quiet, at most; each half a day apart.
const PATIENCE: u32 = 120;

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
}

/// Lives one seed.
///
/// # Errors
/// Where no runtime can be made.
pub fn run(setup: &Setup, seed: u64, echo: bool) -> std::io::Result<Report> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()?;
    Ok(runtime.block_on(live(setup.clone(), seed, echo)))
}

async fn live(setup: Setup, seed: u64, echo: bool) -> Report {
    let world = World::new(seed, echo);
    let node = Node::new(world.clone(), setup, seed);
    if let Err(error) = node.boot(true) {
        world.violation(format!("the first start failed: {error}"));
    }
    let cases = u32::try_from(world.between(3, 7)).unwrap_or(3);
    tokio::spawn(town::live(world.clone()));
    for n in 1..=cases {
        tokio::spawn(hub::live(node.clone(), n));
    }
    tokio::spawn(hub::read_feed(node.clone()));
    tokio::spawn(clerk::live(node.clone(), "张三"));
    tokio::spawn(clerk::live(node.clone(), "李四"));
    tokio::spawn(courier::live(node.clone()));
    tokio::spawn(operator::live(node.clone()));
    let crashes = storm(&node).await;
    world.say("calm");
    world.lock().calm = true;
    node.storage().fail_never();
    // The clock is right again; a node that ran ahead waits for nobody.
    let ahead = world.clock.ahead();
    world.clock.jump(-ahead.min(0));
    // One more death: what the storm left standing still at the brink must not stand there for ever.
    node.kill().await;
    node.power_cut(world.rng());
    get_up(&node).await;
    let mut quiet = false;
    for _ in 0..PATIENCE {
        tokio::time::sleep(Duration::from_millis(12 * HOUR)).await;
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
    }
}

/// Random deaths until the storm is over. How many there were.
async fn storm(node: &Arc<Node>) -> u32 {
    let world = node.world.clone();
    let mut crashes = 0;
    while world.now() < STORM {
        let wait = Duration::from_millis(
            world
                .between(HOUR, 50 * HOUR)
                .min(STORM.saturating_sub(world.now()) + 1),
        );
        let called = tokio::time::timeout(wait, world.die.notified()).await.is_ok();
        if !called && world.now() >= STORM {
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
            node.storage().fail_at(world.between(1, 8), std::io::ErrorKind::Other);
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
        get_up(node).await;
    }
    crashes
}

/// Starts again, and dies again while doing so, now and then.
async fn get_up(node: &Node) {
    let world = &node.world;
    for round in 0..20 {
        if round < 3 && world.fault(30) {
            node.storage().fail_at(world.between(1, 40), std::io::ErrorKind::Other);
        }
        let fresh = world.chance(50);
        match node.boot(fresh) {
            Ok(()) => return,
            Err(error) => {
                world.say(format!("getting up failed: {error}"));
                node.kill().await;
                node.power_cut(world.rng());
            }
        }
    }
    world.violation("the node never gets up again");
}
