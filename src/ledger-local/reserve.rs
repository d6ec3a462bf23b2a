//! Room that is kept for bad times: a file that is given up when a disk is full, so that what is under way can still be
//! written down, and that must be whole again before work goes on.

use seams::{Rng, Storage};
use std::io;
use std::sync::Arc;

/// The name of the file.
const NAME: &str = "reserve";
/// Written at a time.
const CHUNK: usize = 1 << 20;

/// Room in one place.
pub struct Reserve {
    storage: Arc<dyn Storage>,
    rng: Arc<dyn Rng>,
    bytes: u64,
}

impl Reserve {
    /// Of so many bytes.
    pub fn new(storage: Arc<dyn Storage>, rng: Arc<dyn Rng>, bytes: u64) -> Self {
        Self { storage, rng, bytes }
    }

    /// Whether it is there.
    fn is_whole(&self) -> bool {
        self.storage.exists(NAME).is_ok_and(|there| there) && self.storage.len(NAME).is_ok_and(|len| len == self.bytes)
    }

    /// Makes it where it is missing. An error says that there is no room, and leaves nothing of it.
    pub fn make(&self) -> io::Result<()> {
        if self.is_whole() {
            return Ok(());
        }
        self.write().inspect_err(|_| self.release())
    }

    /// Whether it is whole, or can be made so, and takes a write.
    pub fn is_back(&self) -> bool {
        let probe = || {
            self.make()?;
            self.storage.write_at(NAME, 0, &[0; 512])?;
            self.storage.sync(NAME)
        };
        probe().is_ok()
    }

    /// Gives it up. Where that fails, the place is read-only and room would be no help.
    pub fn release(&self) {
        if self.storage.exists(NAME).is_ok_and(|there| there)
            && let Err(error) = self.storage.remove(NAME).and_then(|()| self.storage.sync_dir())
        {
            tracing::warn!(%error, "the reserve could not be given up");
        }
    }

    /// Twice as much is asked for as is kept: work that begins again must not end at its first step.
    fn write(&self) -> io::Result<()> {
        if self.storage.exists(NAME)? {
            self.storage.remove(NAME)?;
        }
        self.storage.create(NAME)?;
        // Chance: a place that packs its files would give zeros no room.
        let mut chunk = vec![0; CHUNK];
        self.rng.fill(&mut chunk);
        let mut left = self.bytes.saturating_mul(2);
        while left > 0 {
            let part = usize::try_from(left).map_or(CHUNK, |left| left.min(CHUNK));
            self.storage.append(NAME, &chunk[..part])?;
            left -= part as u64;
        }
        self.storage.sync(NAME)?;
        self.storage.truncate(NAME, self.bytes)?;
        self.storage.sync(NAME)?;
        self.storage.sync_dir()
    }
}

#[cfg(test)]
mod tests;
