//! A backup of a node at work: the loop fixes what is durable, which costs it nothing; copying is done beside it.

use super::Handle;
use crate::command::Command;
use crate::verb::Reply;
use ledger::event::Person;
use ledger::store::{LedgerError, NoBackup};
use model::{Code, Finding};
use std::path::PathBuf;
use std::sync::Arc;

/// How often a copy is begun anew because an erasure came between.
const TRIES: usize = 5;

impl Handle {
    pub(super) async fn backup(&self, to: PathBuf, person: Option<Person>) -> Result<Reply, Finding> {
        let person = person.ok_or_else(|| Finding::new(Code::VPerson))?;
        let to = Arc::new(to);
        for _ in 0..TRIES {
            let by = person.clone();
            let snapshot = self.shared.ask(|tell| Command::Snapshot(by, tell)).await?;
            let (place, node, at) = (to.clone(), self.plan().rules.node.clone(), self.now());
            let written = tokio::task::spawn_blocking(move || snapshot.write(&place, &node, at));
            match written.await {
                Ok(Ok(backup)) => return Ok(Reply::Backup(backup)),
                Ok(Err(NoBackup::Changed)) => tracing::info!("an erasure came between: the copy is begun anew"),
                Ok(Err(no)) => return Err(finding(&to.display().to_string(), &no)),
                Err(_) => return Err(Finding::new(Code::CBroken)),
            }
        }
        Err(finding(&to.display().to_string(), &NoBackup::Changed))
    }
}

fn finding(to: &str, no: &NoBackup) -> Finding {
    match no {
        NoBackup::Exists => Finding::new(Code::LExists).with("path", to),
        NoBackup::Ledger(LedgerError::Damaged { place, detail }) => {
            Finding::new(Code::LDamaged).with("place", place).with("detail", detail)
        }
        NoBackup::Ledger(other) => Finding::new(Code::LRead).with("detail", other),
        NoBackup::Place(detail) => Finding::new(Code::CPlace).with("path", to).with("detail", detail),
        NoBackup::Changed => Finding::new(Code::CPlace).with("path", to).with("detail", no),
    }
}
