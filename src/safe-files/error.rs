//! What can go wrong with a file, apart enough for the caller to act on it.

use crate::names::NameError;
use std::io;

/// What went wrong with a file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Something of that name is there already; it was not touched.
    #[error("something of that name is there already")]
    Exists,
    /// It is not there (any more): somebody else took it, or it never was.
    #[error("it is not there")]
    Gone,
    /// The directory it should go to is not there.
    #[error("the directory it should go to is not there")]
    NoDir,
    /// A part of the way is a link or no directory.
    #[error("a part of the way is a link or no directory")]
    NotDir,
    /// A link, directory, pipe or device.
    #[error("not a regular file")]
    NotRegular,
    /// Larger than the caller allows.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// What is allowed, bytes.
        limit: u64,
    },
    /// It changed while it was read: still being written.
    #[error("it changed while it was read")]
    Changed,
    /// The name may not be used.
    #[error(transparent)]
    Name(#[from] NameError),
    /// This file system cannot make a name appear without perhaps replacing another.
    #[error("this file system cannot rename without overwriting")]
    Unsupported,
    /// It is to go to another file system, and only a file can.
    #[error("it is to go to another file system")]
    OtherDevice,
    /// The system said no.
    #[error("{doing}: {source}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl FileError {
    /// For `map_err`: what the system said, sorted.
    pub(crate) fn sys(doing: &'static str) -> impl Fn(rustix::io::Errno) -> Self {
        move |errno| match errno {
            rustix::io::Errno::EXIST => Self::Exists,
            rustix::io::Errno::NOENT => Self::Gone,
            rustix::io::Errno::LOOP => Self::NotRegular,
            other => Self::Io {
                doing,
                source: other.into(),
            },
        }
    }

    /// The same for the standard library's errors.
    pub(crate) fn io(doing: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Io { doing, source }
    }
}
