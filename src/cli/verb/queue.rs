//! `queue`: what waits for a clerk, and what the clerk says.

use crate::args::QueueVerb;
use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::{Label, look_first, look_first_for_it, round};
use crate::outcome::Outcome;
use crate::page::Column::Words;
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::{TaskField, TaskLine, TaskView};
use model::{Code, Finding};
use std::collections::BTreeMap;

pub(super) async fn run(host: &dyn Host, cx: &Context, verb: QueueVerb) -> Result<Outcome, Refusal> {
    let reply = ask(host, cx, request(verb)?).await?;
    match &reply {
        Reply::Tasks(tasks) => Ok(Outcome::answer(cx, true, list(cx, tasks), tasks)),
        Reply::Task(task) => Ok(Outcome::answer(cx, true, show(cx, task), task)),
        Reply::Reviews(lines) => Ok(super::reviews::shown(cx, lines)),
        Reply::Claimed { until, look_first } => {
            let value = serde_json::json!({ "until": until, "look_first": look_first });
            Ok(Outcome::answer(cx, true, claimed(cx, *until, *look_first), &value))
        }
        other => super::done(cx, other),
    }
}

fn request(verb: QueueVerb) -> Result<Request, Refusal> {
    Ok(match verb {
        QueueVerb::List { dept } => Request::QueueList { dept },
        QueueVerb::Show { task } => Request::QueueShow { task },
        QueueVerb::Claim { task } => Request::QueueClaim { task },
        QueueVerb::Complete {
            task,
            acceptance,
            fields,
            again,
        } => Request::QueueComplete {
            task,
            acceptance,
            fields: once(fields)?,
            again: once(again)?,
        },
        QueueVerb::Refuse { task, reason } => Request::QueueRefuse { task, reason },
        QueueVerb::NotKeyed { task, reason } => Request::QueueNotKeyed { task, reason },
    })
}

/// Pairs by name. A name that stands twice is not resolved by the last one: which was meant is not ours to guess.
pub(super) fn once(pairs: Vec<(String, String)>) -> Result<BTreeMap<String, String>, Refusal> {
    let mut map = BTreeMap::new();
    for (name, value) in pairs {
        if map.insert(name.clone(), value).is_some() {
            return Err(Refusal::No(
                Finding::new(Code::VCall).with("detail", format!("{name} × 2")),
            ));
        }
    }
    Ok(map)
}

fn list(cx: &Context, tasks: &[TaskLine]) -> String {
    let mut page = Page::new(cx);
    let row = |t: &TaskLine| {
        [
            t.task.clone(),
            cx.word(&t.kind),
            t.case_no.clone(),
            t.matter.clone(),
            cx.word(&t.op),
            cx.time(t.since),
            t.claimed_by.clone().unwrap_or_default(),
            cx.time_or_none(t.until),
            cx.yes(t.look_first),
        ]
    };
    page.table(
        [
            Words(Label::Task),
            Words(Label::Kind),
            Words(Label::CaseNo),
            Words(Label::Matter),
            Words(Label::Op),
            Words(Label::Since),
            Words(Label::ClaimedBy),
            Words(Label::Until),
            Words(Label::LookFirst),
        ],
        tasks.iter().map(row).collect(),
    );
    page.done()
}

fn show(cx: &Context, task: &TaskView) -> String {
    let mut page = Page::new(cx);
    let line = &task.line;
    if line.look_first {
        page.line(&format!("!! {} !!", look_first(cx.lang, &line.case_no)));
        page.gap();
    }
    page.pairs([
        (Label::Task, format!("{}  {}", line.task, cx.word(&line.kind))),
        (Label::CaseNo, line.case_no.clone()),
        (
            Label::Matter,
            format!("{}  {}", line.matter, round(cx.lang, line.round)),
        ),
        (Label::Op, cx.word(&line.op)),
        (Label::Channel, format!("{}/{}", task.dept, task.channel)),
        (Label::Since, cx.time(line.since)),
        (Label::ClaimedBy, line.claimed_by.clone().unwrap_or_default()),
        (Label::Until, cx.time_or_none(line.until)),
    ]);
    page.gap();
    // A worksheet shows what to key, a form what to fill in.
    let row = |f: &TaskField| [f.name.clone(), f.value.clone(), rules(cx, f)];
    page.table(
        [Words(Label::Field), Words(Label::Value), Words(Label::Notes)],
        task.fields.iter().map(row).collect(),
    );
    if !task.results.is_empty() {
        page.gap();
        page.pairs([(Label::Results, task.results.join("  "))]);
    }
    page.done()
}

fn rules(cx: &Context, field: &TaskField) -> String {
    let required = field.required.then(|| cx.label(Label::Required));
    let twice = field.double_entry.then(|| cx.label(Label::Twice));
    required.into_iter().chain(twice).collect::<Vec<_>>().join(", ")
}

fn claimed(cx: &Context, until: i64, first: bool) -> String {
    let mut page = Page::new(cx);
    if first {
        // The reply does not name the case; `queue show` does.
        page.line(&format!("!! {} !!", look_first_for_it(cx.lang)));
    }
    page.pairs([(Label::Claimed, format!("{} {}", cx.label(Label::Until), cx.time(until)))]);
    page.done()
}
