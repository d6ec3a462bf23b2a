//! Many small values sealed under one key: where a header and a key of its own for each would cost more than the value.

use crate::blob::{BlobError, aes};
use crate::key::NodeKey;
use aws_lc_rs::aead::{Aad, LessSafeKey, NONCE_LEN, Nonce};

#[cfg(test)]
mod tests;

/// Seals and opens numbered values. The number is the nonce, so for one salt each number is sealed once and never
/// again: the salt is drawn at random by whoever begins to count.
pub struct Sealer(LessSafeKey);

impl Sealer {
    /// Bytes that a sealed value is longer than a plain one.
    pub const OVERHEAD: usize = 16;

    /// For the use named by `label` and this salt.
    pub fn new(key: &NodeKey, label: &str, salt: &[u8; 16]) -> Self {
        Self(aes(&key.derive(&format!("sealer/{label}"), salt)))
    }

    /// Seals in place. `name` must be given again to open it.
    pub fn seal(&self, number: u32, name: &[u8], bytes: &mut Vec<u8>) {
        let sealed = self.0.seal_in_place_append_tag(nonce(number), Aad::from(name), bytes);
        if sealed.is_err() {
            // Only for inputs over 64 GiB, which no memory holds: never leave the plain bytes in what goes to disk.
            std::process::abort();
        }
    }

    /// Opens in place.
    pub fn open(&self, number: u32, name: &[u8], bytes: &mut Vec<u8>) -> Result<(), BlobError> {
        let len = self
            .0
            .open_in_place(nonce(number), Aad::from(name), bytes)
            .map_err(|_| BlobError::Closed)?
            .len();
        bytes.truncate(len);
        Ok(())
    }
}

fn nonce(number: u32) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    Nonce::assume_unique_for_key(bytes)
}
