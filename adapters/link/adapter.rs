//! The two adapters of this mode: a department's JSON interface, and the platform.

use crate::auth::{Auth, OAuth, Session, Signer};
use crate::deliver::{Courier, unexpected};
use crate::error::Broken;
use crate::json::Bounds;
use crate::results::Reader;
use crate::rows::Shape;
use crate::settings::{Hub, Limits, Ops, Push, Rest, Settings, Transport};
use crate::wire::{Call, Wire, is_busy};
use crate::{answer, encode, posted, soap};
use async_trait::async_trait;
use model::define::Layout;
use model::{Code, Finding};
use port::{
    Abilities, Adapter, Answer, Ask, Claim, Context, Encoded, Fault, Misfit, Numbers, Offer, Outcome, Outgoing, Parts,
    Prepared, Said, Starts, Unencoded, signed,
};
use seams::point;
use secrecy::ExposeSecret;
use std::sync::Arc;
use tokio::sync::Mutex;

/// A department's JSON interface.
struct RestLink {
    way: Way,
    reader: Option<Reader>,
}

/// The platform.
struct HubLink {
    feed: String,
    layout: Option<Layout>,
    bounds: Bounds,
    way: Option<Way>,
}

/// What both need to hand over.
struct Way {
    courier: Courier,
    ops: Ops,
    probe: Option<String>,
    largest: Bounds,
}

/// Builds what the settings say. Reads secrets; opens nothing.
pub fn build(settings: Settings, context: &Context) -> Result<Arc<dyn Adapter>, Finding> {
    match (settings.transport, settings.rest, settings.soap, settings.hub) {
        (Transport::Rest, Some(rest), ..) => Ok(Arc::new(rest_link(rest, context)?)),
        (Transport::Soap, _, Some(soap), _) => Ok(Arc::new(soap::link(soap, context)?)),
        (Transport::Hub, .., Some(hub)) => Ok(Arc::new(hub_link(hub, context)?)),
        _ => Err(setting("transport", "its own table is missing")),
    }
}

/// A setting that cannot be built.
pub fn setting(name: &str, detail: &str) -> Finding {
    Finding::new(Code::SChannelSetting)
        .with("setting", name)
        .with("detail", detail)
}

fn bounds(limits: Limits) -> Bounds {
    Bounds {
        bytes: limits.body.0,
        depth: limits.depth.min(64),
        values: limits.values,
    }
}

fn rest_link(rest: Rest, context: &Context) -> Result<RestLink, Finding> {
    let bounds = bounds(rest.limits);
    let auth = match rest.oauth {
        None => Auth::Open("rest.oauth"),
        Some(o) => Auth::Bearer(Box::new(OAuth {
            secret: context.kept(&o.client_secret)?,
            path: o.path,
            client_id: o.client_id,
            scope: o.scope,
            skew: o.skew,
            clock: context.clock.clone(),
            held: Mutex::new(None),
        })),
    };
    let wire = Wire::new(&rest.base, rest.ca, rest.wait, rest.limits.body, rest.concurrency);
    let session = Session { wire, auth, bounds };
    let (answers, query, concurrency) = (rest.answer, rest.query, rest.concurrency.clamp(1, 32));
    let courier = Courier {
        session,
        answers,
        query,
        bounds,
        concurrency,
    };
    let reader = match rest.results {
        None => None,
        Some(settings) => {
            let feed = context.channel.feeds.iter().find(|f| f.name == settings.feed);
            let layout = feed.and_then(|f| context.layout(&f.layout));
            let layout = layout.ok_or_else(|| setting("rest.results.feed", "no such feed, or no layout for it"))?;
            Some(Reader {
                settings,
                shape: Shape::of_layout(layout),
                bounds,
            })
        }
    };
    let way = Way {
        courier,
        ops: rest.ops,
        probe: rest.probe,
        largest: largest(bounds, context),
    };
    Ok(RestLink { way, reader })
}

fn hub_link(hub: Hub, context: &Context) -> Result<HubLink, Finding> {
    let bounds = bounds(hub.limits);
    let layout = context
        .channel
        .feeds
        .iter()
        .find(|f| f.name == hub.feed)
        .and_then(|f| context.layout(&f.layout));
    let way = hub.push.map(|push| push_way(push, hub.limits, context)).transpose()?;
    Ok(HubLink {
        feed: hub.feed,
        layout: layout.cloned(),
        bounds,
        way,
    })
}

