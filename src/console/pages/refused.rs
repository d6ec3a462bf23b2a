//! What was refused and what is unsettled, as lists: what, why, what to do, since when; several can be dealt with at once.

use super::{ask, time, unexpected};
use crate::guard::Visit;
use crate::list::{Further, part};
use crate::render::{Frame, finding, page};
use crate::routes::App;
use crate::sessions::chance;
use crate::words::Words;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use engine::view::{RefusedLine, UnsettledLine};
use model::words::word;
use model::{Finding, Lang, visible};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Reasons of one refusal that a list shows; its own page shows all.
const REASONS: usize = 3;

/// One of the three lists.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum List {
    /// Hand-overs that were refused.
    Out,
    /// Rows and files that were refused on the way in.
    In,
    /// What only a person can settle.
    Unsettled,
}

impl List {
    pub(crate) const ALL: [Self; 3] = [Self::Out, Self::In, Self::Unsettled];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::In => "in",
            Self::Unsettled => "unsettled",
        }
    }

    pub(crate) fn of(text: &str) -> Self {
        Self::ALL.into_iter().find(|l| l.word() == text).unwrap_or(Self::Out)
    }

    fn name(self, words: &Words) -> &'static str {
        match self {
            Self::Out => words.list_out,
            Self::In => words.list_in,
            Self::Unsettled => words.list_unsettled,
        }
    }

    fn hint(self, words: &Words) -> &'static str {
        match self {
            Self::Out => words.hint_out,
            Self::In => words.hint_in,
            Self::Unsettled => words.hint_unsettled,
        }
    }

    /// What a person can say of something in it.
    fn doings(self, words: &Words) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Out => vec![("retry", words.do_retry), ("drop", words.do_drop)],
            Self::In => vec![("drop", words.do_drop_row)],
            Self::Unsettled => vec![("booked", words.do_booked), ("not_booked", words.do_not_booked)],
        }
    }
}

/// What is said about what was sent, and what was typed.
#[derive(Default)]
pub(crate) struct Said {
    pub(crate) wrong: Vec<String>,
    pub(crate) picked: BTreeSet<String>,
    pub(crate) reason: String,
}

struct Tab {
    list: &'static str,
    name: &'static str,
    count: usize,
    here: bool,
}

/// A line as shown.
struct Row {
    id: String,
    dept: String,
    case_no: String,
    what: String,
    over: String,
    code: String,
    why: Vec<String>,
    remedy: String,
    since: String,
    opens: bool,
    picked: bool,
}

#[derive(Template)]
#[template(path = "refused.html")]
struct Refused {
    frame: Frame,
    says: String,
    wrong: Vec<String>,
    once: String,
    list: &'static str,
    hint: &'static str,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    further: Further,
    from: String,
    shown: String,
    doings: Vec<(&'static str, &'static str)>,
    reason: String,
}

/// All that was refused.
pub(crate) async fn refused(app: &App, person: &str) -> Result<Vec<RefusedLine>, Finding> {
    match ask(app, person, Request::RefusedList { dept: None }).await? {
        Reply::Refused(lines) => Ok(lines),
        _ => Err(unexpected()),
    }
}

/// All that is unsettled.
pub(crate) async fn unsettled(app: &App, person: &str) -> Result<Vec<UnsettledLine>, Finding> {
    match ask(app, person, Request::UnsettledList).await? {
        Reply::Unsettled(lines) => Ok(lines),
        _ => Err(unexpected()),
    }
}

pub(crate) async fn get(State(app): State<Arc<App>>, Extension(visit): Extension<Visit>) -> Response<Body> {
    show(&app, &visit, StatusCode::OK, Said::default()).await
}

