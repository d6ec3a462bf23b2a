//! `unsettled list`: hand-overs whose outcome only a person, or a late receipt, can tell.

use crate::args::UnsettledVerb;
use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::Label;
use crate::outcome::Outcome;
use crate::page::Column::Words;
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::UnsettledLine;

pub(super) async fn run(host: &dyn Host, cx: &Context, verb: UnsettledVerb) -> Result<Outcome, Refusal> {
    let UnsettledVerb::List = verb;
    let reply = ask(host, cx, Request::UnsettledList).await?;
    let Reply::Unsettled(lines) = &reply else {
        return Err(super::other(&reply));
    };
    Ok(Outcome::answer(cx, true, text(cx, lines), lines))
}

fn text(cx: &Context, lines: &[UnsettledLine]) -> String {
    let mut page = Page::new(cx);
    let row = |l: &UnsettledLine| {
        [
            l.attempt.clone(),
            l.case_no.clone(),
            l.matter.clone(),
            l.channel.clone(),
            l.number.clone(),
            cx.word(l.state.word()),
            cx.time(l.since),
        ]
    };
    page.table(
        [
            Words(Label::Attempt),
            Words(Label::CaseNo),
            Words(Label::Matter),
            Words(Label::Channel),
            Words(Label::Batch),
            Words(Label::State),
            Words(Label::Since),
        ],
        lines.iter().map(row).collect(),
    );
    page.done()
}
