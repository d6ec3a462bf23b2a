//! What one of two nodes took out of the shared place and cannot use: a receipt for a batch of the other's, results of
//! cases that were posted to the other. Nothing of it is lost in silence: it stands refused by name with the operator of
//! who took it, who brings the file to the other node, or puts it back where it lay; once the other has read it, the
//! line is given up. And what a node that is away still holds is taken over, be it rightly or too soon.

use crate::sim::gap::POLICE;
use crate::sim::node::Node;
use crate::sim::operator::NAME;
use crate::sim::world::{HOUR, Letter};
use engine::verb::{Reply, Request};
use engine::view::RefusedLine;
use model::Code;
use std::path::PathBuf;
use std::sync::Arc;

/// A claim that is older than this is told.
const ALARM: u64 = 2 * HOUR;

/// Whether a refusal says no more than that the other node is meant.
pub fn is_one(node: &Node, line: &RefusedLine) -> bool {
    let foreign = |code: Code| matches!(code, Code::EUnknownCase | Code::EUnknownBatch);
    if line.way != "in" || line.findings.is_empty() || !line.findings.iter().all(|f| foreign(f.code)) {
        return false;
    }
    if !line.case_no.is_empty() {
        return !node.machine.has(&line.case_no);
    }
    let state = node.world.lock();
    let letter = state.letters.iter().find(|l| l.name == line.what);
    let back = state.returns.iter().find(|r| r.name == line.what);
    match (letter, back) {
        (Some(letter), _) => letter.of.is_some_and(|of| of != node.machine.number),
        (None, Some(back)) => !back.attempts.iter().any(|a| node.machine.owns(*a)),
        (None, None) => false,
    }
}

/// Deals with one.
pub async fn answer(node: &Node, other: &Node, line: &RefusedLine) {
    let world = &node.world;
    let letter = world.lock().letters.iter().find(|l| l.name == line.what).cloned();
    match letter {
        // The park tells both everything, and a courier who was sent away brings his file to the other.
        None => give_up(node, line).await,
        Some(letter) if letter.read.contains(&other.machine.number) => give_up(node, line).await,
        // Put back before, and nobody has it for good.
        Some(letter) if !letter.gone => {}
        Some(letter) if world.chance(50) => put_back(node, &letter),
        Some(letter) => bring(node, other, &letter).await,
    }
}

async fn give_up(node: &Node, line: &RefusedLine) {
    node.machine.say(format!(
        "the operator gives {} {} up: the other has it",
        line.id, line.what
    ));
    let request = Request::RefusedDrop {
        ids: vec![line.id.clone()],
        reason: "the other machine's".to_owned(),
    };
    let _ = node.ask(NAME, request).await;
}

fn put_back(node: &Node, letter: &Letter) {
    node.machine.say(format!("the operator puts {} back", letter.name));
    node.world.meet("put back");
    let mut state = node.world.lock();
    for letter in state.letters.iter_mut().filter(|l| l.name == letter.name) {
        (letter.gone, letter.held) = (false, None);
    }
}

async fn bring(node: &Node, other: &Node, letter: &Letter) {
    let request = Request::Collect {
        dept: letter.dept.to_owned(),
        place: Some(PathBuf::from(&letter.name)),
    };
    match other.ask(NAME, request).await {
        Some(Ok(Reply::Batches(batches))) => {
            node.world.meet("brought to the other");
            for batch in batches {
                node.machine
                    .say(format!("{} is brought to the other: {}", batch.name, batch.verdict));
            }
        }
        answer => node
            .machine
            .say(format!("{} cannot be brought: {answer:?}", letter.name)),
    }
}

/// Takes over what the other has held for too long.
pub async fn late(node: &Node) {
    let (world, now) = (&node.world, node.world.now());
    let late = |l: &&Letter| {
        let held = l.held.filter(|h| h.by != node.machine.number);
        !l.gone && held.is_some_and(|h| h.since + ALARM < now)
    };
    let dept = world.lock().letters.iter().find(late).map(|l| l.dept);
    if let Some(dept) = dept
        && world.chance(40)
    {
        take_over(node, dept).await;
    }
}

/// Whether the other is dead or asleep, nobody here can see: now and then somebody takes over too soon.
pub async fn too_soon(node: Arc<Node>) {
    loop {
        node.machine.impatient.notified().await;
        node.world.nap(1, 1_000).await;
        for dept in ["ltax", POLICE] {
            take_over(&node, dept).await;
        }
    }
}

async fn take_over(node: &Node, dept: &str) {
    node.machine
        .say(format!("the operator takes over what is held at {dept}"));
    let request = Request::TakeOver {
        dept: dept.to_owned(),
        reason: "the other machine does not answer".to_owned(),
    };
    let _ = node.ask(NAME, request).await;
}
