//! Proof of keying: the second person keys the fields again and sees nothing of the first entry; where the two differ, a
//! third one sees both beside each other and says what the source says.

use super::inbound::refused;
use super::task::{Error, Said, claimed, show_again, told};
use super::{ask, differs, time};
use crate::guard::Visit;
use crate::normal::normal;
use crate::render::{Frame, finding, page, see};
use crate::routes::App;
use crate::seals::keys;
use crate::sessions::chance;
use crate::words::Words;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use engine::view::TaskView;
use model::{Code, Finding, Lang};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A field as shown.
struct Field {
    name: String,
    item: String,
    text: String,
    chosen: String,
    first: String,
    second: String,
    is_result: bool,
    error: String,
}

#[derive(Template)]
#[template(path = "proof.html")]
struct Proof {
    frame: Frame,
    task: String,
    /// How it stands, as this page shows it.
    shown: &'static str,
    /// What the browser seals its own copy under; and yesterday's.
    seal: String,
    seal_before: String,
    once: String,
    case_no: String,
    matter: String,
    since: String,
    due: String,
    decides: bool,
    mine: bool,
    own: bool,
    holder: String,
    until: String,
    fields: Vec<Field>,
    results: Vec<String>,
    reason: String,
    errors: Vec<Error>,
    changed: Vec<String>,
    kept: String,
}

/// Where to go after a form was keyed, or proved.
pub(crate) fn then(reply: &Reply) -> &'static str {
    match reply {
        Reply::Checked { stage } if stage == "rekey" => "/console?did=waits",
        Reply::Checked { stage } if stage == "decide" => "/console?did=differs",
        _ => "/console?did=keyed",
    }
}

/// The page of a form that was keyed and waits for its proof.
pub(crate) fn show(app: &App, visit: &Visit, view: TaskView, said: Said) -> Response<Body> {
    let (now, line) = (app.clock.now().0, view.line);
    let held = line.until.is_some_and(|until| until > now);
    let mine = held && line.claimed_by.as_deref() == Some(&visit.person);
    let draft = app.drafts.find(&line.task, &visit.person);
    let texts = said.texts.unwrap_or(draft.texts);
    let text = |name: &str| texts.get(name).cloned().unwrap_or_default();
    let error = |name: &str| {
        let found = said.errors.iter().find(|e| e.input == name);
        found.map(|e| e.text.clone()).unwrap_or_default()
    };
    let fields = view.fields.into_iter().map(|f| Field {
        item: match visit.lang {
            Lang::Zh => f.zh,
            Lang::En => f.en,
        },
        text: text(&format!("f.{}", f.name)),
        chosen: text(&format!("g.{}", f.name)),
        first: f.keyed.first().cloned().unwrap_or_default(),
        second: f.keyed.get(1).cloned().unwrap_or_default(),
        is_result: f.asks == "result",
        error: error(&f.name),
        name: f.name,
    });
    let (seal, seal_before) = keys(app, &visit.person);
    let shown = Proof {
        seal,
        seal_before,
        shown: match (mine, held) {
            (true, _) => "mine",
            (_, true) => "other",
            _ => "free",
        },
        frame: Frame::of(visit),
        once: chance(&*app.rng),
        since: time(app, line.since, "%Y-%m-%d %H:%M"),
        due: line.due.unwrap_or_default(),
        decides: line.kind == "decide",
        own: line.not_for.contains(&visit.person),
        holder: line.claimed_by.filter(|_| held && !mine).unwrap_or_default(),
        until: line
            .until
            .filter(|_| held)
            .map(|until| time(app, until, "%H:%M"))
            .unwrap_or_default(),
        mine,
        fields: fields.collect(),
        results: view.results,
        reason: text("a.reason"),
        changed: said.changed,
        kept: if draft.at > 0 {
            time(app, draft.at, "%H:%M:%S")
        } else {
            String::new()
        },
        task: line.task,
        case_no: line.case_no,
        matter: line.matter,
        errors: said.errors,
    };
    let status = if shown.errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page(status, &shown)
}

pub(crate) async fn claim(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    claimed(&app, &visit, &task, true).await
}

/// Keyed again.
pub(crate) async fn verify(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    send(&app, &visit, &task, "rekey", |view, task| {
        let texts = view.fields.iter().map(|f| {
            let text = normal(visit.fields.get(&format!("f.{}", f.name)));
            (f.name.clone(), text)
        });
        let fields = texts.collect();
        Ok(Request::QueueVerify { task, fields })
    })
    .await
}

/// A third person says what is right.
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    let words = Words::of(visit.lang);
    send(&app, &visit, &task, "decide", |view, task| {
        let (mut fields, mut errors) = (BTreeMap::new(), Vec::new());
        for f in &view.fields {
            let text = match (visit.fields.get(&format!("g.{}", f.name)), f.keyed.as_slice()) {
                ("first", [first, _]) => first.clone(),
                ("second", [_, second]) => second.clone(),
                ("other", _) => normal(visit.fields.get(&format!("f.{}", f.name))),
                _ => {
                    errors.push(Error {
                        input: f.name.clone(),
                        text: format!("{}：{}", f.name, words.must_choose),
                    });
                    continue;
                }
            };
            fields.insert(f.name.clone(), text);
        }
        let reason = visit.fields.get("a.reason").trim().to_owned();
        if reason.is_empty() {
            errors.push(Error {
                input: "a.reason".to_owned(),
                text: format!("{}：{}", words.reason, words.is_required),
            });
        }
        if errors.is_empty() {
            Ok(Request::QueueDecide { task, fields, reason })
        } else {
            Err(errors)
        }
    })
    .await
}

/// What was keyed is to be keyed anew.
pub(crate) async fn back(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    let words = Words::of(visit.lang);
    send(&app, &visit, &task, "", |_, task| {
        let reason = visit.fields.get("a.reason").trim().to_owned();
        if reason.is_empty() {
            let text = format!("{}：{}", words.reason, words.is_required);
            return Err(vec![Error {
                input: "a.reason".to_owned(),
                text,
            }]);
        }
        Ok(Request::QueueBack { task, reason })
    })
    .await
}

/// One form, one effect. `kind`: what the task must wait for, if that matters.
async fn send(
    app: &App,
    visit: &Visit,
    task: &str,
    kind: &str,
    request: impl FnOnce(&TaskView, String) -> Result<Request, Vec<Error>>,
) -> Response<Body> {
    let once = visit.fields.get("once");
    let mut lane = app.lanes.enter(task).await;
    if let Some(to) = lane.before(once) {
        return see(&to);
    }
    let view = match told(app, visit, task).await {
        Ok(view) => view,
        Err(no) => return finding(visit, &no),
    };
    if !kind.is_empty() && view.line.kind != kind {
        let gone = Finding::new(Code::VState).with("detail", Words::of(visit.lang).gone);
        return differs::show(app, visit, task, &gone, false).await;
    }
    let request = match request(&view, task.to_owned()) {
        Ok(request) => request,
        Err(errors) => return show_again(app, visit, task, errors).await,
    };
    let goes_back = matches!(request, Request::QueueBack { .. });
    match ask(app, &visit.person, request).await {
        Ok(reply) => {
            let to = if goes_back { "/console?did=again" } else { then(&reply) };
            lane.led(once, to);
            app.drafts.drop(task, &visit.person);
            see(to)
        }
        Err(no) if matches!(no.code, Code::VSamePerson | Code::VClaimed | Code::VState) => {
            differs::show(app, visit, task, &no, false).await
        }
        Err(no) => refused(app, visit, task, &no).await,
    }
}
