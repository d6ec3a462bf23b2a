//! Host keys that people trust in place of configured ones: shown wherever a channel is.

use crate::desk::Desk;
use crate::run::Shared;
use crate::runtime::ChannelKey;
use ledger::TrustedKey;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A key that a person trusts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TrustedLine {
    /// Its fingerprint.
    pub fingerprint: String,
    /// The configured one whose place it takes.
    pub instead_of: String,
    /// Who vouched for it.
    pub by: String,
    /// When, milliseconds since 1970.
    pub at: i64,
}

/// By channel.
pub type TrustedKeys = HashMap<ChannelKey, TrustedLine>;

/// Those that hold beside the configuration as it is now.
pub fn trusted(desk: &mut Desk<'_>, shared: &Shared) -> TrustedKeys {
    let mut keys = TrustedKeys::new();
    for (key, adapter) in &shared.adapters {
        let Some(pinned) = adapter.pinned() else { continue };
        let trusted = desk.books().channel(&key.0, &key.1).trusted;
        if let Some(trusted) = trusted.filter(|t| t.holds_beside(&pinned)) {
            keys.insert(key.clone(), line(trusted));
        }
    }
    keys
}

fn line(trusted: TrustedKey) -> TrustedLine {
    TrustedLine {
        fingerprint: trusted.fingerprint,
        instead_of: trusted.instead_of,
        by: trusted.person.name,
        at: trusted.at,
    }
}
