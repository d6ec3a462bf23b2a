//! `reviews`: what receivers call wrong, with whom the question is, and what the source answers.

use crate::args::ReviewsVerb;
use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::{Label, asked_before};
use crate::outcome::Outcome;
use crate::page::Column::{Number, Words};
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::ReviewLine;
use model::Lang;
use serde_json::json;

pub(super) async fn run(host: &dyn Host, cx: &Context, verb: ReviewsVerb) -> Result<Outcome, Refusal> {
    let lists = matches!(verb, ReviewsVerb::List { .. });
    let reply = ask(host, cx, request(verb)).await?;
    match &reply {
        Reply::Reviews(lines) if lists => Ok(Outcome::answer(cx, true, list(cx, lines), lines)),
        Reply::Reviews(lines) => Ok(shown(cx, lines)),
        Reply::Asked { new, reviews } => {
            let mut text = list(cx, reviews);
            if *new == 0 {
                text.push_str(&format!("{}\n", asked_before(cx.lang)));
            }
            let value = json!({ "new": new, "reviews": reviews });
            Ok(Outcome::answer(cx, true, text, &value))
        }
        other => Err(super::other(other)),
    }
}

fn request(verb: ReviewsVerb) -> Request {
    match verb {
        ReviewsVerb::List { dept, all } => Request::ReviewsList { dept, all },
        ReviewsVerb::Show { review } => Request::ReviewsShow { review },
        ReviewsVerb::Ask {
            case_no,
            items,
            dept,
            reason,
        } => Request::ReviewsAsk {
            case_no,
            items,
            dept,
            reason,
        },
        ReviewsVerb::Confirm { review, reason } => Request::ReviewsConfirm { review, reason },
    }
}

/// One review in full, wherever it was asked for.
pub(super) fn shown(cx: &Context, lines: &[ReviewLine]) -> Outcome {
    let mut page = Page::new(cx);
    for line in lines {
        one(&mut page, line);
    }
    match lines {
        [only] => Outcome::answer(cx, true, page.done(), only),
        many => Outcome::answer(cx, true, page.done(), &many),
    }
}

fn one(page: &mut Page<'_>, l: &ReviewLine) {
    let cx = page.cx;
    let answer = l.answer.as_ref();
    let corrected = answer.and_then(|a| a.version).map(|v| v.to_string());
    page.pairs([
        (Label::Review, format!("{}  {}", l.review, cx.word(&l.state))),
        (Label::CaseNo, l.case_no.clone()),
        (Label::Item, format!("{}  {}", l.item, name(cx, l))),
        (Label::Value, l.value.clone()),
        (Label::Version, l.version.to_string()),
        (Label::Wrong, l.reason.clone()),
        (Label::Asker, asker(l)),
        (Label::Said, l.by.clone()),
        (Label::AnswersIt, l.source.clone()),
        (Label::CorrectIn, l.form.clone().unwrap_or_default()),
        (Label::Since, cx.time(l.since)),
        (Label::AnswerDue, l.due.clone().unwrap_or_default()),
        (Label::Overdue, cx.yes(l.overdue)),
        (Label::Answered, cx.time_or_none(answer.map(|a| a.at))),
        (Label::By, answer.and_then(|a| a.by.clone()).unwrap_or_default()),
        (Label::AnswerOf, answer.map(|a| a.reason.clone()).unwrap_or_default()),
        (Label::CorrectedTo, corrected.unwrap_or_default()),
        (
            Label::Amendment,
            answer.and_then(|a| a.amendment.clone()).unwrap_or_default(),
        ),
    ]);
}

fn list(cx: &Context, lines: &[ReviewLine]) -> String {
    let mut page = Page::new(cx);
    rows(&mut page, lines, "");
    page.done()
}

/// Reviews as a table, also within a case.
pub(super) fn rows(page: &mut Page<'_>, lines: &[ReviewLine], indent: &str) {
    let cx = page.cx;
    let row = |l: &ReviewLine| {
        [
            l.review.clone(),
            cx.word(&l.state),
            l.case_no.clone(),
            l.item.clone(),
            name(cx, l),
            l.version.to_string(),
            asker(l),
            l.source.clone(),
            cx.time(l.since),
            l.due.clone().unwrap_or_default(),
            cx.yes(l.overdue),
            l.reason.clone(),
            l.answer.as_ref().map(|a| a.reason.clone()).unwrap_or_default(),
        ]
    };
    page.table_at(
        [
            Words(Label::Review),
            Words(Label::Standing),
            Words(Label::CaseNo),
            Words(Label::Item),
            Words(Label::Name),
            Number(Label::Version),
            Words(Label::Asker),
            Words(Label::AnswersIt),
            Words(Label::Since),
            Words(Label::AnswerDue),
            Words(Label::Overdue),
            Words(Label::Wrong),
            Words(Label::AnswerOf),
        ],
        lines.iter().map(row).collect(),
        indent,
    );
}

fn asker(l: &ReviewLine) -> String {
    l.matter.clone().unwrap_or_else(|| l.asker.clone())
}

fn name(cx: &Context, l: &ReviewLine) -> String {
    let name = if cx.lang == Lang::Zh { &l.zh } else { &l.en };
    name.clone()
}
