//! `ledger`: is it intact, how big is it, make its index again.

use crate::args::LedgerVerb;
use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::Label;
use crate::local;
use crate::outcome::Outcome;
use crate::page::Page;
use engine::verb::{Reply, Request};
use journal::{EntryPos, JournalError, Report, TornTail};
use model::{Code, Finding};
use seams::DirStorage;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Erased entries listed one by one in text.
const LISTED: usize = 20;

pub(super) async fn run(host: &dyn Host, cx: &Context, verb: LedgerVerb) -> Result<Outcome, Refusal> {
    match verb {
        LedgerVerb::Verify => verify(cx),
        LedgerVerb::Stats => stats(cx, &ask(host, cx, Request::LedgerStats).await?),
        LedgerVerb::Rebuild => {
            let reply = ask(host, cx, Request::LedgerRebuild).await?;
            match &reply {
                Reply::Stats(_) => stats(cx, &reply),
                other => super::done(cx, other),
            }
        }
    }
}

/// Reads the journal itself: no key, no node, no lock. A running node may be adding to it; what it has not
/// acknowledged shows as a torn end, which is no damage.
fn verify(cx: &Context) -> Result<Outcome, Refusal> {
    let data = local::data_dir(&cx.config).map_err(Refusal::No);
    let data = match data {
        Err(Refusal::No(finding)) => return Ok(Outcome::error(cx, crate::outcome::WRONG, &finding)),
        other => other?,
    };
    let dir = journal_dir(&data);
    let storage = DirStorage::open(&dir).map_err(|e| super::place(&dir, &e))?;
    let report = journal::verify(&storage).map_err(|e| Refusal::No(finding(&e, &dir)))?;
    Ok(Outcome::answer(
        cx,
        report.is_intact(),
        text(cx, &dir, &report),
        &value(&dir, &report),
    ))
}

/// The journal has a directory of its own below the data; a copy of it alone is as good.
fn journal_dir(data: &Path) -> PathBuf {
    let own = data.join("journal");
    if own.is_dir() { own } else { data.to_owned() }
}

fn finding(error: &JournalError, dir: &Path) -> Finding {
    let path = dir.display().to_string();
    match error {
        JournalError::Missing => Finding::new(Code::VNotFound).with("what", path),
        JournalError::Io { .. } => Finding::new(Code::LRead).with("detail", format!("{path}: {error}")),
        other => other.finding(&path, ""),
    }
}

fn text(cx: &Context, dir: &Path, report: &Report) -> String {
    let mut page = Page::new(cx);
    page.line(cx.label(if report.is_intact() { Label::Good } else { Label::Broken }));
    page.gap();
    page.pairs([
        (Label::File, dir.display().to_string()),
        (Label::Segments, report.segments.to_string()),
        (Label::Groups, report.groups.to_string()),
        (Label::Entries, report.entries.to_string()),
        (Label::Bytes, report.bytes.to_string()),
        (Label::First, cx.time_or_none(report.first_ms)),
        (Label::Last, cx.time_or_none(report.last_ms)),
        (
            Label::Suite,
            report.suite.map(|s| s.word().to_owned()).unwrap_or_default(),
        ),
        (Label::Head, hex(&report.head)),
        (Label::Erased, counted(&report.erased)),
        (Label::Unfinished, counted(&report.unfinished)),
        (Label::TornTail, report.torn_tail.as_ref().map(torn).unwrap_or_default()),
    ]);
    if report.damages > 0 {
        page.head(Label::Damage);
        report.damage.iter().for_each(|d| page.line(&format!("  {d}")));
        let more = report.damages - (report.damage.len() as u64).min(report.damages);
        if more > 0 {
            page.line(&format!("  +{more}"));
        }
    }
    page.done()
}

fn counted(entries: &[EntryPos]) -> String {
    if entries.is_empty() {
        return String::new();
    }
    let named: Vec<String> = entries.iter().take(LISTED).map(ToString::to_string).collect();
    let more = if entries.len() > LISTED { " …" } else { "" };
    format!("{}: {}{more}", entries.len(), named.join(" "))
}

fn torn(tail: &TornTail) -> String {
    format!(
        "{} byte {} group {} ({} B)",
        tail.file, tail.offset, tail.group, tail.bytes
    )
}

fn value(dir: &Path, report: &Report) -> Value {
    let places = |entries: &[EntryPos]| entries.iter().map(ToString::to_string).collect::<Vec<_>>();
    json!({
        "intact": report.is_intact(),
        "journal": dir.display().to_string(),
        "segments": report.segments,
        "groups": report.groups,
        "entries": report.entries,
        "bytes": report.bytes,
        "last_group": report.last_group,
        "first_ms": report.first_ms,
        "last_ms": report.last_ms,
        "suite": report.suite.map(|s| s.word()),
        "head": hex(&report.head),
        "erased": places(&report.erased),
        "unfinished": places(&report.unfinished),
        "torn_tail": report.torn_tail.as_ref().map(|t| {
            json!({ "file": t.file, "group": t.group, "offset": t.offset, "bytes": t.bytes })
        }),
        "damages": report.damages,
        "damage": report.damage.iter().map(|d| {
            json!({ "file": d.file, "group": d.group, "entry": d.entry, "offset": d.offset, "kind": d.kind.word() })
        }).collect::<Vec<_>>(),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn stats(cx: &Context, reply: &Reply) -> Result<Outcome, Refusal> {
    let Reply::Stats(stats) = reply else {
        return Err(super::other(reply));
    };
    let mut page = Page::new(cx);
    page.pairs([
        (Label::Segments, stats.segments.to_string()),
        (Label::Groups, stats.groups.to_string()),
        (Label::Entries, stats.entries.to_string()),
        (Label::Bytes, stats.bytes.to_string()),
        (Label::Cases, stats.cases.to_string()),
        (Label::OpenCases, stats.open_cases.to_string()),
        (Label::Watermark, stats.watermark.to_string()),
        (Label::Suite, stats.suite.clone()),
        (Label::Head, stats.head.clone()),
    ]);
    Ok(Outcome::answer(cx, true, page.done(), stats))
}
