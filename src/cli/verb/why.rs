//! `why`: what a case waits for, since when, with whom, and when the next try is.

use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::Label;
use crate::outcome::Outcome;
use crate::page::Column::Words;
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::{WhyLine, WhyView};

pub(super) async fn run(host: &dyn Host, cx: &Context, case_no: String) -> Result<Outcome, Refusal> {
    let reply = ask(host, cx, Request::Why { case_no }).await?;
    let Reply::Why(why) = &reply else {
        return Err(super::other(&reply));
    };
    Ok(Outcome::answer(cx, true, text(cx, why), why))
}

fn text(cx: &Context, why: &WhyView) -> String {
    let mut page = Page::new(cx);
    page.pairs([(Label::CaseNo, why.case_no.clone())]);
    page.gap();
    page.table(
        [
            Words(Label::Matter),
            Words(Label::WaitsFor),
            Words(Label::Which),
            Words(Label::With),
            Words(Label::Since),
            Words(Label::Next),
        ],
        why.lines.iter().map(|l| row(cx, l)).collect(),
    );
    page.gap();
    if let Some(doubted) = &why.doubted {
        page.finding(doubted, "");
    }
    for line in &why.lines {
        if let Some(finding) = &line.finding {
            page.finding(finding, &format!("{}  ", line.matter));
        }
        if let Some(trusted) = &line.trusted {
            page.line(&format!("{}  {}", line.matter, super::channel::trusted(cx, trusted)));
        }
    }
    page.done()
}

fn row(cx: &Context, l: &WhyLine) -> [String; 6] {
    // A standing or an ending reads as a word; names and numbers read as they stand.
    let what = if matches!(l.waits_for.as_str(), "result" | "nothing") {
        cx.word(&l.what)
    } else {
        l.what.clone()
    };
    [
        l.matter.clone(),
        cx.word(&l.waits_for),
        what,
        l.with.clone(),
        cx.time_or_none(l.since),
        cx.time_or_none(l.next),
    ]
}
