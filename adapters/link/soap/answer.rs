//! What an answer to one record means. Pure.
//!
//! HTTP 500 with a `Fault` is how SOAP says no, so the status alone decides nothing. A fault without the interface's own
//! code comes from a server, not from a clerk's rule: it says nothing about the record.

use super::envelope::{Envelope, Fields, Opened};
use super::settings::{Answers, Query};
use crate::answer::{Meaning, REASON_CHARS, busy, nothing};
use crate::wire::{Reply, is_busy};
use port::{Outcome, Said};

/// What the answer to a hand-over means.
pub fn of_hand_over(
    reply: &Reply,
    envelope: &Envelope,
    rules: &Answers,
    operation: &str,
    case_no: &str,
    endpoint: &str,
) -> Meaning<Outcome> {
    match said(reply, envelope, rules, operation, case_no, endpoint) {
        Ok(Opened::Response(fields)) => match receipt(&fields, rules) {
            Some(receipt) => Meaning::Says(Outcome::Acknowledged(Some(receipt))),
            None => nothing(endpoint, reply.status, "no receipt"),
        },
        Ok(Opened::Fault(fields)) => match (code(&fields, rules), fields.get(&rules.message)) {
            (Some(code), _) if rules.already.iter().any(|a| a == code) => Meaning::Says(Outcome::Acknowledged(None)),
            (Some(code), Some(reason)) if reason.chars().count() <= REASON_CHARS => Meaning::Says(Outcome::Refused {
                code: code.to_owned(),
                reason: reason.to_owned(),
            }),
            _ => nothing(endpoint, reply.status, "a fault without a code"),
        },
        Err(meaning) => meaning,
    }
}

/// What the answer to a question means.
pub fn of_query(
    reply: &Reply,
    envelope: &Envelope,
    rules: &Answers,
    query: &Query,
    case_no: &str,
    endpoint: &str,
) -> Meaning<Said> {
    match said(reply, envelope, rules, &query.operation, case_no, endpoint) {
        Ok(Opened::Response(fields)) => match receipt(&fields, rules) {
            Some(receipt) => Meaning::Says(Said::Booked(Some(receipt))),
            None => nothing(endpoint, reply.status, "no receipt"),
        },
        Ok(Opened::Fault(fields)) => match code(&fields, rules) {
            Some(code) if query.not_booked.iter().any(|n| n == code) => Meaning::Says(Said::NotBooked),
            _ => nothing(endpoint, reply.status, "not a documented fault"),
        },
        Err(meaning) => meaning,
    }
}

/// A response about our case, or a fault that is no "come back later".
fn said<T>(
    reply: &Reply,
    envelope: &Envelope,
    rules: &Answers,
    operation: &str,
    case_no: &str,
    endpoint: &str,
) -> Result<Opened, Meaning<T>> {
    if is_busy(reply.status) {
        return Err(Meaning::Busy(busy(reply, endpoint)));
    }
    if !matches!(reply.status, 200 | 500) {
        return Err(nothing(endpoint, reply.status, "not a documented status"));
    }
    match envelope.opened(reply, operation) {
        Err(detail) => Err(nothing(endpoint, reply.status, &detail)),
        Ok(Opened::Response(_)) if reply.status != 200 => Err(nothing(endpoint, reply.status, "no fault")),
        Ok(Opened::Response(fields)) => match fields.get(&rules.echo) {
            Some(echo) if echo != case_no => {
                let detail = format!("{} is another case's", rules.echo);
                Err(nothing(endpoint, reply.status, &detail))
            }
            _ => Ok(Opened::Response(fields)),
        },
        Ok(Opened::Fault(fields)) => match code(&fields, rules) {
            Some(code) if rules.busy.iter().any(|b| b == code) => Err(Meaning::Busy(busy(reply, endpoint))),
            _ => Ok(Opened::Fault(fields)),
        },
    }
}

fn receipt(fields: &Fields, rules: &Answers) -> Option<String> {
    fields.get(&rules.receipt).filter(|r| r.len() <= 128).map(str::to_owned)
}

/// The code of a fault: a short word, and not one of zeros, which is somebody's word for "good".
pub fn code<'a>(fields: &'a Fields, rules: &Answers) -> Option<&'a str> {
    let fits = |c: &&str| c.len() <= 16 && c.bytes().all(|b| b.is_ascii_graphic()) && c.bytes().any(|b| b != b'0');
    fields.get(&rules.code).filter(fits)
}
