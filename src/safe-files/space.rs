//! How much room there is.

use crate::error::FileError;
use std::path::Path;

/// Bytes that an ordinary user may still write on the file system of this path.
pub fn free_bytes(path: &Path) -> Result<u64, FileError> {
    let stat = rustix::fs::statvfs(path).map_err(FileError::sys("ask for free space"))?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_answers_for_places_that_exist() {
        let tmp = tempfile::tempdir().unwrap();
        assert!(free_bytes(tmp.path()).unwrap() > 0);
        assert!(matches!(free_bytes(&tmp.path().join("none")), Err(FileError::Gone)));
    }
}
