//! The supervisor's page: who does how much and how well, whether the queue can be done in time, and the hand that moves a
//! task to somebody else or puts it before others.

use super::queue::{Row, board, row};
use super::{ask, time, unexpected};
use crate::guard::Visit;
use crate::normal::normal;
use crate::render::{Frame, finding, page, see};
use crate::routes::App;
use crate::words::Words;
use accounts::Action;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, Request as HttpRequest, State};
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use engine::view::{BoardView, ForecastLine, ForecastView, KeyingLine, KeyingView, TaskLine};
use model::Finding;
use std::sync::Arc;

/// Rows of one list.
const ROWS: usize = 40;

/// A clerk as shown.
struct Clerk {
    name: String,
    in_hand: usize,
    done: KeyingLine,
}

#[derive(Template)]
#[template(path = "team.html")]
struct Team {
    frame: Frame,
    says: &'static str,
    clerks: Vec<Clerk>,
    fields: Vec<KeyingLine>,
    forecast: ForecastView,
    held: Vec<Row>,
    free: Vec<Row>,
    names: Vec<String>,
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    request: HttpRequest,
) -> Response<Body> {
    let words = Words::of(visit.lang);
    let query = request.uri().query().unwrap_or_default();
    let says = match query.split('&').find_map(|p| p.strip_prefix("did=")) {
        Some("assigned") => words.done_assigned,
        Some("ranked") => words.done_ranked,
        Some("nobody") => words.no_account,
        _ => "",
    };
    match gather(&app, &visit).await {
        Ok((board, keying, forecast)) => {
            let shown = assemble(&app, &visit, says, board, keying, forecast);
            page(StatusCode::OK, &shown)
        }
        Err(no) => finding(&visit, &no),
    }
}

type Gathered = (BoardView, KeyingView, ForecastView);

async fn gather(app: &App, visit: &Visit) -> Result<Gathered, Finding> {
    let clerks = u32::try_from(who_may(app, Action::Key).len()).unwrap_or(u32::MAX);
    let board = board(app, &visit.person, ROWS).await?;
    let Reply::Keying(keying) = ask(app, &visit.person, Request::QueueStats).await? else {
        return Err(unexpected());
    };
    match ask(app, &visit.person, Request::QueueForecast { clerks }).await? {
        Reply::Forecast(forecast) => Ok((board, keying, forecast)),
        _ => Err(unexpected()),
    }
}

/// People who may do this, by name.
fn who_may(app: &App, action: Action) -> Vec<String> {
    let book = app.accounts.book();
    let mut names: Vec<String> = book.iter().filter(|a| a.may(action)).map(|a| a.name.clone()).collect();
    names.sort();
    names
}

fn assemble(
    app: &App,
    visit: &Visit,
    says: &'static str,
    board: BoardView,
    keying: KeyingView,
    forecast: ForecastView,
) -> Team {
    let (words, today) = (Words::of(visit.lang), time(app, app.clock.now().0, "%Y-%m-%d"));
    let rows = |lines: &[&TaskLine]| lines.iter().map(|line| row(app, words, &today, line)).collect();
    let held: Vec<&TaskLine> = board.mine.iter().chain(&board.others).collect();
    let names = who_may(app, Action::Verify);
    let clerks = names.iter().map(|name| {
        let done = keying.clerks.iter().find(|line| line.name == *name).cloned();
        Clerk {
            in_hand: held.iter().filter(|t| t.claimed_by.as_ref() == Some(name)).count(),
            done: done.unwrap_or_else(|| nothing(name)),
            name: name.clone(),
        }
    });
    let mut fields = keying.fields;
    fields.sort_by_key(|line| (std::cmp::Reverse(line.rate), std::cmp::Reverse(line.wrong)));
    fields.truncate(ROWS);
    Team {
        frame: Frame::of(visit),
        says,
        clerks: clerks.collect(),
        fields,
        forecast,
        held: rows(&held),
        free: rows(&board.free.iter().collect::<Vec<_>>()),
        names,
    }
}

fn nothing(name: &str) -> KeyingLine {
    KeyingLine {
        name: name.to_owned(),
        dept: None,
        tasks: 0,
        seconds: None,
        marks: 0,
        checked: 0,
        wrong: 0,
        rate: None,
        often: false,
    }
}

/// Minutes as hours with one decimal.
fn hours(minutes: u64) -> String {
    format!("{}.{}", minutes / 60, minutes % 60 / 6)
}

/// The first day that cannot be kept.
fn first_short(forecast: &ForecastView) -> Option<&ForecastLine> {
    forecast.lines.iter().find(|line| line.short > 0)
}

/// Another clerk has it from now on, or whoever takes it.
pub(crate) async fn assign(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    let to = normal(visit.fields.get("to"));
    let to = (!to.is_empty()).then_some(to);
    // Both rights, where the task may be of either kind: the node judges which.
    if let Some(name) = &to
        && !crate::guard::may(&app, name, Action::Verify)
    {
        return see("/console/team?did=nobody");
    }
    let reason = visit.fields.get("reason").trim().to_owned();
    order(
        &app,
        &visit,
        Request::QueueAssign { task, to, reason },
        "/console/team?did=assigned",
    )
    .await
}

/// Before others, or behind them.
pub(crate) async fn rank(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    let rank = visit.fields.get("rank").parse().unwrap_or(i8::MAX);
    let reason = visit.fields.get("reason").trim().to_owned();
    order(
        &app,
        &visit,
        Request::QueueRank { task, rank, reason },
        "/console/team?did=ranked",
    )
    .await
}

async fn order(app: &App, visit: &Visit, request: Request, then: &str) -> Response<Body> {
    match ask(app, &visit.person, request).await {
        Ok(_) => see(then),
        Err(no) => finding(visit, &no),
    }
}
