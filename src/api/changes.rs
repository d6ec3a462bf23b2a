//! The change feed: what became of cases, page by page, by cursor.

use crate::routes::App;
use crate::say;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use engine::verb::{Reply, Request};
use model::{Code, Finding};
use serde::Deserialize;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// The most lines of a page.
const MAX_LIMIT: usize = 1000;
/// The most bytes of a cursor.
const MAX_CURSOR_BYTES: usize = 64;

/// What may be asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    since: Option<String>,
    limit: Option<usize>,
}

/// `GET /v1/changes`
pub async fn get(State(app): State<Arc<App>>, page: Result<Query<Page>, QueryRejection>) -> Response {
    let Some((since, limit)) = page.ok().and_then(|Query(page)| bounds(page)) else {
        return say::code(StatusCode::BAD_REQUEST, Code::AQuery);
    };
    match app.node.ask(Request::Changes { since, limit }).await {
        Ok(Reply::Changes(page)) => say::json(StatusCode::OK, &page),
        Ok(_) => say::unavailable(&Finding::new(Code::AUnavailable)),
        Err(finding) => say::unanswered(&finding),
    }
}

/// The first page has no cursor, or an empty one: the `next` of an empty feed.
fn bounds(page: Page) -> Option<(Option<String>, usize)> {
    let limit = page.limit.unwrap_or(100);
    let since = page.since.filter(|s| !s.is_empty());
    let plain = |s: &String| s.len() <= MAX_CURSOR_BYTES && s.bytes().all(|b| b.is_ascii_graphic());
    let good = (1..=MAX_LIMIT).contains(&limit) && since.as_ref().is_none_or(plain);
    good.then_some((since, limit))
}
