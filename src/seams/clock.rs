//! What time it is, and waiting: an instant for people and files, a monotonic one for waits.

use async_trait::async_trait;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[cfg(test)]
mod tests;

/// Milliseconds since 1970-01-01T00:00:00Z; negative before.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct UnixMs(pub i64);

impl UnixMs {
    /// This much later; stops at the end of the range.
    #[must_use]
    pub fn plus(self, d: Duration) -> Self {
        Self(self.0.saturating_add(whole_ms(d)))
    }

    /// This much earlier; stops at the end of the range.
    #[must_use]
    pub fn minus(self, d: Duration) -> Self {
        Self(self.0.saturating_sub(whole_ms(d)))
    }

    /// How long after `earlier`; zero if it is not after.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

/// Where time comes from.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The civil instant. It may jump either way; nothing in the process waits by it.
    fn now(&self) -> UnixMs;
    /// Time since this clock was made. Never goes back.
    fn mono(&self) -> Duration;
    /// Waits this long by the monotonic clock. Dropping the future ends the wait.
    async fn sleep(&self, d: Duration);
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Monotonic time starts at zero here.
    #[allow(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn now(&self) -> UnixMs {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(after) => UnixMs(whole_ms(after)),
            Err(before) => UnixMs(whole_ms(before.duration()).saturating_neg()),
        }
    }

    fn mono(&self) -> Duration {
        self.start.elapsed()
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that waits")]
    async fn sleep(&self, d: Duration) {
        tokio::time::sleep(d).await;
    }
}

/// The machine's clock, shifted so that it showed a given instant when it was made: a scenario on its own date.
#[derive(Debug, Clone, Copy)]
pub struct ScenarioClock {
    base: UnixMs,
    machine: SystemClock,
}

impl ScenarioClock {
    /// Shows `start` now and goes on from there at the machine's pace, unmoved by changes of the machine's date.
    pub fn new(start: UnixMs) -> Self {
        Self {
            base: start,
            machine: SystemClock::new(),
        }
    }
}

#[async_trait]
impl Clock for ScenarioClock {
    fn now(&self) -> UnixMs {
        self.base.plus(self.machine.mono())
    }

    fn mono(&self) -> Duration {
        self.machine.mono()
    }

    async fn sleep(&self, d: Duration) {
        self.machine.sleep(d).await;
    }
}

/// A base plus the runtime's own time: exact and repeatable where the runtime's time is paused.
#[derive(Debug, Clone, Copy)]
pub struct TokioClock {
    base: UnixMs,
    start: tokio::time::Instant,
}

impl TokioClock {
    /// Shows `base` now. Make it inside the runtime whose time it follows.
    #[allow(clippy::disallowed_methods, reason = "the one place that asks the runtime")]
    pub fn new(base: UnixMs) -> Self {
        Self {
            base,
            start: tokio::time::Instant::now(),
        }
    }
}

#[async_trait]
impl Clock for TokioClock {
    fn now(&self) -> UnixMs {
        self.base.plus(self.mono())
    }

    fn mono(&self) -> Duration {
        self.start.elapsed()
    }

    #[allow(clippy::disallowed_methods, reason = "the one place that waits")]
    async fn sleep(&self, d: Duration) {
        tokio::time::sleep(d).await;
    }
}

fn whole_ms(d: Duration) -> i64 {
    i64::try_from(d.as_millis()).unwrap_or(i64::MAX)
}
