//! The operator: settles what nobody else can by looking at the department's books, and answers refusals. Tells the
//! truth, and only once it is final.

use crate::sim::gap::SEAL;
use crate::sim::node::Node;
use crate::sim::strays;
use crate::sim::world::{Fate, HOUR, Ruling, What, World};
use engine::verb::{Reply, Request};
use engine::view::{RefusedLine, UnsettledLine};
use model::Code;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Who the operator is.
pub const NAME: &str = "李四";

/// The operator's rounds, where there is another node beside this one or none.
pub async fn live(node: Arc<Node>, other: Option<Arc<Node>>) {
    let world = node.world.clone();
    loop {
        world.nap(3 * HOUR, 12 * HOUR).await;
        if let Some(Ok(Reply::Unsettled(lines))) = node.ask(NAME, Request::UnsettledList).await {
            for line in lines {
                settle(&node, &line).await;
            }
        }
        if let Some(Ok(Reply::Refused(lines))) = node.ask(NAME, Request::RefusedList { dept: None }).await {
            for line in lines {
                answer(&node, other.as_deref(), &line).await;
            }
        }
        if other.is_some() {
            strays::late(&node).await;
        }
        audit(&node).await;
    }
}

async fn settle(node: &Node, line: &UnsettledLine) {
    let world = &node.world;
    let attempt: u64 = line.attempt.trim_start_matches('a').parse().unwrap_or(0);
    let attempt = node.machine.mark(attempt);
    // Journalled as leaving by a node that died before anything left: its batch is handed over at the next turn.
    let Some(air) = world.lock().airs.get(&attempt).cloned() else {
        return;
    };
    if air.receipted {
        world.violation(format!("a{attempt} is {} though its receipt was taken", line.state));
    }
    if air.fate == Fate::Flying {
        return;
    }
    let booked = air.fate == Fate::Booked;
    world.say(format!("the operator settles a{attempt}: booked={booked}"));
    world.settle(attempt, Fate::Flying, true);
    let request = Request::Settle {
        case_no: line.case_no.clone(),
        matter: line.matter.clone(),
        booked,
        reason: "looked into the department's books".to_owned(),
        attempt: Some(line.attempt.clone()),
        listed: false,
    };
    let _ = node.ask(NAME, request).await;
}

async fn answer(node: &Node, other: Option<&Node>, line: &RefusedLine) {
    let world = &node.world;
    let reason = "as agreed with the applicant".to_owned();
    let ids = vec![line.id.clone()];
    let what = (line.case_no.clone(), line.what.clone());
    let ruling = world.lock().rulings.get(&what).copied();
    let too_long = line.findings.iter().any(|f| f.code == Code::ETooLong);
    if let Some(other) = other
        && strays::is_one(node, line)
    {
        return strays::answer(node, other, line).await;
    }
    if line.way == "in" && line.dept != "hub" {
        world.violation(format!(
            "a good row of {} is refused: {} {:?}",
            line.dept, line.what, line.findings
        ));
    }
    let request = if line.way == "in" {
        Request::RefusedDrop { ids, reason }
    } else if too_long {
        world.lock().edited.insert(what);
        let set = BTreeMap::from([("ent_name".to_owned(), "北京模拟简称有限公司".to_owned())]);
        Request::RefusedEdit {
            id: line.id.clone(),
            set,
            reason,
        }
    } else if ruling == Some(Ruling::RefuseAlways) || is_moot(world, &what) {
        world.lock().dropped.insert(what);
        Request::RefusedDrop { ids, reason }
    } else {
        Request::RefusedRetry {
            ids,
            dept: None,
            code: None,
            reason,
        }
    };
    node.machine
        .say(format!("the operator answers {} {} {}", line.id, line.what, line.code));
    let _ = node.ask(NAME, request).await;
}

/// What was withdrawn and never came through the gap needs no withdrawal there.
fn is_moot(world: &World, what: &What) -> bool {
    let state = world.lock();
    what.1 == SEAL && state.hub.get(&what.0).is_some_and(|c| c.withdrawn.is_some())
}

/// At a random moment, the sums must hold.
async fn audit(node: &Node) {
    let Some(Ok(Reply::Balance(balance))) = node.ask(NAME, Request::Balance).await else {
        return;
    };
    let sum: u64 = balance
        .lines
        .iter()
        .map(|l| l.booked + l.unproved + l.refused + l.waiting)
        .sum();
    if balance.unexplained != 0 || sum != balance.total.opened {
        node.world
            .violation(format!("the balance does not hold: {:?}", balance.total));
    }
    if !balance.doubted.is_empty() {
        node.world
            .violation(format!("a ledger that lost nothing is in doubt: {:?}", balance.doubted));
    }
}
