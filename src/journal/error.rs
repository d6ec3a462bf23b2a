//! Why the journal said no.

use crate::damage::Damage;
use crate::layout::FORMAT_VERSION;
use crate::read::EntryPos;
use model::{Code, Finding};
use std::io;

/// Why the journal said no. Nothing in it is personal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The place the journal lies in failed.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// There is no room, or the place is read-only by now. Nothing of it was written; it may be tried again.
    #[error("{doing}: {source}")]
    Full {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The journal is not what was written.
    #[error("damaged: {0}")]
    Damaged(Damage),
    /// This node key did not make the journal.
    #[error("another node key made this journal")]
    Key,
    /// A newer program wrote it; nothing was changed.
    #[error("format {found} in {file}, this program knows {known}", known = FORMAT_VERSION)]
    Newer {
        /// The version found.
        found: u16,
        /// Where.
        file: String,
    },
    /// An earlier write failed, and nobody knows what is on the disk: open the journal again.
    #[error("an earlier write failed; the journal must be opened again")]
    Poisoned,
    /// There is a journal already.
    #[error("there is a journal already")]
    Exists,
    /// There is none.
    #[error("there is no journal")]
    Missing,
    /// A commit without entries.
    #[error("a group needs an entry")]
    Empty,
    /// More than one group may hold; nothing was written.
    #[error("{what} {found}, at most {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it is.
        found: u64,
        /// How large it may be.
        limit: u64,
    },
    /// A kind the journal keeps for itself.
    #[error("kind {0:#06x} is the journal's own")]
    Reserved(u16),
    /// No such entry.
    #[error("there is no entry {0}")]
    NoEntry(EntryPos),
    /// The entry was erased.
    #[error("entry {0} was erased")]
    Erased(EntryPos),
    /// A segment was rewritten while it was copied: the copy is none.
    #[error("a segment was rewritten meanwhile")]
    Changed,
    /// The entry may not be erased.
    #[error("entry {0} is itself an erasure")]
    NotErasable(EntryPos),
}

impl JournalError {
    /// For `map_err`: an I/O error while doing something.
    pub(crate) fn io(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }

    /// What to show a person. `data` is the journal's directory, `key` the key's file.
    pub fn finding(&self, data: &str, key: &str) -> Finding {
        match self {
            Self::Damaged(damage) => Finding::new(Code::LDamaged)
                .file(damage.file.clone())
                .byte(damage.offset)
                .with("place", format!("{data}/{damage}"))
                .with("detail", damage.kind.word()),
            Self::Key => Finding::new(Code::LKey).with("path", key),
            Self::Newer { found, file } => Finding::new(Code::LNewer)
                .file(file.clone())
                .with("found", found)
                .with("known", FORMAT_VERSION),
            Self::Full { .. } => Finding::new(Code::LFull).with("detail", format!("{data}: {self}")),
            other => Finding::new(Code::LWrite).with("detail", format!("{data}: {other}")),
        }
    }
}
