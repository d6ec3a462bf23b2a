//! Values of runs that do not count any longer, or never came to count, are removed a few with each write.

use super::disk::Disk;
use super::place;
use super::run::Run;
use crate::index::IndexError;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// Runs to remove.
#[derive(Default)]
pub struct Sweep {
    dead: VecDeque<Dead>,
}

struct Dead {
    id: u64,
    /// Somebody may still read in it.
    run: Option<Arc<Run>>,
}

impl Sweep {
    /// Everything on disk that is not listed, and the first number above all that is there.
    pub fn unlisted(disk: &Disk, listed: &BTreeSet<u64>) -> Result<(Self, u64), IndexError> {
        let mut sweep = Self::default();
        let mut from = 0;
        while let Some(found) = disk.first_from(from)? {
            let Some(id) = place::run(&found) else { break };
            if !listed.contains(&id) {
                sweep.dead.push_back(Dead { id, run: None });
            }
            from = id.saturating_add(1);
            if from == id {
                break;
            }
        }
        Ok((sweep, from))
    }

    /// A run that counted until now.
    pub fn retire(&mut self, run: Arc<Run>) {
        let id = run.id();
        self.dead.push_back(Dead { id, run: Some(run) });
    }

    /// Removes values, about so many.
    pub fn some(&mut self, disk: &Disk, most: usize) -> Result<(), IndexError> {
        let mut left = most;
        for _ in 0..self.dead.len() {
            let Some(dead) = self.dead.pop_front() else { break };
            // A reader that began before the run was retired holds the list it began with.
            let read = dead.run.as_ref().is_some_and(|run| Arc::strong_count(run) > 1);
            if read || left == 0 {
                self.dead.push_back(dead);
                continue;
            }
            let removed = disk.remove(dead.id, left)?;
            if removed == left {
                self.dead.push_front(dead);
                return Ok(());
            }
            left -= removed;
        }
        Ok(())
    }

    /// Whether nothing is left to remove.
    #[cfg(test)]
    pub fn is_done(&self) -> bool {
        self.dead.is_empty()
    }
}
