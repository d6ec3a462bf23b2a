//! How errors are told: a code, what is wrong and what to do, in both languages. Never a value that was sent.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::{Code, Finding, Lang};
use serde::Serialize;
use serde_json::{Map, Value};

/// Seconds after which a refused caller may come again.
const RETRY_AFTER_S: u64 = 2;

/// A finding as a JSON object.
pub fn finding(finding: &Finding) -> Map<String, Value> {
    let both = |text: &dyn Fn(Lang) -> String| serde_json::json!({"zh": text(Lang::Zh), "en": text(Lang::En)});
    let mut object = Map::new();
    object.insert("code".into(), finding.code.word().into());
    if !finding.code.return_code().is_empty() {
        object.insert("return_code".into(), finding.code.return_code().into());
    }
    object.insert("what".into(), both(&|lang| finding.what(lang)));
    object.insert("remedy".into(), both(&|lang| finding.remedy(lang)));
    let place = &finding.place;
    if let (Some(_), _, _) | (_, Some(_), _) | (_, _, Some(_)) = (place.row, &place.column, place.byte) {
        // The file is the path that was called; the caller knows it.
        object.insert(
            "place".into(),
            serde_json::json!({"row": place.row, "column": place.column, "byte": place.byte}),
        );
    }
    object
}

/// A response with a JSON body, in which nothing from outside can turn what is read.
pub fn json(status: StatusCode, body: &impl Serialize) -> Response {
    match serde_json::to_string(body) {
        Ok(text) => {
            let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            (status, [kind], model::visible::json(&text).into_owned()).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// A response that says one finding.
pub fn error(status: StatusCode, of: &Finding) -> Response {
    let mut response = json(status, &Value::Object(finding(of)));
    if matches!(status, StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT) {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
    }
    // What was not read to its end cannot be followed by another request.
    if matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE) {
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// A response that says one code without arguments.
pub fn code(status: StatusCode, of: Code) -> Response {
    error(status, &Finding::new(of))
}

/// A question the node could not answer: what the caller may know of it.
pub fn unanswered(of: &Finding) -> Response {
    match of.code {
        Code::VNotFound => code(StatusCode::NOT_FOUND, Code::EUnknownCase),
        Code::EAgreementExpired => error(StatusCode::FORBIDDEN, of),
        // A cursor that a later program told: asking again will not help.
        Code::LNewer => error(StatusCode::BAD_REQUEST, of),
        _ => unavailable(of),
    }
}

/// The node's own trouble stays in its log: paths and details are nothing for a caller.
pub fn unavailable(of: &Finding) -> Response {
    tracing::warn!(code = %of.code, finding = %of.sentence(Lang::En), "a request could not be answered");
    code(StatusCode::SERVICE_UNAVAILABLE, Code::AUnavailable)
}

#[cfg(test)]
mod tests;
