//! Asking the node, with a sign of life on a terminal when the answer takes its time.

use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::working;
use engine::verb::{Reply, Request};
use indicatif::{ProgressBar, ProgressStyle};
use std::future::Future;
use std::time::Duration;

/// Nothing is drawn before an answer has taken this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(2);
const TICK: Duration = Duration::from_millis(120);

/// Asks one question.
pub(crate) async fn ask(host: &dyn Host, cx: &Context, request: Request) -> Result<Reply, Refusal> {
    patiently(cx, host.ask(&cx.config, request, cx.as_name.clone())).await
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
