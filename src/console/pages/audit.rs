//! What people did, the newest first: by person, by day, a hundred at a time. It is read in the journal, and changes nothing.

use super::{ask, time, unexpected};
use crate::guard::Visit;
use crate::render::{Frame, finding, page};
use crate::routes::App;
use crate::words::Words;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use engine::view::ActLine;
use jiff::civil::Date;
use model::words::word;
use model::{Lang, visible};
use std::sync::Arc;

/// Acts on one page.
const ROWS: usize = 100;

struct Row {
    at: String,
    pos: String,
    person: String,
    action: String,
    object: String,
    result: String,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit {
    frame: Frame,
    wrong: &'static str,
    person: String,
    day: String,
    rows: Vec<Row>,
    /// Where the next ones begin; empty where there are none.
    next: String,
    back_to: String,
}

pub(crate) async fn get(State(app): State<Arc<App>>, Extension(visit): Extension<Visit>) -> Response<Body> {
    let words = Words::of(visit.lang);
    let field = |name: &str| Some(visit.fields.get(name).trim().to_owned()).filter(|text| !text.is_empty());
    let (person, day, before) = (field("person"), field("day"), field("before"));
    let date: Option<Date> = day.as_deref().and_then(|day| day.parse().ok());
    let mut shown = Audit {
        frame: Frame::of(&visit),
        wrong: "",
        person: person.clone().unwrap_or_default(),
        day: day.clone().unwrap_or_default(),
        rows: Vec::new(),
        next: String::new(),
        back_to: String::new(),
    };
    if day.is_some() && date.is_none() {
        shown.wrong = words.day_wrong;
        return page(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    }
    let request = Request::Acts {
        before,
        person,
        day: date,
        most: ROWS,
    };
    let acts = match ask(&app, &visit.person, request).await {
        Ok(Reply::Acts(acts)) => acts,
        Ok(_) => return finding(&visit, &unexpected()),
        Err(no) => return finding(&visit, &no),
    };
    shown.rows = acts.lines.into_iter().map(|line| row(&app, visit.lang, line)).collect();
    shown.next = acts.next.unwrap_or_default();
    shown.back_to = acts
        .back_to
        .map(|at| time(&app, at, "%Y-%m-%d %H:%M:%S"))
        .unwrap_or_default();
    page(StatusCode::OK, &shown)
}

fn row(app: &App, lang: Lang, line: ActLine) -> Row {
    let plain = |text: &str| visible::text(text).into_owned();
    // What the node puts together of fixed words is read out word by word; what a person wrote stands as it was written.
    let fixed = matches!(line.action.as_str(), "attempt_moved" | "user add" | "user roles");
    let result = if fixed {
        let words: Vec<&str> = line.result.split(' ').map(|text| word(text, lang)).collect();
        words.join(" ")
    } else {
        word(&line.result, lang).to_owned()
    };
    Row {
        at: time(app, line.at, "%Y-%m-%d %H:%M:%S"),
        action: plain(word(&line.action, lang)),
        person: plain(&line.person),
        object: plain(&line.object),
        result: plain(&result),
        pos: line.pos,
    }
}
