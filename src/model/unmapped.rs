//! A code that no table knows: what waits for a person to say what it means.

use serde::{Deserialize, Serialize};

/// On which side of a table a code was looked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The department's, on the left: it came in, and has no canonical code.
    Local,
    /// The canonical one, on the right: it is to go out and has no code of the department's, or it came in and is none.
    Canonical,
}

impl Side {
    /// The word it is written with.
    pub fn word(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Canonical => "canonical",
        }
    }
}

/// A code that a table does not know.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct UnmappedCode {
    /// The table's name.
    pub table: String,
    /// Where it was looked for.
    pub side: Side,
    /// The code.
    pub code: String,
}
