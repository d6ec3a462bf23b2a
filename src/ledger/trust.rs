//! Host keys that people vouch for. The configuration keeps the key its administrator wrote; the ledger holds the one that
//! took its place, by whom and since when.

use crate::event::Person;
use serde::{Deserialize, Serialize};

/// A key that a person trusts for a channel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TrustedKey {
    /// Its fingerprint.
    pub fingerprint: String,
    /// The configured fingerprint whose place it takes. Once the configuration says another one, this means nothing more.
    pub instead_of: String,
    /// Who vouched for it.
    pub person: Person,
    /// When, milliseconds since 1970.
    pub at: i64,
}

impl TrustedKey {
    /// Whether it holds beside a configuration that names this fingerprint.
    pub fn holds_beside(&self, configured: &str) -> bool {
        self.instead_of == configured
    }
}
