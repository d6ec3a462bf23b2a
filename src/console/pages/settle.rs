//! What a person says of several lines at once: again, given up, booked, not booked; one reason for all, one answer.

use super::ask;
use super::refused::{List, Said, show, unsettled};
use crate::guard::Visit;
use crate::render::see;
use crate::routes::App;
use crate::words::Words;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use model::{Code, Finding};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Lines dealt with at once.
const MOST: usize = 500;

/// What became of it: how many it concerned, and what was said against the others.
struct Done {
    count: usize,
    against: Vec<(String, Finding)>,
}

/// What is picked: line by line, or all that the page showed.
fn picked(visit: &Visit) -> BTreeSet<String> {
    let one_by_one = visit.fields.under("pick.").map(|(id, _)| id.to_owned());
    let all = visit.fields.get("all") == "1";
    let shown = visit.fields.get("shown").split(' ').filter(|id| all && !id.is_empty());
    one_by_one.chain(shown.map(str::to_owned)).collect()
}

pub(crate) async fn post(State(app): State<Arc<App>>, Extension(visit): Extension<Visit>) -> Response<Body> {
    let words = Words::of(visit.lang);
    let list = List::of(visit.fields.get("list"));
    let (doing, reason) = (
        visit.fields.get("do").to_owned(),
        visit.fields.get("reason").trim().to_owned(),
    );
    let said = |wrong: Vec<String>, picked: BTreeSet<String>| Said {
        wrong,
        picked,
        reason: visit.fields.get("reason").to_owned(),
    };
    let picked = picked(&visit);
    let known = match list {
        List::Out => matches!(doing.as_str(), "retry" | "drop"),
        List::In => doing == "drop",
        List::Unsettled => matches!(doing.as_str(), "booked" | "not_booked"),
    };
    let wrong = match () {
        () if picked.is_empty() => words.pick_some,
        () if picked.len() > MOST => words.picked_too_many,
        () if !known => words.say_what,
        () if reason.is_empty() => words.reason_wanted,
        () => "",
    };
    if !wrong.is_empty() {
        let said = said(vec![wrong.to_owned()], picked);
        return show(&app, &visit, StatusCode::UNPROCESSABLE_ENTITY, said).await;
    }
    let once = visit.fields.get("once").to_owned();
    let mut lane = app.lanes.enter("refused").await;
    if let Some(place) = lane.before(&once) {
        return see(&place);
    }
    let done = match list {
        List::Unsettled => settle(&app, &visit, &picked, doing == "booked", &reason).await,
        List::Out | List::In => order(&app, &visit, list, &picked, &doing, &reason).await,
    };
    if done.against.is_empty() {
        let place = format!("/console/refused?list={}&did={doing}&n={}", list.word(), done.count);
        lane.led(&once, &place);
        return see(&place);
    }
    drop(lane);
    let mut lines = vec![format!("{}{} / {}", words.done_of, done.count, picked.len())];
    let told = done.against.iter().take(5).map(|(id, no)| {
        let (what, remedy) = (no.what(visit.lang), no.remedy(visit.lang));
        format!("{id} {what} {remedy}").trim().to_owned()
    });
    lines.extend(told);
    let left = done.against.into_iter().map(|(id, _)| id).collect::<BTreeSet<String>>();
    let still = if left.contains("") { picked } else { left };
    show(&app, &visit, StatusCode::CONFLICT, said(lines, still)).await
}

/// One order for all. Where the node says no to one of them, those before it are done: what is still listed was not.
async fn order(app: &App, visit: &Visit, list: List, picked: &BTreeSet<String>, doing: &str, reason: &str) -> Done {
    let (ids, reason) = (picked.iter().cloned().collect(), reason.to_owned());
    let request = if doing == "retry" {
        Request::RefusedRetry {
            ids,
            dept: None,
            code: None,
            reason,
        }
    } else {
        Request::RefusedDrop { ids, reason }
    };
    match ask(app, &visit.person, request).await {
        Ok(Reply::Done { count }) => Done {
            count,
            against: Vec::new(),
        },
        Ok(_) => Done {
            count: 0,
            against: vec![(String::new(), super::unexpected())],
        },
        Err(no) => {
            let lines = super::refused::refused(app, &visit.person).await.unwrap_or_default();
            let still = lines.iter().filter(|l| l.way == list.word() && picked.contains(&l.id));
            Done {
                count: picked.len().saturating_sub(still.count()),
                against: vec![(String::new(), no)],
            }
        }
    }
}

/// One after another, each judged by itself. Where several are said at once it is the word of a list, not of somebody who
/// looked at each.
async fn settle(app: &App, visit: &Visit, picked: &BTreeSet<String>, booked: bool, reason: &str) -> Done {
    let mut done = Done {
        count: 0,
        against: Vec::new(),
    };
    let open = match unsettled(app, &visit.person).await {
        Ok(open) => open,
        Err(no) => {
            done.against.push((String::new(), no));
            return done;
        }
    };
    for id in picked {
        let Some(line) = open.iter().find(|line| line.attempt == *id) else {
            let no = Finding::new(Code::VNotFound).with("what", id);
            done.against.push((id.clone(), no));
            continue;
        };
        let request = Request::Settle {
            case_no: line.case_no.clone(),
            matter: line.matter.clone(),
            booked,
            reason: reason.to_owned(),
            attempt: Some(id.clone()),
            listed: picked.len() > 1,
        };
        match ask(app, &visit.person, request).await {
            Ok(_) => done.count += 1,
            Err(no) => done.against.push((id.clone(), no)),
        }
    }
    done
}
