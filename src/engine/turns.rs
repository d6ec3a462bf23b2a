//! When channels take their turns: by the clock, and earlier where an adapter hints that something may have come.
//!
//! A hint shortens the wait between two looks and does nothing else. Where it is missing, late or wrong, the clock
//! brings the next look all the same, and only looking finds anything.

use crate::command::{Command, Way};
use crate::run::Shared;
use crate::schedule;
use model::DeptId;
use model::schedule::Schedule;
use port::Adapter;
use seams::Clock;
use std::sync::Arc;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// How long a turn keeps all hints waiting: one that never ends cannot make a channel look all the time.
const DEAF: Duration = Duration::from_secs(1);
/// From a hint to its turn: what comes in one go is found by one look.
const SETTLE: Duration = Duration::from_millis(50);

/// Starts the tick and a task for each channel and way that goes by time.
pub fn start(shared: &Arc<Shared>, tick: Duration) {
    let ticking = shared.clone();
    shared.spawn.spawn(
        "tick",
        Box::pin(async move {
            loop {
                ticking.clock.sleep(tick).await;
                if ticking.inbox.send(Command::Tick).await.is_err() {
                    return;
                }
            }
        }),
    );
    for (id, dept) in &shared.plan.depts {
        for channel in &dept.ladder {
            for (when, way) in [(&channel.out, Way::Out), (&channel.in_, Way::In)] {
                if matches!(when, Schedule::AtOnce | Schedule::OnRequest) {
                    continue;
                }
                let (shared2, when) = (shared.clone(), when.clone());
                let (id, name) = (id.clone(), channel.name.clone());
                shared
                    .spawn
                    .spawn("turns", Box::pin(turns(shared2, id, name, when, way)));
            }
        }
    }
}

async fn turns(shared: Arc<Shared>, dept: DeptId, channel: String, when: Schedule, way: Way) {
    let offset = shared.plan.rules.offset_minutes;
    // A time of day is a promise; only a pause may be shortened.
    let pauses = matches!(when, Schedule::Every(_));
    let adapter = shared
        .adapter(&dept, &channel)
        .filter(|_| pauses && matches!(way, Way::In));
    loop {
        let now = shared.clock.now().0;
        let Some(next) = schedule::next_after(&when, now, offset, &shared.calendar) else {
            return;
        };
        let wait = Duration::from_millis(u64::try_from(next.saturating_sub(now)).unwrap_or(0));
        match &adapter {
            Some(adapter) => pause(&*shared.clock, &**adapter, wait).await,
            None => shared.clock.sleep(wait).await,
        }
        // The monotonic wait is over; a clock that was set back must not make the turn early.
        if shared.clock.now().0 < next && !pauses {
            continue;
        }
        if shared
            .inbox
            .send(Command::Turn(dept.clone(), channel.clone(), way))
            .await
            .is_err()
        {
            return;
        }
    }
}

/// Waits so long, or until shortly after a hint.
async fn pause(clock: &dyn Clock, adapter: &dyn Adapter, wait: Duration) {
    let hinted = async {
        clock.sleep(DEAF).await;
        adapter.hint().await;
        clock.sleep(SETTLE).await;
    };
    tokio::select! {
        biased;
        () = clock.sleep(wait) => {}
        () = hinted => {}
    }
}
