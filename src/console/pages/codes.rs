//! Codes that no table knows: what waits for each, and what it means by the word of two people.

use super::{ask, time, unexpected};
use crate::guard::Visit;
use crate::list::{Further, part};
use crate::render::{Frame, finding, page, see};
use crate::routes::App;
use crate::sessions::chance;
use crate::words::Words;
use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use engine::view::CodeLine;
use model::visible;
use model::words::word;
use std::sync::Arc;

/// A code as shown.
struct Row {
    table: String,
    side: String,
    /// As the form sends it back.
    code: String,
    /// As people read it, with what they cannot see.
    shown: String,
    points: String,
    is_ours: bool,
    rows: u64,
    deliveries: u64,
    since: String,
    example: String,
    proposed: Option<Proposed>,
    typed: String,
}

struct Proposed {
    means: String,
    by: String,
    reason: String,
    at: String,
    /// By whoever looks: somebody else must confirm it.
    own: bool,
}

#[derive(Template)]
#[template(path = "codes.html")]
struct Codes {
    frame: Frame,
    says: String,
    wrong: Vec<String>,
    once: String,
    rows: Vec<Row>,
    further: Further,
    reason: String,
}

/// Characters that people do not see or seldom know, with their code points.
fn points(code: &str) -> String {
    let plain = |c: char| {
        let common = matches!(c, '\u{4e00}'..='\u{9fa5}' | '\u{3001}'..='\u{3011}' | '\u{ff08}' | '\u{ff09}');
        c.is_ascii_graphic() || common
    };
    let found = code.chars().filter(|c| !plain(*c));
    let found: Vec<String> = found.map(|c| format!("U+{:04X}", u32::from(c))).collect();
    found.join(" ")
}

pub(crate) async fn get(State(app): State<Arc<App>>, Extension(visit): Extension<Visit>) -> Response<Body> {
    show(&app, &visit, StatusCode::OK, Vec::new()).await
}

/// One code means that, for a reason.
pub(crate) async fn post(State(app): State<Arc<App>>, Extension(visit): Extension<Visit>) -> Response<Body> {
    let words = Words::of(visit.lang);
    let field = |name: &str| visit.fields.get(name).to_owned();
    let (table, code, means) = (field("table"), field("code"), field("means").trim().to_owned());
    let reason = field("reason").trim().to_owned();
    let wrong = match () {
        () if means.is_empty() => words.say_meaning,
        () if reason.is_empty() => words.reason_wanted,
        () => "",
    };
    if !wrong.is_empty() {
        return show(&app, &visit, StatusCode::UNPROCESSABLE_ENTITY, vec![wrong.to_owned()]).await;
    }
    let once = field("once");
    let mut lane = app.lanes.enter("codes").await;
    if let Some(place) = lane.before(&once) {
        return see(&place);
    }
    // A code of ours that is to go out stands on the right of the pair.
    let (code, canonical) = if field("side") == "canonical" {
        (means, code)
    } else {
        (code, means)
    };
    let request = Request::CodesMap {
        table,
        code,
        canonical,
        reason,
    };
    match ask(&app, &visit.person, request).await {
        Ok(Reply::Mapped { confirmed, released }) => {
            let did = if confirmed { "confirmed" } else { "proposed" };
            let place = format!("/console/codes?did={did}&n={released}");
            lane.led(&once, &place);
            see(&place)
        }
        Ok(_) => finding(&visit, &unexpected()),
        Err(no) => {
            drop(lane);
            let wrong = vec![no.what(visit.lang), no.remedy(visit.lang)];
            show(&app, &visit, StatusCode::CONFLICT, wrong).await
        }
    }
}

fn says(visit: &Visit) -> String {
    let words = Words::of(visit.lang);
    match visit.fields.get("did") {
        "proposed" => words.did_propose.to_owned(),
        "confirmed" => {
            let count: u64 = visit.fields.get("n").parse().unwrap_or(0);
            format!("{}{count}", words.did_confirm)
        }
        _ => String::new(),
    }
}

async fn show(app: &App, visit: &Visit, status: StatusCode, wrong: Vec<String>) -> Response<Body> {
    let lines = match ask(app, &visit.person, Request::CodesUnmapped).await {
        Ok(Reply::Codes(lines)) => lines,
        Ok(_) => return finding(visit, &unexpected()),
        Err(no) => return finding(visit, &no),
    };
    let (lines, further) = part(lines, visit.fields.get("from"), "/console/codes?".to_owned());
    let shown = Codes {
        frame: Frame::of(visit),
        says: says(visit),
        wrong,
        once: chance(&*app.rng),
        rows: lines.into_iter().map(|line| row(app, visit, line)).collect(),
        further,
        reason: visit.fields.get("reason").to_owned(),
    };
    page(status, &shown)
}

fn row(app: &App, visit: &Visit, line: CodeLine) -> Row {
    let fields = &visit.fields;
    let sent = fields.get("table") == line.table && fields.get("code") == line.code && fields.get("side") == line.side;
    let proposed = line.proposed.map(|p| Proposed {
        own: p.by == visit.person,
        means: visible::text(&p.canonical).into_owned(),
        reason: visible::text(&p.reason).into_owned(),
        at: time(app, p.at, "%m-%d %H:%M"),
        by: p.by,
    });
    Row {
        side: word(&line.side, visit.lang).to_owned(),
        is_ours: line.side == "canonical",
        shown: visible::text(&line.code).into_owned(),
        points: points(&line.code),
        rows: line.rows,
        deliveries: line.deliveries,
        since: time(app, line.since, "%m-%d %H:%M"),
        example: line.example,
        typed: if sent {
            fields.get("means").to_owned()
        } else {
            String::new()
        },
        proposed,
        table: line.table,
        code: line.code,
    }
}

#[cfg(test)]
mod tests {
    use super::points;

    #[test]
    fn what_cannot_be_seen_is_named() {
        let table = [
            ("01", ""),
            ("有限公司（自然人）", ""),
            ("0\u{200b}1", "U+200B"),
            ("\u{ff10}1", "U+FF10"),
            ("𠮷", "U+20BB7"),
            ("\u{e003} ", "U+E003 U+0020"),
            ("\u{202e}10", "U+202E"),
        ];
        for (code, named) in table {
            assert_eq!(points(code), named, "{code:?}");
        }
    }
}
