//! Writing so that a file appears whole, durable and under its name at once, or not at all, and replaces nothing.

use crate::error::FileError;
use crate::names::{Dots, check_name};
use rustix::fs::{AtFlags, CWD, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(test)]
mod tests;

/// Tells the files of one process that are being written at the same time apart.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A file being written under a hidden name in the directory where it will appear. Dropped unpublished, it is removed.
#[derive(Debug)]
pub struct NewFile {
    dir: OwnedFd,
    tmp: String,
    file: File,
    published: bool,
}

impl NewFile {
    /// Begins a file in this directory, mode 0600.
    pub fn begin(dir: &Path) -> Result<Self, FileError> {
        let dir = open_dir(dir)?;
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        loop {
            let tmp = format!(".{}-{}.part", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            match rustix::fs::openat(&dir, &tmp, flags, Mode::RUSR | Mode::WUSR) {
                Ok(fd) => {
                    return Ok(Self {
                        dir,
                        tmp,
                        file: File::from(fd),
                        published: false,
                    });
                }
                // Left by an earlier process of the same number.
                Err(Errno::EXIST) => {}
                Err(e) => return Err(FileError::sys("begin a file")(e)),
            }
        }
    }

    /// Lets others read it: by mode bits, such as `0o640`.
    pub fn set_mode(&self, mode: u32) -> Result<(), FileError> {
        rustix::fs::fchmod(&self.file, Mode::from_raw_mode(mode)).map_err(FileError::sys("set a file's mode"))
    }

    /// Makes it durable and gives it its name; `Exists` if something has that name. When it returns, the name is
    /// durable too. A crash before leaves nothing but a hidden `.part` file.
    pub fn publish(self, name: &str) -> Result<(), FileError> {
        check_name(name, Dots::Allow)?;
        self.finish(|dir, tmp| rename_new(dir, tmp, dir, name))
    }

    /// The same, replacing what has that name: for files that are ours alone.
    pub fn publish_over(self, name: &str) -> Result<(), FileError> {
        check_name(name, Dots::Allow)?;
        self.finish(|dir, tmp| rustix::fs::renameat(dir, tmp, dir, name).map_err(FileError::sys("rename a file")))
    }

    /// Takes its name away for good and hands over the file.
    pub(crate) fn into_unnamed(mut self) -> Result<File, FileError> {
        let file = self.file.try_clone().map_err(FileError::io("keep a file"))?;
        rustix::fs::unlinkat(&self.dir, &self.tmp, AtFlags::empty()).map_err(FileError::sys("unname a file"))?;
        self.published = true;
        Ok(file)
    }

    fn finish(mut self, rename: impl FnOnce(&OwnedFd, &str) -> Result<(), FileError>) -> Result<(), FileError> {
        rustix::fs::fsync(&self.file).map_err(FileError::sys("sync a file"))?;
        rename(&self.dir, &self.tmp)?;
        self.published = true;
        rustix::fs::fsync(&self.dir).map_err(FileError::sys("sync a directory"))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.published {
            // Best effort: a hidden leftover is harmless.
            let _ = rustix::fs::unlinkat(&self.dir, &self.tmp, AtFlags::empty());
        }
    }
}

/// Writes a new file whole and durable; `Exists` if something has that name.
pub fn write_new(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), FileError> {
    check_name(name, Dots::Allow)?;
    let mut file = NewFile::begin(dir)?;
    file.write_all(bytes).map_err(FileError::io("write a file"))?;
    file.publish(name)
}

/// Writes a file whole and durable in place of the old one: readers see the old or the new, never a mixture.
pub fn write_over(dir: &Path, name: &str, bytes: &[u8]) -> Result<(), FileError> {
    check_name(name, Dots::Allow)?;
    let mut file = NewFile::begin(dir)?;
    file.write_all(bytes).map_err(FileError::io("write a file"))?;
    file.publish_over(name)
}

/// Makes the names in a directory durable.
pub fn sync_dir(dir: &Path) -> Result<(), FileError> {
    rustix::fs::fsync(open_dir(dir)?).map_err(FileError::sys("sync a directory"))
}

pub(crate) fn open_dir(dir: &Path) -> Result<OwnedFd, FileError> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::openat(CWD, dir, flags, Mode::empty()).map_err(FileError::sys("open a directory"))
}

/// The same as `rename_new`, and `OtherDevice` where the two directories are on two file systems.
pub(crate) fn rename_here(from_dir: &OwnedFd, from: &str, to_dir: &OwnedFd, to: &str) -> Result<(), FileError> {
    match rename_new(from_dir, from, to_dir, to) {
        Err(FileError::Io { source, .. }) if source.kind() == io::ErrorKind::CrossesDevices => {
            Err(FileError::OtherDevice)
        }
        other => other,
    }
}

/// Renames without replacing. Where the file system has no such rename, a second name does the same in two steps.
pub(crate) fn rename_new(from_dir: &OwnedFd, from: &str, to_dir: &OwnedFd, to: &str) -> Result<(), FileError> {
    match rustix::fs::renameat_with(from_dir, from, to_dir, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => link_new(from_dir, from, to_dir, to),
        other => other.map_err(FileError::sys("rename a file")),
    }
}

fn link_new(from_dir: &OwnedFd, from: &str, to_dir: &OwnedFd, to: &str) -> Result<(), FileError> {
    match rustix::fs::linkat(from_dir, from, to_dir, to, AtFlags::empty()) {
        Ok(()) => rustix::fs::unlinkat(from_dir, from, AtFlags::empty()).map_err(FileError::sys("remove an old name")),
        Err(Errno::PERM | Errno::OPNOTSUPP | Errno::NOSYS) => Err(FileError::Unsupported),
        Err(e) => Err(FileError::sys("link a file")(e)),
    }
}
