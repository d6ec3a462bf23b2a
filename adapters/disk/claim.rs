//! How `acknowledge` finds a batch's source on its medium again.

use port::Claim;
use std::path::{Path, PathBuf};

/// A name on a medium. The name is plain, so it can stand before the path on a line of its own.
pub(crate) fn make(name: &str, medium: &str) -> Claim {
    Claim(format!("{name}\n{medium}"))
}

/// Medium and name. `None` for what this adapter never made.
pub(crate) fn read(claim: &Claim) -> Option<(PathBuf, &str)> {
    let (name, medium) = claim.0.split_once('\n')?;
    let plain = !name.is_empty() && !name.contains('/') && Path::new(name).components().count() == 1 && name != "..";
    plain.then(|| (PathBuf::from(medium), name))
}
