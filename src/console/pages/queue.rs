//! The queue: what is mine, what is free, what is with others; each sorted by the time that is left.

use super::{ask, time, unexpected};
use crate::guard::{Visit, may};
use crate::render::{Frame, finding, page, see};
use crate::routes::App;
use crate::words::Words;
use accounts::Action;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Request as HttpRequest, State};
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use engine::view::{BoardView, TaskLine};
use jiff::civil::Date;
use model::{Code, Finding};
use std::sync::Arc;

/// Rows of one list on one page.
const ROWS: usize = 60;
/// A limit is soon over from so many days on.
const SOON: i32 = 2;

/// A row as shown. The lamp is a colour, a shape and a word: no one of them alone.
pub(crate) struct Row {
    pub(crate) task: String,
    pub(crate) lamp: &'static str,
    pub(crate) shape: &'static str,
    pub(crate) word: &'static str,
    pub(crate) left: String,
    pub(crate) due: String,
    pub(crate) case_no: String,
    pub(crate) matter: String,
    pub(crate) kind: &'static str,
    pub(crate) since: String,
    pub(crate) person: String,
    pub(crate) until: String,
    pub(crate) look_first: bool,
    pub(crate) rank: &'static str,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct Queue {
    frame: Frame,
    says: &'static str,
    /// How many had come to the queue by then.
    since: u64,
    mine: Vec<Row>,
    free: Vec<Row>,
    others: Vec<Row>,
    free_count: u64,
    others_count: u64,
    more: u64,
    overdue: u64,
    partial: bool,
}

/// The most urgent tasks for whoever is logged in.
pub(crate) async fn board(app: &App, person: &str, most: usize) -> Result<BoardView, Finding> {
    match ask(app, person, Request::QueueBoard { dept: None, most }).await? {
        Reply::Board(board) => Ok(board),
        _ => Err(unexpected()),
    }
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
        Some("waits") => words.done_waits,
        Some("differs") => words.done_differs,
        Some("none") => words.done_claim_gone,
        _ => "",
    };
    let board = match board(&app, &visit.person, ROWS).await {
        Ok(board) => board,
        Err(no) => return finding(&visit, &no),
    };
    let today = time(&app, app.clock.now().0, "%Y-%m-%d");
    let rows = |lines: Vec<TaskLine>| lines.iter().map(|line| row(&app, words, &today, line)).collect();
    let shown = Queue {
        frame: Frame::of(&visit),
        says,
        since: board.arrived,
        free_count: board.free_count,
        others_count: board.others_count,
        more: board.free_count.saturating_sub(board.free.len() as u64),
        overdue: board.overdue,
        partial: board.partial,
        mine: rows(board.mine),
        free: rows(board.free),
        others: rows(board.others),
    };
    page(StatusCode::OK, &shown)
}

pub(crate) fn row(app: &App, words: &'static Words, today: &str, line: &TaskLine) -> Row {
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
            "rekey" => words.rekey,
            "decide" => words.decide,
            _ => words.review,
        },
        since: time(app, line.since, "%m-%d %H:%M"),
        person: line.claimed_by.clone().unwrap_or_default(),
        until: line.until.map(|until| time(app, until, "%H:%M")).unwrap_or_default(),
        look_first: line.look_first,
        rank: match line.rank {
            1 => words.first_of_all,
            -1 => words.last_of_all,
            _ => "",
        },
    }
}

fn days_left(today: &str, due: Option<&str>) -> Option<i32> {
    let (today, due): (Date, Date) = (today.parse().ok()?, due?.parse().ok()?);
    due.since(today).ok().map(|span| span.get_days())
}

/// Takes the most urgent free task that this person may do; where somebody is faster, the next one.
pub(crate) async fn next(State(app): State<Arc<App>>, Extension(visit): Extension<Visit>) -> Response<Body> {
    let board = match board(&app, &visit.person, ROWS).await {
        Ok(board) => board,
        Err(no) => return finding(&visit, &no),
    };
    let (keys, proves) = (
        may(&app, &visit.person, Action::Key),
        may(&app, &visit.person, Action::Verify),
    );
    let free = board.free.iter().filter(|line| match line.kind.as_str() {
        "worksheet" | "form" => keys,
        "rekey" | "decide" => proves,
        _ => false,
    });
    for line in free {
        let verify = matches!(line.kind.as_str(), "rekey" | "decide");
        match super::task::take(&app, &visit, &line.task, verify).await {
            Ok(()) => return see(&format!("/console/task/{}", line.task)),
            // Somebody was faster, or it is settled, or may not be keyed now: the next one may be.
            Err(no)
                if matches!(
                    no.code,
                    Code::VClaimed | Code::VState | Code::VNotFound | Code::VSamePerson
                ) => {}
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
