//! Taking a file for oneself: a rename, which only one of several can win.

use crate::error::FileError;
use crate::names::{Dots, check_name};
use crate::write::{open_dir, rename_new};
use std::path::Path;

#[cfg(test)]
mod tests;

/// Renames `from/name` to `to/new_name`, on the same file system, replacing nothing; durable when it returns.
/// `Gone`: somebody else was first. `Exists`: the new name is taken, nothing happened. To be called again after a
/// crash: then either the old or the new name is there, never both and never neither.
pub fn claim(from: &Path, name: &str, to: &Path, new_name: &str) -> Result<(), FileError> {
    check_name(name, Dots::Allow)?;
    check_name(new_name, Dots::Allow)?;
    let (from_dir, to_dir) = (open_dir(from)?, open_dir(to)?);
    rename_new(&from_dir, name, &to_dir, new_name)?;
    // The new name first: a crash between the two may show the file twice, but never not at all.
    rustix::fs::fsync(&to_dir).map_err(FileError::sys("sync a directory"))?;
    rustix::fs::fsync(&from_dir).map_err(FileError::sys("sync a directory"))
}
