//! What a log writes to: named files in one place, blocking, with explicit syncs.
//!
//! The contract is what a careful program may expect of a file system, no more: nothing written is safe before
//! `sync`, no name is safe before `sync_dir`, and a failed call may have had any part of its effect.

use std::io;

mod dir;
mod sim;

pub use dir::DirStorage;
pub use sim::{SimStorage, Took};

/// A file and its length in bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct FileInfo {
    /// Its name.
    pub name: String,
    /// Its length, bytes.
    pub len: u64,
}

/// Files by name in one flat place. Names are plain: no separators, no leading dot, at most 120 bytes.
pub trait Storage: Send + Sync {
    /// The files whose names begin with `prefix`, sorted by name. Names that are not ours to read are left out.
    fn list(&self, prefix: &str) -> io::Result<Vec<FileInfo>>;
    /// Whether there is a file of this name.
    fn exists(&self, name: &str) -> io::Result<bool>;
    /// A file's length, bytes. `NotFound` if there is none.
    fn len(&self, name: &str) -> io::Result<u64>;
    /// Makes an empty file. `AlreadyExists` if there is one. The name is durable only after `sync_dir`.
    fn create(&self, name: &str) -> io::Result<()>;
    /// Adds bytes at the end of an existing file, in one write. Durable only after `sync`.
    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// Reads into `buf` from `offset`; answers how many bytes there were, fewer only at the end of the file.
    fn read_into(&self, name: &str, offset: u64, buf: &mut [u8]) -> io::Result<usize>;
    /// Overwrites bytes of an existing file in place, or just past its end. For small fixed files.
    fn write_at(&self, name: &str, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Makes a file's bytes and length durable (`fdatasync`). After an error nothing may be assumed of any write since the last success.
    fn sync(&self, name: &str) -> io::Result<()>;
    /// Cuts a file to `len` bytes. Durable only after `sync`.
    fn truncate(&self, name: &str, len: u64) -> io::Result<()>;
    /// Gives a file another name, replacing what had it. Durable only after `sync_dir`.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file. Durable only after `sync_dir`.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes creations, renames and removals durable.
    fn sync_dir(&self) -> io::Result<()>;

    /// At most `len` bytes from `offset`; fewer only at the end of the file.
    fn read_at(&self, name: &str, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let there = self.len(name)?.saturating_sub(offset);
        let len = usize::try_from(there).map_or(len, |there| there.min(len));
        let mut buf = vec![0; len];
        let got = self.read_into(name, offset, &mut buf)?;
        buf.truncate(got);
        Ok(buf)
    }
}

/// Refuses names that could leave the place or hide in it.
fn check_name(name: &str) -> io::Result<()> {
    let plain = !name.is_empty()
        && name.len() <= 120
        && !name.starts_with('.')
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    if plain {
        Ok(())
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain file name"))
    }
}

#[cfg(test)]
mod tests;
