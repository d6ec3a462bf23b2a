//! `disk inspect`: every channel that goes by medium says what it sees there, and the ledger how that stands.

use super::Handle;
use crate::command::Command;
use crate::verb::Reply;
use crate::view::Seen;
use model::{Finding, Mode};
use std::path::Path;

impl Handle {
    pub(super) async fn inspect(&self, place: &Path) -> Result<Reply, Finding> {
        let mut seen = Vec::new();
        for (id, department) in &self.shared.plan.depts {
            for channel in department.ladder.iter().filter(|c| c.mode == Mode::Disk) {
                let Some(adapter) = self.shared.adapter(id, &channel.name) else {
                    continue;
                };
                let things = adapter.inspect(place).await.map_err(|fault| fault.finding)?;
                seen.extend(things.into_iter().map(|lying| Seen {
                    dept: id.clone(),
                    channel: channel.name.clone(),
                    lying,
                }));
            }
        }
        self.shared
            .ask(|tell| Command::Lying(seen, tell))
            .await
            .map(Reply::Lying)
    }
}
