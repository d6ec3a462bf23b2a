//! A file that goes to another file system: copied beside its target, compared, given its name, and only then removed.
//!
//! A crash leaves either nothing but a hidden copy, or the file at both ends with the same content; never at neither.

use super::reading::Reading;
use super::{begin, sync};
use crate::error::FileError;
use crate::look::Look;
use crate::write::rename_here;
use rustix::fs::AtFlags;
use std::io::Write as _;
use std::os::fd::OwnedFd;

/// Bytes copied at once.
const PIECE: usize = 256 * 1024;
/// Who may read a file that was carried over: as one that we wrote.
const MODE: u32 = 0o640;

pub(super) fn carry(from_dir: &OwnedFd, from: &str, to_dir: &OwnedFd, to: &str) -> Result<(), FileError> {
    let source = match Reading::begin(from_dir, from) {
        Err(FileError::NotRegular) => return Err(FileError::OtherDevice),
        other => other?,
    };
    let tmp = format!(".{to}.part");
    let look = source.look();
    let copied = copy(source, from_dir, from, to_dir, &tmp).and_then(|()| rename_here(to_dir, &tmp, to_dir, to));
    if let Err(error) = copied {
        // Best effort: a hidden leftover is replaced at the next try.
        let _ = rustix::fs::unlinkat(to_dir, &tmp, AtFlags::empty());
        return Err(error);
    }
    sync(to_dir)?;
    still(from_dir, from, look)?;
    rustix::fs::unlinkat(from_dir, from, AtFlags::empty()).map_err(FileError::sys("remove an old name"))?;
    sync(from_dir)
}

/// What is removed must be what was copied.
fn still(dir: &OwnedFd, name: &str, look: Look) -> Result<(), FileError> {
    match Reading::begin(dir, name)?.look() == look {
        true => Ok(()),
        false => Err(FileError::Changed),
    }
}

fn copy(mut source: Reading, from_dir: &OwnedFd, from: &str, to_dir: &OwnedFd, tmp: &str) -> Result<(), FileError> {
    let mut target = begin(to_dir, tmp, MODE)?;
    let mut left = source.look().len;
    loop {
        let piece = source.next(PIECE)?;
        if piece.is_empty() {
            break;
        }
        left = left.checked_sub(piece.len() as u64).ok_or(FileError::Changed)?;
        target.write_all(&piece).map_err(FileError::io("write a file"))?;
    }
    rustix::fs::fsync(&target).map_err(FileError::sys("sync a file"))?;
    drop(target);
    // Compared with what the old name leads to now: the file may have been replaced under its name.
    let (mut old, mut new) = (Reading::begin(from_dir, from)?, Reading::begin(to_dir, tmp)?);
    if left > 0 || old.look() != source.look() {
        return Err(FileError::Changed);
    }
    loop {
        let (a, b) = (old.next(PIECE)?, new.next(PIECE)?);
        if a != b {
            return Err(FileError::Changed);
        }
        if a.is_empty() {
            break;
        }
    }
    match source.is_unchanged()? {
        true => Ok(()),
        false => Err(FileError::Changed),
    }
}
