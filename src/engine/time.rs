//! What time it is for the engine: never before the journal's last time, and never standing still.
//!
//! The civil clock may jump: an operator sets it, a machine is suspended, a time server was wrong for an hour. After a jump
//! back time goes on from the journal's last, at the pace of the monotonic clock, until the civil clock has caught up: so
//! nothing is granted early, and what waits for a while does not wait for ever. A jump is said aloud. One that goes years ahead
//! while the process runs is not believed: what is journalled in a false future stays there.

use std::time::Duration;

#[cfg(test)]
mod tests;

/// A civil clock that runs ahead of or behind the monotonic one by more than this since the last look has jumped.
const JUMP_MS: i64 = 60_000;
/// No machine sleeps that long: 366 days.
const ABSURD_MS: i64 = 366 * 86_400_000;

/// Remembers the last look.
#[derive(Default)]
pub struct Time {
    /// What was told last.
    told: i64,
    /// The civil and the monotonic clock at the last look.
    looked: Option<(i64, Duration)>,
    /// How far the civil clock is ahead of what is believed of it.
    doubted: i64,
}

impl Time {
    /// The time, milliseconds since 1970: `wall` and `mono` are what the clocks say, `last` is the journal's last time.
    /// The second answer is how far the civil clock has jumped since the last look, if it has.
    pub fn now(&mut self, wall: i64, mono: Duration, last: i64) -> (i64, Option<i64>) {
        let ms = |d: Duration| i64::try_from(d.as_millis()).unwrap_or(i64::MAX);
        let passed = self.looked.map_or(0, |(_, then)| ms(mono.saturating_sub(then)));
        let jump = self
            .looked
            .map_or(0, |(then, _)| wall.saturating_sub(then).saturating_sub(passed));
        self.looked = Some((wall, mono));
        if jump > ABSURD_MS || jump < 0 && self.doubted > 0 {
            self.doubted = self.doubted.saturating_add(jump).max(0);
        }
        let wall = wall.saturating_sub(self.doubted);
        // Time goes on from what was told, whatever the civil clock does.
        let on = self.told.saturating_add(if wall < self.told { passed } else { 0 });
        self.told = wall.max(on).max(last);
        (
            self.told,
            (jump.unsigned_abs() > JUMP_MS.unsigned_abs()).then_some(jump),
        )
    }
}
