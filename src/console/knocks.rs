//! How often somebody may try to log in from one place. Each account's own lock-out is elsewhere; this bounds who tries many
//! names, and what hashing may cost the node.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

#[cfg(test)]
mod tests;

/// Tries from one place in one window that let nobody in. A whole hall may come from one place, and each of them once.
const TRIES: u32 = 30;
const WINDOW: Duration = Duration::from_secs(60);
/// Places remembered.
const PLACES: usize = 10_000;
/// Passwords hashed at once.
const AT_ONCE: usize = 2;

/// Tries by place.
pub(crate) struct Knocks {
    places: Mutex<HashMap<Option<IpAddr>, (Duration, u32)>>,
    pub(crate) hashing: Semaphore,
}

impl Default for Knocks {
    fn default() -> Self {
        Self {
            places: Mutex::default(),
            hashing: Semaphore::new(AT_ONCE),
        }
    }
}

impl Knocks {
    /// Whether a place may try once more; the seconds to wait where not.
    pub(crate) fn may(&self, place: Option<IpAddr>, now: Duration) -> Result<(), u64> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= PLACES {
            places.retain(|_, (begun, _)| now.saturating_sub(*begun) < WINDOW);
            if places.len() >= PLACES {
                places.clear();
            }
        }
        let (begun, tries) = places.entry(place).or_insert((now, 0));
        if now.saturating_sub(*begun) >= WINDOW {
            (*begun, *tries) = (now, 0);
        }
        if *tries >= TRIES {
            return Err((WINDOW.saturating_sub(now.saturating_sub(*begun))).as_secs() + 1);
        }
        *tries += 1;
        Ok(())
    }

    /// The try let somebody in: it is not counted.
    pub(crate) fn good(&self, place: Option<IpAddr>) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, tries)) = places.get_mut(&place) {
            *tries = tries.saturating_sub(1);
        }
    }
}
