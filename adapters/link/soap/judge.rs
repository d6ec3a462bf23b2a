//! What is wrong with the settings of a SOAP interface beyond their types, all of it at once.

use super::envelope::{Envelope, lists};
use super::settings::{Query, Results, Soap};
use crate::encode::Kind;
use crate::judge::{judge_base, judge_feed, judge_path, judge_reach, wrong};
use formats::xml::is_name;
use model::define::{Channel, Layout, Meaning};
use model::{Finding, Header, Op};
use reqwest::header::HeaderName;

/// Every contradiction.
pub fn judge(soap: &Soap, channel: &Channel, layouts: &[Layout], found: &mut Vec<Finding>) {
    judge_base("soap.base", &soap.base, soap.plain.as_deref(), found);
    judge_path("soap.path", &soap.path, found);
    judge_reach("soap", soap.wait, soap.concurrency, found);
    if soap.namespace.is_empty() || !soap.namespace.bytes().all(|b| b.is_ascii_graphic() && b != b'"') {
        found.push(wrong("soap.namespace", "visible ASCII without quotes"));
    }
    for op in Op::ALL {
        judge_name(&format!("soap.ops.{op}"), soap.ops.element(*op), found);
    }
    let serial = soap.serial.as_deref();
    if serial.is_some_and(|s| HeaderName::from_bytes(s.as_bytes()).is_err()) {
        found.push(wrong("soap.serial", "not a header's name"));
    }
    match &soap.query {
        Some(query) => judge_query(query, serial.is_some(), found),
        None if !soap.recognises_repeats => found.push(wrong(
            "soap.query",
            "missing: nothing else tells whether a request that brought no answer was booked",
        )),
        None => {}
    }
    match &soap.results {
        Some(results) => judge_results(results, channel, found),
        None if !channel.feeds.is_empty() => found.push(wrong("soap.results", "missing, but the channel has feeds")),
        None => {}
    }
    let used = channel.layouts.values().map(|name| (name, true));
    for (name, sent) in used.chain(channel.feeds.iter().map(|f| (&f.layout, false))) {
        if let Some(layout) = layouts.iter().find(|l| &l.name == name) {
            judge_layout(soap, layout, sent, found);
        }
    }
}

fn judge_query(query: &Query, serial: bool, found: &mut Vec<Finding>) {
    for (setting, name) in [
        ("soap.query.operation", &query.operation),
        ("soap.query.case", &query.case),
        ("soap.query.serial", &query.serial),
    ] {
        judge_name(setting, name, found);
    }
    if !serial {
        found.push(wrong("soap.serial", "missing: the question names a record by it"));
    }
    if query.not_booked.is_empty() {
        found.push(wrong("soap.query.not_booked", "no code"));
    }
}

fn judge_results(results: &Results, channel: &Channel, found: &mut Vec<Finding>) {
    for (setting, name) in [
        ("soap.results.operation", &results.operation),
        ("soap.results.since", &results.since),
        ("soap.results.count", &results.count),
        ("soap.results.record", &results.record),
        ("soap.results.next", &results.next),
    ] {
        judge_name(setting, name, found);
    }
    if !(1..=10_000).contains(&results.limit) {
        found.push(wrong("soap.results.limit", "1 to 10000"));
    }
    judge_feed("soap.results.feed", &results.feed, channel, found);
}

fn judge_name(setting: &str, name: &str, found: &mut Vec<Finding>) {
    if !is_name(name) || name.contains(':') {
        found.push(wrong(setting, "an element's name without a prefix"));
    }
}

fn judge_layout(soap: &Soap, layout: &Layout, sent: bool, found: &mut Vec<Finding>) {
    let encoding = soap.encoding.encoding().word();
    if sent && !layout.encoding.is_empty() && layout.encoding != encoding {
        found.push(wrong(&layout.name, &format!("soap.encoding is {encoding}")));
    }
    for field in &layout.fields {
        if !matches!(Kind::of(field), Some(Kind::String | Kind::List)) {
            found.push(wrong(&field.name, "kind is one of string, list"));
        }
    }
    let written = layout.fields.iter().filter(|f| f.meaning != Meaning::Ignored);
    let header = Header::new(written.map(|f| f.name.as_str()));
    if sent && Envelope::new(soap).writer("x", header, lists(layout)).is_err() {
        found.push(wrong(&layout.name, "its fields cannot be the elements of one document"));
    }
}
