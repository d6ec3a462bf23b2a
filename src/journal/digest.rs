//! The digest of the chain: SHA-256, or SM3 where national algorithms are asked for. Fixed when a journal is made.

use aws_lc_rs::digest::{Context, SHA256, digest};
use sm3::{Digest as _, Sm3};

/// A chain head.
pub type Chain = [u8; 32];

/// Which digest a journal uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Suite {
    /// SHA-256.
    #[default]
    Sha256,
    /// SM3.
    Sm3,
}

impl Suite {
    /// Its number in the segment header.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Sha256 => 1,
            Self::Sm3 => 2,
        }
    }

    /// The suite of a number.
    pub(crate) fn from_number(n: u8) -> Option<Self> {
        match n {
            1 => Some(Self::Sha256),
            2 => Some(Self::Sm3),
            _ => None,
        }
    }

    /// The word used in settings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sm3 => "sm3",
        }
    }

    /// The suite for a word of the settings.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "sha256" => Some(Self::Sha256),
            "sm3" => Some(Self::Sm3),
            _ => None,
        }
    }

    /// The digest of these parts one after the other.
    pub(crate) fn digest(self, parts: &[&[u8]]) -> Chain {
        let mut out = [0; 32];
        if let (Self::Sha256, [one]) = (self, parts) {
            // Once per body: without a context to set up.
            out.copy_from_slice(digest(&SHA256, one).as_ref());
            return out;
        }
        match self {
            Self::Sha256 => {
                let mut context = Context::new(&SHA256);
                for part in parts {
                    context.update(part);
                }
                out.copy_from_slice(context.finish().as_ref());
            }
            Self::Sm3 => {
                let mut context = Sm3::new();
                for part in parts {
                    context.update(part);
                }
                out.copy_from_slice(&context.finalize());
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::Suite;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|b| format!("{b:02x}")).collect()
    }

    #[test]
    fn both_give_their_published_digest_of_abc() {
        let want = [
            (
                Suite::Sha256,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            ),
            (
                Suite::Sm3,
                "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
            ),
        ];
        for (suite, digest) in want {
            assert_eq!(hex(&suite.digest(&[b"a", b"bc"])), digest);
            assert_eq!(hex(&suite.digest(&[b"abc"])), digest);
            assert_eq!(Suite::from_number(suite.number()), Some(suite));
            assert_eq!(Suite::from_word(suite.word()), Some(suite));
        }
    }
}
