//! A directory tree under one root, in which somebody else works at the same time.
//!
//! Every path is walked from the root part by part, and no part may be a link: whatever the other side makes of its
//! directories between two of our calls, nothing outside the root is read, written, renamed or removed. Names are what
//! the file system has, bytes; those that are not UTF-8 are counted and left alone.

mod across;
mod reading;

pub use reading::Reading;

use crate::error::FileError;
use crate::look::{Look, from_stat};
use crate::names::NameError;
use crate::write::rename_here;
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use std::fs::File;
use std::io::Write as _;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};

#[cfg(test)]
mod tests;

/// How a part of the way is opened: to go on from, not to read.
const WAY: OFlags = OFlags::PATH
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// The most bytes a name has on any file system we know.
const NAME_MAX: usize = 255;

/// What stands under a name, links not followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stands {
    /// A regular file.
    File(Look),
    /// A directory.
    Dir {
        /// When a name in it last changed, seconds since 1970.
        modified: i64,
    },
    /// A link, a device, a pipe, a socket.
    Other,
}

/// What a directory holds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Names {
    /// Names with what stands there, in no order.
    pub names: Vec<(String, Stands)>,
    /// There were more than asked for.
    pub cut: bool,
    /// How many names are not UTF-8; they count as asked for.
    pub unreadable: usize,
}

/// A directory tree. Paths are relative to its root, `/` between the parts; one at the beginning says nothing.
#[derive(Clone, Debug)]
pub struct Tree {
    root: PathBuf,
}

impl Tree {
    /// The tree under this directory. Opens nothing: a root that is not mounted yet may be so later.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// At most `max` names of a directory. One pass, one look for each name.
    pub fn list(&self, dir: &str, max: usize) -> Result<Names, FileError> {
        let way = self.walk(dir)?;
        let mut open = Dir::new(readable(&way)?).map_err(FileError::sys("read a directory"))?;
        let mut found = Names::default();
        while let Some(entry) = open.read() {
            let entry = entry.map_err(FileError::sys("read a directory"))?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            if found.names.len() + found.unreadable >= max {
                found.cut = true;
                break;
            }
            let Ok(text) = name.to_str() else {
                found.unreadable += 1;
                continue;
            };
            match rustix::fs::statat(&way, name, AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) => found.names.push((text.to_owned(), stands(&stat))),
                // Taken away since the name was read.
                Err(Errno::NOENT) => {}
                Err(e) => return Err(FileError::sys("look at a file")(e)),
            }
        }
        Ok(found)
    }

    /// What stands at a path; `None` where nothing does, or where the way to it is none.
    pub fn stat(&self, path: &str) -> Result<Option<Stands>, FileError> {
        let (dir, name) = match self.dir_and_name(path) {
            Err(FileError::Gone) => return Ok(None),
            other => other?,
        };
        match rustix::fs::statat(&dir, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stands(&stat))),
            Err(Errno::NOENT) => Ok(None),
            Err(e) => Err(FileError::sys("look at a file")(e)),
        }
    }

    /// Opens a regular file for reading: anything else is `NotRegular`, and a pipe never blocks.
    pub fn read(&self, path: &str) -> Result<Reading, FileError> {
        let (dir, name) = self.dir_and_name(path)?;
        Reading::begin(&dir, name)
    }

    /// Writes a file whole and durable under a name that is ours alone while we write; what stood there is removed
    /// first, never written into, so that a hard link of it elsewhere keeps its content. `Gone`: no such directory.
    pub fn write_aside(&self, path: &str, bytes: &[u8], mode: u32) -> Result<(), FileError> {
        let (dir, name) = self.dir_and_name(path)?;
        let mut file = begin(&dir, name, mode)?;
        file.write_all(bytes).map_err(FileError::io("write a file"))?;
        rustix::fs::fsync(&file).map_err(FileError::sys("sync a file"))?;
        let Look { len, .. } = crate::look::look_at(&file)?;
        if len != bytes.len() as u64 {
            return Err(FileError::Changed);
        }
        sync(&dir)
    }

    /// Renames a file or a directory, replacing nothing; durable when it returns. A file that goes to another file
    /// system is copied, compared and only then removed here; a directory does not go there (`OtherDevice`).
    ///
    /// `Gone`: nothing to rename. `Exists`: nothing was changed. `NoDir`: the target's directory is not there.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), FileError> {
        let (from_dir, from_name) = self.dir_and_name(from)?;
        let (to_dir, to_name) = self.dir_and_name(to).map_err(|error| match error {
            FileError::Gone => FileError::NoDir,
            other => other,
        })?;
        match rename_here(&from_dir, from_name, &to_dir, to_name) {
            Err(FileError::OtherDevice) => return across::carry(&from_dir, from_name, &to_dir, to_name),
            other => other?,
        }
        // The new name first: a crash between the two may show it twice, but never not at all.
        sync(&to_dir)?;
        sync(&from_dir)
    }

    /// Removes a file; `Gone` where there was none. Durable when it returns.
    pub fn remove(&self, path: &str) -> Result<(), FileError> {
        let (dir, name) = self.dir_and_name(path)?;
        rustix::fs::unlinkat(&dir, name, AtFlags::empty()).map_err(FileError::sys("remove a file"))?;
        sync(&dir)
    }

    /// Makes a directory; one that is there already is a success, anything else of that name is `Exists`.
    pub fn make_dir(&self, path: &str, mode: u32) -> Result<(), FileError> {
        let (dir, name) = self.dir_and_name(path)?;
        match rustix::fs::mkdirat(&dir, name, Mode::from_raw_mode(mode)) {
            Ok(()) => {}
            Err(Errno::EXIST) if matches!(self.stat(path)?, Some(Stands::Dir { .. })) => return Ok(()),
            Err(e) => return Err(FileError::sys("make a directory")(e)),
        }
        // The mode asked for, whatever the process masks: others are to look into it.
        let made = rustix::fs::openat(
            &dir,
            name,
            OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC,
            Mode::empty(),
        )
        .map_err(FileError::sys("open a directory"))?;
        rustix::fs::fchmod(&made, Mode::from_raw_mode(mode)).map_err(FileError::sys("set a directory's mode"))?;
        sync(&dir)
    }

    /// Opens the way to a directory.
    fn walk(&self, dir: &str) -> Result<OwnedFd, FileError> {
        let mut at = rustix::fs::openat(CWD, &self.root, WAY.difference(OFlags::NOFOLLOW), Mode::empty())
            .map_err(FileError::sys("open the root"))?;
        for part in parts(dir) {
            plain(part)?;
            at = rustix::fs::openat(&at, part, WAY, Mode::empty()).map_err(|errno| match errno {
                Errno::NOTDIR | Errno::LOOP => FileError::NotDir,
                other => FileError::sys("open a directory")(other),
            })?;
        }
        Ok(at)
    }

    fn dir_and_name<'a>(&self, path: &'a str) -> Result<(OwnedFd, &'a str), FileError> {
        let path = path.trim_end_matches('/');
        // The root itself stands at a path too: it is looked at through its own dot.
        if path.is_empty() {
            return Ok((self.walk("")?, "."));
        }
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
        plain(name)?;
        Ok((self.walk(dir)?, name))
    }
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

