//! One refusal: all that is said against it, and other words for what it carries.

use super::refused::reasons;
use super::{ask, time, unexpected};
use crate::guard::Visit;
use crate::render::{Frame, finding, page, see};
use crate::routes::App;
use crate::sessions::chance;
use crate::words::Words;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use engine::view::{ItemView, RefusedLine};
use model::{Finding, Lang, visible};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An item that may get other words.
struct Item {
    item: String,
    name: String,
    value: String,
    typed: String,
}

struct Line {
    id: String,
    dept: String,
    case_no: String,
    what: String,
    since: String,
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct Refusal {
    frame: Frame,
    once: String,
    wrong: Vec<String>,
    line: Line,
    list: String,
    findings: Vec<(String, String, String)>,
    items: Vec<Item>,
    reason: String,
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response<Body> {
    show(&app, &visit, &id, StatusCode::OK, Vec::new()).await
}

/// Other words for some items: the hand-over goes again with them, for this department alone.
pub(crate) async fn post(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(id): Path<String>,
) -> Response<Body> {
    let words = Words::of(visit.lang);
    let reason = visit.fields.get("reason").trim().to_owned();
    let set: BTreeMap<String, String> = typed(&visit);
    let wrong = match () {
        () if set.is_empty() => words.edit_some,
        () if reason.is_empty() => words.reason_wanted,
        () => "",
    };
    if !wrong.is_empty() {
        return show(
            &app,
            &visit,
            &id,
            StatusCode::UNPROCESSABLE_ENTITY,
            vec![wrong.to_owned()],
        )
        .await;
    }
    let once = visit.fields.get("once").to_owned();
    let mut lane = app.lanes.enter("refused").await;
    if let Some(place) = lane.before(&once) {
        return see(&place);
    }
    let request = Request::RefusedEdit {
        id: id.clone(),
        set,
        reason,
    };
    match ask(&app, &visit.person, request).await {
        Ok(_) => {
            let place = "/console/refused?list=out&did=edit&n=1";
            lane.led(&once, place);
            see(place)
        }
        Err(no) => {
            drop(lane);
            let wrong = vec![no.what(visit.lang), no.remedy(visit.lang)];
            show(&app, &visit, &id, StatusCode::CONFLICT, wrong).await
        }
    }
}

fn typed(visit: &Visit) -> BTreeMap<String, String> {
    let typed = visit.fields.under("s.").filter(|(_, text)| !text.is_empty());
    typed.map(|(item, text)| (item.to_owned(), text.to_owned())).collect()
}

async fn show(app: &App, visit: &Visit, id: &str, status: StatusCode, wrong: Vec<String>) -> Response<Body> {
    let line = match ask(app, &visit.person, Request::RefusedShow { id: id.to_owned() }).await {
        Ok(Reply::Refused(lines)) => lines.into_iter().next(),
        Ok(_) => return finding(visit, &unexpected()),
        Err(no) => return finding(visit, &no),
    };
    let Some(line) = line else {
        return finding(visit, &Finding::new(model::Code::VNotFound).with("what", id));
    };
    let items = if line.way == "out" {
        items(app, visit, &line).await
    } else {
        Vec::new()
    };
    let shown = Refusal {
        frame: Frame::of(visit),
        once: chance(&*app.rng),
        wrong,
        findings: reasons(visit.lang, &line),
        items,
        reason: visit.fields.get("reason").to_owned(),
        list: line.way,
        line: Line {
            since: time(app, line.since, "%Y-%m-%d %H:%M"),
            what: visible::text(&line.what).into_owned(),
            id: line.id,
            dept: line.dept,
            case_no: line.case_no,
        },
    };
    page(status, &shown)
}

/// The items of its case, masked, with what was typed for them.
async fn items(app: &App, visit: &Visit, line: &RefusedLine) -> Vec<Item> {
    let request = Request::Case {
        case_no: line.case_no.clone(),
        reveal: None,
    };
    let Ok(Reply::Case(case)) = ask(app, &visit.person, request).await else {
        return Vec::new();
    };
    let typed = typed(visit);
    let item = |i: ItemView| Item {
        typed: typed.get(&i.item).cloned().unwrap_or_default(),
        name: match visit.lang {
            Lang::Zh => i.zh,
            Lang::En => i.en,
        },
        value: i.value,
        item: i.item,
    };
    case.items.into_iter().map(item).collect()
}
