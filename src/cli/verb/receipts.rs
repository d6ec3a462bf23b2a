//! `receipts`, and the lines of `disk log`: batches of ours and what has been heard of them.

use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::Label;
use crate::outcome::Outcome;
use crate::page::Column::{Number, Words};
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::BatchLine;

pub(super) async fn run(host: &dyn Host, cx: &Context, overdue: bool) -> Result<Outcome, Refusal> {
    shown(cx, &ask(host, cx, Request::Receipts { overdue }).await?)
}

/// Batches of ours as an answer.
pub(super) fn shown(cx: &Context, reply: &Reply) -> Result<Outcome, Refusal> {
    let Reply::Receipts(lines) = reply else {
        return Err(super::other(reply));
    };
    Ok(Outcome::answer(cx, true, text(cx, lines), lines))
}

fn text(cx: &Context, lines: &[BatchLine]) -> String {
    let mut page = Page::new(cx);
    let row = |l: &BatchLine| {
        [
            l.batch.clone(),
            l.dept.clone(),
            l.channel.clone(),
            l.number.clone(),
            l.records.to_string(),
            l.open.to_string(),
            l.copies.to_string(),
            cx.time(l.prepared),
            cx.time_or_none(l.left),
            l.place.clone().unwrap_or_default(),
            cx.yes(l.overdue),
        ]
    };
    page.table(
        [
            Words(Label::Batch),
            Words(Label::Dept),
            Words(Label::Channel),
            Words(Label::Number),
            Number(Label::Records),
            Number(Label::Open),
            Number(Label::Copies),
            Words(Label::Prepared),
            Words(Label::Left),
            Words(Label::To),
            Words(Label::Overdue),
        ],
        lines.iter().map(row).collect(),
    );
    page.done()
}
