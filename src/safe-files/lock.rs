//! One process owns a directory: an advisory lock that ends with the process, however it ends.

use crate::error::FileError;
use rustix::fs::{CWD, FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

#[cfg(test)]
mod tests;

/// The name of the file that is locked.
const LOCK: &str = "lock";

/// Held as long as it lives. The file stays: removing it would let two hold two different ones.
#[derive(Debug)]
pub struct DirLock {
    _file: File,
}

/// Somebody else has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held {
    /// The process that wrote its number there; 0 if it cannot be read.
    pub pid: u32,
}

impl DirLock {
    /// Takes the directory, or says who has it. Never waits.
    pub fn take(dir: &Path) -> Result<Result<Self, Held>, FileError> {
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = rustix::fs::openat(CWD, dir.join(LOCK), flags, Mode::RUSR | Mode::WUSR)
            .map_err(FileError::sys("open the lock"))?;
        let file = File::from(fd);
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => return Ok(Err(Held { pid: read_pid(&file) })),
            Err(e) => return Err(FileError::sys("lock the directory")(e)),
        }
        let io = FileError::io("write the lock");
        let pid = format!("{:<10}\n", std::process::id());
        file.write_all_at(pid.as_bytes(), 0).map_err(io)?;
        Ok(Ok(Self { _file: file }))
    }
}

fn read_pid(file: &File) -> u32 {
    let mut bytes = [0; 10];
    let read = file.read_at(&mut bytes, 0).unwrap_or(0);
    std::str::from_utf8(&bytes[..read])
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0)
}
