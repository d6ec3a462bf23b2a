//! Randomness: the machine's for keys and salts, a seeded one for simulations.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use std::sync::{Mutex, PoisonError};

#[cfg(test)]
mod tests;

/// Where random bytes come from.
pub trait Rng: Send + Sync {
    /// Fills the whole buffer.
    fn fill(&self, buf: &mut [u8]);

    /// Sixty-four random bits.
    fn next_u64(&self) -> u64 {
        let mut bytes = [0u8; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A number in `0..n`, each equally likely; 0 for `n` = 0.
    fn below(&self, n: u64) -> u64 {
        if n < 2 {
            return 0;
        }
        // Numbers past the last whole multiple of n would favour the small ones.
        let limit = u64::MAX - u64::MAX % n;
        loop {
            let x = self.next_u64();
            if x < limit {
                return x % n;
            }
        }
    }
}

/// The machine's cryptographic source.
#[derive(Debug, Default)]
pub struct SystemRng {
    source: SystemRandom,
}

impl SystemRng {
    /// Ready to use.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Rng for SystemRng {
    fn fill(&self, buf: &mut [u8]) {
        if self.source.fill(buf).is_err() {
            // A salt or nonce that is not random would give away what it protects: better no process.
            std::process::abort();
        }
    }
}

/// The same seed gives the same bytes for ever. Not for secrets.
#[derive(Debug)]
pub struct SeededRng {
    state: Mutex<u64>,
}

impl SeededRng {
    /// Starts the sequence of this seed.
    pub fn new(seed: u64) -> Self {
        Self {
            state: Mutex::new(seed),
        }
    }

    /// An independent sequence, drawn from this one: one per part of a simulation.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self::new(self.next_u64())
    }
}

impl Rng for SeededRng {
    fn fill(&self, buf: &mut [u8]) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in buf.chunks_mut(8) {
            let word = step(&mut state).to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
    }
}

/// One step of a counter through a mixing function (the construction known as SplitMix64).
fn step(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
