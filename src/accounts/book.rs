//! All accounts, and the stored form of them.

use crate::account::Account;
use model::{Code, Finding};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The form that is written.
pub(crate) const FORM: u32 = 1;

/// All accounts, by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Book {
    pub(crate) accounts: BTreeMap<String, Account>,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    form: u32,
    #[serde(default)]
    accounts: Vec<Account>,
}

/// Only what every form has.
#[derive(Deserialize)]
struct Form {
    form: u32,
}

impl Book {
    /// Nobody has an account: people are those of the configuration.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// All of them, in the order in which they were made or named.
    pub fn iter(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// An account by name.
    pub fn get(&self, name: &str) -> Option<&Account> {
        self.accounts.get(name)
    }

    pub(crate) fn find(&mut self, name: &str) -> Result<&mut Account, Finding> {
        let unknown = || Finding::new(Code::VNotFound).with("what", name);
        self.accounts.get_mut(name).ok_or_else(unknown)
    }

    pub(crate) fn write(&self) -> Vec<u8> {
        let stored = Stored {
            form: FORM,
            accounts: self.accounts.values().cloned().collect(),
        };
        serde_json::to_vec(&stored).unwrap_or_default()
    }

    /// A newer form is refused by name, before anything in it is looked at.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Finding> {
        let broken = |e: serde_json::Error| Finding::new(Code::EStructure).with("detail", e);
        let Form { form } = serde_json::from_slice(bytes).map_err(broken)?;
        if form != FORM {
            return Err(Finding::new(Code::LNewer).with("found", form).with("known", FORM));
        }
        let stored: Stored = serde_json::from_slice(bytes).map_err(broken)?;
        let accounts = stored.accounts.into_iter().map(|a| (a.name.clone(), a)).collect();
        Ok(Self { accounts })
    }
}
