//! `collect` and `deliver`: batches that were taken in or handed over just now. A refusal among them is a no.

use crate::ask::{Work, watch};
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::Label;
use crate::outcome::Outcome;
use crate::page::Column::{Number, Words};
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::BatchResult;
use std::path::PathBuf;

pub(super) async fn collect(
    host: &dyn Host,
    cx: &Context,
    dept: String,
    file: Option<PathBuf>,
) -> Result<Outcome, Refusal> {
    let place = file.map(|f| cx.whole(&f));
    let work = Work {
        word: "collect",
        dept: Some(dept.clone()),
    };
    shown(cx, &watch(host, cx, Request::Collect { dept, place }, work).await?)
}

pub(super) async fn deliver(host: &dyn Host, cx: &Context, dept: String) -> Result<Outcome, Refusal> {
    let work = Work {
        word: "deliver",
        dept: Some(dept.clone()),
    };
    shown(cx, &watch(host, cx, Request::Deliver { dept }, work).await?)
}

/// Batches as an answer.
pub(super) fn shown(cx: &Context, reply: &Reply) -> Result<Outcome, Refusal> {
    let Reply::Batches(batches) = reply else {
        return Err(super::other(reply));
    };
    let good = batches
        .iter()
        .all(|b| b.refused == 0 && !matches!(b.verdict.as_str(), "refused" | "quarantined" | "left"));
    Ok(Outcome::answer(cx, good, text(cx, batches), batches))
}

fn text(cx: &Context, batches: &[BatchResult]) -> String {
    let mut page = Page::new(cx);
    page.table(
        [
            Words(Label::Dept),
            Words(Label::Channel),
            Words(Label::Batch),
            Words(Label::Number),
            Words(Label::Verdict),
            Number(Label::Rows),
            Number(Label::Bad),
        ],
        batches.iter().map(|b| row(cx, b)).collect(),
    );
    for batch in batches.iter().filter(|b| !b.findings.is_empty()) {
        page.gap();
        page.line(format!("{} {}", batch.batch, batch.name).trim());
        batch.findings.iter().for_each(|f| page.finding(f, "  "));
    }
    page.done()
}

/// A batch is taken in; 受理 is what a department says of a matter.
fn verdict(cx: &Context, word: &str) -> String {
    match word {
        "accepted" => cx.label(Label::TakenIn).to_owned(),
        word => cx.word(word),
    }
}

fn row(cx: &Context, b: &BatchResult) -> [String; 7] {
    [
        b.dept.clone(),
        b.channel.clone(),
        b.batch.clone(),
        b.name.clone(),
        verdict(cx, &b.verdict),
        b.rows.to_string(),
        b.refused.to_string(),
    ]
}
