//! What a clerk says of a case to be keyed: looked for, keyed under a number, cannot be done, not keyed.

use super::task::{Error, Said, show, show_again, told};
use super::{ask, differs, is_task, note, typed};
use crate::guard::Visit;
use crate::normal::{is_number, normal};
use crate::render::{finding, see};
use crate::routes::App;
use crate::words::Words;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use engine::verb::Request;
use model::{Code, Finding};
use std::collections::BTreeMap;
use std::sync::Arc;

fn error(input: &str, text: impl Into<String>) -> Error {
    Error {
        input: input.to_owned(),
        text: text.into(),
    }
}

/// The answer to "it may already be keyed". That somebody looked is an audit entry.
pub(crate) async fn looked(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    let answer = match visit.fields.get("there") {
        "yes" => "looked: there",
        "no" => "looked: not there",
        _ => {
            let errors = vec![error("there", Words::of(visit.lang).must_answer)];
            return show(
                &app,
                &visit,
                &task,
                Said {
                    errors,
                    ..Said::default()
                },
            )
            .await;
        }
    };
    if let Err(no) = told(&app, &visit, &task).await {
        return finding(&visit, &no);
    }
    if let Err(no) = note(&app, &visit.person, "look first", &task, answer).await {
        return finding(&visit, &no);
    }
    let mut draft = app.drafts.find(&task, &visit.person);
    draft.looked = true;
    match app.drafts.keep(&task, &visit.person, &draft) {
        Ok(()) => see(&format!("/console/task/{task}")),
        Err(no) => finding(&visit, &no),
    }
}

/// Keyed: the number twice, as their system shows it.
pub(crate) async fn keyed(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    let words = Words::of(visit.lang);
    let (first, second) = (visit.fields.get("a.number"), visit.fields.get("a.again"));
    let (number, again) = (normal(first), normal(second));
    let mut errors = Vec::new();
    if number != again {
        errors.push(error("a.number", words.must_be_alike));
    } else if number.is_empty() {
        errors.push(error("a.number", words.is_required));
    } else if !is_number(&number) {
        errors.push(error("a.number", words.not_a_number));
    }
    let changed = number != first || again != second;
    if errors.is_empty() && changed && visit.fields.get("seen") != number {
        let mut texts = typed(&visit);
        texts.insert("a.number".to_owned(), number.clone());
        texts.insert("a.again".to_owned(), again);
        let said = Said {
            changed: vec![format!("{} {number}", words.was_normalised)],
            texts: Some(texts),
            errors,
        };
        return show(&app, &visit, &task, said).await;
    }
    if !errors.is_empty() {
        return show_again(&app, &visit, &task, errors).await;
    }
    if !app.drafts.find(&task, &visit.person).looked
        && told(&app, &visit, &task).await.is_ok_and(|view| view.line.look_first)
    {
        let errors = vec![error("there", words.must_answer)];
        return show_again(&app, &visit, &task, errors).await;
    }
    let request = Request::QueueComplete {
        task: task.clone(),
        acceptance: Some(number),
        fields: BTreeMap::new(),
        again: BTreeMap::new(),
    };
    send(&app, &visit, &task, request, "/console?did=keyed").await
}

/// The department's system does not take it.
pub(crate) async fn refuse(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    let reason = visit.fields.get("a.reason").trim().to_owned();
    let request = Request::QueueRefuse {
        task: task.clone(),
        reason,
    };
    send(&app, &visit, &task, request, "/console?did=refused").await
}

/// It was looked for and is not there.
pub(crate) async fn not_keyed(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    let reason = visit.fields.get("a.reason").trim().to_owned();
    let request = Request::QueueNotKeyed {
        task: task.clone(),
        reason,
    };
    send(&app, &visit, &task, request, "/console?did=again").await
}

/// One form, one effect; where somebody was first, both are shown.
async fn send(app: &App, visit: &Visit, task: &str, request: Request, then: &str) -> Response<Body> {
    if !is_task(task) {
        return finding(visit, &Finding::new(Code::VNotFound).with("what", "task"));
    }
    let once = visit.fields.get("once");
    let mut lane = app.lanes.enter(task).await;
    if let Some(to) = lane.before(once) {
        return see(&to);
    }
    match ask(app, &visit.person, request).await {
        Ok(_) => {
            lane.led(once, then);
            app.drafts.drop(task, &visit.person);
            see(then)
        }
        Err(no) if no.code == Code::VReason => {
            let errors = vec![error("a.reason", Words::of(visit.lang).is_required)];
            show_again(app, visit, task, errors).await
        }
        Err(no) => differs::show(app, visit, task, &no, false).await,
    }
}
