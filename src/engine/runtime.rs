//! What the loop remembers of the present and may forget: who is under way, which channel is in trouble.

use crate::command::Way;
use crate::lapse::Turn;
use model::{BatchId, Code, DeptId, Finding};
use port::{Fault, Next};
use std::collections::{HashMap, HashSet};

/// A channel.
pub type ChannelKey = (DeptId, String);

/// A channel's trouble.
#[derive(Clone, PartialEq, Debug)]
pub struct Trouble {
    /// What it is.
    pub finding: Finding,
    /// Since when, milliseconds since 1970.
    pub since: i64,
    /// How often in a row.
    pub tries: u32,
    /// No try before this instant, milliseconds since 1970; `None` waits for a person.
    pub not_before: Option<i64>,
}

/// The present.
#[derive(Default)]
pub struct Runtime {
    /// Turns under way.
    pub flights: HashSet<(ChannelKey, Way)>,
    /// Channels in trouble.
    pub troubles: HashMap<(ChannelKey, Way), Trouble>,
    /// When a batch was last asked about, and how often.
    pub asked: HashMap<BatchId, (i64, u32)>,
    /// Why nothing is taken in or changed, where the ledger finds no room.
    pub halted: Option<Finding>,
    /// The turn of what lapses.
    pub lapse: Turn,
    /// More of the queue is being laid out.
    pub laying_out: bool,
    /// When it was last tried again to take in what was agreed on, milliseconds since 1970.
    pub entered: i64,
    /// When each channel last did well, milliseconds since 1970.
    pub good: HashMap<ChannelKey, i64>,
}

impl Runtime {
    /// Whether a channel may try now.
    pub fn may(&self, key: &ChannelKey, way: Way, now: i64) -> bool {
        if self.flights.contains(&(key.clone(), way)) {
            return false;
        }
        self.troubles
            .get(&(key.clone(), way))
            .is_none_or(|t| t.not_before.is_some_and(|at| at <= now))
    }

    /// A person ended this kind of trouble: the channel may try again at once.
    pub fn ended(&mut self, key: &ChannelKey, code: Code) {
        self.troubles.retain(|(at, _), t| at != key || t.finding.code != code);
    }

    /// A channel that waited for a person takes its turns again: somebody looked, and the other side is there. A pause
    /// that the other side asked for is not shortened.
    pub fn well(&mut self, key: &ChannelKey) {
        for way in [Way::In, Way::Out] {
            let place = (key.clone(), way);
            if self.troubles.get(&place).is_some_and(|t| t.not_before.is_none()) {
                self.troubles.remove(&place);
            }
        }
    }

    /// Notes how a turn ended. The one place that decides when to try again.
    pub fn note(
        &mut self,
        key: ChannelKey,
        way: Way,
        now: i64,
        retry: crate::Retry,
        jitter: u64,
        fault: Option<&Fault>,
    ) {
        self.flights.remove(&(key.clone(), way));
        let Some(fault) = fault else {
            self.troubles.remove(&(key.clone(), way));
            self.good.insert(key, now);
            return;
        };
        let before = self.troubles.get(&(key.clone(), way));
        let tries = before.map_or(1, |t| t.tries.saturating_add(1));
        let since = before.map_or(now, |t| t.since);
        let not_before = match fault.next {
            // One file waits for another: nothing is wrong with the channel, and the next look is not put off.
            Next::Retry if fault.finding.code == Code::CHeldBack => Some(now),
            Next::Retry => {
                let pause = retry
                    .first_ms
                    .saturating_mul(1 << (tries - 1).min(20))
                    .min(retry.max_ms);
                // Up to a quarter more, so that many nodes do not knock together.
                let pause = pause + jitter % (pause / 4 + 1);
                let asked = fault
                    .retry_after
                    .map_or(0, |d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX));
                Some(now.saturating_add(i64::try_from(pause.max(asked)).unwrap_or(i64::MAX)))
            }
            Next::Person | Next::Never => None,
        };
        self.troubles.insert(
            (key, way),
            Trouble {
                finding: fault.finding.clone(),
                since,
                tries,
                not_before,
            },
        );
    }
}

#[cfg(test)]
mod tests;
