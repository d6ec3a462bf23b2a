//! Who did something: a person with a name and an account, or a rule.

use serde::{Deserialize, Serialize};

/// Who did something.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Person {
    /// Name as given with `--as`.
    pub name: String,
    /// User number of the process that asked.
    pub uid: u32,
}

impl Person {
    /// Nobody: a rule of the configuration did it. No account has this number.
    pub fn rule() -> Self {
        Self {
            name: "[keep]".to_owned(),
            uid: u32::MAX,
        }
    }
}
