//! Room on disk for what does not fit into memory: a file without a name, gone with its handle.

use crate::error::FileError;
use crate::write::NewFile;
use rustix::fs::{CWD, Mode, OFlags};
use rustix::io::Errno;
use std::fs::File;
use std::path::Path;

#[cfg(test)]
mod tests;

/// An anonymous file for reading and writing in this directory, mode 0600. What is put there is encrypted by the
/// caller if it is personal: the blocks outlive the name.
pub fn anonymous(dir: &Path) -> Result<File, FileError> {
    let flags = OFlags::RDWR | OFlags::TMPFILE | OFlags::EXCL | OFlags::CLOEXEC;
    match rustix::fs::openat(CWD, dir, flags, Mode::RUSR | Mode::WUSR) {
        Ok(fd) => Ok(File::from(fd)),
        Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => unlinked(dir),
        Err(e) => Err(FileError::sys("make a temporary file")(e)),
    }
}

/// The same where the file system knows no nameless files: named, opened, unnamed.
fn unlinked(dir: &Path) -> Result<File, FileError> {
    NewFile::begin(dir)?.into_unnamed()
}
