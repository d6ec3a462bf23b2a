//! What finds no room is taken back, so that a full disk ends nothing: the journal is as it was before the group, and the
//! next one may be tried.
//!
//! Only where nothing can be in doubt: the write itself said no, for want of room or because the place is read-only by
//! now, and what it left can be cut off again. A failed sync is another matter and final.

use crate::error::JournalError;
use crate::journal::Journal;
use std::io::{self, ErrorKind};
use std::sync::atomic::Ordering;

/// Whether this says that nothing more goes in there for now.
fn is_room(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::ReadOnlyFilesystem
    )
}

impl Journal {
    /// What a group that was not written means: it never was, or nobody knows.
    pub(crate) fn unwritten(&self, name: &str, end: u64, source: io::Error) -> JournalError {
        let back = is_room(&source).then(|| self.cut_back(name, end));
        self.judged("write a group", source, matches!(back, Some(Ok(()))))
    }

    fn cut_back(&self, name: &str, end: u64) -> io::Result<()> {
        let storage = &self.shared.storage;
        if storage.len(name)? == end {
            return Ok(());
        }
        storage.truncate(name, end)?;
        storage.sync(name)
    }

    /// What a segment that was not begun means. Under its own name it is not there, so it never was.
    pub(crate) fn unbegun(&self, name: &str, tmp: &str, source: io::Error) -> JournalError {
        let storage = &self.shared.storage;
        let gone = || -> io::Result<bool> {
            if storage.exists(tmp)? {
                storage.remove(tmp)?;
            }
            Ok(!storage.exists(name)?)
        };
        let gone = is_room(&source) && matches!(gone(), Ok(true));
        self.judged("begin a segment", source, gone)
    }

    /// A copy that finds no room is nothing yet: nobody reads it.
    pub(crate) fn copied<T>(&self, doing: &'static str, result: io::Result<T>) -> Result<T, JournalError> {
        result.map_err(|source| {
            let room = is_room(&source);
            self.judged(doing, source, room)
        })
    }

    fn judged(&self, doing: &'static str, source: io::Error, taken_back: bool) -> JournalError {
        if taken_back {
            return JournalError::Full { doing, source };
        }
        self.shared.poisoned.store(true, Ordering::Release);
        JournalError::Io { doing, source }
    }
}

#[cfg(test)]
mod tests;
