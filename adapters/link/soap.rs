//! A department's SOAP interface: one envelope per record, a fault as a business answer, results by a question.
//!
//! It differs from `rest` in what matters most: nothing makes a repeat harmless. Whoever may have sent a record before
//! asks for it first, and sends again only what the department says it does not have.

mod answer;
mod courier;
mod envelope;
pub mod judge;
mod results;
pub mod settings;

#[cfg(test)]
mod tests;

use crate::adapter::setting;
use crate::auth::{Auth, Session};
use crate::error::Broken;
use crate::json::Bounds;
use crate::wire::{Wire, is_busy};
use async_trait::async_trait;
use courier::Courier;
use envelope::Envelope;
use model::Finding;
use port::{
    Abilities, Adapter, Answer, Ask, Claim, Context, Encoded, Fault, Numbers, Offer, Outcome, Outgoing, Parts,
    Prepared, Said, Starts, Unencoded,
};
use results::Reader;
use settings::Soap;
use std::sync::Arc;

/// A department's SOAP interface.
pub struct SoapLink {
    envelope: Arc<Envelope>,
    courier: Courier,
    reader: Option<Reader>,
    ops: settings::Ops,
    largest: u64,
}

/// Builds what the settings say. Opens nothing.
pub fn link(soap: Soap, context: &Context) -> Result<SoapLink, Finding> {
    let envelope = Arc::new(Envelope::new(&soap));
    let bounds = Bounds {
        bytes: soap.limits.body.0,
        depth: 0,
        values: 0,
    };
    let wire = Wire::new(&soap.base, soap.ca, soap.wait, soap.limits.body, soap.concurrency);
    let session = Session {
        wire,
        auth: Auth::Open("soap.base"),
        bounds,
    };
    let reader = match soap.results {
        None => None,
        Some(results) => {
            let feed = context.channel.feeds.iter().find(|f| f.name == results.feed);
            let layout = feed.and_then(|f| context.layout(&f.layout));
            let layout = layout.ok_or_else(|| setting("soap.results.feed", "no such feed, or no layout for it"))?;
            Some(Reader::new(results, layout, envelope.clone()))
        }
    };
    let courier = Courier {
        session,
        envelope: envelope.clone(),
        answers: soap.answer,
        query: soap.query,
        serial: soap.serial,
        recognises_repeats: soap.recognises_repeats,
        concurrency: soap.concurrency.clamp(1, 32),
    };
    Ok(SoapLink {
        envelope,
        courier,
        reader,
        ops: soap.ops,
        largest: context.max_batch_bytes,
    })
}

#[async_trait]
impl Adapter for SoapLink {
    fn abilities(&self) -> Abilities {
        Abilities {
            starts: Starts::Node,
            collects: self.reader.is_some(),
            queries: self.courier.query.is_some(),
            recalls: false,
        }
    }

    async fn probe(&self) -> Result<(), Fault> {
        // Without results there is no question that changes nothing over there.
        let Some(reader) = &self.reader else { return Ok(()) };
        let call = reader.smallest()?;
        let endpoint = call.endpoint.clone();
        let reply = self.courier.session.call(call).await.map_err(Broken::into_fault)?;
        if is_busy(reply.status) {
            return Err(crate::answer::busy(&reply, &endpoint));
        }
        reader.judge(&reply, &endpoint, &self.courier.answers).map(drop)
    }

    async fn collect(&self, ask: &Ask) -> Result<Vec<Offer>, Fault> {
        match &self.reader {
            Some(reader) => reader.collect(&self.courier, ask).await,
            None => Ok(Vec::new()),
        }
    }

    async fn receive(&self, parts: Parts) -> Result<Offer, Fault> {
        match &self.reader {
            Some(reader) if reader.feed() == parts.feed => Ok(reader.pushed(parts)),
            _ => Err(Fault::never("nothing is pushed on this channel")),
        }
    }

    async fn acknowledge(&self, _claim: &Claim, _answer: &Answer) -> Result<(), Fault> {
        // The cursor was committed with the batch; the other side keeps none for us.
        Ok(())
    }

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        Ok(envelope::encode(
            &self.envelope,
            &self.ops,
            rows,
            numbers,
            self.largest,
        )?)
    }

    async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        self.courier.deliver(batch).await
    }

    async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        let said = self.courier.query(batch).await?;
        Ok(said.unwrap_or_else(|| vec![Said::CannotSay; batch.records.len()]))
    }
}
