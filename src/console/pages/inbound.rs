//! A department's result, filled in by a clerk: judged here as far as the form goes, then by the node like any other result.

use super::task::{Error, Said, show, show_again, told};
use super::{ask, differs, proof, typed};
use crate::guard::Visit;
use crate::normal::normal;
use crate::render::{finding, see};
use crate::routes::App;
use crate::words::Words;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use engine::verb::Request;
use engine::view::TaskView;
use model::{Code, Finding, Lang};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was typed, put right.
struct Judged {
    fields: BTreeMap<String, String>,
    again: BTreeMap<String, String>,
    said: Said,
}

pub(crate) async fn post(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    let once = visit.fields.get("once");
    let mut lane = app.lanes.enter(&task).await;
    if let Some(to) = lane.before(once) {
        return see(&to);
    }
    let view = match told(&app, &visit, &task).await {
        Ok(view) => view,
        Err(no) => return differs::show(&app, &visit, &task, &no, false).await,
    };
    if view.line.kind != "form" {
        return finding(&visit, &Finding::new(Code::VNotFound).with("what", &task));
    }
    let now = app.clock.now().0;
    if let (Some(person), Some(until)) = (&view.line.claimed_by, view.line.until)
        && *person != visit.person
        && until > now
    {
        let held = Finding::new(Code::VClaimed).with("person", person);
        let held = held.with("until", super::time(&app, until, "%H:%M"));
        return differs::show(&app, &visit, &task, &held, false).await;
    }
    if view.line.done && visit.fields.get("done") != "1" {
        let detail = Words::of(visit.lang).gone;
        let settled = Finding::new(Code::VState).with("detail", detail);
        return differs::show(&app, &visit, &task, &settled, true).await;
    }
    let judged = judge(&visit, &view);
    if !judged.said.errors.is_empty() || !judged.said.changed.is_empty() {
        return show(&app, &visit, &task, judged.said).await;
    }
    let request = Request::QueueComplete {
        task: task.clone(),
        acceptance: None,
        fields: judged.fields,
        again: judged.again,
    };
    match ask(&app, &visit.person, request).await {
        Ok(reply) => {
            let then = proof::then(&reply);
            lane.led(once, then);
            app.drafts.drop(&task, &visit.person);
            see(then)
        }
        Err(no) => refused(&app, &visit, &task, &no).await,
    }
}

/// The page once more, with what the node says against a field.
pub(crate) async fn refused(app: &App, visit: &Visit, task: &str, no: &Finding) -> Response<Body> {
    let column = no.place.column.as_deref().or_else(|| no.arg("column"));
    let errors = vec![Error {
        input: column.unwrap_or_default().to_owned(),
        text: wrong(no, visit.lang),
    }];
    show_again(app, visit, task, errors).await
}

fn wrong(no: &Finding, lang: Lang) -> String {
    let (what, remedy) = (no.what(lang), no.remedy(lang));
    let stop = if lang == Lang::Zh { "。" } else { ". " };
    format!("{what}{stop}{remedy}")
}

fn judge(visit: &Visit, view: &TaskView) -> Judged {
    let words = Words::of(visit.lang);
    let (mut errors, mut changed) = (Vec::new(), Vec::new());
    let (mut fields, mut again) = (BTreeMap::new(), BTreeMap::new());
    let mut texts = typed(visit);
    for f in &view.fields {
        let mut put = |key: String| {
            let typed = visit.fields.get(&key);
            let meant = normal(typed);
            if meant != typed {
                changed.push(format!("{} {}: {meant}", words.was_normalised, f.name));
                texts.insert(key, meant.clone());
            }
            meant
        };
        let first = put(format!("f.{}", f.name));
        let second = if f.double_entry {
            put(format!("g.{}", f.name))
        } else {
            String::new()
        };
        let mut error = |text: &str| {
            errors.push(Error {
                input: f.name.clone(),
                text: format!("{}：{text}", f.name),
            });
        };
        if f.required && first.is_empty() {
            error(words.is_required);
        }
        if f.double_entry && first != second {
            error(words.must_be_alike);
        }
        if f.max_bytes
            .is_some_and(|most| first.len() > usize::try_from(most).unwrap_or(usize::MAX))
        {
            error(words.too_long);
        }
        if !first.is_empty() {
            if f.double_entry {
                again.insert(f.name.clone(), second);
            }
            fields.insert(f.name.clone(), first);
        }
    }
    let texts = Some(texts);
    Judged {
        fields,
        again,
        said: Said { errors, changed, texts },
    }
}
