//! The SM3 digest of what streams by, with its length.

use sm3::{Digest as _, Sm3};

/// A digest that grows with the bytes it is shown.
#[derive(Clone, Default)]
pub struct Running {
    state: Sm3,
    bytes: u64,
}

impl Running {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
    /// These bytes come next.
    pub fn update(&mut self, bytes: &[u8]) {
        self.state.update(bytes);
        self.bytes += bytes.len() as u64;
    }
    /// How many bytes there were.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }
    /// The digest as 64 lower-case hexadecimal digits.
    pub fn hex(self) -> String {
        hex(&self.state.finalize())
    }
}

/// The SM3 digest of bytes as 64 lower-case hexadecimal digits.
pub fn sm3_hex(bytes: &[u8]) -> String {
    hex(&Sm3::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
