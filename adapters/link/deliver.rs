//! Handing over a batch: record by record, a few at a time, and what the answers add up to.

use crate::answer::{Meaning, of_hand_over, of_query};
use crate::auth::Session;
use crate::error::Broken;
use crate::json::Bounds;
use crate::settings::{Answers, Query};
use crate::target;
use crate::wire::Call;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt};
use model::{Code, Finding};
use port::{Fault, Outcome, Prepared, Record, Said};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

#[cfg(test)]
mod tests;

/// The header that makes a repeat recognisable.
const KEY: &str = "idempotency-key";

/// Everything a hand-over needs besides the batch.
pub struct Courier {
    /// The way there.
    pub session: Session,
    /// What answers mean.
    pub answers: Answers,
    /// How to ask.
    pub query: Option<Query>,
    /// What an answer may have.
    pub bounds: Bounds,
    /// At once.
    pub concurrency: usize,
}

/// What became of one record in this call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Sent<T> {
    /// The other side said so.
    Answered(T),
    /// Certainly not taken in this call.
    NotTaken(Fault),
    /// May have been taken; no whole answer came.
    Silent,
    /// May have been taken; what came back says nothing.
    Nothing(Fault),
}

/// The first fault after which sending on would only make it worse.
#[derive(Default)]
pub struct Stop(Mutex<Option<Fault>>);

impl Stop {
    /// From here on nothing more is sent.
    pub fn pull(&self, fault: &Fault) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_or_insert_with(|| fault.clone());
    }
    /// Why nothing more is sent.
    pub fn pulled(&self) -> Option<Fault> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Courier {
    /// One outcome per record.
    pub async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault> {
        let jobs = jobs(batch)?;
        let stop = Stop::default();
        let futures: Vec<BoxFuture<'_, Sent<Outcome>>> =
            jobs.into_iter().map(|job| self.hand_over(job, &stop).boxed()).collect();
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

    async fn hand_over(&self, job: Job, stop: &Stop) -> Sent<Outcome> {
        if let Some(fault) = stop.pulled() {
            return Sent::NotTaken(fault);
        }
        let (endpoint, case_no) = (job.call.endpoint.clone(), job.case_no);
        let meaning = self.session.call(job.call).await.map(|reply| {
            let meaning = of_hand_over(&reply, &self.answers, self.bounds, &case_no, &endpoint);
            tracing::debug!(status = reply.status, endpoint, "handed over");
            meaning
        });
        settle(meaning, stop)
    }

    async fn ask(&self, query: &Query, record: &Record, stop: &Stop) -> Sent<Said> {
        if let Some(fault) = stop.pulled() {
            return Sent::NotTaken(fault);
        }
        let case_no = record.case_no.as_str();
        let path = target::fill(&query.path, &[("case_no", case_no), ("token", &record.token)]);
        let call = Call::get(path, &query.path);
        let endpoint = call.endpoint.clone();
        let meaning = self.session.call(call).await;
        let meaning = meaning.map(|r| of_query(&r, &self.answers, query, self.bounds, case_no, &endpoint));
        settle(meaning, stop)
    }
}

/// Order is kept per case: two hand-overs of one case never travel side by side.
pub fn width(concurrency: usize, records: &[Record]) -> usize {
    let mut seen = HashSet::new();
    if records.iter().all(|r| seen.insert(&r.case_no)) {
        concurrency
    } else {
        1
    }
}

/// What one answer, or none, says of its record; pulls the stop where others would fare no better.
pub fn settle<T>(meaning: Result<Meaning<T>, Broken>, stop: &Stop) -> Sent<T> {
    match meaning {
        Ok(Meaning::Says(word)) => Sent::Answered(word),
        Ok(Meaning::Busy(fault)) | Err(Broken::NotTaken(fault)) => {
            stop.pull(&fault);
            Sent::NotTaken(fault)
        }
        Err(Broken::Maybe { fault, late: true }) => {
            stop.pull(&fault);
            Sent::Silent
        }
        // One record's nonsense stops only itself.
        Ok(Meaning::Nothing(fault)) => Sent::Nothing(fault),
        Err(Broken::Maybe { fault, late: false }) if fault.finding.code == Code::CUnreachable => Sent::Silent,
        Err(Broken::Maybe { fault, late: false }) => Sent::Nothing(fault),
    }
}

/// What the records add up to.
///
/// Nothing said at all, and a fault to show: the call got nowhere, and the engine calls again with the same keys.
/// Something said: that stands, and the rest is `open`, to be asked about. Where nobody can be asked, a record that was
/// certainly not taken must not be left as if it might be: then too the engine calls again, which is harmless because
/// the key is the same and what was taken is acknowledged a second time.
pub fn sum_up<T: Clone>(sent: Vec<Sent<T>>, can_ask: bool, open: T) -> Result<Vec<T>, Fault> {
    let answered = sent.iter().any(|s| matches!(s, Sent::Answered(_)));
    let silent = sent.iter().any(|s| matches!(s, Sent::Silent));
    let not_taken = sent.iter().find_map(|s| match s {
        Sent::NotTaken(fault) => Some(fault),
        _ => None,
    });
    let nothing = sent.iter().find_map(|s| match s {
        Sent::Nothing(fault) => Some(fault),
        _ => None,
    });
    match (not_taken, nothing) {
        (Some(fault), _) if !can_ask || !(answered || silent) => return Err(fault.clone()),
        (None, Some(fault)) if !(answered || silent) => return Err(fault.clone()),
        _ => {}
    }
    let word = |s| match s {
        Sent::Answered(word) => word,
        _ => open.clone(),
    };
    Ok(sent.into_iter().map(word).collect())
}

struct Job {
    call: Call,
    case_no: String,
}

/// One request per record, from the spooled bytes alone.
fn jobs(batch: &Prepared) -> Result<Vec<Job>, Fault> {
    let mut jobs = Vec::with_capacity(batch.records.len());
    for (i, record) in batch.records.iter().enumerate() {
        let part = batch.encoded.parts.iter().find(|p| p.records == (i..i + 1));
        let part = part.ok_or_else(|| Fault::never("a record without a part of its own"))?;
        let (method, path) = target::read(&part.name).map_err(Fault::never)?;
        let endpoint = endpoint(&method, path, record.case_no.as_str());
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let key = HeaderValue::from_str(&record.token).map_err(|_| Fault::never("a token that no header can carry"))?;
        headers.insert(HeaderName::from_static(KEY), key);
        let call = Call {
            method,
            path: path.to_owned(),
            endpoint,
            headers,
            body: Some(part.bytes.clone()),
        };
        jobs.push(Job {
            call,
            case_no: record.case_no.as_str().to_owned(),
        });
    }
    Ok(jobs)
}

fn endpoint(method: &Method, path: &str, case_no: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    format!("{method} {}", path.replace(case_no, "{case_no}"))
}

/// An answer that is no yes to a question nobody may act on, as a fault.
pub fn unexpected(endpoint: &str, status: u16) -> Finding {
    crate::error::nonsense(endpoint, &format!("HTTP {status}"))
}
