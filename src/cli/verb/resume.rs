//! `ledger resume`: what is known of the doubt there is; with a reason, the ledger is trusted again.

use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::{self, Label};
use crate::outcome::Outcome;
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::DoubtView;
use serde_json::json;

pub(super) async fn run(
    host: &dyn Host,
    cx: &Context,
    reason: Option<String>,
    nothing_lost: bool,
) -> Result<Outcome, Refusal> {
    let reply = ask(host, cx, Request::LedgerDoubt).await?;
    let Reply::Doubt(doubt) = &reply else {
        return Err(super::other(&reply));
    };
    let Some(reason) = reason else {
        return Ok(Outcome::answer(
            cx,
            doubt.findings.is_empty(),
            text(cx, doubt).done(),
            doubt,
        ));
    };
    let reply = ask(host, cx, Request::LedgerResume { reason, nothing_lost }).await?;
    let Reply::Done { count } = &reply else {
        return Err(super::other(&reply));
    };
    let mut page = text(cx, doubt);
    page.gap();
    page.line(&match nothing_lost {
        true => labels::trusted_as_it_is(cx.lang),
        false => labels::trusted_again(cx.lang, *count),
    });
    let value = json!({ "before": doubt, "open_attempts": count, "nothing_lost": nothing_lost });
    Ok(Outcome::answer(cx, true, page.done(), &value))
}

fn text<'a>(cx: &'a Context, doubt: &DoubtView) -> Page<'a> {
    let mut page = Page::new(cx);
    if doubt.findings.is_empty() {
        page.line(&labels::not_in_doubt(cx.lang));
    }
    for finding in &doubt.findings {
        page.finding(finding, "");
    }
    page.gap();
    let trusted = doubt.trusted.as_ref();
    page.pairs([
        (Label::SendsNothingSince, cx.time_or_none(doubt.since)),
        (Label::KnownUntil, cx.time_or_none(doubt.known_until)),
        (Label::OpenBatches, doubt.open_batches.to_string()),
        (Label::DueNow, doubt.due.to_string()),
        (Label::OpenCases, doubt.open_cases.to_string()),
        (
            Label::TrustedLast,
            trusted
                .map(|t| format!("{} {} ({})", cx.time(t.at), t.person.name, t.reason))
                .unwrap_or_default(),
        ),
    ]);
    page
}
