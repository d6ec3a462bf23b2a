//! Whether anything is still under way: outside, in a ledger, or before somebody's eyes.

use crate::sim::days;
use crate::sim::node::Node;
use crate::sim::oracle::cases;
use crate::sim::world::{Decision, State};
use engine::verb::{Reply, Request};
use ledger::account::Account;
use std::sync::Arc;

/// Why all is not quiet yet; `None` where nothing more will happen.
pub async fn quiet(nodes: &[Arc<Node>]) -> Option<String> {
    {
        let state = nodes.first()?.world.lock();
        if let Some(busy) = outside(&state) {
            return Some(busy);
        }
    }
    for node in nodes {
        if let Some(why) = works(node).await {
            return Some(format!("{}: {why}", node.machine.name));
        }
    }
    None
}

/// What a node still has to do.
async fn works(node: &Node) -> Option<String> {
    let Some(Ok(Reply::Status(status))) = node.ask("张三", Request::Status).await else {
        return Some("no status".to_owned());
    };
    if status.due > 0 {
        return Some(format!("{} due, in trouble: {:?}", status.due, status.troubles));
    }
    let cases = match cases(node).await {
        Ok(cases) => cases,
        Err(why) => return Some(why),
    };
    for case in &cases {
        for o in &case.obligations {
            let open = o.attempts.iter().find(|a| a.state.is_open());
            if let Some(open) = open {
                return Some(format!(
                    "{} {} {} is {}",
                    case.case_no, o.matter, open.attempt, open.state
                ));
            }
            // What was only taken is still to be proved, by a result or by somebody who looks.
            if matches!(o.account, Account::Waiting | Account::Unproved) {
                return Some(format!("{} {} waits: {:?}", case.case_no, o.matter, o.account));
            }
        }
    }
    match node.ask("张三", Request::RefusedList { dept: None }).await {
        Some(Ok(Reply::Refused(lines))) if lines.is_empty() => {}
        other => return Some(format!("refusals: {other:?}")),
    }
    days::sheets(node).await.err()
}

fn outside(state: &State) -> Option<String> {
    let withdrawn = |case_no: &str| state.hub.get(case_no).is_some_and(|c| c.withdrawn.is_some());
    let busy = [
        (state.busy > 0, "people"),
        (state.owed.values().any(|owed| *owed > 0), "lost disks"),
        (
            !state.outbox.is_empty() || state.taken.values().any(|(_, s)| s.is_some()),
            "files",
        ),
        (
            !state.pending.is_empty() || !state.late.is_empty() || !state.ltax_results.is_empty(),
            "decisions",
        ),
        (state.letters.iter().any(|l| !l.gone), "letters"),
        (
            !state.disks.is_empty() || state.returns.iter().any(|r| r.trips > 0),
            "disks",
        ),
        (state.papers.iter().any(|p| !p.done && !withdrawn(&p.what.0)), "papers"),
        (state.hub.values().any(|c| !c.idle), "the platform"),
        (
            state
                .decisions
                .iter()
                .any(|d| !withdrawn(&d.what.0) && heard(state, d) == 0),
            "the change feed",
        ),
    ];
    let busy = busy
        .into_iter()
        .find(|(yes, _)| *yes)
        .map(|(_, what)| what.to_owned())?;
    let unheard: Vec<_> = state
        .decisions
        .iter()
        .filter(|d| heard(state, d) == 0)
        .map(|d| (&d.what, d.round))
        .collect();
    Some(format!("{busy}; unheard {unheard:?}"))
}

/// How often the platform read a decision in the change feed.
pub fn heard(state: &State, d: &Decision) -> usize {
    let same = |(c, m, r, s): &&(String, String, u32, String)| {
        *c == d.what.0 && *m == d.what.1 && *r == d.round && s == d.standing
    };
    state.feed.iter().filter(same).count()
}