/// The page of the list that the form or the query names.
pub(crate) async fn show(app: &App, visit: &Visit, status: StatusCode, said: Said) -> Response<Body> {
    let (all, open) = match (refused(app, &visit.person).await, unsettled(app, &visit.person).await) {
        (Ok(all), Ok(open)) => (all, open),
        (Err(no), _) | (_, Err(no)) => return finding(visit, &no),
    };
    let words = Words::of(visit.lang);
    let list = List::of(visit.fields.get("list"));
    let (out, came): (Vec<RefusedLine>, Vec<RefusedLine>) = all.into_iter().partition(|l| l.way == "out");
    let counts = [out.len(), came.len(), open.len()];
    let tab = |(list_of, count): (List, usize)| Tab {
        list: list_of.word(),
        name: list_of.name(words),
        count,
        here: list_of == list,
    };
    let from = visit.fields.get("from");
    let place = format!("/console/refused?list={}&", list.word());
    let (mut rows, further) = match list {
        List::Unsettled => {
            let (lines, further) = part(oldest_first(open, |l| l.since), from, place);
            let row = |l: UnsettledLine| unsettled_row(app, visit.lang, l);
            (lines.into_iter().map(row).collect::<Vec<Row>>(), further)
        }
        List::Out | List::In => {
            let lines = if list == List::Out { out } else { came };
            let (lines, further) = part(oldest_first(lines, |l| l.since), from, place);
            let row = |l: RefusedLine| refused_row(app, visit.lang, l);
            (lines.into_iter().map(row).collect(), further)
        }
    };
    for row in &mut rows {
        row.picked = said.picked.contains(&row.id);
    }
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let shown = Refused {
        frame: Frame::of(visit),
        says: says(visit),
        wrong: said.wrong,
        once: chance(&*app.rng),
        list: list.word(),
        hint: list.hint(words),
        tabs: List::ALL.into_iter().zip(counts).map(tab).collect(),
        shown: ids.join(" "),
        rows,
        from: further.first.saturating_sub(1).to_string(),
        further,
        doings: list.doings(words),
        reason: said.reason,
    };
    page(status, &shown)
}

fn oldest_first<T>(mut lines: Vec<T>, since: impl Fn(&T) -> i64) -> Vec<T> {
    lines.sort_by_key(|line| since(line));
    lines
}

/// What was done, as the query of the page says after a form.
fn says(visit: &Visit) -> String {
    let words = Words::of(visit.lang);
    let did = match visit.fields.get("did") {
        "retry" => words.did_retry,
        "drop" => words.did_drop,
        "booked" => words.did_booked,
        "not_booked" => words.did_not_booked,
        "edit" => words.did_edit,
        _ => return String::new(),
    };
    let count: usize = visit.fields.get("n").parse().unwrap_or(0);
    format!("{did}{count}")
}

/// Why something was refused: code, sentence, remedy, one line each.
pub(crate) fn reasons(lang: Lang, line: &RefusedLine) -> Vec<(String, String, String)> {
    if line.findings.is_empty() {
        let words = Words::of(lang);
        let said = match line.reason.as_str() {
            "" => words.no_reason.to_owned(),
            reason => visible::text(reason).into_owned(),
        };
        return vec![(line.code.clone(), said, words.remedy_words.to_owned())];
    }
    let one = |f: &Finding| {
        let (what, remedy) = (f.what(lang), f.remedy(lang));
        (
            f.code.word().to_owned(),
            visible::text(&what).into_owned(),
            visible::text(&remedy).into_owned(),
        )
    };
    line.findings.iter().map(one).collect()
}

fn refused_row(app: &App, lang: Lang, line: RefusedLine) -> Row {
    let all = reasons(lang, &line);
    let more = all.len().saturating_sub(REASONS);
    let remedy = all.first().map(|(_, _, remedy)| remedy.clone()).unwrap_or_default();
    let mut why: Vec<String> = all.into_iter().take(REASONS).map(|(_, what, _)| what).collect();
    if more > 0 {
        why.push(format!("+{more}"));
    }
    Row {
        why,
        remedy,
        since: time(app, line.since, "%m-%d %H:%M"),
        what: visible::text(&line.what).into_owned(),
        over: String::new(),
        opens: true,
        picked: false,
        id: line.id,
        dept: line.dept,
        case_no: line.case_no,
        code: line.code,
    }
}

fn unsettled_row(app: &App, lang: Lang, line: UnsettledLine) -> Row {
    let words = Words::of(lang);
    let why = match line.state {
        model::AttemptState::Unknown => words.why_unknown,
        _ => words.why_unconfirmed,
    };
    Row {
        why: vec![why.to_owned()],
        remedy: words.remedy_unsettled.to_owned(),
        since: time(app, line.since, "%m-%d %H:%M"),
        over: format!("{} {}", line.channel, line.number).trim_end().to_owned(),
        code: word(line.state.word(), lang).to_owned(),
        opens: false,
        picked: false,
        dept: line.matter.split('.').next().unwrap_or_default().to_owned(),
        id: line.attempt,
        case_no: line.case_no,
        what: line.matter,
    }
}
