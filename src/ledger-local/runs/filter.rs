//! Which keys may be in a run: Bloom's filter, in pieces of a few thousand keys, so that "no such key" costs no block.

use super::part::{Frame, Part};
use super::place::Kind;
use siphasher::sip128::{Hasher128, SipHasher13};
use std::hash::Hasher;

#[cfg(test)]
mod tests;

/// Keys in one piece: 4,096 × 12 bits are 6 KiB, about as much as a packed block.
pub const KEYS: usize = 4096;
/// Bits for each key, and how many of them it sets: one absent key in 300 is looked for in vain.
const BITS: usize = 12;
const PROBES: u32 = 8;

/// The hash of keys. It is keyed: nobody who chooses keys can choose which bits they share.
pub struct KeyHash(SipHasher13);

impl KeyHash {
    /// With a secret of its own.
    pub fn new(secret: &[u8; 16]) -> Self {
        Self(SipHasher13::new_with_key(secret))
    }

    /// Of a key.
    pub fn of(&self, key: &[u8]) -> u128 {
        let mut hasher = self.0;
        hasher.write(key);
        hasher.finish128().as_u128()
    }
}

/// What to seal for these keys.
pub fn encode(hashes: &[u128], next: Option<&[u8]>) -> Vec<u8> {
    let mut bits = vec![0u8; (hashes.len() * BITS).div_ceil(8)];
    for hash in hashes {
        for bit in probes(*hash, bits.len()) {
            bits[bit / 8] |= 1 << (bit % 8);
        }
    }
    Frame::encode(next, &bits)
}

/// The bits of a key in so many bytes.
fn probes(hash: u128, bytes: usize) -> impl Iterator<Item = usize> {
    let (start, step) = (hash as u64, (hash >> 64) as u64 | 1);
    let bits = bytes as u128 * 8;
    // The upper bits of each sum, scaled to the number of bits there are.
    (0..PROBES).map(move |n| {
        let point = start.wrapping_add(step.wrapping_mul(n.into()));
        ((u128::from(point) * bits) >> 64) as usize
    })
}

/// A piece that was opened.
pub struct Filter(Frame);

impl Part for Filter {
    const KIND: Kind = Kind::Filter;

    fn parse(_first: &[u8], frame: Frame) -> Option<Self> {
        (!frame.content().is_empty()).then_some(Self(frame))
    }

    fn next(&self) -> Option<&[u8]> {
        self.0.next()
    }

    fn weight(&self) -> usize {
        self.0.weight() + size_of::<Self>()
    }
}

impl Filter {
    /// Whether a key of this hash may be there; `false` is certain.
    pub fn may_have(&self, hash: u128) -> bool {
        let bits = self.0.content();
        probes(hash, bits.len()).all(|bit| bits.get(bit / 8).is_some_and(|b| b & 1 << (bit % 8) != 0))
    }
}
