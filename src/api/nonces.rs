//! Remembers the nonces of verified requests for as long as their time is fresh, in bounded memory.
//!
//! Only requests that carried a right signature are remembered, so strangers cannot fill it; each client has its own, so
//! one client cannot fill another's. A restart forgets: what was captured within the window before it may be played
//! again. A post played again is a repeat by its content and has no second effect.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// The most bytes a nonce may have.
pub const MAX_NONCE_BYTES: usize = 64;
/// The most nonces remembered for one client.
pub const MAX_REMEMBERED: usize = 100_000;

/// What came of a nonce.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen {
    /// Never before.
    New,
    /// Before, or so old that nobody can say.
    Before,
    /// There is no room to remember it.
    Full,
}

/// One client's nonces.
#[derive(Debug)]
pub struct Nonces {
    room: usize,
    known: HashSet<Arc<str>>,
    by_time: BTreeMap<i64, Vec<Arc<str>>>,
    /// The latest time that was forgotten: should the clock jump back, nothing up to here is fresh again.
    forgotten: i64,
}

impl Nonces {
    /// With room for so many.
    pub fn new(room: usize) -> Self {
        Self {
            room,
            known: HashSet::new(),
            by_time: BTreeMap::new(),
            forgotten: i64::MIN,
        }
    }

    /// Takes note of a nonce of a fresh request. Times in seconds since 1970.
    pub fn note(&mut self, nonce: &str, time: i64, now: i64, window: u64) -> Seen {
        self.forget(now.saturating_sub_unsigned(window));
        if time <= self.forgotten || self.known.contains(nonce) {
            return Seen::Before;
        }
        if self.known.len() >= self.room {
            return Seen::Full;
        }
        let nonce: Arc<str> = nonce.into();
        self.known.insert(nonce.clone());
        self.by_time.entry(time).or_default().push(nonce);
        Seen::New
    }

    /// Forgets what was signed before `oldest`: it is stale whatever its nonce.
    fn forget(&mut self, oldest: i64) {
        while let Some(first) = self.by_time.first_entry()
            && *first.key() < oldest
        {
            self.forgotten = self.forgotten.max(*first.key());
            for nonce in first.remove() {
                self.known.remove(&nonce);
            }
        }
    }
}
