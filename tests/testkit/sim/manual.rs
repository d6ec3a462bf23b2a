//! The clerks' rung: worksheets that nobody delivers, and forms that are pushed.

use crate::sim::machine::Machine;
use crate::sim::sheet::{self, Batch, Said};
use async_trait::async_trait;
use engine::Plan;
use model::define::Channel;
use port::{
    Abilities, Adapter, Answer, Ask, Claim, Encoded, Fault, Numbers, Offer, Outcome, Outgoing, Parts, Prepared, Starts,
    Unencoded,
};
use serde_json::Value;
use std::sync::Arc;

/// The adapter.
pub struct Manual {
    /// Whose it is.
    pub machine: Arc<Machine>,
    /// The plan, for layouts.
    pub plan: Arc<Plan>,
    /// For which department.
    pub dept: String,
    /// As configured.
    pub channel: Arc<Channel>,
}

/// A form's entries as one row; the second of two entries says the same as the first.
fn row(body: &[u8]) -> Option<(String, String, Said)> {
    let form: Value = serde_json::from_slice(body).ok()?;
    let case_no = form.get("case_no")?.as_str()?.to_owned();
    let matter = form.get("matter")?.as_str()?.to_owned();
    let mut said = vec![("业务编号".to_owned(), case_no.clone())];
    for (name, value) in form.get("fields")?.as_object()? {
        let text = match value {
            Value::Array(both) => both.first()?.as_str()?,
            other => other.as_str()?,
        };
        said.push((name.clone(), text.to_owned()));
    }
    Some((case_no, matter, said))
}

#[async_trait]
impl Adapter for Manual {
    fn abilities(&self) -> Abilities {
        Abilities {
            starts: Starts::Claim,
            collects: false,
            queries: false,
            recalls: false,
        }
    }

    async fn probe(&self) -> Result<(), Fault> {
        Ok(())
    }

    async fn collect(&self, _ask: &Ask) -> Result<Vec<Offer>, Fault> {
        Ok(Vec::new())
    }

    async fn receive(&self, parts: Parts) -> Result<Offer, Fault> {
        let layout = sheet::layout(&self.plan, &self.dept, &self.channel, &parts.feed);
        let (Some(layout), Some((case_no, matter, said))) = (layout, row(&parts.body)) else {
            return Err(Fault::never("no such form"));
        };
        self.machine.tell_result(&(case_no.clone(), matter.clone()));
        let batch = Batch {
            feed: &parts.feed,
            name: &format!("{case_no} {matter}"),
            number: None,
            answers: None,
            rows: &[said],
            position: None,
        };
        Ok(sheet::offer(batch, &layout))
    }

    async fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        self.machine.say(format!("form {}: {:?}", claim.0, answer.verdict));
        Ok(())
    }

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        Ok(sheet::encode(rows, numbers, &self.channel, &self.machine))
    }

    async fn deliver(&self, _batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        self.machine.world.violation("a clerk's task was delivered by the node");
        Err(Fault::never("a clerk claims the task"))
    }
}
