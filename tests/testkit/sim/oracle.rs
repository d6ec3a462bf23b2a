//! The judge: compares what the ledgers say with what stands in the departments' books and what the platform was told,
//! and with what they say once they are opened again.
//!
//! The departments keep one set of books, whether one node writes to them or two.

use crate::sim::days;
use crate::sim::kept::{Found, Kept};
use crate::sim::node::Node;
use crate::sim::owed;
use engine::verb::{Reply, Request};
use engine::view::{Balance, CaseView, SignedSheet};
use ledger::{CaseFile, Ledger as _};
use model::Code;
use std::sync::Arc;

/// The cases that were posted to a node and accepted.
pub async fn cases(node: &Node) -> Result<Vec<CaseView>, String> {
    let known: Vec<String> = {
        let state = node.world.lock();
        state
            .hub
            .iter()
            .filter(|(_, c)| c.accepted && c.node == node.machine.number)
            .map(|(no, _)| no.clone())
            .collect()
    };
    let mut cases = Vec::new();
    for case_no in known {
        let request = Request::Case {
            case_no: case_no.clone(),
            reveal: None,
        };
        match node.ask("张三", request).await {
            Some(Ok(Reply::Case(case))) => cases.push(case),
            other => return Err(format!("{case_no} was accepted and is not there: {other:?}")),
        }
    }
    Ok(cases)
}

async fn balance(node: &Node) -> Option<Balance> {
    match node.ask("张三", Request::Balance).await {
        Some(Ok(Reply::Balance(balance))) => Some(balance),
        _ => None,
    }
}

/// Judges a world at rest. How many day sheets were among the evidence.
pub async fn judge(nodes: &[Arc<Node>]) -> usize {
    let (mut found, mut sheets) = (Vec::new(), 0);
    let Some(world) = nodes.first().map(|node| &node.world) else {
        return 0;
    };
    for node in nodes {
        sheets += judge_node(node, &mut found).await;
    }
    if nodes.len() > 1 {
        found.extend(in_one_ledger(nodes).await);
    }
    {
        let state = world.lock();
        for entry in &state.entries {
            let accepted = state.hub.get(&entry.what.0).is_some_and(|c| c.accepted);
            if !accepted {
                found.push(format!(
                    "{} {} was booked and never accepted",
                    entry.what.0, entry.what.1
                ));
            }
        }
    }
    for what in found {
        world.violation(what);
    }
    sheets
}

/// One node's ledger against everybody's books.
async fn judge_node(node: &Node, found: &mut Vec<String>) -> usize {
    let cases = match cases(node).await {
        Ok(cases) => cases,
        Err(why) => {
            found.push(why);
            return 0;
        }
    };
    {
        let state = node.world.lock();
        for case in &cases {
            match state.hub.get(&case.case_no) {
                Some(hub) => owed::judge_case(&state, hub, case, found),
                None => found.push(format!("{} is nobody's", case.case_no)),
            }
        }
    }
    let counted = balance(node).await;
    match &counted {
        Some(balance) => {
            let obligations: usize = cases.iter().map(|c| c.obligations.len()).sum();
            if balance.total.opened != obligations as u64 || balance.total.waiting != 0 || balance.unexplained != 0 {
                found.push(format!(
                    "the balance does not hold: {:?}, {obligations} obligations",
                    balance.total
                ));
            }
        }
        None => found.push("no balance".to_owned()),
    }
    match node.ask("张三", Request::LedgerVerify).await {
        Some(Ok(Reply::Verified(verified))) if verified.damage.is_empty() => {}
        other => found.push(format!("the chain does not verify: {other:?}")),
    }
    let sheets = match days::sheets(node).await {
        Ok(sheets) => sheets,
        Err(why) => {
            found.push(why);
            return 0;
        }
    };
    found.extend(days::chained(&node.machine.name, &sheets));
    let count = sheets.len();
    let before = Before {
        cases,
        counted: counted.unwrap_or_default(),
        sheets,
    };
    found.extend(reopened(node, &before).await);
    count
}

/// What was posted to one node, accepted or not, no other knows.
async fn in_one_ledger(nodes: &[Arc<Node>]) -> Vec<String> {
    let posted: Vec<(String, usize, bool)> = {
        let state = nodes[0].world.lock();
        let posted = state.hub.iter().map(|(no, c)| (no.clone(), c.node, c.accepted));
        posted.collect()
    };
    let mut found = Vec::new();
    for (case_no, number, accepted) in posted {
        for node in nodes {
            let request = Request::Case {
                case_no: case_no.clone(),
                reveal: None,
            };
            let known = match node.ask("张三", request).await {
                Some(Ok(_)) => true,
                Some(Err(finding)) if finding.code == Code::VNotFound => false,
                other => {
                    found.push(format!("{} says of {case_no}: {other:?}", node.machine.name));
                    continue;
                }
            };
            let owed = accepted && node.machine.number == number;
            if known != owed {
                found.push(format!(
                    "{} knows {case_no}: {known}, and should: {owed}",
                    node.machine.name
                ));
            }
        }
    }
    found
}

/// What a ledger said before it was opened again.
struct Before {
    cases: Vec<CaseView>,
    counted: Balance,
    sheets: Vec<SignedSheet>,
}

/// Opened again over its own index and over none, the ledger must say the same as before.
async fn reopened(node: &Node, before: &Before) -> Vec<String> {
    let mut found = Vec::new();
    node.kill().await;
    node.power_cut(node.world.rng());
    let mut files: Vec<Vec<CaseFile>> = Vec::new();
    for index in [node.index(Found::AsLeft), Kept::default()] {
        match node.open(index) {
            Ok((mut ledger, _)) => {
                let books = ledger.books();
                let all = books
                    .case_numbers()
                    .iter()
                    .filter_map(|no| books.case(no).cloned())
                    .collect();
                files.push(all);
                found.extend(days::summed(books, &before.sheets, &before.cases, &before.counted));
            }
            Err(error) => found.push(format!("the ledger does not open again: {error}")),
        }
    }
    if files.first() != files.last() {
        found.push("books over the index and books from the journal differ".to_owned());
    }
    if let Err(error) = node.boot(Found::Gone) {
        found.push(format!("the node does not start again: {error}"));
        return found;
    }
    match cases(node).await {
        Ok(after) if after == before.cases => {}
        Ok(_) => found.push("a case reads otherwise after opening again".to_owned()),
        Err(why) => found.push(why),
    }
    if balance(node).await.as_ref() != Some(&before.counted) {
        found.push("the balance is another after opening again".to_owned());
    }
    match days::sheets(node).await {
        // The start may be the first that is said on a new day: then the sheet of the day before comes with it.
        Ok(after) if after.starts_with(&before.sheets) && after.len() <= before.sheets.len() + 1 => {}
        Ok(_) => found.push("the day sheets are others after opening again".to_owned()),
        Err(why) => found.push(why),
    }
    found
}
