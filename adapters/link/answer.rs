//! What an answer to one record means. Pure: status, body and settings in, meaning out.
//!
//! A yes needs more than its status: a login page comes with 200 as well. What is neither a documented yes nor a
//! documented no says nothing about the record.

use crate::error::nonsense;
use crate::json::{self, Bounds, Json};
use crate::settings::{Answers, Query};
use crate::wire::{Reply, is_busy};
use model::{Code, Finding};
use port::{Fault, Outcome, Said};

#[cfg(test)]
mod tests;

/// The most characters a reason may have; a longer one is no reason but a page.
pub const REASON_CHARS: usize = 2_000;

/// What an answer means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Meaning<T> {
    /// It says this of the record.
    Says(T),
    /// It turned the request away before looking at it.
    Busy(Fault),
    /// It says nothing that can be relied on.
    Nothing(Fault),
}

/// What the answer to a hand-over means.
pub fn of_hand_over(reply: &Reply, rules: &Answers, bounds: Bounds, case_no: &str, endpoint: &str) -> Meaning<Outcome> {
    if is_busy(reply.status) {
        return Meaning::Busy(busy(reply, endpoint));
    }
    let body = match ours(reply, rules, bounds, case_no) {
        Ok(body) => body,
        Err(detail) => return nothing(endpoint, reply.status, &detail),
    };
    let receipt = receipt(&body, rules);
    if rules.already.contains(&reply.status) {
        return Meaning::Says(Outcome::Acknowledged(receipt));
    }
    let ok = rules.ok.contains(&reply.status);
    let holds = rules
        .when
        .as_ref()
        .is_none_or(|w| body.at(&w.field).and_then(Json::word) == Some(&*w.is));
    if ok && holds && receipt.is_some() {
        return Meaning::Says(Outcome::Acknowledged(receipt));
    }
    // A documented no is a no whether the status says so or a 200 hides it.
    let may_refuse = (ok && receipt.is_none()) || rules.refused.contains(&reply.status);
    if let Some(no) = refusal(&body, rules).filter(|_| may_refuse) {
        return Meaning::Says(no);
    }
    nothing(endpoint, reply.status, "not a documented body")
}

/// What the answer to a question means.
pub fn of_query(
    reply: &Reply,
    rules: &Answers,
    query: &Query,
    bounds: Bounds,
    case_no: &str,
    endpoint: &str,
) -> Meaning<Said> {
    if is_busy(reply.status) {
        return Meaning::Busy(busy(reply, endpoint));
    }
    let body = match ours(reply, rules, bounds, case_no) {
        Ok(body) => body,
        Err(detail) => return nothing(endpoint, reply.status, &detail),
    };
    match (reply.status, receipt(&body, rules)) {
        (200, Some(receipt)) => Meaning::Says(Said::Booked(Some(receipt))),
        (404, _) if code(&body, rules).is_some_and(|c| query.not_booked.iter().any(|n| n == c)) => {
            Meaning::Says(Said::NotBooked)
        }
        _ => nothing(endpoint, reply.status, "not a documented body"),
    }
}

/// The fault for "come back later", with the pause asked for.
pub fn busy(reply: &Reply, endpoint: &str) -> Fault {
    let fault = Fault::retry(Finding::new(Code::CBusy).with("endpoint", endpoint));
    match reply.retry_after {
        Some(pause) => fault.after(pause),
        None => fault,
    }
}

/// The body as an object that is about our case, or what is wrong with it.
fn ours(reply: &Reply, rules: &Answers, bounds: Bounds, case_no: &str) -> Result<Json, String> {
    if !reply.json {
        return Err("not application/json".into());
    }
    let body = json::parse(&reply.body, bounds).map_err(|f| f.code.word().to_owned())?;
    if !matches!(body, Json::Object(_)) {
        return Err("not an object".into());
    }
    match body.at(&rules.echo) {
        Some(echo) if echo.word() != Some(case_no) => Err(format!("{} is another case's", rules.echo)),
        _ => Ok(body),
    }
}

fn receipt(body: &Json, rules: &Answers) -> Option<String> {
    body.at(&rules.receipt)
        .and_then(Json::word)
        .filter(|r| !r.is_empty() && r.len() <= 128)
        .map(str::to_owned)
}

fn code<'a>(body: &'a Json, rules: &Answers) -> Option<&'a str> {
    let fits = |c: &&str| !c.is_empty() && c.len() <= 16 && c.bytes().all(|b| b.is_ascii_graphic());
    body.at(&rules.code).and_then(Json::word).filter(fits)
}

fn refusal(body: &Json, rules: &Answers) -> Option<Outcome> {
    // A code of zeros is somebody's word for "good": without a receipt it is no yes, but it is no no either.
    let code = code(body, rules).filter(|c| c.bytes().any(|b| b != b'0'))?.to_owned();
    let reason = body.at(&rules.message).and_then(Json::word)?;
    (reason.chars().count() <= REASON_CHARS).then(|| Outcome::Refused {
        code,
        reason: reason.to_owned(),
    })
}

/// What says nothing that can be relied on.
pub fn nothing<T>(endpoint: &str, status: u16, detail: &str) -> Meaning<T> {
    Meaning::Nothing(Fault::retry(nonsense(endpoint, &format!("HTTP {status}, {detail}"))))
}
