//! `disk cancel`: a set is taken off its medium, where that proves that nobody has it.

use super::Handle;
use crate::command::Command;
use crate::verb::Reply;
use ledger::event::Person;
use model::Finding;
use std::path::PathBuf;

impl Handle {
    pub(super) async fn cancel(
        &self,
        disk: String,
        from: Option<PathBuf>,
        reason: String,
        person: Option<Person>,
    ) -> Result<Reply, Finding> {
        let person = super::accountable(person, &reason)?;
        let shared = &self.shared;
        let fetched = shared.ask(|tell| Command::Cancel { disk, tell }).await?;
        let (mut prepared, channel) = (fetched.prepared, fetched.channel);
        prepared.place = from.or(prepared.place);
        let batch = prepared.numbers.batch;
        let result = match shared.adapter(&prepared.numbers.dept, &channel) {
            Some(adapter) => adapter.recall(&prepared).await,
            None => Ok(port::Recalled::Impossible),
        };
        shared
            .ask(|tell| Command::Cancelled {
                batch,
                result,
                person,
                reason,
                tell,
            })
            .await?;
        Ok(Reply::Done { count: 1 })
    }
}
