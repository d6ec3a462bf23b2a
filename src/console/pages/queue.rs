//! The queue: what is mine, what is free, what is with others; each sorted by the time that is left.

use super::{ask, time};
use crate::guard::Visit;
use crate::render::{Frame, finding, page, see};
use crate::routes::App;
use crate::words::Words;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request as HttpRequest, State};
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use engine::view::TaskLine;
use jiff::civil::Date;
use model::{Code, Finding};
use std::sync::Arc;

/// Rows of one list on one page.
const ROWS: usize = 100;
/// A limit is soon over from so many days on.
const SOON: i32 = 2;

/// A row as shown. The lamp is a colour, a shape and a word: no one of them alone.
struct Row {
    task: String,
    lamp: &'static str,
    shape: &'static str,
    word: &'static str,
    left: String,
    due: String,
    case_no: String,
    matter: String,
    kind: &'static str,
    since: String,
    person: String,
    until: String,
    look_first: bool,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct Queue {
    frame: Frame,
    says: &'static str,
    /// When the list was asked for, milliseconds since 1970.
    since: i64,
    mine: Vec<Row>,
    free: Vec<Row>,
    others: Vec<Row>,
    free_count: usize,
    more: usize,
    overdue: usize,
}

async fn tasks(app: &App, person: &str) -> Result<Vec<TaskLine>, Finding> {
    match ask(app, person, Request::QueueList { dept: None }).await? {
        Reply::Tasks(mut tasks) => {
            tasks.sort_by(|a, b| urgency(a).cmp(&urgency(b)));
            Ok(tasks)
        }
        _ => Err(Finding::new(Code::CProtocol)
            .with("endpoint", "node")
            .with("detail", "tasks")),
    }
}

/// What has a limit comes first, the nearest first; of one day what is to be keyed before what its result will be; then
/// whatever waits longest.
fn urgency(line: &TaskLine) -> (bool, &str, bool, i64, usize, &str) {
    let due = line.due.as_deref();
    let (last, result) = (due.unwrap_or_default(), line.kind == "form");
    (due.is_none(), last, result, line.since, line.task.len(), &line.task)
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    request: HttpRequest,
) -> Response<Body> {
    let words = Words::of(visit.lang);
    let says = match request
        .uri()
        .query()
        .and_then(|q| q.split('&').find_map(|p| p.strip_prefix("did=")))
    {
        Some("keyed") => words.done_keyed,
        Some("refused") => words.done_refused,
        Some("again") => words.done_again,
        Some("none") => words.done_claim_gone,
        _ => "",
    };
    let since = app.clock.now().0;
    let tasks = match tasks(&app, &visit.person).await {
        Ok(tasks) => tasks,
        Err(no) => return finding(&visit, &no),
    };
    let (now, today) = (app.clock.now().0, time(&app, app.clock.now().0, "%Y-%m-%d"));
    let held = |line: &TaskLine| line.until.is_some_and(|until| until > now);
    let mine = |line: &TaskLine| line.claimed_by.as_deref() == Some(&visit.person);
    let row = |line: &TaskLine| row(&app, words, &today, line);
    let overdue = |line: &&TaskLine| line.due.as_deref().is_some_and(|due| due < today.as_str());
    let free: Vec<&TaskLine> = tasks.iter().filter(|t| !held(t)).collect();
    let shown = Queue {
        frame: Frame::of(&visit),
        says,
        since,
        mine: tasks.iter().filter(|t| mine(t) && held(t)).map(row).collect(),
        others: tasks
            .iter()
            .filter(|t| !mine(t) && held(t))
            .take(ROWS)
            .map(row)
            .collect(),
        free_count: free.len(),
        more: free.len().saturating_sub(ROWS),
        free: free.into_iter().take(ROWS).map(row).collect(),
        overdue: tasks.iter().filter(overdue).count(),
    };
    page(StatusCode::OK, &shown)
}

fn row(app: &App, words: &'static Words, today: &str, line: &TaskLine) -> Row {
    let left = days_left(today, line.due.as_deref());
    let (lamp, shape, word) = match left {
        None => ("unknown", "○", words.no_limit),
        Some(days) if days < 0 => ("late", "▲", words.overdue),
        Some(days) if days <= SOON => ("soon", "◆", words.soon),
        Some(_) => ("fine", "●", words.in_time),
    };
    Row {
        task: line.task.clone(),
        lamp,
        shape,
        word,
        left: left
            .map(|days| format!("{days} {}", words.days_left))
            .unwrap_or_default(),
        due: line.due.clone().unwrap_or_default(),
        case_no: line.case_no.clone(),
        matter: line.matter.clone(),
        kind: match line.kind.as_str() {
            "worksheet" => words.worksheet,
            "form" => words.form,
            _ => words.review,
        },
        since: time(app, line.since, "%m-%d %H:%M"),
        person: line.claimed_by.clone().unwrap_or_default(),
        until: line.until.map(|until| time(app, until, "%H:%M")).unwrap_or_default(),
        look_first: line.look_first,
    }
}

fn days_left(today: &str, due: Option<&str>) -> Option<i32> {
    let (today, due): (Date, Date) = (today.parse().ok()?, due?.parse().ok()?);
    due.since(today).ok().map(|span| span.get_days())
}

/// Takes the most urgent free task; where somebody is faster, the next one.
pub(crate) async fn next(State(app): State<Arc<App>>, Extension(visit): Extension<Visit>) -> Response<Body> {
    let tasks = match tasks(&app, &visit.person).await {
        Ok(tasks) => tasks,
        Err(no) => return finding(&visit, &no),
    };
    let now = app.clock.now().0;
    let free = tasks
        .iter()
        .filter(|t| t.kind != "review" && t.until.is_none_or(|until| until <= now));
    for line in free.take(20) {
        match super::task::take(&app, &visit, &line.task).await {
            Ok(()) => return see(&format!("/console/task/{}", line.task)),
            // Somebody was faster, or it is settled, or may not be keyed now: the next one may be.
            Err(no) if matches!(no.code, Code::VClaimed | Code::VState | Code::VNotFound) => {}
            Err(no) => return finding(&visit, &no),
        }
    }
    see("/console?did=none")
}

#[cfg(test)]
mod tests {
    use super::days_left;

    #[test]
    fn days_are_counted_to_the_last_day_and_past_it() {
        assert_eq!(days_left("2026-03-02", Some("2026-03-09")), Some(7));
        assert_eq!(days_left("2026-03-02", Some("2026-03-02")), Some(0));
        assert_eq!(days_left("2026-03-02", Some("2026-02-27")), Some(-3));
        assert_eq!(days_left("2026-03-02", None), None);
    }
}
