//! The node key, and the keys derived from it: one for each use, so that none can stand in for another.

use crate::digest::Chain;
use crate::sign::{SignedHead, Signer};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seams::Rng;
use siphasher::{sip, sip128};
use std::fmt;
use std::fmt::Write as _;

#[cfg(test)]
mod tests;

/// Why a text is no key. Never shows the text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyError {
    /// Neither form.
    #[error("不是32字节的密钥（64位十六进制或base64） no 32 bytes, as 64 hexadecimal digits or as base64")]
    Form,
    /// All bytes alike: a placeholder.
    #[error("占位的假密钥 a placeholder")]
    Placeholder,
}

/// The node's secret: 32 bytes, kept outside the data directory.
#[derive(Clone)]
pub struct NodeKey([u8; 32]);

impl NodeKey {
    /// From its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A new one.
    pub fn generate(rng: &dyn Rng) -> Self {
        let mut bytes = [0; 32];
        rng.fill(&mut bytes);
        Self(bytes)
    }

    /// From the text of a key file: 64 hexadecimal digits or standard base64, white space around it allowed.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let bytes = if text.len() == 64 {
            text.as_bytes()
                .chunks(2)
                .map(hex_byte)
                .collect::<Option<Vec<u8>>>()
                .ok_or(KeyError::Form)?
        } else if text.len() == 44 {
            STANDARD.decode(text).map_err(|_| KeyError::Form)?
        } else {
            return Err(KeyError::Form);
        };
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| KeyError::Form)?;
        if bytes.iter().all(|b| *b == bytes[0]) {
            return Err(KeyError::Placeholder);
        }
        Ok(Self(bytes))
    }

    /// The text for a key file. The caller writes it where only the node can read it.
    pub fn reveal_hex(&self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut text, b| {
            let _ = write!(text, "{b:02x}");
            text
        })
    }

    /// A key of its own for a use named by `label`, 32 bytes. Other labels or salts give unrelated keys.
    pub fn derive(&self, label: &str, salt: &[u8]) -> [u8; 32] {
        let mut out = [0; 32];
        let prk = Salt::new(HKDF_SHA256, salt).extract(&self.0);
        if prk
            .expand(&[b"tanghulu/", label.as_bytes()], HKDF_SHA256)
            .and_then(|okm| okm.fill(&mut out))
            .is_err()
        {
            // HKDF fails only for lengths over 255 blocks; ours is one. Without a key nothing may be written.
            std::process::abort();
        }
        out
    }
}

impl fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NodeKey(hidden)")
    }
}

impl Drop for NodeKey {
    fn drop(&mut self) {
        self.0 = [0; 32];
        std::hint::black_box(&self.0);
    }
}

fn hex_byte(pair: &[u8]) -> Option<u8> {
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    }
}

/// What one journal needs of the node key.
pub(crate) struct Keys {
    node: NodeKey,
    id: [u8; 16],
    signer: Signer,
    keys: sip128::SipHasher24,
    bodies: sip::SipHasher13,
}

impl Keys {
    /// For the journal of this id.
    pub(crate) fn new(node: &NodeKey, id: [u8; 16]) -> Self {
        let first_half = |key: [u8; 32]| crate::layout::get::<16>(&key, 0);
        Self {
            keys: sip128::SipHasher24::new_with_key(&first_half(node.derive("key-hash", b""))),
            bodies: sip::SipHasher13::new_with_key(&first_half(node.derive("body-hash", b""))),
            signer: Signer::new(node, &id),
            node: NodeKey(node.0),
            id,
        }
    }

    /// What the segment header holds to recognise the key.
    pub(crate) fn check(&self) -> [u8; 16] {
        crate::layout::get(&self.node.derive("journal/check", &self.id), 0)
    }

    /// Of which journal.
    pub(crate) fn id(&self) -> [u8; 16] {
        self.id
    }

    /// What signs the journal's heads.
    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }

    /// The chain head after a group, signed.
    pub(crate) fn sign_head(&self, group: u64, chain: &Chain) -> SignedHead {
        SignedHead {
            id: self.id,
            group,
            chain: *chain,
            signature: self.signer.head(&self.id, group, chain),
        }
    }

    /// The key of one group's bodies.
    pub(crate) fn group(&self, salt: &[u8; 16], seq: u64) -> [u8; 32] {
        let salt = [&self.id[..], &salt[..], &seq.to_le_bytes()].concat();
        self.node.derive("journal/bodies", &salt)
    }

    /// The keyed hash of an entry's business key.
    pub(crate) fn key_hash(&self, key: &[u8]) -> u128 {
        self.keys.hash(key).as_u128()
    }

    /// The keyed hash of a plain body.
    pub(crate) fn body_hash(&self, body: &[u8]) -> u64 {
        self.bodies.hash(body)
    }
}
