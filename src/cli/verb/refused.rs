//! `refused`: rows, files and hand-overs that were refused, and what a person does about them.

use crate::args::RefusedVerb;
use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::Label;
use crate::outcome::Outcome;
use crate::page::Column::Words;
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::RefusedLine;
use model::{Code, Finding};

pub(super) async fn run(host: &dyn Host, cx: &Context, verb: RefusedVerb) -> Result<Outcome, Refusal> {
    let one = match &verb {
        RefusedVerb::Show { id } => Some(id.clone()),
        _ => None,
    };
    let reply = ask(host, cx, request(verb)?).await?;
    match (&reply, one) {
        (Reply::Refused(lines), None) => Ok(Outcome::answer(cx, true, list(cx, lines), lines)),
        (Reply::Refused(lines), Some(id)) => match lines.first() {
            Some(line) => Ok(Outcome::answer(cx, true, show(cx, line), line)),
            None => Err(Refusal::No(Finding::new(Code::VNotFound).with("what", id))),
        },
        (other, _) => super::done(cx, other),
    }
}

fn request(verb: RefusedVerb) -> Result<Request, Refusal> {
    Ok(match verb {
        RefusedVerb::List { dept } => Request::RefusedList { dept },
        RefusedVerb::Show { id } => Request::RefusedShow { id },
        RefusedVerb::Retry {
            ids,
            dept,
            code,
            reason,
        } => Request::RefusedRetry {
            ids,
            dept,
            code,
            reason,
        },
        RefusedVerb::Edit { id, set, reason } => Request::RefusedEdit {
            id,
            set: super::queue::once(set)?,
            reason,
        },
        RefusedVerb::Drop { ids, reason } => Request::RefusedDrop { ids, reason },
    })
}

fn list(cx: &Context, lines: &[RefusedLine]) -> String {
    let mut page = Page::new(cx);
    let row = |l: &RefusedLine| {
        [
            l.id.clone(),
            cx.word(&l.way),
            l.dept.clone(),
            l.case_no.clone(),
            l.what.clone(),
            l.code.clone(),
            cx.time(l.since),
            why(cx, l),
        ]
    };
    page.table(
        [
            Words(Label::Number),
            Words(Label::Way),
            Words(Label::Dept),
            Words(Label::CaseNo),
            Words(Label::What),
            Words(Label::Code),
            Words(Label::Since),
            Words(Label::Findings),
        ],
        lines.iter().map(row).collect(),
    );
    page.done()
}

/// Why, in few words; `show` says all.
fn why(cx: &Context, line: &RefusedLine) -> String {
    match line.findings.first() {
        Some(first) if line.findings.len() > 1 => format!("{} (+{})", first.what(cx.lang), line.findings.len() - 1),
        Some(first) => first.what(cx.lang),
        None => line.reason.clone(),
    }
}

fn show(cx: &Context, line: &RefusedLine) -> String {
    let mut page = Page::new(cx);
    page.pairs([
        (Label::Number, line.id.clone()),
        (Label::Way, cx.word(&line.way)),
        (Label::Dept, line.dept.clone()),
        (Label::CaseNo, line.case_no.clone()),
        (Label::What, line.what.clone()),
        (Label::Code, line.code.clone()),
        (Label::Since, cx.time(line.since)),
        (Label::Reason, line.reason.clone()),
    ]);
    if !line.findings.is_empty() {
        page.head(Label::Findings);
        line.findings.iter().for_each(|f| page.finding(f, "  "));
    }
    page.done()
}
