//! `case`: a case's whole story over modes, files, attempts, clerks and receipts.

use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::{Label, round};
use crate::outcome::{Outcome, json_of};
use crate::page::Column::{Number, Words};
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::{AttemptView, CaseView, Due, ItemView, ObligationView};
use model::Lang;

pub(super) async fn run(
    host: &dyn Host,
    cx: &Context,
    case_no: String,
    reveal: Option<String>,
) -> Result<Outcome, Refusal> {
    let reply = ask(host, cx, Request::Case { case_no, reveal }).await?;
    let Reply::Case(case) = &reply else {
        return Err(super::other(&reply));
    };
    Ok(Outcome::answer(cx, true, text(cx, case), case))
}

fn text(cx: &Context, case: &CaseView) -> String {
    let mut page = Page::new(cx);
    page.pairs([
        (Label::CaseNo, case.case_no.clone()),
        (Label::EntClass, case.ent_class.clone()),
        (Label::Opened, cx.time(case.opened_at)),
        (Label::Withdrawn, case.withdrawn.clone().unwrap_or_default()),
        (Label::DataErased, cx.time_or_none(case.erased)),
    ]);
    page.head(Label::Items);
    page.table_at(
        [
            Words(Label::Item),
            Words(Label::Name),
            Words(Label::Value),
            Words(Label::Source),
            Words(Label::Matter),
            Number(Label::Version),
            Words(Label::Proposal),
        ],
        case.items.iter().map(|i| item(cx, i)).collect(),
        "  ",
    );
    if !case.conflicts.is_empty() {
        page.head(Label::Conflicts);
        let rows = case
            .conflicts
            .iter()
            .map(|(item, source)| [item.clone(), source.clone()]);
        page.table_at([Words(Label::Item), Words(Label::Source)], rows.collect(), "  ");
    }
    if !case.parked.is_empty() {
        page.head(Label::Parked);
        let rows = case.parked.iter();
        let rows = rows.map(|p| [p.id.clone(), p.dept.clone(), p.codes.join(", "), cx.time(p.since)]);
        page.table_at(
            [
                Words(Label::Number),
                Words(Label::Dept),
                Words(Label::Code),
                Words(Label::Since),
            ],
            rows.collect(),
            "  ",
        );
    }
    if !case.reviews.is_empty() {
        page.head(Label::Reviews);
        super::reviews::rows(&mut page, &case.reviews, "  ");
    }
    page.head(Label::Matters);
    case.obligations.iter().for_each(|o| obligation(&mut page, o));
    page.head(Label::Story);
    let story = case
        .story
        .iter()
        .map(|s| [cx.time(s.at), s.pos.clone(), cx.word(&s.event), s.detail.clone()]);
    page.table_at(
        [
            Words(Label::Time),
            Words(Label::Place),
            Words(Label::Event),
            Words(Label::Detail),
        ],
        story.collect(),
        "  ",
    );
    page.done()
}

fn item(cx: &Context, item: &ItemView) -> [String; 7] {
    [
        item.item.clone(),
        if cx.lang == Lang::Zh {
            item.zh.clone()
        } else {
            item.en.clone()
        },
        item.value.clone(),
        item.source.clone(),
        item.matter.clone().unwrap_or_default(),
        item.version.to_string(),
        cx.yes(item.proposal),
    ]
}

fn obligation(page: &mut Page<'_>, o: &ObligationView) {
    let cx = page.cx;
    let account = json_of(&o.account);
    let mut words = vec![o.matter.clone(), round(cx.lang, o.round), cx.time(o.opened_at)];
    words.push(cx.word(account.as_str().unwrap_or_default()));
    words.extend(o.standing.map(|s| cx.word(s.word())));
    words.extend(o.reason.clone());
    words.extend(o.ended.as_ref().map(|e| format!("{}: {e}", cx.label(Label::Ended))));
    words.extend(o.due.as_ref().map(|d| due(cx, d)));
    page.line(&format!("  {}", words.join("  ")));
    if let Some(finding) = o.due.as_ref().and_then(|d| d.finding.as_ref()) {
        page.finding(finding, "    ");
    }
    if !o.attempts.is_empty() {
        attempts(page, &o.attempts);
    }
}

fn due(cx: &Context, due: &Due) -> String {
    let day = due.day.as_deref().unwrap_or(cx.label(Label::NotKnown));
    let late = if due.overdue { cx.label(Label::Overdue) } else { "" };
    format!("{}: {day} {late}", cx.label(Label::Due)).trim_end().to_owned()
}

fn attempts(page: &mut Page<'_>, attempts: &[AttemptView]) {
    let cx = page.cx;
    let row = |a: &AttemptView| {
        [
            a.attempt.clone(),
            cx.word(a.op.word()),
            a.channel.clone(),
            a.batch.clone().unwrap_or_default(),
            cx.word(if a.unproved { "unproved" } else { a.state.word() }),
            cx.time(a.since),
            a.receipt_no.clone().unwrap_or_default(),
            a.claimed_by.clone().unwrap_or_default(),
            a.parent.clone().unwrap_or_default(),
            a.reason.clone().unwrap_or_default(),
        ]
    };
    page.table_at(
        [
            Words(Label::Attempt),
            Words(Label::Op),
            Words(Label::Channel),
            Words(Label::Batch),
            Words(Label::State),
            Words(Label::Since),
            Words(Label::ReceiptNo),
            Words(Label::ClaimedBy),
            Words(Label::Parent),
            Words(Label::Reason),
        ],
        attempts.iter().map(row).collect(),
        "    ",
    );
    for attempt in attempts {
        attempt
            .findings
            .iter()
            .for_each(|f| page.finding(f, &format!("    {} ", attempt.attempt)));
    }
}
