//! What is wrong with settings beyond their types, all of it at once, before anything is built.

use crate::settings::{Hub, Limits, Push, Query, Rest, Results, Settings, Transport, Waits};
use crate::{encode, soap, target};
use model::define::{Channel, Layout, Meaning};
use model::{Code, Finding, Op};
use port::Secret;
use reqwest::Url;

#[cfg(test)]
mod tests;

/// Every contradiction in a channel's settings.
pub fn judge(settings: &Settings, channel: &Channel, layouts: &[Layout]) -> Vec<Finding> {
    let mut found = Vec::new();
    judge_tables(settings, &mut found);
    match (settings.transport, &settings.rest, &settings.soap, &settings.hub) {
        (Transport::Rest, Some(rest), ..) => judge_rest(rest, channel, &mut found),
        (Transport::Soap, _, Some(soap), _) => soap::judge::judge(soap, channel, layouts, &mut found),
        (Transport::Hub, .., Some(hub)) => judge_hub(hub, channel, &mut found),
        _ => {}
    }
    if settings.transport == Transport::Soap {
        return found;
    }
    for name in channel.layouts.values() {
        if let Some(layout) = layouts.iter().find(|l| &l.name == name) {
            judge_layout(layout, &mut found);
        }
    }
    found
}

/// The transport's own table is there, and no other's.
fn judge_tables(settings: &Settings, found: &mut Vec<Finding>) {
    let tables = [
        ("rest", Transport::Rest, settings.rest.is_some()),
        ("soap", Transport::Soap, settings.soap.is_some()),
        ("hub", Transport::Hub, settings.hub.is_some()),
    ];
    for (name, transport, there) in tables {
        match (transport == settings.transport, there) {
            (true, false) => found.push(wrong(name, &format!("missing beside transport = \"{name}\""))),
            (false, true) => found.push(wrong(name, "not used with this transport")),
            _ => {}
        }
    }
}

/// A setting that contradicts another.
pub fn wrong(setting: &str, detail: &str) -> Finding {
    Finding::new(Code::SChannelSetting)
        .with("setting", setting)
        .with("detail", detail)
}

fn judge_rest(rest: &Rest, channel: &Channel, found: &mut Vec<Finding>) {
    judge_base("rest.base", &rest.base, rest.plain.as_deref(), found);
    judge_reach("rest", rest.wait, rest.concurrency, found);
    judge_limits("rest.limits", rest.limits, found);
    for op in Op::ALL {
        let setting = format!("rest.ops.{op}");
        match target::read(rest.ops.line(*op)) {
            Ok((_, path)) => judge_marks(&setting, path, &["{case_no}"], &[], found),
            Err(detail) => found.push(wrong(&setting, detail)),
        }
    }
    if let Some(oauth) = &rest.oauth {
        judge_path("rest.oauth.path", &oauth.path, found);
        judge_secret("rest.oauth.client_secret", &oauth.client_secret, found);
        if oauth.client_id.is_empty() {
            found.push(wrong("rest.oauth.client_id", "empty"));
        }
    }
    judge_query("rest.query.path", rest.query.as_ref(), found);
    if let Some(probe) = &rest.probe {
        judge_path("rest.probe", probe, found);
    }
    match &rest.results {
        Some(results) => judge_results(results, channel, found),
        None if !channel.feeds.is_empty() => found.push(wrong("rest.results", "missing, but the channel has feeds")),
        None => {}
    }
}

fn judge_results(results: &Results, channel: &Channel, found: &mut Vec<Finding>) {
    judge_marks(
        "rest.results.path",
        &results.path,
        &["{cursor}", "{limit}"],
        &["{cursor}"],
        found,
    );
    if !(1..=10_000).contains(&results.limit) {
        found.push(wrong("rest.results.limit", "1 to 10000"));
    }
    judge_feed("rest.results.feed", &results.feed, channel, found);
}

fn judge_hub(hub: &Hub, channel: &Channel, found: &mut Vec<Finding>) {
    judge_limits("hub.limits", hub.limits, found);
    judge_feed("hub.feed", &hub.feed, channel, found);
    match &hub.push {
        Some(push) => judge_push(push, found),
        None if !channel.layouts.is_empty() => found.push(wrong("hub.push", "missing, but the channel has layouts")),
        None => {}
    }
}

fn judge_push(push: &Push, found: &mut Vec<Finding>) {
    judge_base("hub.push.base", &push.base, push.plain.as_deref(), found);
    judge_reach("hub.push", push.wait, push.concurrency, found);
    judge_path("hub.push.path", &push.path, found);
    judge_secret("hub.push.key", &push.key, found);
    judge_query("hub.push.query.path", push.query.as_ref(), found);
    if let Some(probe) = &push.probe {
        judge_path("hub.push.probe", probe, found);
    }
    if push.key_id.is_empty() || !push.key_id.bytes().all(|b| b.is_ascii_graphic()) {
        found.push(wrong("hub.push.key_id", "visible ASCII characters only"));
    }
}

