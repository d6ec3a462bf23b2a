//! One task on one page: what is known of the case on the left, the department's own screen on the right.

use super::{ask, is_task, proof, time, typed};
use crate::drafts::Draft;
use crate::guard::Visit;
use crate::render::{Frame, finding, notice, page, see};
use crate::routes::App;
use crate::seals::keys;
use crate::sessions::chance;
use crate::stands::forget;
use crate::words::Words;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use engine::view::{TaskField, TaskView};
use model::{Code, Finding, Lang};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is said about what was sent: errors by input, changes by words; and the texts as they stand now.
#[derive(Default)]
pub(crate) struct Said {
    pub(crate) errors: Vec<Error>,
    pub(crate) changed: Vec<String>,
    pub(crate) texts: Option<BTreeMap<String, String>>,
}

/// One thing that is wrong, at the input of this name; empty where it is about the whole.
pub(crate) struct Error {
    pub(crate) input: String,
    pub(crate) text: String,
}

/// A field as shown.
struct Field {
    name: String,
    item: String,
    value: String,
    meaning: String,
    again: String,
    rare: String,
    max_bytes: u32,
    double: bool,
    required: bool,
    asks: String,
    error: String,
}

/// An item of the case as shown.
struct Item {
    name: String,
    value: String,
    source: String,
}

#[derive(Template)]
#[template(path = "task.html")]
struct Task {
    frame: Frame,
    task: String,
    /// How it stands, as this page shows it.
    shown: &'static str,
    once: String,
    case_no: String,
    matter: String,
    op: &'static str,
    round: u32,
    since: String,
    due: String,
    is_form: bool,
    done: bool,
    mine: bool,
    must_look: bool,
    holder: String,
    until: String,
    fields: Vec<Field>,
    results: Vec<String>,
    items: Vec<Item>,
    number: String,
    number_again: String,
    number_error: String,
    reason: String,
    errors: Vec<Error>,
    changed: Vec<String>,
    kept: String,
    /// What the browser seals its own copy under; and yesterday's.
    seal: String,
    seal_before: String,
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    show(&app, &visit, &task, Said::default()).await
}

/// Takes a task. Whoever takes it first begins it; whoever comes after somebody else must look first.
pub(crate) async fn take(app: &App, visit: &Visit, task: &str, verify: bool) -> Result<(), Finding> {
    let task_name = task.to_owned();
    let request = Request::QueueClaim {
        task: task_name,
        verify,
    };
    if let Reply::Claimed { until, look_first } = ask(app, &visit.person, request).await? {
        forget(app, task).await;
        let mut draft = app.drafts.find(task, &visit.person);
        draft.looked |= !look_first;
        draft.until = until;
        draft.verify = verify;
        app.drafts.keep(task, &visit.person, &draft)?;
    }
    Ok(())
}

pub(crate) async fn claim(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    claimed(&app, &visit, &task, false).await
}

/// Takes a task, and shows it.
pub(crate) async fn claimed(app: &App, visit: &Visit, task: &str, verify: bool) -> Response<Body> {
    if !is_task(task) {
        return finding(visit, &Finding::new(Code::VNotFound).with("what", "task"));
    }
    match take(app, visit, task, verify).await {
        Ok(()) => see(&format!("/console/task/{task}")),
        // The page says who has it, since when, and until when.
        Err(no) if no.code == Code::VClaimed => see(&format!("/console/task/{task}")),
        Err(no) => finding(visit, &no),
    }
}

/// The task as the node tells it.
pub(crate) async fn told(app: &App, visit: &Visit, task: &str) -> Result<TaskView, Finding> {
    if !is_task(task) {
        return Err(Finding::new(Code::VNotFound).with("what", "task"));
    }
    let request = Request::QueueShow { task: task.to_owned() };
    match ask(app, &visit.person, request).await? {
        Reply::Task(view) => Ok(view),
        _ => Err(Finding::new(Code::VNotFound).with("what", task)),
    }
}

/// The page of a task.
pub(crate) async fn show(app: &App, visit: &Visit, task: &str, said: Said) -> Response<Body> {
    let words = Words::of(visit.lang);
    if task.starts_with('r') && is_task(task) {
        return notice(StatusCode::OK, Frame::of(visit), words.review, words.review_hint);
    }
    let view = match told(app, visit, task).await {
        Ok(view) => view,
        Err(no) if no.code == Code::VNotFound => {
            return notice(StatusCode::NOT_FOUND, Frame::of(visit), words.gone, "");
        }
        Err(no) => return finding(visit, &no),
    };
    if matches!(view.line.kind.as_str(), "rekey" | "decide") {
        return proof::show(app, visit, view, said);
    }
    let status = if said.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let draft = app.drafts.find(task, &visit.person);
    let items = items(app, visit, &view.line.case_no).await;
    page(status, &assemble(app, visit, view, draft, items, said))
}

