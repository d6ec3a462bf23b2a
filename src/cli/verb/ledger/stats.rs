//! `ledger stats`: how big the ledger is, and what leaves it by rule.

use crate::context::Context;
use crate::host::Refusal;
use crate::labels::{Label, days};
use crate::outcome::Outcome;
use crate::page::Page;
use engine::verb::Reply;
use engine::view::KeepView;

pub(super) fn stats(cx: &Context, reply: &Reply) -> Result<Outcome, Refusal> {
    let Reply::Stats(view) = reply else {
        return Err(super::super::other(reply));
    };
    let stats = &view.stats;
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
        (Label::PublicKey, stats.public_key.clone()),
        (Label::SignedHead, stats.signed_head.clone()),
    ]);
    if let Some(keep) = &view.keep {
        kept(&mut page, keep);
    }
    Ok(Outcome::answer(cx, true, page.done(), view))
}

fn kept(page: &mut Page<'_>, keep: &KeepView) {
    let cx = page.cx;
    let term = |n: Option<u32>| n.map_or_else(|| cx.label(Label::ForEver).to_owned(), |n| days(cx.lang, n));
    page.gap();
    page.pairs([
        (Label::KeptData, term(keep.data)),
        (Label::Archives, keep.archive.clone().unwrap_or_default()),
        (Label::KeptEvidence, term(keep.evidence)),
    ]);
    for last in &keep.last {
        page.gap();
        let lapse = &last.lapse;
        page.pairs([
            (
                Label::Lapsed,
                format!("{} {}", cx.time(last.at), cx.word(lapse.what.word())),
            ),
            (Label::AllBefore, lapse.before.to_string()),
            (Label::Cases, lapse.cases.to_string()),
            (Label::Entries, lapse.entries.to_string()),
            (Label::File, lapse.archive.clone().unwrap_or_default().0),
        ]);
    }
    if let Some(trouble) = &keep.trouble {
        page.finding(trouble, "");
    }
}
