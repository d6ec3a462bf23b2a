//! Who may read what lies on a medium: sets are encrypted for their recipients, returns are opened with our identities.
//!
//! The same rows give the same bytes also where they are encrypted, so what encryption draws is not drawn by chance: it
//! is a keyed code (HMAC with SHA-256, under a secret made of the signing key) over all that decides the ciphertext. Other
//! rows, another batch or another recipient draw other keys; the same ones draw the same, and give away nothing but that
//! they are the same. Whoever learns the signing key later still opens nothing: the code is over the content itself.

use crate::age::{self, Identity, Recipient, Trouble};
use crate::keys::{Signer, to_hex};
use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use model::{Code, Finding};
use std::io;

/// What the secret for drawing is made for, and nothing else.
const PURPOSE: &[u8] = b"tanghulu disk: what age draws, form 1";
/// What ends the name of an encrypted file.
pub(crate) const ENDING: &str = ".age";

/// Encrypts for the recipients of a channel.
pub(crate) struct Seal {
    recipients: Vec<Recipient>,
    root: hmac::Key,
}

impl Seal {
    /// `None` where nobody is to receive, where the signing key tells no secret, or where a recipient is a key that nothing
    /// can be encrypted for: what cannot be done is told before there is a set.
    pub(crate) fn new(recipients: Vec<Recipient>, signer: &Signer) -> Option<Self> {
        let secret = hmac::sign(&hmac::Key::new(HMAC_SHA256, &signer.seed()?), PURPOSE);
        let root = hmac::Key::new(HMAC_SHA256, secret.as_ref());
        let seal = Self { recipients, root };
        (!seal.recipients.is_empty() && seal.close(&["trial"], &[]).is_some()).then_some(seal)
    }

    /// The content for the recipients; `about` says everything else that makes it this file and no other.
    pub(crate) fn close(&self, about: &[&str], content: &[u8]) -> Option<Vec<u8>> {
        let mut all = Context::new(&SHA256);
        let names: Vec<String> = self.recipients.iter().map(ToString::to_string).collect();
        let texts = about.iter().copied().chain(names.iter().map(String::as_str));
        for text in texts {
            // Lengths first: no two lists of texts look like one.
            all.update(&(text.len() as u64).to_be_bytes());
            all.update(text.as_bytes());
        }
        all.update(&u64::MAX.to_be_bytes());
        all.update(content);
        let all = all.finish();
        let draw = |word: &str| {
            let code = hmac::sign(&self.root, &[all.as_ref(), word.as_bytes()].concat());
            let mut drawn = [0; 32];
            drawn.copy_from_slice(code.as_ref());
            drawn
        };
        age::write(&self.recipients, content, &draw)
    }
}

/// How somebody encrypts for us, to be typed.
pub(crate) fn how(identities: &[Identity]) -> String {
    let recipient = identities.first().map(|identity| identity.recipient.to_string());
    format!("age -r {}", recipient.as_deref().unwrap_or("age1…"))
}

/// Why a file cannot be opened, for whoever brought it; what the medium did wrong is no word about the file.
pub(crate) fn told(trouble: Trouble, identities: &[Identity]) -> io::Result<Finding> {
    Ok(match trouble {
        Trouble::Medium(error) => return Err(error),
        Trouble::Others if identities.is_empty() => Finding::new(Code::ECipherNoKey),
        Trouble::Others => Finding::new(Code::ECipherOthers).with("how", how(identities)),
        Trouble::Broken(detail) => Finding::new(Code::ECipherBroken).with("detail", detail),
        Trouble::Form(detail) => form(detail, identities),
    })
}

/// A form that is not read here, and the one that is.
pub(crate) fn form(detail: &str, identities: &[Identity]) -> Finding {
    Finding::new(Code::ECipherForm)
        .with("detail", detail)
        .with("how", how(identities))
}

/// The digest under which a file is known that nobody here can open.
pub(crate) fn unopened(lies: &[u8; 32]) -> [u8; 32] {
    crate::keys::sha256(format!("unopened\0{}", to_hex(lies)).as_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::testing::SEED;

    fn seal(recipients: &[u8], secret: &str) -> Seal {
        let identity = |n: &u8| {
            Identity::all(&crate::age::tests::secret([*n; 32]))
                .unwrap()
                .remove(0)
                .recipient
        };
        Seal::new(
            recipients.iter().map(identity).collect(),
            &Signer::from_secret(secret).unwrap(),
        )
        .unwrap()
    }

    /// One law: the same in everything gives the same, and whatever differs gives another key, not only other letters.
    #[test]
    fn what_differs_in_anything_shares_no_key() {
        let other = "0".repeat(63) + "1";
        let made = [
            seal(&[1], SEED).close(&["SW0302A1", "b1"], b"rows"),
            seal(&[1], SEED).close(&["SW0302A2", "b1"], b"rows"),
            seal(&[1], SEED).close(&["SW0302A1", "b2"], b"rows"),
            seal(&[1], SEED).close(&["SW0302A1b1"], b"rows"),
            seal(&[1], SEED).close(&["SW0302A1", "b1"], b"rowt"),
            seal(&[1, 2], SEED).close(&["SW0302A1", "b1"], b"rows"),
            seal(&[2], SEED).close(&["SW0302A1", "b1"], b"rows"),
            seal(&[1], &other).close(&["SW0302A1", "b1"], b"rows"),
        ];
        let shares: std::collections::BTreeSet<String> = made
            .iter()
            .map(|file| {
                String::from_utf8(file.clone().unwrap().split(|b| *b == b'\n').nth(1).unwrap().to_vec()).unwrap()
            })
            .collect();
        assert_eq!(shares.len(), made.len(), "an ephemeral key was used twice");
        assert_eq!(made[0], seal(&[1], SEED).close(&["SW0302A1", "b1"], b"rows"));
        assert!(Seal::new(Vec::new(), &Signer::from_secret(SEED).unwrap()).is_none());
    }
}
