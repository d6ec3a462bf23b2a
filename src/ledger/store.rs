//! The promise every store keeps. It speaks the domain and fits on one screen.

use crate::books::Books;
use crate::event::{Event, Pos};
use model::CaseNo;
use serde::{Deserialize, Serialize};
use std::path::Path;
use thiserror::Error;

/// What can go wrong with a store.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// Another process holds it.
    #[error("held by process {pid} at {path}")]
    Held {
        /// Whose.
        pid: u32,
        /// Which directory.
        path: String,
    },
    /// The journal is damaged; nothing was changed.
    #[error("damaged at {place}: {detail}")]
    Damaged {
        /// Where.
        place: String,
        /// What.
        detail: String,
    },
    /// The key is another's.
    #[error("the key does not open this ledger")]
    Key,
    /// Written by a newer program.
    #[error("format {found} is newer than {known}")]
    Newer {
        /// Found.
        found: u32,
        /// Known.
        known: u32,
    },
    /// A write failed. The process must stop: it cannot know what is on the disk.
    #[error("cannot write: {0}")]
    Write(String),
    /// There is no room for the group, or the disk is read-only by now. It is as if nothing of it had been said: the
    /// books are those of the last group that is durable, and more may be said once there is room.
    #[error("no room: {0}")]
    Full(String),
    /// A read failed.
    #[error("cannot read: {0}")]
    Read(String),
}

/// One line of a case's story.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct StoryLine {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Where in the journal.
    pub pos: Pos,
    /// What happened; absent where it was erased.
    pub event: Option<Event>,
}

/// How big a store is.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Stats {
    /// Groups in the journal.
    pub groups: u64,
    /// Entries in the journal.
    pub entries: u64,
    /// Bytes of the journal.
    pub bytes: u64,
    /// Segments of the journal.
    pub segments: u64,
    /// Head of the chain, hexadecimal.
    pub head: String,
    /// Cases known.
    pub cases: u64,
    /// Cases open.
    pub open_cases: u64,
    /// Group up to which the index was written.
    pub watermark: u64,
    /// Digest suite.
    pub suite: String,
    /// What checks the ledger's signatures, hexadecimal.
    #[serde(default)]
    pub public_key: String,
    /// The head, signed: kept elsewhere, it says later whether the journal was changed or cut.
    #[serde(default)]
    pub signed_head: String,
}

/// What a check of the chain found.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Verified {
    /// Groups read.
    pub groups: u64,
    /// Entries read.
    pub entries: u64,
    /// Entries whose body was erased, lawfully.
    pub erased: u64,
    /// Damage, each with its place; empty is good.
    pub damage: Vec<String>,
    /// Head of the chain, hexadecimal.
    pub head: String,
}

/// What a backup holds.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Backup {
    /// Where it lies.
    pub place: String,
    /// As of which group.
    pub group: u64,
    /// When it was made, milliseconds since 1970.
    pub at: i64,
    /// The chain head after that group, signed.
    pub head: String,
    /// Files of the journal.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Why there is no backup.
#[derive(Debug, Error)]
pub enum NoBackup {
    /// Something stands at that place already.
    #[error("something stands there already")]
    Exists,
    /// The journal changed while it was copied: fix it again and try again.
    #[error("the journal changed meanwhile")]
    Changed,
    /// The place cannot be written.
    #[error("{0}")]
    Place(String),
    /// The journal is not what it should be, or cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// The ledger as of one group, to be copied while others go on writing.
pub trait Snapshot: Send {
    /// Writes a backup: it appears whole and durable under its name, or not at all. Takes long.
    fn write(&self, to: &Path, node: &str, at: i64) -> Result<Backup, NoBackup>;
}

/// One ledger.
///
/// Events are staged, which folds them into the books at once so that the next decision sees them, and committed as
/// one group. **Nothing staged may be told to anyone before `commit` returned.**
pub trait Ledger: Send {
    /// The books as of the last staged event.
    fn books(&mut self) -> &mut Books;

    /// Adds an event to the group that is being made, at this time (milliseconds since 1970).
    ///
    /// Died before commit: it never happened.
    fn stage(&mut self, now: i64, event: Event) -> Result<Pos, LedgerError>;

    /// Whether the group is large enough: whoever can, commits before saying more. A group beyond all bounds is no group.
    fn is_full(&self) -> bool;

    /// Makes the group durable: one write, one fdatasync. Without staged events, does nothing.
    ///
    /// An error is final, save [`LedgerError::Full`]: the caller stops the process. Died before: nothing of the group happened. Died after: all did.
    fn commit(&mut self) -> Result<(), LedgerError>;

    /// After [`LedgerError::Full`]: whether there is room again, with some in reserve.
    fn has_room(&mut self) -> bool;

    /// An entry that was committed; `None` where its body was erased.
    fn read(&mut self, pos: Pos) -> Result<Option<Event>, LedgerError>;

    /// A case's story, oldest first.
    fn story(&mut self, case_no: &CaseNo) -> Result<Vec<StoryLine>, LedgerError>;

    /// Writes what the index lacks and lets go of what is finished. May be called at any time; costs memory if never.
    fn checkpoint(&mut self) -> Result<(), LedgerError>;

    /// Throws the index away and makes it again from the journal.
    fn rebuild(&mut self) -> Result<(), LedgerError>;

    /// Erases bodies for ever, and says so: the events that say it and the erasure are one group, durable when this returns.
    /// The chain still holds. What is staged is committed before.
    fn erase(&mut self, now: i64, events: Vec<Event>, places: &[Pos]) -> Result<(), LedgerError>;

    /// The signed head of the chain after a group, as it is written in papers: the same for ever. `None` where there is no
    /// such group, or no chain.
    fn signed_head(&mut self, group: u64) -> Result<Option<String>, LedgerError>;

    /// Signs a paper of its own kind (`label`) with the key that signs the heads: signature and public key, hexadecimal.
    /// `None` where there is no key.
    fn sign(&mut self, label: &str, bytes: &[u8]) -> Option<(String, String)>;

    /// How big it is.
    fn stats(&mut self) -> Result<Stats, LedgerError>;

    /// Checks chain and bodies.
    fn verify(&mut self) -> Result<Verified, LedgerError>;

    /// The chain head after a group that is durable; `None` where there is no such group, or the store has no chain.
    fn chain(&mut self, _group: u64) -> Result<Option<[u8; 32]>, LedgerError> {
        Ok(None)
    }

    /// Fixes what is durable now, for a backup. The default has nothing to copy.
    fn snapshot(&mut self) -> Result<Box<dyn Snapshot>, LedgerError> {
        Err(LedgerError::Read("no copy can be made of it".to_owned()))
    }
}
