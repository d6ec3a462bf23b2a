//! Whoever entered with a token chooses a password, and logs in with it: the token and its session end.

use super::note;
use crate::guard::Visit;
use crate::render::{Frame, page, see};
use crate::routes::App;
use crate::words::Words;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use model::{Code, Finding};
use std::sync::Arc;

#[derive(Template)]
#[template(path = "password.html")]
struct Choose {
    frame: Frame,
    wrong: String,
}

fn show(visit: &Visit, status: StatusCode, wrong: String) -> Response<Body> {
    let frame = Frame::of(visit);
    page(status, &Choose { frame, wrong })
}

pub(crate) async fn get(Extension(visit): Extension<Visit>) -> Response<Body> {
    if !visit.must_choose {
        return see("/console");
    }
    show(&visit, StatusCode::OK, String::new())
}

pub(crate) async fn post(State(app): State<Arc<App>>, Extension(visit): Extension<Visit>) -> Response<Body> {
    if !visit.must_choose {
        return see("/console");
    }
    let chosen = visit.fields.get("new").to_owned();
    if chosen != visit.fields.get("again") {
        let wrong = Words::of(visit.lang).not_alike.to_owned();
        return show(&visit, StatusCode::CONFLICT, wrong);
    }
    match choose(&app, &visit.person, chosen).await {
        Ok(()) => {
            app.sessions.end_all(&visit.person);
            see("/console/login?chosen=1")
        }
        Err(finding) => show(&visit, StatusCode::CONFLICT, finding.what(visit.lang)),
    }
}

async fn choose(app: &Arc<App>, person: &str, chosen: String) -> Result<(), Finding> {
    let broken = || Finding::new(Code::CBroken);
    let _place = app.knocks.hashing.acquire().await.map_err(|_| broken())?;
    note(app, person, "password", "console", "chosen").await?;
    let (accounts, name) = (app.accounts.clone(), person.to_owned());
    let work = move || accounts.choose(&name, &chosen);
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(broken()))
}
