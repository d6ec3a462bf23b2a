//! Keeps what is being typed. Whoever types keeps the task: a claim of which half is over is renewed.

use super::{ask, is_task, time, typed};
use crate::drafts::Draft;
use crate::guard::Visit;
use crate::render::{answer, finding, see};
use crate::routes::App;
use axum::Extension;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use engine::verb::{Reply, Request};
use model::{Code, Finding};
use std::sync::Arc;

pub(crate) async fn post(
    State(app): State<Arc<App>>,
    Extension(visit): Extension<Visit>,
    Path(task): Path<String>,
) -> Response<Body> {
    if !is_task(&task) {
        return finding(&visit, &Finding::new(Code::VNotFound).with("what", "task"));
    }
    let now = app.clock.now().0;
    // One after the other: which one is newer is judged against what is kept.
    let _lane = app.lanes.enter(&task).await;
    let mut draft = app.drafts.find(&task, &visit.person);
    if draft.until == 0 {
        // Only who took a task types about it: others would fill the disk with drafts of tasks that are none.
        return finding(&visit, &Finding::new(Code::VNotFound).with("what", &task));
    }
    let (page, turn) = (visit.fields.get("once"), visit.fields.get("turn").parse().unwrap_or(0));
    // What was late on its way does not take the place of what the same page sent after it.
    let late = turn > 0 && draft.page == page && turn <= draft.turn;
    if !late {
        draft.at = now;
        (draft.page, draft.turn) = (page.to_owned(), turn);
        draft.texts = typed(&visit);
        renew(&app, &visit, &task, &mut draft, now).await;
        if let Err(no) = app.drafts.keep(&task, &visit.person, &draft) {
            return finding(&visit, &no);
        }
    }
    if visit.by_script {
        let at = time(&app, now, "%H:%M:%S");
        return answer(StatusCode::OK, "text/plain; charset=utf-8", at);
    }
    see(&format!("/console/task/{task}"))
}

/// A claim that is worked on does not run out. One that did, or never was, is not taken here: the next page says so.
async fn renew(app: &App, visit: &Visit, task: &str, draft: &mut Draft, now: i64) {
    if draft.until <= now || draft.until - now >= app.lease_ms / 2 {
        return;
    }
    let (task, verify) = (task.to_owned(), draft.verify);
    let request = Request::QueueClaim { task, verify };
    if let Ok(Reply::Claimed { until, .. }) = ask(app, &visit.person, request).await {
        draft.until = until;
    }
}
