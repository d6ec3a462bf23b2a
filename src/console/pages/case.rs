//! One case: what it waits for, what each department owes and was handed, what is known, what happened.
//!
//! Personal values are masked. Who needs them says why and asks for them by a form; the node journals that, each time.

use super::{ask, fixed, time, unexpected};
use crate::guard::Visit;
use crate::list::{Further, part};
use crate::render::{Frame, finding, notice, page, see};
use crate::routes::App;
use crate::timeline::{Span, Timeline};
use crate::words::Words;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use engine::view::{CaseView, ItemView, ReviewLine, WhyLine, WhyView};
use model::words::word;
use model::{Code, Finding, Lang, visible};
use owed::Dept;
use std::sync::Arc;

mod owed;

/// Longest case number, characters: longer than any.
const LONGEST: usize = 64;

/// What it waits for, as shown.
struct Waits {
    matter: String,
    waits_for: String,
    what: String,
    with: String,
    since: String,
    next: String,
    finding: String,
    remedy: String,
}

struct Item {
    name: String,
    value: String,
    source: String,
    version: u32,
    proposal: bool,
    conflict: bool,
}

struct Review {
    review: String,
    item: String,
    between: String,
    reason: String,
    state: String,
    since: String,
}

struct Event {
    at: String,
    event: String,
    detail: String,
}

#[derive(Template)]
#[template(path = "case.html")]
struct Case {
    frame: Frame,
    case_no: String,
    ent_class: String,
    opened: String,
    state: String,
    revealed: bool,
    wrong: String,
    doubted: String,
    waits: Vec<Waits>,
    /// What is not begun yet, and what it needs first.
    later: Vec<Waits>,
    timeline: Timeline,
    depts: Vec<Dept>,
    items: Vec<Item>,
    parked: Vec<(String, String, String)>,
    reviews: Vec<Review>,
    story: Vec<Event>,
    further: Further,
}

/// Case numbers are words of letters, digits and dashes; anything else names none.
pub(crate) fn is_case(text: &str) -> bool {
    let sound = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    !text.is_empty() && text.len() <= LONGEST && text.bytes().all(sound)
}

/// The search in the frame: a number leads to its case.
pub(crate) async fn find(Extension(visit): Extension<Visit>) -> Response<Body> {
    let wanted = crate::normal::normal(visit.fields.get("no"));
    if is_case(&wanted) {
        return see(&format!("/console/case/{wanted}"));
    }
    finding(
        &visit,
        &Finding::new(Code::VNotFound).with("what", visible::text(&wanted)),
    )
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(case_no): Path<String>,
) -> Response<Body> {
    show(&app, &visit, &case_no, None).await
}

/// The same with personal values, for a reason.
pub(crate) async fn reveal(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(case_no): Path<String>,
) -> Response<Body> {
    let reason = visit.fields.get("reason").trim().to_owned();
    show(&app, &visit, &case_no, Some(reason)).await
}

async fn show(app: &App, visit: &Visit, case_no: &str, reveal: Option<String>) -> Response<Body> {
    let words = Words::of(visit.lang);
    if !is_case(case_no) {
        return finding(
            visit,
            &Finding::new(Code::VNotFound).with("what", visible::text(case_no)),
        );
    }
    let empty = reveal.as_deref() == Some("");
    let reveal = reveal.filter(|reason| !reason.is_empty());
    let revealed = reveal.is_some();
    let (case_no, again) = (case_no.to_owned(), case_no.to_owned());
    let case = match ask(app, &visit.person, Request::Case { case_no, reveal }).await {
        Ok(Reply::Case(case)) => case,
        Ok(_) => return finding(visit, &unexpected()),
        Err(no) if no.code == Code::VNotFound => {
            return notice(StatusCode::NOT_FOUND, Frame::of(visit), words.no_such_case, &again);
        }
        Err(no) => return finding(visit, &no),
    };
    let why = match ask(app, &visit.person, Request::Why { case_no: again }).await {
        Ok(Reply::Why(why)) => Some(why),
        _ => None,
    };
    let mut shown = assemble(app, visit, case, why);
    shown.revealed = revealed;
    if empty {
        shown.wrong = words.reason_wanted.to_owned();
        return page(StatusCode::UNPROCESSABLE_ENTITY, &shown);
    }
    page(StatusCode::OK, &shown)
}

