//! The courier: has disks written, carries them, loses some and has them cut again, and brings the 回盘 back, late,
//! twice, or with a row missing. The bureau knows a disk again by its number. Each machine has a courier; what is given to the
//! wrong one comes to nothing there, and is brought once more.

use crate::sim::node::Node;
use crate::sim::sheet::Said;
use crate::sim::world::{Burned, HOUR, Return, World};
use engine::verb::{Reply, Request};
use engine::view::BatchResult;
use model::Code;
use std::path::PathBuf;
use std::sync::Arc;

/// The courier's rounds.
pub async fn live(node: Arc<Node>) {
    let world = node.world.clone();
    let (mut lost, mut unwanted): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut round = 0;
    loop {
        world.nap(2 * HOUR, 14 * HOUR).await;
        round += 1;
        let place = medium(&node, "disk", round);
        world.lock().busy += 1;
        export(&node, &place, None).await;
        // Nothing is cut again for sure before the node said so.
        for number in std::mem::take(&mut lost) {
            if !export(&node, &place, Some(number.clone())).await {
                lost.push(number);
            }
        }
        // Somebody sees in time that it should not go.
        if world.fault(10) {
            let state = world.lock();
            let first = state.disks.get(&place).and_then(|disks| disks.first());
            unwanted.extend(first.map(|disk| disk.number.clone()));
        }
        for number in std::mem::take(&mut unwanted) {
            if !cancel(&node, &number).await {
                unwanted.push(number);
            }
        }
        // Whatever lies on the medium is carried, whether the node knows of it or died over it.
        let burned = world.lock().disks.remove(&place).unwrap_or_default();
        if !burned.is_empty() && world.fault(15) {
            world.say(format!("the courier loses {place}"));
            lost.extend(burned.iter().map(|b| b.number.clone()));
        } else if !burned.is_empty() {
            world.nap(HOUR / 2, 5 * HOUR).await;
            for disk in burned {
                read(&world, &disk);
            }
        }
        bring_back(&node, &medium(&node, "return", round)).await;
        world
            .lock()
            .owed
            .insert(node.machine.number, lost.len() + unwanted.len());
        world.lock().busy -= 1;
    }
}

/// A medium of a courier's round.
fn medium(node: &Node, what: &str, round: u32) -> String {
    match node.machine.number {
        0 => format!("{what}-{round}"),
        n => format!("{what}-{n}-{round}"),
    }
}

async fn export(node: &Node, place: &str, again: Option<String>) -> bool {
    let request = Request::DiskExport {
        dept: "ntax".to_owned(),
        to: PathBuf::from(place),
        again,
    };
    let answer = node.ask("张三", request).await;
    if let Some(Err(finding)) = &answer {
        node.machine.say(format!("export: {}", finding.code));
    }
    matches!(answer, Some(Ok(_)))
}

/// Whether the node said what became of it: taken back, or that it cannot be.
async fn cancel(node: &Node, number: &str) -> bool {
    let request = Request::DiskCancel {
        disk: number.to_owned(),
        from: None,
        reason: "送错".to_owned(),
    };
    let answer = node.ask("张三", request).await;
    node.machine.say(format!("cancel {number}: {answer:?}"));
    match answer {
        Some(Ok(_)) => true,
        Some(Err(finding)) => finding.code == Code::VState,
        None => false,
    }
}

/// The bureau reads a disk, unless it has read that number before.
fn read(world: &World, disk: &Burned) {
    if !world.lock().read.insert(disk.number.clone()) {
        return world.say(format!("ntax knows {} already", disk.number));
    }
    let (mut rows, mut attempts, mut later) = (Vec::new(), Vec::new(), Vec::new());
    for sheet in &disk.sheets {
        let (code, gives) = match world.book(sheet, "disk") {
            Err(code) => (code, Vec::new()),
            Ok(_) => {
                let round = world.lock().asked.get(&sheet.what()).copied().unwrap_or(0) + 1;
                let decision = world.decide(&sheet.what(), round);
                let code = match decision.standing {
                    "approved" => "0000",
                    "supplement_requested" => "3002",
                    "denied" => "3004",
                    _ => "3003",
                };
                (code.to_owned(), decision.gives)
            }
        };
        let row = row(&sheet.case_no, &code, &gives);
        if world.fault(10) {
            later.push((row, sheet.attempt));
        } else {
            rows.push(row);
            attempts.push(sheet.attempt);
        }
    }
    if !rows.is_empty() {
        give_back(world, &disk.number, rows, attempts, 2 * HOUR, 70 * HOUR);
    }
    if !later.is_empty() {
        let (rows, attempts) = later.into_iter().unzip();
        give_back(world, &disk.number, rows, attempts, 20 * HOUR, 120 * HOUR);
    }
}

fn row(case_no: &str, code: &str, gives: &Said) -> Said {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let mut row = vec![field("YWBH", case_no), field("CLJG", code), field("DJRQ", "2026-03-20")];
    if code != "0000" {
        row.push(field("CLSM", "材料不全"));
    }
    for (name, value) in gives {
        row.push(field(if name == "tax_no_national" { "NSRSBH" } else { "ZGSWS" }, value));
    }
    row
}

fn give_back(world: &World, number: &str, rows: Vec<Said>, attempts: Vec<u64>, soon: u64, late: u64) {
    let at = world.now() + world.between(soon, late);
    let trips = 1 + u32::from(world.fault(25));
    let mut state = world.lock();
    state.counter += 1;
    let name = format!("HP-{:04}", state.counter);
    state.returns.push(Return {
        name,
        answers: number.to_owned(),
        rows,
        attempts,
        at,
        trips,
    });
}

impl Node {
    /// Whether the bureau gives a return file to this machine's courier. Now and then it mistakes one for the other.
    fn is_given(&self, back: &Return) -> bool {
        let ours = back.attempts.iter().all(|a| self.machine.owns(*a));
        let wrong = !ours && self.world.fault(20);
        if wrong {
            self.world.meet("a return file for the other");
        }
        ours || wrong
    }
}

async fn bring_back(node: &Node, place: &str) {
    let world = &node.world;
    let now = world.now();
    let ready: Vec<Return> = {
        let state = world.lock();
        state
            .returns
            .iter()
            .filter(|r| r.at <= now && r.trips > 0)
            .cloned()
            .collect()
    };
    let ready: Vec<Return> = ready.into_iter().filter(|r| node.is_given(r)).collect();
    if ready.is_empty() {
        return;
    }
    world.lock().at_place.insert(place.to_owned(), ready);
    let request = Request::DiskImport {
        from: PathBuf::from(place),
        dept: Some("ntax".to_owned()),
        answers: None,
        past_gaps: false,
    };
    match node.ask("张三", request).await {
        // He reads what is on the screen: what was left is brought once more.
        Some(Ok(Reply::Batches(batches))) => {
            let done = |b: &BatchResult| matches!(b.verdict.as_str(), "accepted" | "repeat");
            let taken = |back: &Return| batches.iter().any(|b| done(b) && b.name == back.name);
            for back in world.lock().returns.iter_mut().filter(|r| taken(r)) {
                back.trips = back.trips.saturating_sub(1);
            }
        }
        Some(Ok(other)) => world.violation(format!("the answer to an import: {other:?}")),
        Some(Err(finding)) => world.say(format!("import: {}", finding.code)),
        None => {}
    }
}
