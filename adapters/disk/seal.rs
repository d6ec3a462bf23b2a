//! Who may read what lies on a medium: sets are encrypted for their recipients.
//!
//! The same rows give the same bytes also where they are encrypted, so what encryption draws is not drawn by chance: it
//! is a keyed code (HMAC, under a secret made of the signing key) over all that decides the ciphertext. Other rows,
//! another batch or another recipient draw other keys; the same ones draw the same, and give away nothing but that they
//! are the same. Whoever learns the signing key later still opens nothing: the code is over the content itself.

use crate::keys::Signer;
use crate::suite::{Digester, Suite};
use crate::{age, sm};

/// Who may open the sets of a channel.
pub(crate) enum Recipients {
    Age(Vec<age::Recipient>),
    Sm(Vec<sm::Public>),
}

impl Recipients {
    /// One for each text; the place of the first that is none.
    pub(crate) fn from_texts(suite: Suite, texts: &[String]) -> Result<Self, usize> {
        match suite {
            Suite::Age => each(texts, age::Recipient::from_text).map(Self::Age),
            Suite::Sm => each(texts, sm::Public::from_text).map(Self::Sm),
        }
    }

    fn suite(&self) -> Suite {
        match self {
            Self::Age(_) => Suite::Age,
            Self::Sm(_) => Suite::Sm,
        }
    }

    /// Each in the one way it is written.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Self::Age(keys) => keys.iter().map(ToString::to_string).collect(),
            Self::Sm(keys) => keys.iter().map(ToString::to_string).collect(),
        }
    }

    fn write(&self, content: &[u8], draw: &dyn Fn(&str) -> [u8; 32]) -> Option<Sealed> {
        let (file, beside) = match self {
            Self::Age(keys) => (age::write(keys, content, draw)?, Vec::new()),
            Self::Sm(keys) => sm::write(keys, content, draw)?,
        };
        Some(Sealed { file, beside })
    }
}

fn each<T>(texts: &[String], read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, usize> {
    let read = texts.iter().enumerate().map(|(at, text)| read(text).ok_or(at));
    read.collect()
}

/// An encrypted file, and what must lie beside it, by what follows its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) file: Vec<u8>,
    pub(crate) beside: Vec<(String, Vec<u8>)>,
}

impl Sealed {
    /// All of it under its names, the file first.
    pub(crate) fn named(self, name: &str) -> Vec<(String, Vec<u8>)> {
        let beside = self.beside.into_iter();
        let beside = beside.map(|(ending, bytes)| (format!("{name}{ending}"), bytes));
        [(name.to_owned(), self.file)].into_iter().chain(beside).collect()
    }
}

/// Encrypts for the recipients of a channel.
pub(crate) struct Seal {
    recipients: Recipients,
    root: [u8; 32],
}

impl Seal {
    /// `None` where nobody is to receive, where the signing key tells no secret, or where a recipient is a key that nothing
    /// can be encrypted for: what cannot be done is told before there is a set.
    pub(crate) fn new(recipients: Recipients, signer: &Signer) -> Option<Self> {
        let root = recipients.suite().code(&signer.seed()?, purpose(recipients.suite()));
        let seal = Self { recipients, root };
        (!seal.recipients.names().is_empty() && seal.close(&["trial"], &[]).is_some()).then_some(seal)
    }

    /// What ends the name of a file that was encrypted.
    pub(crate) fn ending(&self) -> &'static str {
        self.recipients.suite().ending()
    }

    /// The content for the recipients; `about` says everything else that makes it this file and no other.
    pub(crate) fn close(&self, about: &[&str], content: &[u8]) -> Option<Sealed> {
        let suite = self.recipients.suite();
        let mut all = Digester::new(suite);
        let names = self.recipients.names();
        let texts = about.iter().copied().chain(names.iter().map(String::as_str));
        for text in texts {
            // Lengths first: no two lists of texts look like one.
            all.update(&(text.len() as u64).to_be_bytes());
            all.update(text.as_bytes());
        }
        all.update(&u64::MAX.to_be_bytes());
        all.update(content);
        let all = all.finish();
        let draw = |word: &str| suite.code(&self.root, &[all.as_slice(), word.as_bytes()].concat());
        self.recipients.write(content, &draw)
    }
}

/// What the secret for drawing is made for, and nothing else.
fn purpose(suite: Suite) -> &'static [u8] {
    match suite {
        Suite::Age => b"tanghulu disk: what age draws, form 1",
        Suite::Sm => b"tanghulu disk: what sm draws, form 1",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::testing::SEED;
    use std::collections::BTreeSet;

    fn recipient(suite: Suite, n: u8) -> String {
        match suite {
            Suite::Age => age::Identity::all(&age::tests::secret([n; 32])).unwrap()[0]
                .recipient
                .to_string(),
            Suite::Sm => sm::tests::private(n).public().to_string(),
        }
    }

    fn seal(suite: Suite, recipients: &[u8], secret: &str) -> Seal {
        let texts: Vec<String> = recipients.iter().map(|n| recipient(suite, *n)).collect();
        let signer = Signer::from_secret(suite, secret).unwrap();
        Seal::new(Recipients::from_texts(suite, &texts).unwrap(), &signer).unwrap()
    }

    /// What an ephemeral key shows to everybody: a line of the head, the point of the first wrapped keys.
    fn share(suite: Suite, sealed: &Sealed) -> Vec<u8> {
        match suite {
            Suite::Age => sealed.file.split(|b| *b == b'\n').nth(1).unwrap().to_vec(),
            Suite::Sm => sealed.beside[1].1[..68].to_vec(),
        }
    }

    /// One law: the same in everything gives the same, and whatever differs gives another key, not only other letters.
    #[test]
    fn what_differs_in_anything_shares_no_key() {
        let other = "0".repeat(63) + "1";
        for suite in Suite::ALL {
            let seal = |recipients: &[u8], secret: &str| seal(suite, recipients, secret);
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
            let made = made.map(Option::unwrap);
            let shares: BTreeSet<Vec<u8>> = made.iter().map(|sealed| share(suite, sealed)).collect();
            assert_eq!(shares.len(), made.len(), "{suite:?}: an ephemeral key was used twice");
            let files: BTreeSet<&[u8]> = made.iter().map(|sealed| sealed.file.as_slice()).collect();
            assert_eq!(files.len(), made.len(), "{suite:?}: a file key was used twice");
            let again = seal(&[1], SEED).close(&["SW0302A1", "b1"], b"rows");
            assert_eq!(Some(&made[0]), again.as_ref(), "{suite:?}");
            let signer = Signer::from_secret(suite, SEED).unwrap();
            assert!(Seal::new(Recipients::from_texts(suite, &[]).unwrap(), &signer).is_none());
        }
    }
}
