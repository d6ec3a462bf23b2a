//! Looking at a file from outside: has it changed, and has it been left alone long enough to be complete?

use crate::error::FileError;
use rustix::fs::{AtFlags, CWD, FileType, Stat};
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// What can be seen of a file without reading it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Look {
    /// Length, bytes.
    pub len: u64,
    /// Last modification: seconds since 1970 and nanoseconds. Only compared, never trusted as a date.
    pub modified: (i64, u32),
    /// Device and inode: another file under the same name has another.
    pub id: (u64, u64),
}

/// Looks at a regular file, not following links.
pub fn look(path: &Path) -> Result<Look, FileError> {
    let stat = rustix::fs::statat(CWD, path, AtFlags::SYMLINK_NOFOLLOW).map_err(FileError::sys("look at a file"))?;
    from_stat(&stat)
}

/// Looks at an open file.
pub fn look_at(file: &File) -> Result<Look, FileError> {
    from_stat(&rustix::fs::fstat(file).map_err(FileError::sys("look at a file"))?)
}

pub(crate) fn from_stat(stat: &Stat) -> Result<Look, FileError> {
    if !FileType::from_raw_mode(stat.st_mode).is_file() {
        return Err(FileError::NotRegular);
    }
    let nanos = u32::try_from(stat.st_mtime_nsec).unwrap_or(0);
    let len = u64::try_from(stat.st_size).unwrap_or(0);
    Ok(Look {
        len,
        modified: (stat.st_mtime, nanos),
        id: (stat.st_dev, stat.st_ino),
    })
}

/// Remembers how files looked, to tell those that have been left alone from those still being written.
#[derive(Debug)]
pub struct Steady {
    wait: Duration,
    seen: HashMap<String, (Look, Duration)>,
}

impl Steady {
    /// A file counts as complete when it has looked the same for `wait`, on at least two looks.
    pub fn new(wait: Duration) -> Self {
        Self {
            wait,
            seen: HashMap::new(),
        }
    }

    /// Notes how a file looks at monotonic time `now`; answers whether it has been left alone long enough.
    pub fn is_steady(&mut self, name: &str, look: Look, now: Duration) -> bool {
        match self.seen.get(name) {
            Some((before, since)) if *before == look => now.saturating_sub(*since) >= self.wait,
            _ => {
                self.seen.insert(name.to_owned(), (look, now));
                false
            }
        }
    }

    /// Forgets all names that `there` denies, so that memory follows the directory.
    pub fn retain(&mut self, mut there: impl FnMut(&str) -> bool) {
        self.seen.retain(|name, _| there(name));
    }
}
