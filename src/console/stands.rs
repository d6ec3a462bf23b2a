//! What the node last said of the tasks that pages show. However many pages there are, each task is asked about at most once
//! in two seconds and the queue once in ten: a list looks at every open case, and is as dear as one clerk who reloads it.
//!
//! Asking again is simpler than being told: the loop publishes nothing, and a question about one task reads no row.

use crate::pages::is_task;
use crate::routes::App;
use engine::verb::{Caller, Reply, Request};
use engine::view::{TaskLine, TaskStand, TaskView};
use model::{Code, Finding};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// So long an answer about a task is good.
const TASK: Duration = Duration::from_secs(2);
/// So long a list is.
const LIST: Duration = Duration::from_secs(10);
/// Tasks are asked about side by side.
const SHARDS: usize = 16;

/// What became of a task.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Known {
    /// So it stands.
    Stands(TaskStand),
    /// There is none.
    Gone,
}

type Shard = Mutex<HashMap<String, (Duration, Option<Known>)>>;

/// Answers, and when they were given.
#[derive(Default)]
pub(crate) struct Stands {
    tasks: [Shard; SHARDS],
    list: Mutex<Option<(Duration, Arc<Vec<TaskLine>>)>>,
}

/// Nobody in particular asks: nothing personal is shown, and nothing journalled.
fn nobody() -> Caller {
    Caller {
        inside: true,
        ..Caller::default()
    }
}

/// A task as nobody in particular sees it: masked, and not journalled as a view.
pub(crate) async fn shown(app: &App, task: &str) -> Result<TaskView, Finding> {
    let missing = || Finding::new(Code::VNotFound).with("what", "task");
    if !is_task(task) {
        return Err(missing());
    }
    match app
        .node
        .ask(Request::QueueShow { task: task.to_owned() }, nobody())
        .await?
    {
        Reply::Task(view) => Ok(view),
        _ => Err(missing()),
    }
}

/// How a task stands; nothing where the node does not say.
pub(crate) async fn task(app: &App, task: &str) -> Option<Known> {
    let sum = task
        .bytes()
        .fold(0_usize, |sum, b| sum.wrapping_mul(31).wrapping_add(usize::from(b)));
    let mut shard = app.stands.tasks[sum % SHARDS].lock().await;
    let now = app.clock.mono();
    shard.retain(|_, (at, _)| now.saturating_sub(*at) < TASK);
    if let Some((_, known)) = shard.get(task) {
        return known.clone();
    }
    let known = match app
        .node
        .ask(Request::QueueStand { task: task.to_owned() }, nobody())
        .await
    {
        Ok(Reply::Stand(stand)) => Some(Known::Stands(stand)),
        Err(no) if no.code == Code::VNotFound => Some(Known::Gone),
        _ => None,
    };
    shard.insert(task.to_owned(), (now, known.clone()));
    known
}

/// The queue, not older than ten seconds; nothing where the node does not say.
pub(crate) async fn list(app: &App) -> Option<Arc<Vec<TaskLine>>> {
    let mut kept = app.stands.list.lock().await;
    let now = app.clock.mono();
    if let Some((at, lines)) = &*kept
        && now.saturating_sub(*at) < LIST
    {
        return Some(lines.clone());
    }
    match app.node.ask(Request::QueueList { dept: None }, nobody()).await {
        Ok(Reply::Tasks(lines)) => {
            let lines = Arc::new(lines);
            *kept = Some((now, lines.clone()));
            Some(lines)
        }
        _ => None,
    }
}