/// The feed is one of the channel's.
pub fn judge_feed(setting: &str, feed: &str, channel: &Channel, found: &mut Vec<Finding>) {
    if !channel.feeds.iter().any(|f| f.name == feed) {
        found.push(wrong(setting, &format!("the channel has no feed \"{feed}\"")));
    }
}

/// TLS unless the other end is this machine, or somebody wrote down why not.
pub fn judge_base(setting: &str, base: &str, plain: Option<&str>, found: &mut Vec<Finding>) {
    let Ok(url) = Url::parse(base) else {
        found.push(wrong(setting, "not a URL"));
        return;
    };
    let here = url
        .host_str()
        .is_some_and(|h| matches!(h, "127.0.0.1" | "[::1]" | "localhost"));
    let reason = plain.is_some_and(|r| !r.trim().is_empty());
    match url.scheme() {
        "https" => {}
        "http" if here || reason => {}
        _ => found.push(wrong(
            setting,
            "https is required; say plain = \"reason\" if that cannot be",
        )),
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        found.push(wrong(setting, "scheme, host, port and path only"));
    }
}

/// Waits and concurrency.
pub fn judge_reach(prefix: &str, wait: Waits, concurrency: usize, found: &mut Vec<Finding>) {
    if wait.connect.0 > wait.total.0 || wait.read.0 > wait.total.0 {
        found.push(wrong(
            &format!("{prefix}.wait.total"),
            "must be the longest of the three",
        ));
    }
    if !(1..=32).contains(&concurrency) {
        found.push(wrong(&format!("{prefix}.concurrency"), "1 to 32"));
    }
}

fn judge_limits(setting: &str, limits: Limits, found: &mut Vec<Finding>) {
    if !(1..=64).contains(&limits.depth) {
        found.push(wrong(&format!("{setting}.depth"), "1 to 64"));
    }
    if !(1..=10_000_000).contains(&limits.values) {
        found.push(wrong(&format!("{setting}.values"), "1 to 10000000"));
    }
}

fn judge_query(setting: &str, query: Option<&Query>, found: &mut Vec<Finding>) {
    if let Some(query) = query {
        judge_marks(setting, &query.path, &["{case_no}", "{token}"], &["{token}"], found);
    }
}

/// A path without marks.
pub fn judge_path(setting: &str, path: &str, found: &mut Vec<Finding>) {
    judge_marks(setting, path, &[], &[], found);
}

/// Only marks that mean something here, and those without which it cannot work.
fn judge_marks(setting: &str, path: &str, known: &[&str], needed: &[&str], found: &mut Vec<Finding>) {
    if !target::is_path(path) {
        found.push(wrong(setting, "a path begins with / and is visible ASCII"));
    }
    let bare = known.iter().fold(path.to_owned(), |p, mark| p.replace(mark, ""));
    if bare.contains(['{', '}']) {
        found.push(wrong(setting, &format!("marks known here: {}", known.join(" "))));
    }
    for mark in needed.iter().filter(|m| !path.contains(**m)) {
        found.push(wrong(setting, &format!("{mark} is missing")));
    }
}

fn judge_secret(setting: &str, secret: &Secret, found: &mut Vec<Finding>) {
    let given = [secret.file.is_some(), secret.env.is_some(), secret.credential.is_some()];
    if given.iter().filter(|g| **g).count() != 1 {
        found.push(wrong(setting, "exactly one of file, env, credential"));
    }
}

/// Dotted names build objects: a name cannot be a value and an object at once.
fn judge_layout(layout: &Layout, found: &mut Vec<Finding>) {
    if !layout.encoding.is_empty() && !layout.encoding.eq_ignore_ascii_case("utf-8") {
        found.push(wrong(&layout.name, "JSON is utf-8"));
    }
    let written = layout.fields.iter().filter(|f| f.meaning != Meaning::Ignored);
    let names: Vec<&str> = written.clone().map(|f| f.name.as_str()).collect();
    for field in written {
        let inside = format!("{}.", field.name);
        if names.iter().any(|n| n.starts_with(&inside)) {
            found.push(wrong(&field.name, "both a value and an object"));
        }
        if field.name.split('.').any(str::is_empty) {
            found.push(wrong(&field.name, "an empty part in a dotted name"));
        }
        if encode::Kind::of(field).is_none() {
            found.push(wrong(&field.name, "kind is one of string, number, list, json"));
        }
    }
}
