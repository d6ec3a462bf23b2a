//! Logging in and out. Each is an audit entry; so is each attempt that failed at a known name.

use super::note;
use crate::guard::{COOKIE, Visit};
use crate::render::{Frame, answer, page, see};
use crate::routes::App;
use crate::words::Words;
use accounts::{Action, Attempt, Entered};
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use model::{Code, Finding};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    frame: Frame,
    name: String,
    wrong: String,
    says: &'static str,
}

fn show(visit: &Visit, status: StatusCode, name: &str, wrong: String, says: &'static str) -> Response<Body> {
    if visit.by_script {
        // A page that is open asks, and shows the answer itself.
        return answer(status, "text/plain; charset=utf-8", wrong);
    }
    let frame = Frame::outside(visit.lang, "/console/login");
    let name = name.to_owned();
    page(
        status,
        &Login {
            frame,
            name,
            wrong,
            says,
        },
    )
}

pub(crate) async fn get(Extension(visit): Extension<Visit>, request: Request) -> Response<Body> {
    let words = Words::of(visit.lang);
    let query = request.uri().query().unwrap_or_default();
    let says = match query.split('&').find(|pair| pair.ends_with("=1")) {
        Some("again=1") => words.again_after_idle,
        Some("chosen=1") => words.chosen,
        _ => "",
    };
    show(&visit, StatusCode::OK, "", String::new(), says)
}

pub(crate) async fn post(State(app): State<Arc<App>>, Extension(visit): Extension<Visit>) -> Response<Body> {
    let words = Words::of(visit.lang);
    let name = visit.fields.get("name").trim().to_owned();
    if let Err(seconds) = app.knocks.may(visit.peer, app.clock.mono()) {
        let wrong = format!("{}{seconds}", words.slow_down);
        return show(&visit, StatusCode::TOO_MANY_REQUESTS, &name, wrong, "");
    }
    let entered = match enter(&app, &visit, &name).await {
        Ok(entered) => entered,
        Err(finding) => {
            let known = app.accounts.account(&name).is_some();
            if known && let Err(fault) = note(&app, &name, "login", "console", finding.code.word()).await {
                return show(
                    &visit,
                    StatusCode::SERVICE_UNAVAILABLE,
                    &name,
                    fault.what(visit.lang),
                    "",
                );
            }
            return show(&visit, StatusCode::FORBIDDEN, &name, finding.what(visit.lang), "");
        }
    };
    // Nobody is let in whom the journal does not know of.
    if let Err(fault) = note(&app, &name, "login", "console", "entered").await {
        return show(
            &visit,
            StatusCode::SERVICE_UNAVAILABLE,
            &name,
            fault.what(visit.lang),
            "",
        );
    }
    app.knocks.good(visit.peer);
    app.sessions.end(&visit.token);
    let now = app.clock.mono();
    let Some(token) = app
        .sessions
        .begin(&entered.name, visit.lang, entered.must_choose, now, &*app.rng)
    else {
        return show(
            &visit,
            StatusCode::SERVICE_UNAVAILABLE,
            &name,
            words.busy.to_owned(),
            "",
        );
    };
    let place = if entered.must_choose {
        "/console/password"
    } else {
        "/console"
    };
    let answered = if visit.by_script {
        by_script(&app, &entered, &token)
    } else {
        see(place)
    };
    with_cookie(answered, &token, app.tls)
}

/// For a page that is open: who it is now, and the token of its forms; or where to choose a password.
fn by_script(app: &App, entered: &Entered, token: &str) -> Response<Body> {
    let session = app.sessions.peek(token, app.clock.mono());
    let csrf = session.map(|session| session.csrf).unwrap_or_default();
    let go = entered.must_choose.then_some("/console/password");
    let told = serde_json::json!({ "person": entered.name, "csrf": csrf, "go": go });
    answer(StatusCode::OK, "application/json", told.to_string())
}

/// Hashing is slow on purpose: beside the loop, and never more than a few at once.
async fn enter(app: &Arc<App>, visit: &Visit, name: &str) -> Result<Entered, Finding> {
    let broken = || Finding::new(Code::CBroken);
    let attempt = Attempt {
        name: name.to_owned(),
        secret: visit.fields.get("password").to_owned(),
        code: visit.fields.get("code").trim().to_owned(),
    };
    let _place = app.knocks.hashing.acquire().await.map_err(|_| broken())?;
    let (accounts, now) = (app.accounts.clone(), app.clock.now().0);
    let work = move || accounts.enter(&attempt, now);
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(broken()))
}

pub(crate) async fn end(State(app): State<Arc<App>>, Extension(visit): Extension<Visit>) -> Response<Body> {
    app.sessions.end(&visit.token);
    if crate::guard::may(&app, &visit.person, Action::Look)
        && note(&app, &visit.person, "logout", "console", "left").await.is_err()
    {
        tracing::warn!("a log-out could not be journalled");
    }
    with_cookie(see("/console/login"), "", app.tls)
}

fn with_cookie(mut response: Response<Body>, token: &str, tls: bool) -> Response<Body> {
    let secure = if tls { "; Secure" } else { "" };
    let ends = if token.is_empty() { "; Max-Age=0" } else { "" };
    let cookie = format!("{COOKIE}={token}; Path=/console; HttpOnly; SameSite=Strict{secure}{ends}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    response
}