fn push_way(push: Push, limits: Limits, context: &Context) -> Result<Way, Finding> {
    let key = context.secrets.read(&push.key)?;
    if key.expose_secret().len() < signed::MIN_KEY_BYTES {
        return Err(setting(
            "hub.push.key",
            &format!("at least {} bytes", signed::MIN_KEY_BYTES),
        ));
    }
    let bounds = bounds(limits);
    let (clock, rng) = (context.clock.clone(), context.rng.clone());
    let auth = Auth::Signed(Signer {
        key_id: push.key_id,
        key,
        clock,
        rng,
    });
    let wire = Wire::new(&push.base, push.ca, push.wait, limits.body, push.concurrency);
    let line = format!("POST {}", push.path);
    let ops = Ops {
        submit: line.clone(),
        supplement: line.clone(),
        amend: line.clone(),
        withdraw: line,
    };
    let session = Session { wire, auth, bounds };
    let (answers, query, concurrency) = (push.answer, push.query, push.concurrency.clamp(1, 32));
    let courier = Courier {
        session,
        answers,
        query,
        bounds,
        concurrency,
    };
    Ok(Way {
        courier,
        ops,
        probe: push.probe,
        largest: largest(bounds, context),
    })
}

/// One request of ours is bounded by what a batch may have.
fn largest(bounds: Bounds, context: &Context) -> Bounds {
    Bounds {
        bytes: context.max_batch_bytes,
        ..bounds
    }
}

impl Way {
    async fn probe(&self, smallest: Option<Call>) -> Result<(), Fault> {
        let call = self.probe.as_ref().map(|p| Call::get(p.clone(), p)).or(smallest);
        let Some(call) = call else { return Ok(()) };
        let endpoint = call.endpoint.clone();
        let reply = self.courier.session.call(call).await.map_err(Broken::into_fault)?;
        match reply.status {
            s if is_busy(s) => Err(answer::busy(&reply, &endpoint)),
            s if (200..300).contains(&s) && (reply.json || s == 204) => Ok(()),
            s => Err(Fault::retry(unexpected(&endpoint, s))),
        }
    }

    async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        let said = self.courier.query(batch).await?;
        Ok(said.unwrap_or_else(|| vec![Said::CannotSay; batch.records.len()]))
    }
}

#[async_trait]
impl Adapter for RestLink {
    fn abilities(&self) -> Abilities {
        let (collects, queries) = (self.reader.is_some(), self.way.courier.query.is_some());
        Abilities {
            starts: Starts::Node,
            collects,
            queries,
            recalls: false,
        }
    }

    async fn probe(&self) -> Result<(), Fault> {
        self.way.probe(self.reader.as_ref().map(Reader::smallest)).await
    }

    async fn collect(&self, ask: &Ask) -> Result<Vec<Offer>, Fault> {
        match &self.reader {
            Some(reader) => reader.collect(&self.way.courier.session, ask).await,
            None => Ok(Vec::new()),
        }
    }

    async fn receive(&self, parts: Parts) -> Result<Offer, Fault> {
        match &self.reader {
            Some(reader) if reader.settings.feed == parts.feed => Ok(reader.pushed(parts.name, &parts.body)),
            _ => Err(Fault::never("nothing is pushed on this channel")),
        }
    }

    async fn acknowledge(&self, _claim: &Claim, _answer: &Answer) -> Result<(), Fault> {
        // The cursor was committed with the batch; the other side keeps none for us.
        Ok(())
    }

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        Ok(encode::encode(&self.way.ops, rows, numbers, self.way.largest)?)
    }

    async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        self.way.courier.deliver(batch).await
    }

    async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        self.way.query(batch).await
    }
}

impl HubLink {
    fn way(&self) -> Result<&Way, Fault> {
        self.way
            .as_ref()
            .ok_or_else(|| Fault::never("nothing is pushed to the platform (hub.push)"))
    }
}

#[async_trait]
impl Adapter for HubLink {
    fn abilities(&self) -> Abilities {
        let queries = self.way.as_ref().is_some_and(|w| w.courier.query.is_some());
        Abilities {
            starts: Starts::Node,
            collects: false,
            queries,
            recalls: false,
        }
    }

    async fn probe(&self) -> Result<(), Fault> {
        match &self.way {
            Some(way) => way.probe(None).await,
            None => Ok(()),
        }
    }

    async fn collect(&self, _ask: &Ask) -> Result<Vec<Offer>, Fault> {
        Ok(Vec::new())
    }

    async fn receive(&self, parts: Parts) -> Result<Offer, Fault> {
        if parts.feed != self.feed {
            return Err(Fault::never("no such feed on this channel"));
        }
        point::passed("link.case-posted");
        Ok(posted::offer(parts, self.layout.as_ref(), self.bounds))
    }

    async fn acknowledge(&self, _claim: &Claim, _answer: &Answer) -> Result<(), Fault> {
        // The answer to the posted request is the receipt; whoever listens gives it.
        Ok(())
    }

    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded> {
        match &self.way {
            Some(way) => Ok(encode::encode(&way.ops, rows, numbers, way.largest)?),
            None => {
                let finding = setting("hub.push", "missing");
                let misfits = (0..rows.records.len()).map(|record| Misfit {
                    record,
                    findings: vec![finding.clone()],
                });
                Err(misfits.collect::<Vec<_>>().into())
            }
        }
    }

    async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        self.way()?.courier.deliver(batch).await
    }

    async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        match &self.way {
            Some(way) => way.query(batch).await,
            None => Ok(vec![Said::CannotSay; batch.records.len()]),
        }
    }
}
