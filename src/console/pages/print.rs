//! A task on paper: what is to be keyed in the order of the department's screen, the case number as bars, lines to sign.
//!
//! Paper goes where no mask follows it, so only whoever holds the task gets one, and each is an audit entry.

use super::task::told;
use super::{note, time};
use crate::code128::path;
use crate::guard::Visit;
use crate::render::{Frame, finding, notice, page};
use crate::routes::App;
use crate::stands::shown;
use crate::words::Words;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use model::Lang;
use std::sync::Arc;

/// How high the bars are, in units of the narrowest.
const HEIGHT: u32 = 28;

#[derive(Template)]
#[template(path = "print.html")]
struct Sheet {
    frame: Frame,
    task: String,
    case_no: String,
    matter: String,
    dept: String,
    due: String,
    round: u32,
    is_form: bool,
    at: String,
    /// The bars and how wide they are; empty where the number has none.
    bars: String,
    wide: u32,
    high: u32,
    /// A field's name, the item's name, the value.
    fields: Vec<(String, String, String)>,
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    let words = Words::of(visit.lang);
    let now = app.clock.now().0;
    // Asked masked first: whoever may not have it has not seen it either.
    let line = match shown(&app, &task).await {
        Ok(view) => view.line,
        Err(no) => return finding(&visit, &no),
    };
    let holds = line.claimed_by.as_deref() == Some(&visit.person) && line.until.is_some_and(|until| until > now);
    if !holds {
        return notice(StatusCode::FORBIDDEN, Frame::of(&visit), words.print_holder, "");
    }
    if let Err(no) = note(&app, &visit.person, "print task", &task, &line.case_no).await {
        return finding(&visit, &no);
    }
    let view = match told(&app, &visit, &task).await {
        Ok(view) => view,
        Err(no) => return finding(&visit, &no),
    };
    let (bars, wide) = path(&line.case_no, HEIGHT).unwrap_or_default();
    let fields = view.fields.into_iter().map(|f| {
        let item = match visit.lang {
            Lang::Zh => f.zh,
            Lang::En => f.en,
        };
        let value = if f.meaning.is_empty() {
            f.value
        } else {
            format!("{} {}", f.value, f.meaning)
        };
        (f.name.clone(), if item == f.name { String::new() } else { item }, value)
    });
    let sheet = Sheet {
        frame: Frame::of(&visit),
        task,
        case_no: line.case_no,
        matter: line.matter,
        dept: view.dept,
        due: line.due.unwrap_or_default(),
        round: line.round,
        is_form: line.kind == "form",
        at: time(&app, now, "%Y-%m-%d %H:%M"),
        bars,
        wide,
        high: HEIGHT,
        fields: fields.collect(),
    };
    page(StatusCode::OK, &sheet)
}
