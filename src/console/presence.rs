//! Who has the page of a task open, and since when: in memory, told by the streams of those pages.

use seams::Clock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

#[cfg(test)]
mod tests;

/// Streams end and begin again; whoever is back so soon never left.
const AWAY: Duration = Duration::from_secs(6);

/// Somebody at a task.
struct Seat {
    person: String,
    /// Milliseconds since 1970.
    since: i64,
    pages: usize,
    left: Duration,
}

/// Seats by task.
pub(crate) struct Presence {
    clock: Arc<dyn Clock>,
    seats: Mutex<HashMap<String, Vec<Seat>>>,
}

/// One page that is open, until it is dropped.
pub(crate) struct Sitting {
    presence: Arc<Presence>,
    task: String,
    person: String,
}

impl Presence {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            seats: Mutex::default(),
        }
    }

    /// Somebody opens the page.
    pub(crate) fn sit(self: &Arc<Self>, task: &str, person: &str) -> Sitting {
        let (since, mono) = (self.clock.now().0, self.clock.mono());
        let mut all = self.lock();
        all.retain(|_, seats| {
            seats.retain(|seat| is_there(seat, mono));
            !seats.is_empty()
        });
        let seats = all.entry(task.to_owned()).or_default();
        match seats.iter_mut().find(|seat| seat.person == person) {
            Some(seat) => seat.pages += 1,
            None => seats.push(Seat {
                person: person.to_owned(),
                since,
                pages: 1,
                left: mono,
            }),
        }
        drop(all);
        Sitting {
            presence: self.clone(),
            task: task.to_owned(),
            person: person.to_owned(),
        }
    }

    /// Who else is there, and since when, first come first.
    pub(crate) fn others(&self, task: &str, person: &str) -> Vec<(String, i64)> {
        let mono = self.clock.mono();
        let all = self.lock();
        let seats = all.get(task).into_iter().flatten();
        let others = seats.filter(|seat| seat.person != person && is_there(seat, mono));
        others.map(|seat| (seat.person.clone(), seat.since)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<Seat>>> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_there(seat: &Seat, mono: Duration) -> bool {
    seat.pages > 0 || mono.saturating_sub(seat.left) < AWAY
}

impl Drop for Sitting {
    fn drop(&mut self) {
        let mono = self.presence.clock.mono();
        let mut all = self.presence.lock();
        let seats = all.get_mut(&self.task).into_iter().flatten();
        for seat in seats.filter(|seat| seat.person == self.person) {
            seat.pages = seat.pages.saturating_sub(1);
            seat.left = mono;
        }
    }
}
