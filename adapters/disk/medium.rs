//! File mechanics on a medium that somebody will pull out: written whole, synced, read back from the medium itself.

use rustix::fs::{Advice, CWD, RenameFlags};
use safe_files::{FileError, Look};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

/// Most names looked at in one directory.
pub(crate) const NAMES_MAX: usize = 20_000;

/// Opens a regular file for reading; a link, a device or a pipe is no file of ours.
pub(crate) fn open_regular(path: &Path) -> io::Result<(File, Look)> {
    safe_files::open_regular(path).map_err(plain)
}

/// What the system said, for callers that only tell kinds apart.
pub(crate) fn plain(error: FileError) -> io::Error {
    match error {
        FileError::Io { source, .. } => source,
        FileError::Exists => io::ErrorKind::AlreadyExists.into(),
        FileError::Gone => io::ErrorKind::NotFound.into(),
        FileError::NotRegular => io::ErrorKind::InvalidInput.into(),
        FileError::Changed => io::ErrorKind::WouldBlock.into(),
        other => io::Error::other(other),
    }
}

/// Makes the names of a directory durable. Some file systems have nothing to sync there and say so.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    match safe_files::sync_dir(dir).map_err(plain) {
        Err(e) if e.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other,
    }
}

/// Pushes everything the medium still owes to its file system: after this it may be pulled.
#[allow(
    clippy::disallowed_methods,
    reason = "the medium's root, opened to be synced and never read"
)]
pub(crate) fn sync_medium(dir: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(dir)?)?)
}

/// Writes a new file and syncs it. It grows under its own name: the directory around it is what gets renamed.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::options().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Whether a file holds exactly these bytes, as the medium gives them, not as memory remembers them.
pub(crate) fn holds(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let (mut file, _) = open_regular(path)?;
    // Only clean pages can be dropped; the caller has synced. Where the file system cannot, the check is weaker, not wrong.
    let _ = rustix::fs::fadvise(&file, 0, None, Advice::DontNeed);
    let mut buffer = vec![0; 64 * 1024];
    let mut rest = bytes;
    loop {
        let read = file.read(&mut buffer)?;
        let found = buffer.get(..read).unwrap_or_default();
        if read == 0 {
            return Ok(rest.is_empty());
        }
        match rest.strip_prefix(found) {
            Some(after) => rest = after,
            None => return Ok(false),
        }
    }
}

/// Gives a file or directory its final name, never replacing anything.
#[allow(
    clippy::disallowed_methods,
    reason = "the rename for file systems that cannot promise not to replace; looked first"
)]
pub(crate) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match rustix::fs::renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS) => {
            // A file system without that promise: looking first is the best there is, and a medium has one writer.
            if to.symlink_metadata().is_ok() {
                return Err(io::Error::from(io::ErrorKind::AlreadyExists));
            }
            std::fs::rename(from, to)
        }
        other => Ok(other?),
    }
}

/// The names in a directory, sorted; those that are not UTF-8 are nobody's agreed names and are left out.
pub(crate) fn names(dir: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        if names.len() == NAMES_MAX {
            return Err(io::Error::other("too many names"));
        }
        names.extend(entry?.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// What a name stands for in a directory, whatever the medium made of its capitals. The exact spelling wins.
pub(crate) fn spelled(dir: &Path, name: &str) -> io::Result<Option<String>> {
    let names = names(dir)?;
    let exact = names.iter().find(|n| *n == name);
    Ok(exact
        .or_else(|| names.iter().find(|n| n.eq_ignore_ascii_case(name)))
        .cloned())
}

/// Writes a small file of ours whole, in place of an older one, readable by whoever carries the medium.
pub(crate) fn write_over(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut file = safe_files::NewFile::begin(dir).map_err(plain)?;
    file.set_mode(0o644).map_err(plain)?;
    file.write_all(bytes)?;
    file.publish_over(name).map_err(plain)?;
    sync_medium(dir)
}
