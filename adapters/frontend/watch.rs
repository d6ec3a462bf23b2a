//! Hears from the system that something changed in a directory, so that a look need not wait for its time.
//!
//! Nothing more is taken from an event than that there was one. The system drops events when too many wait, knows
//! nothing of what others do on a share, and may have no room for one more watcher; so no path in an event is looked
//! at, and where nothing is heard the next look finds what came.

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// An ear on one directory.
#[derive(Default)]
pub struct Watch {
    heard: Arc<Notify>,
    watcher: Mutex<Option<RecommendedWatcher>>,
    complained: AtomicBool,
}

impl Watch {
    /// Sees to it that a directory is watched, not what lies in directories within it. Blocks. To be called before
    /// each wait: a directory may have been mounted, or replaced, since the last one.
    pub fn stand(&self, dir: &Path) -> notify::Result<()> {
        let mut watcher = self.watcher.lock().unwrap_or_else(PoisonError::into_inner);
        let standing = match watcher.take() {
            Some(standing) => standing,
            None => {
                let heard = Arc::clone(&self.heard);
                let fresh = notify::recommended_watcher(move |event: notify::Result<Event>| {
                    if tells(&event) {
                        heard.notify_one();
                    }
                })?;
                // What came between the last look and now was not heard.
                self.heard.notify_one();
                fresh
            }
        };
        watcher.insert(standing).watch(dir, RecursiveMode::NonRecursive)
    }

    /// Returns after an event, also after one that came since the last return.
    pub async fn heard(&self) {
        self.heard.notified().await;
    }

    /// Says once that there is nothing to hear.
    pub fn complain(&self, endpoint: &str, dir: &str, why: &str) {
        if !self.complained.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                endpoint,
                dir,
                why,
                "a directory cannot be watched; what comes is found by looking alone"
            );
        }
    }
}

/// Whether an event may mean that something came. Our own looking is an event too, and must not call for the next look.
fn tells(event: &notify::Result<Event>) -> bool {
    match event {
        // Events were lost: this says so, and names no path.
        Ok(event) if event.need_rescan() => true,
        Ok(event) => match event.kind {
            EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
            _ => true,
        },
        Err(_) => true,
    }
}

#[cfg(test)]
mod tests;
