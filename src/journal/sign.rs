//! Signatures over chain heads: whoever has the public key can tell a journal from one that somebody made up, without any
//! secret and without the node.
//!
//! The signing key is derived from the node key and the journal's id, so there is no second secret to lose. A signature
//! covers a label, so that none made for one use stands for another. Ed25519 is deterministic: the same head has the same
//! signature whenever it is asked for.

use crate::digest::Chain;
use crate::key::NodeKey;
use crate::layout::{get, get_u64};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use std::fmt;
use std::str::FromStr;

#[cfg(test)]
mod tests;

/// A signature.
pub type Signature = [u8; 64];

/// The signature that 128 hexadecimal digits say.
pub fn signature_of(text: &str) -> Option<Signature> {
    of_hex(text.trim())
}

fn of_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let byte = |i: usize| u8::from_str_radix(text.get(2 * i..2 * i + 2)?, 16).ok();
    (0..N).map(byte).collect::<Option<Vec<u8>>>()?.try_into().ok()
}

/// What the label of a chain head is.
const HEAD_LABEL: &str = "chain head 1";
/// The form of a signed head that this program writes, and the newest it reads.
pub const HEAD_FORM: u32 = 1;
/// What a signed head begins with where it is written: the form stands in it.
const PREFIX: &str = "th1:";
/// A signed head as bytes: journal id, group, chain, signature.
const HEAD_BYTES: usize = 16 + 8 + 32 + 64;
/// The same in base64.
const HEAD_LETTERS: usize = HEAD_BYTES / 3 * 4;

/// Makes signatures.
pub struct Signer(Ed25519KeyPair);

impl Signer {
    /// For the journal of this id.
    pub(crate) fn new(node: &NodeKey, id: &[u8; 16]) -> Self {
        let seed = node.derive("journal/sign", id);
        match Ed25519KeyPair::from_seed_unchecked(&seed) {
            Ok(pair) => Self(pair),
            // Only for a seed of another length than 32. Without a key nothing may be written.
            Err(_) => std::process::abort(),
        }
    }

    /// Signs bytes for a use.
    pub fn sign(&self, label: &str, bytes: &[u8]) -> Signature {
        get(self.0.sign(&message(label, bytes)).as_ref(), 0)
    }

    /// What checks them.
    pub fn public(&self) -> PublicKey {
        PublicKey(get(self.0.public_key().as_ref(), 0))
    }

    pub(crate) fn head(&self, id: &[u8; 16], group: u64, chain: &Chain) -> Signature {
        self.sign(HEAD_LABEL, &head_bytes(id, group, chain))
    }
}

fn message(label: &str, bytes: &[u8]) -> Vec<u8> {
    [b"tanghulu/", label.as_bytes(), b"\0", bytes].concat()
}

fn head_bytes(id: &[u8; 16], group: u64, chain: &Chain) -> [u8; 56] {
    let mut bytes = [0; 56];
    bytes[..16].copy_from_slice(id);
    bytes[16..24].copy_from_slice(&group.to_le_bytes());
    bytes[24..].copy_from_slice(chain);
    bytes
}

/// What checks a node's signatures: no secret. Written as 64 hexadecimal digits; base64 is read too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PublicKey([u8; 32]);

/// A text that is no public key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a public key is 32 bytes, written as 64 hexadecimal digits or as base64")]
pub struct NoPublicKey;

impl PublicKey {
    /// Whether this key's owner signed these bytes for this use.
    pub fn verifies(&self, label: &str, bytes: &[u8], signature: &Signature) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0)
            .verify(&message(label, bytes), signature)
            .is_ok()
    }
}

impl FromStr for PublicKey {
    type Err = NoPublicKey;

    fn from_str(text: &str) -> Result<Self, NoPublicKey> {
        let text = text.trim();
        let base64 = || STANDARD.decode(text).ok()?.try_into().ok();
        of_hex(text).or_else(base64).map(Self).ok_or(NoPublicKey)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
    }
}

/// The chain head after a group, signed: 164 letters that travel in receipts and other papers. Whoever kept one can tell
/// later whether the journal still says what it said then.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SignedHead {
    /// Of which journal.
    pub id: [u8; 16],
    /// After which group; 0 = before the first.
    pub group: u64,
    /// The chain there.
    pub chain: Chain,
    /// Over the three above.
    pub signature: Signature,
}

impl SignedHead {
    /// Whether this key's owner signed it.
    pub fn is_of(&self, key: &PublicKey) -> bool {
        key.verifies(
            HEAD_LABEL,
            &head_bytes(&self.id, self.group, &self.chain),
            &self.signature,
        )
    }

    /// All that stand in a paper, whatever stands around them, in any encoding that has the letters of ASCII.
    pub fn all_in(paper: &[u8]) -> Vec<Self> {
        let long = PREFIX.len() + HEAD_LETTERS;
        let starts = paper.windows(long).filter(|part| part.starts_with(PREFIX.as_bytes()));
        starts
            .filter_map(|part| std::str::from_utf8(part).ok()?.parse().ok())
            .collect()
    }
}

/// A text that is no signed head.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoHead {
    /// It is none.
    #[error("a signed head is th1: and 160 letters")]
    Form,
    /// A newer program wrote it.
    #[error("signed head of form {0}, this program knows {HEAD_FORM}")]
    Newer(u32),
}

/// The form of a signed head that looks like one of a newer program.
fn newer(text: &str) -> NoHead {
    let form = text
        .strip_prefix("th")
        .and_then(|rest| rest.split_once(':'))
        .map(|(form, _)| form);
    match form.and_then(|form| form.parse().ok()) {
        Some(form) if form > HEAD_FORM => NoHead::Newer(form),
        _ => NoHead::Form,
    }
}

impl FromStr for SignedHead {
    type Err = NoHead;

    fn from_str(text: &str) -> Result<Self, NoHead> {
        let text = text.trim();
        let letters = text.strip_prefix(PREFIX).ok_or_else(|| newer(text))?;
        let bytes = URL_SAFE_NO_PAD.decode(letters).map_err(|_| NoHead::Form)?;
        if bytes.len() != HEAD_BYTES {
            return Err(NoHead::Form);
        }
        Ok(Self {
            id: get(&bytes, 0),
            group: get_u64(&bytes, 16),
            chain: get(&bytes, 24),
            signature: get(&bytes, 56),
        })
    }
}

impl fmt::Display for SignedHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&head_bytes(&self.id, self.group, &self.chain)[..], &self.signature].concat();
        write!(f, "{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }
}
