//! Reviews 校核 as the platform's own word: it calls an item of a department wrong, or says that what it gave stands.
//!
//! What it gave and should change it changes as ever, by `amend`: that answers the review.

use crate::admit::Admitted;
use crate::routes::App;
use crate::say;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use engine::verb::{Reply, Request};
use model::{Code, Finding};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Characters a reason may have.
const MAX_REASON: usize = 2000;
/// Items one request may name.
const MAX_ITEMS: usize = 100;
/// Bytes a name or number may have.
const MAX_NAME_BYTES: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    case_no: String,
    items: Vec<String>,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    reason: String,
}

/// `POST /v1/reviews`
pub async fn ask(State(app): State<Arc<App>>, Extension(admitted): Extension<Admitted>) -> Response {
    let Some(question) = read::<Question>(&admitted).filter(is_sound) else {
        return unread("case_no, items, reason");
    };
    let request = Request::HubAsk {
        case_no: question.case_no,
        items: question.items,
        reason: question.reason,
    };
    tell(app.node.ask(request).await)
}

/// `POST /v1/reviews/{no}/confirm`
pub async fn confirm(
    State(app): State<Arc<App>>,
    path: Result<Path<String>, PathRejection>,
    Extension(admitted): Extension<Admitted>,
) -> Response {
    let number = path.ok().map(|Path(no)| no).filter(|no| is_name(no));
    let Some(review) = number else {
        return say::code(StatusCode::NOT_FOUND, Code::ANoPath);
    };
    let confirmation = read::<Confirmation>(&admitted).filter(|c| is_reason(&c.reason));
    let Some(Confirmation { reason }) = confirmation else {
        return unread("reason");
    };
    tell(app.node.ask(Request::HubConfirm { review, reason }).await)
}

fn read<T: DeserializeOwned>(admitted: &Admitted) -> Option<T> {
    serde_json::from_slice(&admitted.body).ok()
}

fn is_sound(question: &Question) -> bool {
    is_name(&question.case_no)
        && (1..=MAX_ITEMS).contains(&question.items.len())
        && question.items.iter().all(|item| is_name(item))
        && is_reason(&question.reason)
}

fn is_name(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    (1..=MAX_NAME_BYTES).contains(&text.len()) && text.bytes().all(plain)
}

/// Words, not blanks, and no marks that move a reader's screen.
fn is_reason(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= MAX_REASON
        && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

fn unread(expected: &str) -> Response {
    let finding = Finding::new(Code::EStructure).with("detail", expected);
    say::error(StatusCode::UNPROCESSABLE_ENTITY, &finding)
}

fn tell(answer: Result<Reply, Finding>) -> Response {
    match answer {
        Ok(Reply::HubReviews { new, reviews }) => {
            let status = if new > 0 { StatusCode::ACCEPTED } else { StatusCode::OK };
            say::json(status, &json!({ "new": new, "reviews": reviews }))
        }
        Ok(_) => say::unavailable(&Finding::new(Code::AUnavailable)),
        Err(finding) => match finding.code {
            Code::VNotFound | Code::EUnknownCase => say::error(StatusCode::NOT_FOUND, &finding),
            Code::VState => say::error(StatusCode::CONFLICT, &finding),
            Code::ENotHanded | Code::EOwnWord | Code::EState => say::error(StatusCode::UNPROCESSABLE_ENTITY, &finding),
            _ => say::unavailable(&finding),
        },
    }
}
