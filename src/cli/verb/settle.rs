//! `settle`: a person says whether a hand-over was booked, for one case or for a whole manifest.

use crate::args::{SettleArgs, VerdictArg};
use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::Label;
use crate::outcome::{Outcome, json_of};
use crate::page::Column::Words;
use crate::page::Page;
use engine::verb::{Reply, Request};
use model::{Code, Finding};
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

/// The most bytes of a manifest.
const MANIFEST_BYTES: u64 = 16 << 20;

pub(super) async fn run(host: &dyn Host, cx: &Context, args: SettleArgs) -> Result<Outcome, Refusal> {
    let request = |case_no: &str| Request::Settle {
        case_no: case_no.to_owned(),
        matter: args.matter.clone(),
        booked: args.verdict == VerdictArg::Booked,
        reason: args.reason.clone(),
        attempt: args.attempt.clone(),
        listed: args.manifest.is_some(),
    };
    let Some(manifest) = &args.manifest else {
        return super::done(cx, &ask(host, cx, request(&args.case_no)).await?);
    };
    let mut cases = listed(&cx.whole(manifest))?;
    if args.case_no != "-" && !cases.contains(&args.case_no) {
        cases.insert(0, args.case_no.clone());
    }
    let (mut settled, mut refused) = (0, Vec::new());
    for case_no in &cases {
        match ask(host, cx, request(case_no)).await {
            Ok(Reply::Done { count }) => settled += count,
            Ok(reply) => return Err(super::other(&reply)),
            Err(Refusal::No(finding)) => refused.push((case_no.clone(), finding)),
            Err(other) => return Err(other),
        }
    }
    Ok(bulk(cx, settled, &refused))
}

/// The case numbers of a manifest, each once, in order. Every one is judged before the first is settled.
#[allow(clippy::disallowed_methods, reason = "a list a person named; read with a bound")]
fn listed(path: &Path) -> Result<Vec<String>, Refusal> {
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(|e| super::place(path, &e))?;
    file.take(MANIFEST_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(|e| super::place(path, &e))?;
    let name = path.display().to_string();
    if text.len() as u64 > MANIFEST_BYTES {
        let finding = Finding::new(Code::ETooLarge)
            .with("found", text.len())
            .with("limit", MANIFEST_BYTES);
        return Err(Refusal::No(finding.with("setting", "--manifest").file(name)));
    }
    let (mut seen, mut cases) = (BTreeSet::new(), Vec::new());
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let first = line
            .split([',', ';', '\t', ' '])
            .next()
            .unwrap_or_default()
            .trim_matches('"');
        if first.is_empty() || first.starts_with('#') {
            continue;
        }
        if let Err(code) = model::check::case_no::check(first, &model::check::Options::default()) {
            let detail = format!("{name}:{} {}", at + 1, code.word());
            return Err(Refusal::No(Finding::new(Code::VCall).with("detail", detail)));
        }
        if seen.insert(first.to_owned()) {
            cases.push(first.to_owned());
        }
    }
    Ok(cases)
}

fn bulk(cx: &Context, settled: usize, refused: &[(String, Finding)]) -> Outcome {
    let value = serde_json::json!({
        "count": settled,
        "refused": refused.iter().map(|(case_no, f)| serde_json::json!({ "case_no": case_no, "finding": json_of(f) })).collect::<Vec<_>>(),
    });
    let mut page = Page::new(cx);
    page.line(&crate::labels::done(cx.lang, settled));
    if !refused.is_empty() {
        page.head(Label::Refused);
        let rows = refused
            .iter()
            .map(|(case_no, f)| [case_no.clone(), f.code.word().to_owned(), f.what(cx.lang)]);
        page.table_at(
            [Words(Label::CaseNo), Words(Label::Code), Words(Label::Findings)],
            rows.collect(),
            "  ",
        );
    }
    Outcome::answer(cx, refused.is_empty(), page.done(), &value)
}