/// The page once more, with what is wrong and all that was typed.
pub(crate) async fn show_again(app: &App, visit: &Visit, task: &str, errors: Vec<Error>) -> Response<Body> {
    let said = Said {
        errors,
        texts: Some(typed(visit)),
        ..Said::default()
    };
    show(app, visit, task, said).await
}

fn assemble(app: &App, visit: &Visit, view: TaskView, draft: Draft, items: Vec<Item>, said: Said) -> Task {
    let (words, now) = (Words::of(visit.lang), app.clock.now().0);
    let line = view.line;
    let held = line.until.is_some_and(|until| until > now);
    let mine = held && line.claimed_by.as_deref() == Some(&visit.person);
    let texts = said.texts.unwrap_or(draft.texts);
    let text = |name: &str| texts.get(name).cloned().unwrap_or_default();
    let error = |input: &str| {
        let found = said.errors.iter().find(|e| e.input == input);
        found.map(|e| e.text.clone()).unwrap_or_default()
    };
    let is_form = line.kind == "form";
    let fields = view
        .fields
        .into_iter()
        .map(|f| field(visit.lang, f, is_form, &text, &error));
    let (seal, seal_before) = keys(app, &visit.person);
    Task {
        frame: Frame::of(visit),
        seal,
        seal_before,
        shown: match (line.done, mine, held) {
            (true, _, _) => "settled",
            (_, true, _) => "mine",
            (_, _, true) => "other",
            _ => "free",
        },
        once: chance(&*app.rng),
        round: line.round,
        op: match line.op.as_str() {
            "submit" => words.op_submit,
            "supplement" => words.op_supplement,
            "amend" => words.op_amend,
            "withdraw" => words.op_withdraw,
            _ => words.op_result,
        },
        since: time(app, line.since, "%Y-%m-%d %H:%M"),
        due: line.due.unwrap_or_default(),
        is_form,
        done: line.done,
        mine,
        must_look: mine && line.look_first && !draft.looked,
        holder: line.claimed_by.filter(|_| held && !mine).unwrap_or_default(),
        until: line
            .until
            .filter(|_| held)
            .map(|until| time(app, until, "%H:%M"))
            .unwrap_or_default(),
        fields: fields.collect(),
        results: view.results,
        items,
        number: text("a.number"),
        number_again: text("a.again"),
        number_error: error("a.number"),
        reason: text("a.reason"),
        errors: said.errors,
        changed: said.changed,
        kept: if draft.at > 0 {
            time(app, draft.at, "%H:%M:%S")
        } else {
            String::new()
        },
        task: line.task,
        case_no: line.case_no,
        matter: line.matter,
    }
}

fn field(
    lang: Lang,
    f: TaskField,
    is_form: bool,
    text: &dyn Fn(&str) -> String,
    error: &dyn Fn(&str) -> String,
) -> Field {
    let value = if is_form {
        text(&format!("f.{}", f.name))
    } else {
        f.value
    };
    Field {
        item: match lang {
            Lang::Zh => f.zh,
            Lang::En => f.en,
        },
        again: text(&format!("g.{}", f.name)),
        rare: rare(&value),
        meaning: f.meaning,
        max_bytes: f.max_bytes.unwrap_or_default(),
        double: f.double_entry,
        required: f.required,
        asks: f.asks,
        error: error(&f.name),
        name: f.name,
        value,
    }
}

/// Characters that many fonts and input methods do not have, with their code points.
fn rare(value: &str) -> String {
    let is_rare = |c: &char| u32::from(*c) > 0xffff || ('\u{e000}'..='\u{f8ff}').contains(c);
    let found: Vec<String> = value
        .chars()
        .filter(is_rare)
        .map(|c| format!("{c} U+{:04X}", u32::from(c)))
        .collect();
    found.join(" ")
}

/// What is known of the case, masked. Where it cannot be told, the task can still be done.
async fn items(app: &App, visit: &Visit, case_no: &str) -> Vec<Item> {
    let request = Request::Case {
        case_no: case_no.to_owned(),
        reveal: None,
    };
    let Ok(Reply::Case(case)) = ask(app, &visit.person, request).await else {
        return Vec::new();
    };
    let items = case.items.into_iter().map(|item| Item {
        name: match visit.lang {
            Lang::Zh => item.zh,
            Lang::En => item.en,
        },
        value: item.value,
        source: item.source,
    });
    items.collect()
}

#[cfg(test)]
mod tests {
    use super::rare;

    #[test]
    fn only_what_few_fonts_have_is_named() {
        assert_eq!(rare("𠮷野家\u{e000}"), "𠮷 U+20BB7 \u{e000} U+E000");
        assert_eq!(rare("朝阳区 A1"), "");
    }
}
