//! Handing over at a person's word: every batch that waits, then one batch after another of what was due when it began.

use super::Handle;
use crate::command::{Command, Fetched, Ready};
use crate::perform;
use crate::progress::Meter;
use crate::verb::Reply;
use crate::view::BatchResult;
use ledger::event::Person;
use model::{BatchId, DeptId, Finding};
use port::Starts;
use std::path::PathBuf;

/// What is handed over, where to and by whom.
struct Errand {
    dept: DeptId,
    starts: Starts,
    place: Option<PathBuf>,
    person: Option<Person>,
    again: Option<String>,
}

impl Handle {
    /// Channels that the node begins by itself, now instead of in their turn.
    pub(super) async fn deliver(&self, dept: &DeptId) -> Result<Reply, Finding> {
        let errand = Errand {
            dept: dept.clone(),
            starts: Starts::Node,
            place: None,
            person: None,
            again: None,
        };
        self.run_errand(errand, "deliver").await
    }

    /// Onto a medium: each set is whole there before the next one is made, and what was not made is still due.
    pub(super) async fn export(
        &self,
        dept: &DeptId,
        to: PathBuf,
        again: Option<String>,
        person: Option<Person>,
    ) -> Result<Reply, Finding> {
        let shared = &self.shared;
        for channel in shared.plan.dept(dept).iter().flat_map(|d| &d.ladder) {
            if let Some(adapter) = shared.adapter(dept, &channel.name) {
                adapter.ready(&to).await.map_err(|fault| fault.finding)?;
            }
        }
        let errand = Errand {
            dept: dept.clone(),
            starts: Starts::Medium,
            place: Some(to),
            person,
            again,
        };
        self.run_errand(errand, "export").await
    }

    async fn run_errand(&self, errand: Errand, work: &'static str) -> Result<Reply, Finding> {
        let shared = &self.shared;
        let (dept, starts, again) = (errand.dept.clone(), errand.starts, errand.again.clone());
        let meter = shared.progress.begin(work, dept.as_str());
        let is_one = again.is_some();
        let Ready { batches, rows, until } = shared
            .ask(|tell| Command::Export {
                dept,
                starts,
                again,
                tell,
            })
            .await?;
        meter.expect(rows);
        let mut results = Vec::new();
        for (batch, number) in batches {
            results.push(self.hand_over(batch, number, &errand, &meter).await?);
        }
        if is_one {
            return Ok(Reply::Batches(results));
        }
        loop {
            let dept = errand.dept.clone();
            let next = shared
                .ask(|tell| Command::ExportNext {
                    dept,
                    starts,
                    until,
                    tell,
                })
                .await?;
            let Some((batch, number)) = next else { break };
            results.push(self.hand_over(batch, number, &errand, &meter).await?);
        }
        Ok(Reply::Batches(results))
    }

    async fn hand_over(
        &self,
        batch: BatchId,
        number: String,
        errand: &Errand,
        meter: &Meter,
    ) -> Result<BatchResult, Finding> {
        let shared = &self.shared;
        let mut fetched: Fetched = shared.ask(|tell| Command::Leave { batch, tell }).await?;
        fetched.prepared.place.clone_from(&errand.place);
        let rows = fetched.prepared.records.len() as u64;
        let result = perform::deliver_fetched(shared, &fetched).await;
        let (dept, channel) = (fetched.prepared.numbers.dept.clone(), fetched.channel.clone());
        drop(fetched);
        let (place, person) = (errand.place.clone(), errand.person.clone());
        shared
            .ask(|tell| Command::Delivered {
                batch,
                result,
                place,
                person,
                tell: Some(tell),
            })
            .await?;
        meter.add(rows);
        Ok(BatchResult {
            dept: dept.to_string(),
            channel,
            name: number,
            batch: batch.to_string(),
            verdict: "handed_over".to_owned(),
            rows,
            refused: 0,
            findings: Vec::new(),
        })
    }
}
