//! What the node last said of the tasks that pages show. However many pages there are, each task is asked about at most once
//! in two seconds, and so is the queue.
//!
//! Asking again is simpler than being told: the loop publishes nothing, and a question about one task reads no row.

use crate::pages::is_task;
use crate::routes::App;
use engine::verb::{Caller, Reply, Request};
use engine::view::{BoardView, TaskStand, TaskView};
use model::{Code, Finding};
use std::collections::HashMap;
use std::time::Duration;
use tokio::sync::Mutex;

/// So long an answer is good.
const GOOD: Duration = Duration::from_secs(2);
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
    queue: Mutex<Option<(Duration, BoardView)>>,
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

fn shard<'a>(app: &'a App, task: &str) -> &'a Shard {
    let sum = task
        .bytes()
        .fold(0_usize, |sum, b| sum.wrapping_mul(31).wrapping_add(usize::from(b)));
    &app.stands.tasks[sum % SHARDS]
}

/// Somebody here did something about it: what was known is old.
pub(crate) async fn forget(app: &App, task: &str) {
    shard(app, task).lock().await.remove(task);
}

/// How a task stands; nothing where the node does not say.
pub(crate) async fn task(app: &App, task: &str) -> Option<Known> {
    let mut shard = shard(app, task).lock().await;
    let now = app.clock.mono();
    shard.retain(|_, (at, _)| now.saturating_sub(*at) < GOOD);
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

/// The counts of the queue, not older than two seconds; nothing where the node does not say.
pub(crate) async fn queue(app: &App) -> Option<BoardView> {
    let mut kept = app.stands.queue.lock().await;
    let now = app.clock.mono();
    if let Some((at, board)) = &*kept
        && now.saturating_sub(*at) < GOOD
    {
        return Some(board.clone());
    }
    match app
        .node
        .ask(Request::QueueBoard { dept: None, most: 0 }, nobody())
        .await
    {
        Ok(Reply::Board(board)) => {
            *kept = Some((now, board.clone()));
            Some(board)
        }
        _ => None,
    }
}