fn assemble(app: &App, visit: &Visit, case: CaseView, why: Option<WhyView>) -> Case {
    let (words, lang) = (Words::of(visit.lang), visit.lang);
    let day = |ms: i64| time(app, ms, "%Y-%m-%d %H:%M");
    let state = match (&case.withdrawn, case.erased) {
        (_, Some(at)) => format!("{} {}", words.data_erased, day(at)),
        (Some(why), None) => format!("{} {}", word("withdrawn", lang), visible::text(why)),
        (None, None) => String::new(),
    };
    let now = app.clock.now().0;
    let spans = case.obligations.iter().map(|o| owed::span(o, lang));
    let timeline = Timeline::draw(spans.collect::<Vec<Span>>(), case.opened_at, now);
    let conflicts: Vec<String> = case.conflicts.iter().map(|(item, _)| item.clone()).collect();
    let place = format!("/console/case/{}?", case.case_no);
    let (story, further) = part(case.story, visit.fields.get("from"), place);
    let (lines, doubted) = why.map_or_else(Default::default, |why| (why.lines, why.doubted));
    let begun = |l: &WhyLine| l.since.is_some() || l.finding.is_some() || l.waits_for == "nothing";
    let (now_waits, later): (Vec<WhyLine>, Vec<WhyLine>) = lines.into_iter().partition(begun);
    let read = |lines: Vec<WhyLine>| lines.into_iter().map(|l| waits(app, lang, l)).collect();
    Case {
        frame: Frame::of(visit),
        opened: day(case.opened_at),
        state,
        revealed: false,
        wrong: String::new(),
        doubted: doubted.map(|f| f.what(lang)).unwrap_or_default(),
        waits: read(now_waits),
        later: read(later),
        timeline,
        depts: owed::by_dept(app, lang, case.obligations),
        items: case.items.into_iter().map(|i| item(lang, i, &conflicts)).collect(),
        parked: case
            .parked
            .into_iter()
            .map(|p| (format!("{} {}", p.dept, p.id), p.codes.join(", "), day(p.since)))
            .collect(),
        reviews: case.reviews.into_iter().map(|r| review(app, lang, r)).collect(),
        story: story
            .into_iter()
            .map(|s| Event {
                at: time(app, s.at, "%m-%d %H:%M:%S"),
                event: word(&s.event, lang).to_owned(),
                detail: visible::text(&s.detail).into_owned(),
            })
            .collect(),
        further,
        case_no: case.case_no,
        ent_class: case.ent_class,
    }
}

fn waits(app: &App, lang: Lang, line: WhyLine) -> Waits {
    let at = |ms: Option<i64>| ms.map(|ms| time(app, ms, "%m-%d %H:%M")).unwrap_or_default();
    let (what, remedy) = match &line.finding {
        Some(f) => (f.what(lang), f.remedy(lang)),
        None => Default::default(),
    };
    Waits {
        waits_for: word(&line.waits_for, lang).to_owned(),
        what: visible::text(word(&line.what, lang)).into_owned(),
        since: at(line.since),
        next: at(line.next),
        finding: visible::text(&what).into_owned(),
        remedy: visible::text(&remedy).into_owned(),
        matter: line.matter,
        with: line.with,
    }
}

fn item(lang: Lang, item: ItemView, conflicts: &[String]) -> Item {
    Item {
        conflict: conflicts.contains(&item.item),
        name: match lang {
            Lang::Zh => item.zh,
            Lang::En => item.en,
        },
        value: visible::text(&item.value).into_owned(),
        source: item.matter.unwrap_or(item.source),
        version: item.version,
        proposal: item.proposal,
    }
}

fn review(app: &App, lang: Lang, line: ReviewLine) -> Review {
    Review {
        item: match lang {
            Lang::Zh => line.zh,
            Lang::En => line.en,
        },
        between: format!("{} → {}", line.matter.unwrap_or(line.asker), line.source),
        reason: visible::text(&line.reason).into_owned(),
        state: word(&line.state, lang).to_owned(),
        since: time(app, line.since, "%m-%d %H:%M"),
        review: line.review,
    }
}

/// What an obligation counts as, read out.
fn account(lang: Lang, o: &engine::view::ObligationView) -> String {
    fixed(&o.account, lang)
}
