//! Is the process alive, and is the node ready? Unsigned, cheap, and never unready because one department is
//! broken; but where the ledger finds no room, since nothing is taken in then.

use crate::routes::App;
use crate::say;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use engine::verb::{Reply, Request};
use engine::view::Status;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

#[cfg(test)]
mod tests;

/// How long the engine may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long its answer is good for: whoever asks without end costs the engine little.
const FRESH: Duration = Duration::from_secs(1);

/// The last answer, and when by the monotonic clock.
#[derive(Default)]
pub struct Pulse(Mutex<Option<(Duration, Option<Status>)>>);

/// `GET /livez`
pub async fn live() -> Response {
    say::json(StatusCode::OK, &json!({"alive": true}))
}

/// `GET /readyz`, with `?verbose` for its named checks.
pub async fn ready(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let status = pulse(&app).await;
    let ready = status.as_ref().is_some_and(|s| s.halted.is_none());
    let code = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let mut body = json!({"ready": ready});
    let verbose = query.is_some_and(|q| q.split('&').any(|p| p == "verbose" || p.starts_with("verbose=")));
    if verbose && let Some(object) = body.as_object_mut() {
        object.insert("checks".into(), checks(status.as_ref()));
    }
    say::json(code, &body)
}

/// The engine's own word, at most [`FRESH`] old; `None` where it gave none in time.
async fn pulse(app: &App) -> Option<Status> {
    let mut last = app.pulse.0.lock().await;
    let now = app.clock.mono();
    if let Some((at, status)) = &*last
        && now.saturating_sub(*at) < FRESH
    {
        return status.clone();
    }
    let status = tokio::select! {
        reply = app.node.ask(Request::Status) => match reply {
            Ok(Reply::Status(status)) => Some(status),
            _ => None,
        },
        () = app.clock.sleep(PATIENCE) => None,
    };
    *last = Some((app.clock.mono(), status.clone()));
    status
}

/// Who may ask without a signature is told which channels are in trouble and by which code; why stands in `check`.
fn checks(status: Option<&Status>) -> Value {
    let mut checks = vec![json!({"name": "engine", "good": status.is_some(), "needed": true})];
    if let Some(why) = status.and_then(|s| s.halted.as_ref()) {
        checks.push(json!({"name": "ledger", "good": false, "needed": true, "code": why.code.word()}));
    }
    // It takes in all the same, and whoever posts must not be kept from it.
    for why in status.map(|s| s.doubted.as_slice()).unwrap_or_default() {
        checks.push(json!({"name": "ledger", "good": false, "needed": false, "code": why.code.word()}));
    }
    for line in status.map(|s| s.troubles.as_slice()).unwrap_or_default() {
        let code = line.finding.as_ref().map(|f| f.code.word());
        let name = format!("channel {}/{}", line.dept, line.channel);
        checks.push(json!({"name": name, "good": line.good, "needed": false, "code": code}));
    }
    checks.into()
}
