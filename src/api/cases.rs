//! Cases: posted by the platform, and read by it through its agreement.

use crate::admit::Admitted;
use crate::routes::App;
use crate::{say, verdict};
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use engine::verb::{Reply, Request};
use model::{Code, Finding};
use port::{Answer, Parts};
use serde::Deserialize;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use tokio::sync::{Mutex, oneshot};

#[cfg(test)]
mod tests;

/// Header: the sender's own number for a post.
pub const KEY: &str = "idempotency-key";
/// The most bytes it may have.
const MAX_KEY_BYTES: usize = 64;
/// What people call a posted batch.
const NAME: &str = "/v1/cases";
/// How many cases can be taken in side by side.
const LANES: usize = 64;

/// Posts of one case, and posts of one number, go one after the other: the engine knows content and number only once a
/// batch has ended, and the second of two at once must find the first one's answer.
pub struct Lanes {
    numbers: [Lane; LANES],
    cases: [Lane; LANES],
}

type Lane = Arc<Mutex<()>>;

impl Lanes {
    /// All free.
    pub fn new() -> Self {
        let free = || std::array::from_fn(|_| Lane::default());
        Self {
            numbers: free(),
            cases: free(),
        }
    }

    /// The lanes a post must have, to be taken in this order: a number's before a case's, so that none waits in a circle.
    fn of(&self, number: Option<&str>, body: &[u8]) -> (Option<Lane>, Lane) {
        #[derive(Deserialize)]
        struct Peek {
            case_no: Option<String>,
        }
        // What cannot be read has no case; the engine will say why.
        let case_no = serde_json::from_slice::<Peek>(body).ok().and_then(|p| p.case_no);
        let number = number.map(|n| self.numbers[lane(n)].clone());
        (number, self.cases[lane(&case_no)].clone())
    }
}

fn lane(key: &(impl Hash + ?Sized)) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    (hasher.finish() % LANES as u64) as usize
}

/// `POST /v1/cases`
pub async fn post(
    State(app): State<Arc<App>>,
    Extension(admitted): Extension<Admitted>,
    headers: HeaderMap,
) -> Response {
    if !is_json(&headers) {
        return say::code(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::AMediaType);
    }
    let Ok(number) = number(&headers) else {
        let finding = Finding::new(Code::AHeader).with("name", "Idempotency-Key");
        return say::error(StatusCode::BAD_REQUEST, &finding);
    };
    match take_in(&app, admitted, number).await {
        Ok(answer) => {
            let why = why(&app, &answer).await;
            let (status, body) = verdict::tell(&answer, &why);
            say::json(status, &body)
        }
        Err(finding) => say::unavailable(&finding),
    }
}

/// Hands it to the node in a task of its own: a caller who hangs up must not leave a batch half arrived.
async fn take_in(app: &Arc<App>, admitted: Admitted, number: Option<String>) -> Result<Answer, Finding> {
    let stopping = || Finding::new(Code::AUnavailable);
    let Some(intake) = app.intake.clone() else {
        return Err(stopping());
    };
    let (tell, told) = oneshot::channel();
    let (node, (first, second)) = (app.node.clone(), app.lanes.of(number.as_deref(), &admitted.body));
    let task = async move {
        let Admitted { body, place: _place } = admitted;
        let _number = match &first {
            Some(lane) => Some(lane.lock().await),
            None => None,
        };
        let _case = second.lock().await;
        let parts = Parts {
            feed: intake.feed,
            name: NAME.to_owned(),
            body: body.into(),
        };
        let answer = node.receive(&intake.dept, &intake.channel, parts, number).await;
        // Nobody listens where the caller hung up; the same post again is answered the same.
        let _ = tell.send(answer);
    };
    app.spawn.spawn("post", Box::pin(task));
    told.await.unwrap_or_else(|_| Err(stopping()))
}

/// Why its first bad row was refused, in full. Where it was settled meanwhile, the row's own code has to do.
async fn why(app: &App, answer: &Answer) -> Vec<Finding> {
    let Some(row) = verdict::refused_row(answer) else {
        return Vec::new();
    };
    let id = format!("{}:{}", answer.batch, row.line);
    match app.node.ask(Request::RefusedShow { id }).await {
        Ok(Reply::Refused(lines)) => lines.into_iter().flat_map(|l| l.findings).collect(),
        _ => Vec::new(),
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
    let media = text(header::CONTENT_TYPE)
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    let plain = text(header::CONTENT_ENCODING).is_none_or(|e| e.eq_ignore_ascii_case("identity"));
    media.eq_ignore_ascii_case("application/json") && plain
}

/// The sender's number, visible ASCII; `Err` where it cannot be one.
fn number(headers: &HeaderMap) -> Result<Option<String>, ()> {
    let mut all = headers.get_all(KEY).iter();
    let Some(only) = all.next() else { return Ok(None) };
    let text = only.to_str().map_err(|_| ())?;
    let good = !text.is_empty() && text.len() <= MAX_KEY_BYTES && text.bytes().all(|b| b.is_ascii_graphic());
    if good && all.next().is_none() {
        Ok(Some(text.to_owned()))
    } else {
        Err(())
    }
}

/// `GET /v1/cases/{no}`
pub async fn get(State(app): State<Arc<App>>, path: Result<Path<String>, PathRejection>) -> Response {
    let case_no = path.ok().map(|Path(no)| no).filter(|no| is_case_no(no));
    let Some(case_no) = case_no else {
        return say::code(StatusCode::NOT_FOUND, Code::EUnknownCase);
    };
    match app.node.ask(Request::HubCase { case_no }).await {
        Ok(Reply::HubCase(case)) => say::json(StatusCode::OK, &case),
        Ok(_) => say::unavailable(&Finding::new(Code::AUnavailable)),
        Err(finding) => say::unanswered(&finding),
    }
}

fn is_case_no(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
