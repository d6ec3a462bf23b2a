//! Somebody was first: what was typed beside what stands, and nothing lost.

use super::{ask, typed};
use crate::guard::Visit;
use crate::render::{Frame, page};
use crate::routes::App;
use crate::sessions::chance;
use askama::Template;
use axum::body::Body;
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use model::Finding;

#[derive(Template)]
#[template(path = "differs.html")]
struct Differs {
    frame: Frame,
    task: String,
    once: String,
    case_no: String,
    matter: String,
    says: String,
    typed: Vec<(String, String)>,
    record: Vec<(String, String)>,
    inputs: Vec<(String, String)>,
    can_correct: bool,
}

/// The page. `can_correct` where what was typed may be sent as a correction.
pub(crate) async fn show(app: &App, visit: &Visit, task: &str, finding: &Finding, can_correct: bool) -> Response<Body> {
    let (case_no, matter) = (
        visit.fields.get("case_no").to_owned(),
        visit.fields.get("matter").to_owned(),
    );
    let inputs: Vec<(String, String)> = typed(visit).into_iter().collect();
    let label = |name: &str| name.split_once('.').map_or(name, |(_, label)| label).to_owned();
    let shown = Differs {
        frame: Frame::of(visit),
        task: task.to_owned(),
        once: chance(&*app.rng),
        says: finding.what(visit.lang),
        typed: inputs
            .iter()
            .filter(|(name, _)| !name.starts_with("g.") && name != "a.again")
            .map(|(name, text)| (label(name), text.clone()))
            .collect(),
        record: record(app, visit, &case_no, &matter).await,
        inputs,
        can_correct,
        case_no,
        matter,
    };
    page(StatusCode::CONFLICT, &shown)
}

/// What stands about a matter of a case, newest round.
async fn record(app: &App, visit: &Visit, case_no: &str, matter: &str) -> Vec<(String, String)> {
    let request = Request::Case {
        case_no: case_no.to_owned(),
        reveal: None,
    };
    let Ok(Reply::Case(case)) = ask(app, &visit.person, request).await else {
        return Vec::new();
    };
    let w = Frame::of(visit).w;
    let mut record = Vec::new();
    if let Some(o) = case.obligations.iter().rfind(|o| o.matter == matter) {
        if let Some(standing) = &o.standing {
            let word = serde_json::to_value(standing)
                .ok()
                .and_then(|v| v.as_str().map(str::to_owned));
            record.push((w.result.to_owned(), word.unwrap_or_default()));
        }
        record.extend(o.reason.iter().map(|reason| (w.reason.to_owned(), reason.clone())));
        for attempt in &o.attempts {
            record.extend(
                attempt
                    .receipt_no
                    .iter()
                    .map(|no| (w.acceptance.to_owned(), no.clone())),
            );
            record.extend(
                attempt
                    .claimed_by
                    .iter()
                    .map(|who| (w.with_person.to_owned(), who.clone())),
            );
        }
    }
    record
}
