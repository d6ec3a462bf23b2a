//! `ledger archive`: the data of cases that were finished long ago move into a file of their own. The file is durable and was
//! read back before anything is erased.

use super::Handle;
use crate::command::Command;
use crate::sweep::sweep;
use crate::transition::erase::{Data, Order};
use crate::verb::Reply;
use jiff::civil::Date;
use ledger::event::Person;
use ledger::{LedgerError, Sealed};
use model::{CaseNo, Code, Finding};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Cases in one archive, at most: more go into the next one.
const MOST: usize = 20_000;
/// Cases erased in one group.
const CHUNK: usize = 1_000;

impl Handle {
    pub(super) async fn archive(&self, before: Date, to: PathBuf, person: Option<Person>) -> Result<Reply, Finding> {
        let person = person.ok_or_else(|| Finding::new(Code::VPerson))?;
        let before_ms = self.plan().midnight(before);
        let cases = self.finished(before_ms).await?;
        if cases.is_empty() {
            let detail = format!("{before}之前没有已了结的办件 no case was finished before {before}");
            return Err(Finding::new(Code::VState).with("detail", detail));
        }
        let read = |error: LedgerError| Finding::new(Code::LRead).with("detail", error);
        let scope = self.shared.ask(|tell| Command::Scope(cases, tell)).await?;
        let past = scope.past.clone();
        let found = sweep(scope).await.map_err(read)?;
        let places = by_group(&found);
        let file = to.clone();
        let written = tokio::task::spawn_blocking(move || past.archive(&places, &file)).await;
        let sealed = written.map_err(|_| Finding::new(Code::CBroken))?.map_err(read)?;
        let order = Order {
            person,
            reason: format!("{before}前了结 finished before {before}"),
            archive: Some((sealed.name.clone(), sealed.digest.clone())),
        };
        self.forget(found, order, sealed).await
    }

    async fn finished(&self, before_ms: i64) -> Result<Vec<CaseNo>, Finding> {
        let (mut cases, mut after) = (Vec::new(), String::new());
        loop {
            let from = std::mem::take(&mut after);
            let (page, next) = self.shared.ask(|tell| Command::Finished(before_ms, from, tell)).await?;
            cases.extend(page);
            if next.is_empty() || cases.len() >= MOST {
                cases.truncate(MOST);
                return Ok(cases);
            }
            after = next;
        }
    }

    /// Erases what the archive holds. What changed meanwhile stays here, and is in the archive all the same.
    async fn forget(&self, found: Vec<Data>, order: Order, sealed: Sealed) -> Result<Reply, Finding> {
        let (all, mut cases) = (found.len(), 0);
        let mut rest = found.into_iter().peekable();
        while rest.peek().is_some() {
            let (chunk, order): (Vec<Data>, _) = (rest.by_ref().take(CHUNK).collect(), order.clone());
            match self.shared.ask(|tell| Command::Erase(chunk, order, tell)).await {
                Ok(gone) => cases += gone,
                Err(finding) if finding.code == Code::LNeeded => {}
                Err(finding) => return Err(finding),
            }
        }
        let stayed = all - cases;
        Ok(Reply::Archived { sealed, cases, stayed })
    }
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
