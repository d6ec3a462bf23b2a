//! Passwords: what one must be, and the hash that is kept of it (argon2id).

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use model::{Code, Finding};
use seams::Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

#[cfg(test)]
mod tests;

/// Fewest characters.
const SHORTEST: usize = 12;
/// Most bytes: hashing is no place for a novel.
pub(crate) const LONGEST: usize = 256;
/// Fewest different characters.
const KINDS: usize = 6;

/// The hash of a password, with what it was made with: stronger settings later leave older hashes readable.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hash {
    /// KiB.
    memory: u32,
    passes: u32,
    lanes: u32,
    #[serde(with = "crate::hex")]
    salt: Vec<u8>,
    #[serde(with = "crate::hex")]
    hash: Vec<u8>,
}

impl Hash {
    /// Of a new password.
    pub(crate) fn new(password: &str, rng: &dyn Rng) -> Result<Self, Finding> {
        let mut salt = vec![0; 16];
        rng.fill(&mut salt);
        let mut made = Self {
            memory: 19 * 1024,
            passes: 2,
            lanes: 1,
            salt,
            hash: Vec::new(),
        };
        made.hash = made.of(password).ok_or_else(|| Finding::new(Code::CBroken))?;
        Ok(made)
    }

    /// Takes as long for a wrong password as for the right one.
    pub(crate) fn fits(&self, password: &str) -> bool {
        self.of(password)
            .is_some_and(|hash| verify_slices_are_equal(&hash, &self.hash).is_ok())
    }

    fn of(&self, password: &str) -> Option<Vec<u8>> {
        let params = Params::new(self.memory, self.passes, self.lanes, Some(32)).ok()?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut out = vec![0; 32];
        argon
            .hash_password_into(password.as_bytes(), &self.salt, &mut out)
            .ok()?;
        Some(out)
    }
}

/// Whether a new password is good enough for this account.
pub(crate) fn judge(name: &str, password: &str) -> Result<(), Finding> {
    let no = |detail: &str| Err(Finding::new(Code::VPassword).with("detail", detail));
    let kinds: BTreeSet<char> = password.chars().collect();
    if password.len() > LONGEST {
        return no("太长 too long");
    }
    if password.chars().count() < SHORTEST {
        return no("至少12个字符 at least 12 characters");
    }
    if kinds.len() < KINDS {
        return no("至少6种不同字符 at least 6 different characters");
    }
    if password.to_lowercase().contains(&name.to_lowercase()) {
        return no("不得包含姓名 it must not hold the name");
    }
    Ok(())
}
