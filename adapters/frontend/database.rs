//! Transport `database`: tables in a front-end database (前置库) instead of files.
//!
//! A row is the unit: it is inserted, claimed and answered by itself, and its state column is where both sides write what
//! became of it. That fits no directory, so this is an adapter beside the one over places; `Mode::build` chooses.

#[cfg(test)]
mod behaviour;
mod fault;
mod incoming;
mod key;
mod outgoing;
mod position;
mod probe;
mod receipts;
mod rows;
mod session;
mod settings;
mod settle;
mod statement;
#[cfg(test)]
mod tests;
mod tls;

pub use settings::{DatabaseSettings, judge};

use async_trait::async_trait;
use incoming::Inbox;
use model::define::Layout;
use model::{Code, Finding};
use outgoing::Outbox;
use port::{
    Abilities, Adapter, Answer, Ask, Claim, Context, Encoded, Fault, Misfit, Numbers, Offer, Outcome, Outgoing, Parts,
    Prepared, Recalled, Said, Starts, Unencoded,
};
use session::Server;
use std::sync::Arc;

/// A front-end database as a channel.
pub struct Database {
    said: incoming::Said,
    settings: DatabaseSettings,
    context: Context,
}

impl Database {
    /// Reads the password; opens nothing.
    pub fn new(settings: DatabaseSettings, context: Context) -> Result<Self, Finding> {
        let said = incoming::Said::default();
        let database = Self {
            said,
            settings,
            context,
        };
        database.reach().map(|_| database)
    }

    /// How to reach it, with the password as it is now.
    fn reach(&self) -> Result<Server, Finding> {
        let (settings, context) = (&self.settings, &self.context);
        let password = settings
            .password
            .as_ref()
            .map(|s| context.secrets.read(s))
            .transpose()?;
        let tls = tls::Tlsing::new(settings, context)?;
        Server::new(
            settings,
            password.as_ref(),
            &tls,
            context.offset_minutes,
            Arc::clone(&context.clock),
        )
    }

    fn server(&self) -> Result<Server, Fault> {
        self.reach().map_err(Fault::person)
    }

    fn outbox<'a>(&'a self, server: &'a Server) -> Result<Outbox<'a>, Fault> {
        let settings = self.settings.out.as_ref();
        Ok(Outbox {
            server,
            settings: settings.ok_or_else(|| Fault::never("本通道不向外发送 this channel sends nothing"))?,
            clock: &*self.context.clock,
        })
    }

    fn inbox(&self) -> Result<Option<Inbox<'_>>, Fault> {
        let Some(settings) = &self.settings.in_ else {
            return Ok(None);
        };
        Ok(Some(Inbox {
            settings,
            layout: self.layout(&settings.feed)?,
            context: &self.context,
            said: &self.said,
        }))
    }

    fn layout(&self, feed: &str) -> Result<&Layout, Fault> {
        let known = self.context.channel.feeds.iter().find(|f| f.name == feed);
        let layout = known.and_then(|f| self.context.layout(&f.layout));
        layout.ok_or_else(|| Fault::never("来件没有布局 the feed has no layout"))
    }
}

#[async_trait]
impl Adapter for Database {
    fn abilities(&self) -> Abilities {
        let sends = self.settings.out.is_some();
        let receipts = self.settings.out.as_ref().is_some_and(|out| out.feed.is_some());
        Abilities {
            starts: Starts::Node,
            collects: receipts || self.settings.in_.is_some(),
            queries: sends,
            recalls: sends,
        }
    }

    async fn probe(&self) -> Result<(), Fault> {
        let server = self.server()?;
        let mut session = server.open().await?;
        if let Some(out) = &self.settings.out {
            let names = self.context.channel.layouts.values();
            let layouts: Vec<&Layout> = names.filter_map(|name| self.context.layout(name)).collect();
            probe::out(&mut session, out, &layouts).await?;
        }
        if let Some(inbox) = self.inbox()? {
            probe::in_(&mut session, inbox.settings, inbox.layout, &self.context).await?;
        }
        session.close().await;
        Ok(())
    }

    async fn collect(&self, ask: &Ask) -> Result<Vec<Offer>, Fault> {
        if ask.place.is_some() {
            return Err(Fault::never("行由前置库取得 rows come from the front-end database"));
        }
        let server = self.server()?;
        let mut session = server.open().await?;
        let mut offers = Vec::new();
        if let Some((out, feed)) = self.settings.out.as_ref().and_then(|o| Some((o, o.feed.as_ref()?))) {
            let (layout, position) = (self.layout(feed)?, ask.position.as_ref());
            offers = receipts::collect(&mut session, out, feed, layout, &self.context, position, ask.max).await?;
        }
        let room = ask.max.saturating_sub(offers.len());
        if let Some(inbox) = self.inbox()?.filter(|_| room > 0) {
            offers.extend(inbox.collect(&mut session, room).await?);
        }
        session.close().await;
        Ok(offers)
    }

    async fn receive(&self, _parts: Parts) -> Result<Offer, Fault> {
        Err(Fault::never("行只在前置库中 rows are in the front-end database only"))
    }

    async fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault> {
        if receipts::is_receipt(claim) || self.said.takes(claim) {
            return Ok(());
        }
        let Some(settings) = &self.settings.in_ else {
            return Err(Fault::never("本通道没有来件 this channel brings nothing"));
        };
        let server = self.server()?;
        let mut session = server.open().await?;
        settle::acknowledge(&mut session, settings, &self.context.node, claim, answer).await?;
        session.close().await;
        Ok(())
    }

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        match &self.settings.out {
            Some(out) => Ok(outgoing::encode(out, rows, numbers, self.context.offset_minutes)?),
            None => {
                let findings = vec![Finding::new(Code::CNotPossible).with("detail", "out")];
                let record = rows.records.len();
                Err(vec![Misfit { record, findings }].into())
            }
        }
    }

    async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        if batch.place.is_some() {
            return Err(Fault::never("行写入前置库 rows go into the front-end database"));
        }
        self.outbox(&self.server()?)?.deliver(batch).await
    }

    async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        self.outbox(&self.server()?)?.query(batch).await
    }

    async fn holds(&self, claim: &Claim) -> Result<bool, Fault> {
        let nobodys = receipts::is_receipt(claim) || incoming::is_odd(claim);
        let Some(inbox) = self.inbox()?.filter(|_| !nobodys) else {
            return Ok(true);
        };
        let server = self.server()?;
        let mut session = server.open().await?;
        let holds = inbox.holds(&mut session, claim).await?;
        session.close().await;
        Ok(holds)
    }

    async fn take_over(&self) -> Result<Vec<String>, Fault> {
        let Some(inbox) = self.inbox()? else {
            return Ok(Vec::new());
        };
        let server = self.server()?;
        let mut session = server.open().await?;
        let taken = inbox.take_over(&mut session).await?;
        session.close().await;
        Ok(taken)
    }

    async fn recall(&self, batch: &Prepared) -> Result<Recalled, Fault> {
        self.outbox(&self.server()?)?.recall(batch).await
    }
}
