//! When something was first seen whose own time lies in the future. A place's clock may be wrong, and a copy keeps the
//! time of what it was copied from: by that time alone it would be new for years, and wait in silence.
//!
//! This may be forgotten at any moment: what waits is then seen for the first time once more.

use crate::place::Entry;
use seams::UnixMs;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

#[cfg(test)]
mod tests;

/// By name: its own time, and when it was first seen with it.
type Firsts = BTreeMap<String, (Option<i64>, UnixMs)>;

/// What is remembered of one directory.
#[derive(Default)]
pub struct Seen(Mutex<Firsts>);

impl Seen {
    /// A whole look at the directory.
    pub fn look(&self, entries: &[Entry], now: UnixMs) {
        let mut firsts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::take(&mut *firsts);
        for entry in entries {
            let known = before.get(&entry.name).filter(|(mtime, _)| *mtime == entry.mtime);
            let ahead = written(entry.mtime).is_none_or(|at| at > now);
            if known.is_some() || ahead {
                let first = known.map_or(now, |(_, first)| *first);
                firsts.insert(entry.name.clone(), (entry.mtime, first));
            }
        }
    }

    /// How long something has been there: since it was written or since it was first seen, whichever is earlier.
    pub fn age(&self, name: &str, mtime: Option<i64>, now: UnixMs) -> Duration {
        let firsts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let first = firsts.get(name).filter(|(at, _)| *at == mtime).map(|(_, first)| *first);
        let came = written(mtime).into_iter().chain(first).min();
        came.map_or(Duration::ZERO, |came| now.since(came))
    }
}

fn written(mtime: Option<i64>) -> Option<UnixMs> {
    mtime.map(|seconds| UnixMs(seconds.saturating_mul(1000)))
}
