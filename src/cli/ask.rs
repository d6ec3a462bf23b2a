//! Asking the node, with a sign of life on a terminal when the answer takes its time.

use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::working;
use crate::progress::Progress;
use engine::progress::WorkLine;
use engine::verb::{Reply, Request};
use indicatif::{ProgressBar, ProgressStyle};
use std::future::Future;
use std::time::Duration;

/// Nothing is drawn before an answer has taken this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);
const TICK: Duration = Duration::from_millis(120);
/// How often the node is asked how far it is.
const LOOK: Duration = Duration::from_millis(500);

/// Asks one question.
pub(crate) async fn ask(host: &dyn Host, cx: &Context, request: Request) -> Result<Reply, Refusal> {
    patiently(cx, host.ask(&cx.config, request, cx.as_name.clone())).await
}

/// Work that may be long, and whom it is for where that is said.
pub(crate) struct Work {
    /// The node's word for it.
    pub(crate) word: &'static str,
    /// The department.
    pub(crate) dept: Option<String>,
}

/// Asks for such work; on a terminal a bar shows after a while how far it is, and how long it will go on.
#[allow(
    clippy::disallowed_methods,
    reason = "a person's wait at a terminal: nothing is decided by it"
)]
pub(crate) async fn watch(host: &dyn Host, cx: &Context, request: Request, work: Work) -> Result<Reply, Refusal> {
    let asked = host.ask(&cx.config, request, cx.as_name.clone());
    if !cx.terminal {
        return asked.await;
    }
    tokio::pin!(asked);
    if let Ok(done) = tokio::time::timeout(PATIENCE, &mut asked).await {
        return done;
    }
    let bar = Progress::of_work(cx.lang);
    let mut beat = tokio::time::interval(LOOK);
    let done = loop {
        tokio::select! {
            done = &mut asked => break done,
            _ = beat.tick() => {
                // A node that is too busy to say it is asked again; its answer to the first question must not wait for that.
                let looked = tokio::time::timeout(PATIENCE, host.progress(&cx.config)).await;
                let is_it = |line: &WorkLine| line.work == work.word && work.dept.as_ref().is_none_or(|dept| line.dept == *dept);
                match looked.unwrap_or_default().into_iter().rfind(is_it) {
                    Some(line) if line.of > 0 => bar.set(line.done, line.of),
                    _ => bar.tick(),
                }
            }
        }
    };
    bar.end();
    done
}

/// Waits for work; on a terminal a line shows after a while that somebody still works.
#[allow(
    clippy::disallowed_methods,
    reason = "a person's wait at a terminal: nothing is decided by it"
)]
pub(crate) async fn patiently<T>(cx: &Context, work: impl Future<Output = T>) -> T {
    if !cx.terminal {
        return work.await;
    }
    tokio::pin!(work);
    if let Ok(done) = tokio::time::timeout(PATIENCE, &mut work).await {
        return done;
    }
    let bar = ProgressBar::new_spinner().with_elapsed(PATIENCE);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(working(cx.lang));
    let mut beat = tokio::time::interval(TICK);
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            _ = beat.tick() => bar.tick(),
        }
    };
    bar.finish_and_clear();
    done
}
