//! `queue`: what waits for a clerk, and what the clerk says.

use crate::args::QueueVerb;
use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::{Label, look_first, look_first_for_it, round};
use crate::outcome::Outcome;
use crate::page::Column::{Number, Words};
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::{ForecastLine, ForecastView, KeyingLine, KeyingView, TaskField, TaskLine, TaskView};
use model::{Code, Finding};
use std::collections::BTreeMap;

pub(super) async fn run(host: &dyn Host, cx: &Context, verb: QueueVerb) -> Result<Outcome, Refusal> {
    let reply = ask(host, cx, request(verb)?).await?;
    match &reply {
        Reply::Tasks(tasks) => Ok(Outcome::answer(cx, true, list(cx, tasks), tasks)),
        Reply::Task(task) => Ok(Outcome::answer(cx, true, show(cx, task), task)),
        Reply::Checked { stage } => Ok(Outcome::answer(
            cx,
            true,
            checked(cx, stage),
            &serde_json::json!({ "stage": stage }),
        )),
        Reply::Forecast(view) => Ok(Outcome::answer(cx, true, forecast(cx, view), view)),
        Reply::Keying(view) => Ok(Outcome::answer(cx, true, stats(cx, view), view)),
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
        QueueVerb::Claim { task } => Request::QueueClaim { task, verify: false },
        QueueVerb::Verify { task, fields } if fields.is_empty() => Request::QueueClaim { task, verify: true },
        QueueVerb::Verify { task, fields } => Request::QueueVerify {
            task,
            fields: once(fields)?,
        },
        QueueVerb::Decide { task, fields, reason } => Request::QueueDecide {
            task,
            fields: once(fields)?,
            reason,
        },
        QueueVerb::Back { task, reason } => Request::QueueBack { task, reason },
        QueueVerb::Release { task } => Request::QueueRelease { task },
        QueueVerb::Assign { task, to, reason } => Request::QueueAssign { task, to, reason },
        QueueVerb::Rank { task, rank, reason } => Request::QueueRank { task, rank, reason },
        QueueVerb::Stats => Request::QueueStats,
        QueueVerb::Forecast { clerks } => Request::QueueForecast { clerks },
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
    // Where two people keyed it differently, both entries.
    let value = |f: &TaskField| match f.keyed.as_slice() {
        [] => f.value.clone(),
        keyed => keyed.join(" ≠ "),
    };
    let row = |f: &TaskField| [f.name.clone(), value(f), rules(cx, f)];
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

/// What a form waits for now.
fn checked(cx: &Context, stage: &str) -> String {
    let mut page = Page::new(cx);
    page.line(&match stage {
        "rekey" => cx.label(Label::WaitsRekey).to_owned(),
        "decide" => cx.label(Label::WaitsDecide).to_owned(),
        _ => cx.label(Label::Agreed).to_owned(),
    });
    page.done()
}

fn stats(cx: &Context, view: &KeyingView) -> String {
    let mut page = Page::new(cx);
    let count = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
    let row = |l: &KeyingLine| {
        [
            l.dept.clone().unwrap_or_default(),
            l.name.clone(),
            l.tasks.to_string(),
            count(l.seconds),
            l.checked.to_string(),
            l.wrong.to_string(),
            count(l.rate),
            cx.yes(l.often),
        ]
    };
    page.table(
        [
            Words(Label::Dept),
            Words(Label::Keyer),
            Number(Label::Tasks),
            Number(Label::Seconds),
            Number(Label::Rekeyed),
            Number(Label::KeyedWrong),
            Number(Label::WrongRate),
            Words(Label::DrawnOften),
        ],
        view.clerks.iter().chain(&view.fields).map(row).collect(),
    );
    page.done()
}

fn forecast(cx: &Context, view: &ForecastView) -> String {
    let mut page = Page::new(cx);
    let seconds = view.seconds.map_or_else(|| "-".to_owned(), |n| n.to_string());
    page.pairs([(Label::Seconds, seconds)]);
    let hours = |minutes: u64| format!("{}:{:02}", minutes / 60, minutes % 60);
    let row = |l: &ForecastLine| {
        [
            l.day.to_string(),
            l.tasks.to_string(),
            hours(l.needed),
            hours(l.there),
            l.short.to_string(),
        ]
    };
    if !view.lines.is_empty() {
        page.gap();
        page.table(
            [
                Words(Label::Day),
                Number(Label::Tasks),
                Number(Label::HoursNeeded),
                Number(Label::HoursThere),
                Number(Label::Short),
            ],
            view.lines.iter().map(row).collect(),
        );
    }
    page.done()
}
