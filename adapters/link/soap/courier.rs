//! Handing over a batch, and asking first where an earlier call may have begun.

use super::answer::{of_hand_over, of_query};
use super::envelope::Envelope;
use super::settings::{Answers, Query};
use crate::auth::Session;
use crate::deliver::{Sent, Stop, settle, sum_up, width};
use crate::wire::Call;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt};
use model::Finding;
use port::{Fault, Outcome, Prepared, Record, Said};
use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use std::collections::HashSet;
use std::sync::Arc;

/// Everything a hand-over needs besides the batch.
pub struct Courier {
    /// The way there.
    pub session: Session,
    /// What is written and read.
    pub envelope: Arc<Envelope>,
    /// What answers mean.
    pub answers: Answers,
    /// How to ask.
    pub query: Option<Query>,
    /// The header of the record's own number.
    pub serial: Option<String>,
    /// A repeat has no second effect.
    pub recognises_repeats: bool,
    /// At once.
    pub concurrency: usize,
}

impl Envelope {
    /// A request with this element, as bytes.
    pub fn call(&self, operation: &str, body: Vec<u8>) -> Result<Call, Fault> {
        let text = |value: String| HeaderValue::from_str(&value).map_err(|_| unfit("a header that cannot be written"));
        let kind = format!("text/xml; charset={}", self.encoding.word().to_ascii_uppercase());
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("text/xml"));
        headers.insert(CONTENT_TYPE, text(kind)?);
        let action = format!("\"{}#{operation}\"", self.namespace);
        headers.insert(HeaderName::from_static("soapaction"), text(action)?);
        Ok(Call {
            method: Method::POST,
            path: self.path.clone(),
            endpoint: format!("POST {} {operation}", self.path),
            headers,
            body: Some(body),
        })
    }

    /// A question.
    pub fn question(&self, operation: &str, fields: &[(&str, &str)]) -> Result<Call, Fault> {
        let body = self.request(operation, fields).map_err(first)?;
        self.call(operation, body)
    }
}

impl Courier {
    /// One outcome per record.
    ///
    /// Where an earlier call may have begun, each record is asked for first; what the department does not have is sent,
    /// what it cannot speak of stays unknown, and so does everything of that case behind it.
    pub async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let known = if batch.again && !self.recognises_repeats {
            self.look(batch).await?
        } else {
            vec![None; batch.records.len()]
        };
        let stop = Stop::default();
        let mut futures: Vec<BoxFuture<'_, Sent<Outcome>>> = Vec::new();
        for (i, (record, known)) in batch.records.iter().zip(known).enumerate() {
            match known {
                Some(sent) => futures.push(async move { sent }.boxed()),
                None => futures.push(self.hand_over(record, self.job(batch, i)?, &stop).boxed()),
            }
        }
        let sent = stream::iter(futures)
            .buffered(width(self.concurrency, &batch.records))
            .collect()
            .await;
        sum_up(sent, self.query.is_some(), Outcome::Unknown)
    }

    /// What the other side says of each record; `None` where it cannot be asked.
    pub async fn query(&self, batch: &Prepared) -> Result<Option<Vec<Said>>, Fault> {
        let Some(query) = &self.query else { return Ok(None) };
        let stop = Stop::default();
        let futures: Vec<BoxFuture<'_, Sent<Said>>> = batch
            .records
            .iter()
            .map(|record| self.ask(query, record, &stop).boxed())
            .collect();
        let said = stream::iter(futures)
            .buffered(width(self.concurrency, &batch.records))
            .collect()
            .await;
        sum_up(said, true, Said::CannotSay).map(Some)
    }

    /// What need not, or must not, be sent again.
    async fn look(&self, batch: &Prepared) -> Result<Vec<Option<Sent<Outcome>>>, Fault> {
        let said = self.query(batch).await?;
        let said = said.unwrap_or_else(|| vec![Said::CannotSay; batch.records.len()]);
        let mut held: HashSet<&str> = HashSet::new();
        let word = |(record, said): (&'_ Record, Said), held: &mut HashSet<&str>| match said {
            Said::Booked(receipt) => Some(Sent::Answered(Outcome::Acknowledged(receipt))),
            Said::NotBooked if !held.contains(record.case_no.as_str()) => None,
            Said::NotBooked | Said::Taken | Said::CannotSay => Some(Sent::Silent),
        };
        let mut known = Vec::with_capacity(said.len());
        for (record, said) in batch.records.iter().zip(said) {
            let sent = word((record, said), &mut held);
            if sent == Some(Sent::Silent) {
                held.insert(record.case_no.as_str());
            }
            known.push(sent);
        }
        Ok(known)
    }

    async fn hand_over(&self, record: &Record, job: Job, stop: &Stop) -> Sent<Outcome> {
        if let Some(fault) = stop.pulled() {
            return Sent::NotTaken(fault);
        }
        let endpoint = job.call.endpoint.clone();
        let case_no = record.case_no.as_str();
        let meaning = self.session.call(job.call).await.map(|reply| {
            tracing::debug!(status = reply.status, endpoint, "handed over");
            of_hand_over(
                &reply,
                &self.envelope,
                &self.answers,
                &job.operation,
                case_no,
                &endpoint,
            )
        });
        settle(meaning, stop)
    }

    async fn ask(&self, query: &Query, record: &Record, stop: &Stop) -> Sent<Said> {
        if let Some(fault) = stop.pulled() {
            return Sent::NotTaken(fault);
        }
        let case_no = record.case_no.as_str();
        let fields = [
            (query.case.as_str(), case_no),
            (query.serial.as_str(), record.token.as_str()),
        ];
        let call = match self.envelope.question(&query.operation, &fields) {
            Ok(call) => call,
            Err(fault) => return Sent::Nothing(fault),
        };
        let endpoint = call.endpoint.clone();
        let meaning = self.session.call(call).await;
        let meaning = meaning.map(|r| of_query(&r, &self.envelope, &self.answers, query, case_no, &endpoint));
        settle(meaning, stop)
    }

    /// One request, from the spooled bytes alone.
    fn job(&self, batch: &Prepared, record: usize) -> Result<Job, Fault> {
        let part = batch.encoded.parts.iter().find(|p| p.records == (record..record + 1));
        let part = part.ok_or_else(|| unfit("a record without a part of its own"))?;
        let mut call = self.envelope.call(&part.name, part.bytes.clone())?;
        if let (Some(name), Some(record)) = (&self.serial, batch.records.get(record)) {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit("no header's name"))?;
            let value = HeaderValue::from_str(&record.token).map_err(|_| unfit("a number that no header can carry"))?;
            call.headers.insert(name, value);
        }
        Ok(Job {
            call,
            operation: part.name.clone(),
        })
    }
}

struct Job {
    call: Call,
    operation: String,
}

fn unfit(detail: &str) -> Fault {
    Fault::never(detail)
}

fn first(findings: Vec<Finding>) -> Fault {
    findings.into_iter().next().map_or_else(
        || unfit("no valid request"),
        |finding| Fault {
            finding,
            next: port::Next::Never,
            retry_after: None,
        },
    )
}
