//! How many streams are open: a few for a session, for a browser has six connections for all its pages, and a bound for
//! all, for each is a connection that nobody else can use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[cfg(test)]
mod tests;

/// Streams in all, at most.
pub const STREAMS: usize = 1_000;
/// Of one session, at most.
const OF_ONE: usize = 4;

/// Open streams by session.
#[derive(Default)]
pub(crate) struct Streams(Mutex<HashMap<String, usize>>);

/// One place, given back when it is dropped.
pub(crate) struct Place {
    streams: Arc<Streams>,
    session: String,
}

impl Streams {
    /// A place for one more, where there is one.
    pub(crate) fn enter(self: &Arc<Self>, session: &str) -> Option<Place> {
        let mut open = self.lock();
        let all: usize = open.values().sum();
        let own = open.get(session).copied().unwrap_or_default();
        if all >= STREAMS || own >= OF_ONE {
            return None;
        }
        open.insert(session.to_owned(), own + 1);
        Some(Place {
            streams: self.clone(),
            session: session.to_owned(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        match open.get_mut(&self.session) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(open.remove(&self.session)),
        }
    }
}
