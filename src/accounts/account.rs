//! One account: a person by name, what the person is for, and what proves the person.

use crate::password::Hash;
use crate::rights::{Action, Role, may};
use crate::totp::Totp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// What proves a person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Secret {
    /// A token that opens the door once, to choose a password. Its SHA-256: it was drawn by chance, nobody guesses it.
    Token {
        #[serde(with = "crate::hex")]
        digest: Vec<u8>,
        /// Good until, milliseconds since 1970.
        until: i64,
    },
    /// A password.
    Password(Hash),
}

/// One account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its name: that of the person.
    pub name: String,
    /// What it is for.
    pub roles: BTreeSet<Role>,
    /// The operating system's number of the person, for the command line; without it, the browser only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub uid: Option<u32>,
    pub(crate) secret: Secret,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) totp: Option<Totp>,
    /// Failed logins in a row.
    #[serde(default)]
    pub(crate) failed: u32,
    /// Nobody can log in until then, milliseconds since 1970.
    #[serde(default)]
    pub(crate) shut_until: i64,
    /// Nobody acts under it any more.
    #[serde(default)]
    pub disabled: bool,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({:?} {:?})", self.name, self.roles)
    }
}

impl Account {
    /// Whether one of its roles may do it.
    pub fn may(&self, action: Action) -> bool {
        !self.disabled && self.roles.iter().any(|role| may(*role, action))
    }

    /// As it may be shown: nothing that proves anybody.
    pub fn line(&self, now: i64) -> Line {
        let state = match &self.secret {
            _ if self.disabled => "disabled",
            _ if self.shut_until > now => "shut",
            Secret::Token { until, .. } if *until <= now => "token_expired",
            Secret::Token { .. } => "token",
            Secret::Password(_) => "active",
        };
        Line {
            name: self.name.clone(),
            roles: self.roles.iter().copied().collect(),
            uid: self.uid,
            state: state.to_owned(),
            totp: self.totp.is_some(),
        }
    }
}

/// An account in a list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub roles: Vec<Role>,
    /// The operating system's number of the person.
    pub uid: Option<u32>,
    /// `active`, `token` (no password yet), `token_expired`, `shut` (after failed logins), `disabled`.
    pub state: String,
    /// An authenticator's code is asked as well.
    pub totp: bool,
}
