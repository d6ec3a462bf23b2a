//! age v1 (age-encryption.org/v1) for recipients of kind X25519: what anybody's `age` writes and opens, and nothing else
//! of it. Passphrases, other kinds of key and the form in letters (`-a`) are named and not read.
//!
//! A codec of our own on the primitives that sign sets already: the library of that name would bring some fifty crates,
//! among them a second generation of every cipher in the tree. It is held against the program itself, both ways.

mod bech32;
mod header;
mod stream;

pub(crate) use stream::Pieces;

use crate::opener::Trouble;
use aws_lc_rs::agreement::{PrivateKey, X25519};
use std::fmt;
use std::io::BufRead;

/// How a public key begins, before its `1`.
const PUBLIC: &str = "age";
/// How a private one does.
const PRIVATE: &str = "age-secret-key-";
/// How every version of the form begins.
const MAGIC: &[u8] = b"age-encryption.org/";
/// How the same in letters begins.
const IN_LETTERS: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";
/// Bytes that tell what a file is.
pub(crate) const HEAD: usize = IN_LETTERS.len();

/// Who may open a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Recipient([u8; 32]);

impl Recipient {
    /// From `age1…`.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        bech32::read(PUBLIC, text).map(Self)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bech32::write(PUBLIC, &self.0))
    }
}

/// A key that opens what was written for its recipient.
pub(crate) struct Identity {
    private: PrivateKey,
    pub(crate) recipient: Recipient,
}

impl Identity {
    fn from_text(text: &str) -> Option<Self> {
        let private = PrivateKey::from_private_key(&X25519, &bech32::read(PRIVATE, text)?).ok()?;
        let recipient = Recipient(header::public(&private).ok()?);
        Some(Self { private, recipient })
    }

    /// The identities of a file as `age-keygen` writes it: one on a line, lines that begin with `#` are remarks. `None`
    /// where a line is neither, or where there is none.
    pub(crate) fn all(text: &str) -> Option<Vec<Self>> {
        let lines = text.lines().map(str::trim);
        let keys = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let all: Vec<Self> = keys.map(Self::from_text).collect::<Option<_>>()?;
        (!all.is_empty()).then_some(all)
    }
}

/// Whether something that begins so was encrypted by age, in whatever form.
pub(crate) fn begins(head: &[u8]) -> bool {
    head.starts_with(MAGIC) || head.starts_with(IN_LETTERS)
}

/// The most bytes a file with so many bytes in clear has.
pub(crate) fn most(clear: u64) -> u64 {
    let pieces = clear / stream::PIECE as u64 + 1;
    clear + pieces * header::TAG as u64 + (stream::SALT + header::BYTES_MAX) as u64
}

/// Encrypts. `draw` gives 32 bytes for each of the words it is asked for, unknown to everybody else, and never the same
/// for two contents.
pub(crate) fn write(recipients: &[Recipient], content: &[u8], draw: &dyn Fn(&str) -> [u8; 32]) -> Option<Vec<u8>> {
    let key: header::FileKey = draw("file key").first_chunk().copied()?;
    let salt = draw("salt").first_chunk().copied()?;
    let head = header::write(&key, recipients, |at| draw(&format!("share {at}"))).ok()?;
    let mut out = Vec::with_capacity(usize::try_from(most(content.len() as u64)).ok()?);
    out.extend_from_slice(&head);
    stream::write(&key, &salt, content, &mut out).ok()?;
    Some(out)
}

/// Opens a file whose content is then read piece by piece.
pub(crate) fn open<R: BufRead>(mut from: R, identities: &[Identity]) -> Result<Pieces<R>, Trouble> {
    if from.fill_buf()?.starts_with(IN_LETTERS) {
        return Err(Trouble::Form("是文本形式（-a） it is in letters (-a)"));
    }
    let key = header::read(&mut from, identities)?;
    Pieces::new(&key, from)
}

#[cfg(test)]
pub(crate) mod tests;
