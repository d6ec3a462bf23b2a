//! Who asks, and what a question is filled with where it is more than a word.

use ledger::Custody;
use serde::{Deserialize, Serialize};

/// Who asks.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Caller {
    /// The name given with `--as`.
    pub name: Option<String>,
    /// The user number of the asking process, from the kernel.
    pub uid: u32,
    /// The node's own process says who it is (the demo, or a door that knows accounts): the name is believed.
    #[serde(skip)]
    pub inside: bool,
}

/// A host key's fingerprint as `ssh-keygen -lf` prints it, blanks around it aside; `None` for anything else.
pub fn fingerprint(text: &str) -> Option<&str> {
    let text = text.trim();
    let print = text.strip_prefix("SHA256:")?;
    let letters = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    (print.len() == 43 && print.bytes().all(letters)).then_some(text)
}

/// What a person notes of a medium.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Carried {
    /// Which copy; the last one unless given.
    pub copy: Option<u32>,
    /// What happened to it.
    pub custody: Custody,
    /// What else there is to say.
    pub note: String,
}
