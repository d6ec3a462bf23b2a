//! `ledger verify`: the journal itself is read. No node, no lock, no secret: a public key and papers that left the machine
//! are all an auditor needs.

use crate::args::VerifyArgs;
use crate::context::Context;
use crate::host::Refusal;
use crate::labels::Label;
use crate::local;
use crate::outcome::{Outcome, WRONG};
use crate::page::Page;
use crate::paper::{public_key, read};
use journal::{Archive, EntryPos, HEAD_FORM, JournalError, NoArchive, NoHead, Report, SignedHead, TornTail, Trust};
use model::{Code, Finding};
use seams::DirStorage;
use serde_json::{Value, json};
use std::io::BufReader;
use std::path::{Path, PathBuf};

/// Erased entries listed one by one in text.
const LISTED: usize = 20;

/// A running node may be adding to the journal; what it has not acknowledged shows as a torn end, which is no damage.
pub(super) fn verify(cx: &Context, args: &VerifyArgs) -> Result<Outcome, Refusal> {
    let trust = match trust(args) {
        Ok(trust) => trust,
        Err(finding) => return Ok(Outcome::error(cx, WRONG, &finding)),
    };
    let data = match &args.dir {
        Some(dir) => dir.clone(),
        None => match local::data_dir(&cx.config) {
            Ok(data) => data,
            Err(finding) => return Ok(Outcome::error(cx, WRONG, &finding)),
        },
    };
    if data.is_file() {
        return archive(cx, &data, &trust);
    }
    let dir = journal_dir(&data);
    let storage = DirStorage::open(&dir).map_err(|e| super::super::place(&dir, &e))?;
    let report = journal::verify_against(&storage, &trust).map_err(|e| Refusal::No(finding(&e, &dir)))?;
    if let Some(other) = trust.anchors.iter().find(|a| report.id.is_some_and(|id| id != a.id)) {
        let finding = Finding::new(Code::LAnchor)
            .with("head", other)
            .with("detail", "它属于另一账本 it is of another ledger");
        return Ok(Outcome::error(cx, WRONG, &finding));
    }
    let good = report.is_intact();
    Ok(Outcome::answer(
        cx,
        good,
        text(cx, &dir, &report, &trust),
        &value(&dir, &report, &trust),
    ))
}

/// An archive is checked from its first byte to its seal.
#[allow(clippy::disallowed_methods, reason = "a file that a person names is read")]
fn archive(cx: &Context, path: &Path, trust: &Trust) -> Result<Outcome, Refusal> {
    let place = |e: std::io::Error| super::super::place(path, &e);
    let file = std::fs::File::open(path).map_err(place)?;
    let (good, found, why) = match journal::verify_archive(BufReader::new(file), trust.key.as_ref()) {
        Ok(found) => (true, found, String::new()),
        Err(NoArchive::Newer(found)) => {
            let finding = Finding::new(Code::LNewer)
                .file(path.display().to_string())
                .with("found", found)
                .with("known", journal::FORMAT_VERSION);
            return Ok(Outcome::error(cx, WRONG, &finding));
        }
        Err(no) => (false, Archive::default(), no.to_string()),
    };
    let mut page = Page::new(cx);
    page.line(cx.label(if good { Label::Good } else { Label::Broken }));
    page.gap();
    page.pairs([
        (Label::File, path.display().to_string()),
        (Label::Damage, why.clone()),
        (Label::Groups, found.groups.to_string()),
        (Label::Bodies, found.bodies.to_string()),
        (Label::First, cx.time_or_none(found.first_ms)),
        (Label::Last, cx.time_or_none(found.last_ms)),
        (Label::Digest, hex(&found.digest)),
        (
            Label::Signed,
            trust
                .key
                .filter(|_| good)
                .map(|_| format!("{0}/{0}", found.groups))
                .unwrap_or_default(),
        ),
    ]);
    let value = json!({
        "intact": good,
        "archive": path.display().to_string(),
        "damage": why,
        "groups": found.groups,
        "bodies": found.bodies,
        "first_ms": found.first_ms,
        "last_ms": found.last_ms,
        "digest": hex(&found.digest),
        "signed": trust.key.map(|_| good),
    });
    Ok(Outcome::answer(cx, good, page.done(), &value))
}

/// What the call says is known from elsewhere. A head that the key's owner did not sign says nothing about this journal.
fn trust(args: &VerifyArgs) -> Result<Trust, Finding> {
    let key = args.public_key.as_deref().map(public_key).transpose()?;
    let mut anchors = Vec::new();
    for paper in &args.anchors {
        anchors.extend(heads(paper)?);
    }
    if let Some(key) = &key
        && let Some(forged) = anchors.iter().find(|anchor| !anchor.is_of(key))
    {
        let detail = "签名不符 the key's owner did not sign it";
        return Err(Finding::new(Code::LAnchor).with("head", forged).with("detail", detail));
    }
    Ok(Trust { key, anchors })
}

/// The head itself, or every head in a file: a receipt, a sheet, a letter.
fn heads(said: &str) -> Result<Vec<SignedHead>, Finding> {
    match said.parse() {
        Ok(head) => return Ok(vec![head]),
        Err(NoHead::Newer(found)) => {
            let finding = Finding::new(Code::LNewer).with("found", found).file("--anchor");
            return Err(finding.with("known", HEAD_FORM));
        }
        Err(NoHead::Form) => {}
    }
    let path = Path::new(said);
    let found = SignedHead::all_in(&read(path)?);
    if found.is_empty() {
        let detail = "其中没有签名的链头 no signed head is in it";
        return Err(Finding::new(Code::LAnchor).with("head", said).with("detail", detail));
    }
    Ok(found)
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

fn text(cx: &Context, dir: &Path, report: &Report, trust: &Trust) -> String {
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
        (Label::Signed, signed(report, trust)),
        (
            Label::Anchors,
            Some(trust.anchors.len())
                .filter(|n| *n > 0)
                .map(|n| n.to_string())
                .unwrap_or_default(),
        ),
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

/// How many groups are vouched for, once a key was given that can tell.
fn signed(report: &Report, trust: &Trust) -> String {
    trust
        .key
        .map(|_| format!("{}/{}", report.signed, report.groups))
        .unwrap_or_default()
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

fn value(dir: &Path, report: &Report, trust: &Trust) -> Value {
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
        "signed": trust.key.map(|_| report.signed),
        "anchors": trust.anchors.len(),
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
