//! What a role may do: the one table. What is not in it is refused.

use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// What an account is for. One account may have several roles, but no two of the last three.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Keys cases from one system into another.
    Clerk,
    /// Looks again at what others did.
    Verifier,
    /// Answers for the queue and for what is unsettled.
    Supervisor,
    /// Keeps the node and its ledger.
    SystemAdministrator,
    /// Keeps accounts and trust.
    SecurityAdministrator,
    /// Reads what was done, and changes nothing.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] = &[
        Self::Clerk,
        Self::Verifier,
        Self::Supervisor,
        Self::SystemAdministrator,
        Self::SecurityAdministrator,
        Self::Auditor,
    ];
    /// As written.
    pub fn word(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Verifier => "verifier",
            Self::Supervisor => "supervisor",
            Self::SystemAdministrator => "system_administrator",
            Self::SecurityAdministrator => "security_administrator",
            Self::Auditor => "auditor",
        }
    }
    /// The role of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.word() == word)
    }
    /// One of those that watch each other: nobody holds two of them.
    pub fn is_apart(self) -> bool {
        matches!(
            self,
            Self::SystemAdministrator | Self::SecurityAdministrator | Self::Auditor
        )
    }
}

/// What can be done, as coarse as rights are given.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    /// Read lists and cases, personal values masked.
    Look,
    /// Read personal values.
    Reveal,
    /// Take tasks and say what became of them.
    Key,
    /// Prove what others keyed: key it again, decide, send it back.
    Verify,
    /// Hand tasks on, put them before others, see who does how much.
    Supervise,
    /// Ask for reviews and answer them.
    Review,
    /// Say what an unmapped code means.
    Map,
    /// Deal with what was refused and what is unsettled.
    Settle,
    /// Move files and disks.
    Carry,
    /// Keep the ledger: archive, erase, rebuild, back up, resume; take over claims.
    Keep,
    /// Vouch for the host key of another side.
    Vouch,
    /// Keep accounts.
    Accounts,
    /// Read what people did.
    Audit,
}

impl Action {
    /// Every action.
    pub const ALL: &'static [Self] = &[
        Self::Look,
        Self::Reveal,
        Self::Key,
        Self::Verify,
        Self::Supervise,
        Self::Review,
        Self::Map,
        Self::Settle,
        Self::Carry,
        Self::Keep,
        Self::Vouch,
        Self::Accounts,
        Self::Audit,
    ];
}

/// Whether a role may do it.
pub fn may(role: Role, action: Action) -> bool {
    use Action::{Accounts, Audit, Carry, Keep, Key, Look, Map, Reveal, Review, Settle, Supervise, Verify, Vouch};
    let may: &[Action] = match role {
        Role::Clerk => &[Look, Reveal, Key, Verify, Review, Map, Carry],
        Role::Verifier => &[Look, Reveal, Verify, Review, Map, Settle],
        Role::Supervisor => &[Look, Reveal, Verify, Supervise, Review, Map, Settle, Carry, Audit],
        Role::SystemAdministrator => &[Look, Carry, Keep],
        Role::SecurityAdministrator => &[Look, Vouch, Accounts, Audit],
        Role::Auditor => &[Look, Audit],
    };
    may.contains(&action)
}
