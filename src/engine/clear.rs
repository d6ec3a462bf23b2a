//! What moves finished cases' data out of the journal, for a person's verb and for the rule alike: find the cases, find what
//! is kept of them, write it into an archive, and only then erase it.

use crate::command::Command;
use crate::run::Shared;
use crate::sweep::sweep;
use crate::transition::erase::{Data, Order};
use ledger::{LedgerError, Past, Sealed};
use model::{CaseNo, Code, Finding};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

/// Cases in one archive, at most: more go into the next one.
pub const MOST: usize = 20_000;
/// Cases erased in one group.
const CHUNK: usize = 1_000;

/// What is kept of some cases, and where.
pub struct Found {
    /// The journal.
    past: Arc<dyn Past>,
    /// The data.
    pub data: Vec<Data>,
}

/// A read that failed, for people.
pub fn read(error: LedgerError) -> Finding {
    Finding::new(Code::LRead).with("detail", error)
}

/// Cases that were finished before an instant and may go, at most [`MOST`].
pub async fn finished(shared: &Shared, before_ms: i64) -> Result<Vec<CaseNo>, Finding> {
    let (mut cases, mut after) = (Vec::new(), String::new());
    loop {
        let from = std::mem::take(&mut after);
        let (page, next) = shared.ask(|tell| Command::Finished(before_ms, from, tell)).await?;
        cases.extend(page);
        if next.is_empty() || cases.len() >= MOST {
            cases.truncate(MOST);
            return Ok(cases);
        }
        after = next;
    }
}

/// What is kept of these cases.
pub async fn find(shared: &Shared, cases: Vec<CaseNo>) -> Result<Found, Finding> {
    let scope = shared.ask(|tell| Command::Scope(cases, tell)).await?;
    let past = scope.past.clone();
    let data = sweep(scope).await.map_err(read)?;
    Ok(Found { past, data })
}

/// Writes it into an archive: durable and read back when this returns.
pub async fn archive(found: &Found, to: PathBuf) -> Result<Sealed, Finding> {
    let (past, places) = (found.past.clone(), by_group(&found.data));
    let written = tokio::task::spawn_blocking(move || past.archive(&places, &to)).await;
    written.map_err(|_| Finding::new(Code::CBroken))?.map_err(read)
}

/// Erases it; how many cases went. What changed meanwhile stays.
pub async fn forget(shared: &Shared, data: Vec<Data>, order: &Order) -> Result<usize, Finding> {
    let mut cases = 0;
    let mut rest = data.into_iter().peekable();
    while rest.peek().is_some() {
        let (chunk, order): (Vec<Data>, _) = (rest.by_ref().take(CHUNK).collect(), order.clone());
        match shared.ask(|tell| Command::Erase(chunk, order, tell)).await {
            Ok(gone) => cases += gone,
            Err(finding) if finding.code == Code::LNeeded => {}
            Err(finding) => return Err(finding),
        }
    }
    Ok(cases)
}

fn by_group(found: &[Data]) -> BTreeMap<u64, Vec<u32>> {
    let mut groups: BTreeMap<u64, BTreeSet<u32>> = BTreeMap::new();
    for pos in found.iter().flat_map(|data| &data.places) {
        groups.entry(pos.group).or_default().insert(pos.ordinal);
    }
    groups
        .into_iter()
        .map(|(group, set)| (group, set.into_iter().collect()))
        .collect()
}
