//! Reading a file of a tree piece by piece, and saying at the end whether it stayed the same all the while.

use crate::error::FileError;
use crate::look::{Look, from_stat};
use rustix::fs::{Mode, OFlags, Stat};
use std::fs::File;
use std::io::Read as _;
use std::os::fd::OwnedFd;

/// An open file and how it looked when it was opened.
#[derive(Debug)]
pub struct Reading {
    file: File,
    look: Look,
    changed: (i64, i64),
}

impl Reading {
    pub(super) fn begin(dir: &OwnedFd, name: &str) -> Result<Self, FileError> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(dir, name, flags, Mode::empty()).map_err(FileError::sys("open a file"))?;
        let stat = rustix::fs::fstat(&fd).map_err(FileError::sys("look at a file"))?;
        Ok(Self {
            file: File::from(fd),
            look: from_stat(&stat)?,
            changed: changed(&stat),
        })
    }

    /// How it looked when it was opened.
    pub fn look(&self) -> Look {
        self.look
    }

    /// The next bytes, at most `max`; empty at the end. Never more in all than the file had when it was opened, and one:
    /// what grows meanwhile cannot be read for ever.
    pub fn next(&mut self, max: usize) -> Result<Vec<u8>, FileError> {
        let mut bytes = Vec::new();
        let mut piece = std::io::Read::by_ref(&mut self.file).take(max as u64);
        piece.read_to_end(&mut bytes).map_err(FileError::io("read a file"))?;
        Ok(bytes)
    }

    /// Whether it is still the file that was opened: length, both times, and itself.
    pub fn is_unchanged(&self) -> Result<bool, FileError> {
        let stat = rustix::fs::fstat(&self.file).map_err(FileError::sys("look at a file"))?;
        Ok(from_stat(&stat)? == self.look && changed(&stat) == self.changed)
    }
}

/// When the inode last changed: this time nobody can set.
fn changed(stat: &Stat) -> (i64, i64) {
    (stat.st_ctime, i64::try_from(stat.st_ctime_nsec).unwrap_or(0))
}
