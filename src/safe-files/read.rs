//! Reading what somebody else wrote: regular files only, bounded, and not while it changes.

use crate::error::FileError;
use crate::look::{Look, look_at};
use rustix::fs::{CWD, Mode, OFlags};
use std::fs::File;
use std::io::Read;
use std::path::Path;

#[cfg(test)]
mod tests;

/// Opens a regular file for reading; links, directories, pipes and devices are refused, and a pipe never blocks.
/// The look is that of the opened file: compare it with `look_at` after reading.
pub fn open_regular(path: &Path) -> Result<(File, Look), FileError> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let fd = rustix::fs::openat(CWD, path, flags, Mode::empty()).map_err(FileError::sys("open a file"))?;
    let file = File::from(fd);
    let look = look_at(&file)?;
    Ok((file, look))
}

/// The whole of a regular file of at most `limit` bytes. `Changed` if it looked different after reading: come again.
pub fn read_bounded(path: &Path, limit: u64) -> Result<(Vec<u8>, Look), FileError> {
    let (file, before) = open_regular(path)?;
    read_open(file, before, limit)
}

fn read_open(mut file: File, before: Look, limit: u64) -> Result<(Vec<u8>, Look), FileError> {
    if before.len > limit {
        return Err(FileError::TooLarge { limit });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(before.len).unwrap_or(0));
    // One byte more than it should have: a file that grows meanwhile cannot fill the memory.
    let mut bounded = Read::by_ref(&mut file).take(before.len + 1);
    bounded.read_to_end(&mut bytes).map_err(FileError::io("read a file"))?;
    if bytes.len() as u64 != before.len || look_at(&file)? != before {
        return Err(FileError::Changed);
    }
    Ok((bytes, before))
}