/// Whether this is one name within a directory. What names are good for, callers judge: this tree is somebody else's.
fn plain(name: &str) -> Result<(), NameError> {
    match name {
        "" => Err(NameError::Empty),
        "." | ".." => Err(NameError::Path),
        _ if name.contains('/') => Err(NameError::Path),
        _ if name.contains('\0') => Err(NameError::Control),
        _ if name.len() > NAME_MAX => Err(NameError::TooLong),
        _ => Ok(()),
    }
}

fn stands(stat: &Stat) -> Stands {
    match from_stat(stat) {
        Ok(look) => Stands::File(look),
        Err(_) if FileType::from_raw_mode(stat.st_mode).is_dir() => Stands::Dir {
            modified: stat.st_mtime,
        },
        Err(_) => Stands::Other,
    }
}

/// A new file under this name; what stood there is gone.
fn begin(dir: &OwnedFd, name: &str, mode: u32) -> Result<File, FileError> {
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    match rustix::fs::unlinkat(dir, name, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(e) => return Err(FileError::sys("remove an old file")(e)),
    }
    let mode = Mode::from_raw_mode(mode);
    let file = rustix::fs::openat(dir, name, flags, mode).map_err(FileError::sys("begin a file"))?;
    // The mode asked for, whatever the process masks: the file is for others to read.
    rustix::fs::fchmod(&file, mode).map_err(FileError::sys("set a file's mode"))?;
    Ok(File::from(file))
}

/// What is open for the way only, opened to be read or synced.
fn readable(dir: impl AsFd) -> Result<OwnedFd, FileError> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::openat(dir, ".", flags, Mode::empty()).map_err(FileError::sys("open a directory"))
}

/// Makes the names in a directory durable.
fn sync(dir: impl AsFd) -> Result<(), FileError> {
    rustix::fs::fsync(readable(dir)?).map_err(FileError::sys("sync a directory"))
}
