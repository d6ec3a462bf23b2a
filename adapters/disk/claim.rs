//! How `acknowledge` finds a batch's source on its medium again.

use port::Claim;
use std::path::{Path, PathBuf};

/// Before the digest, where a claim has one.
const DIGEST: &str = "\nsha256:";

/// A name on a medium. The name is plain, so it can stand before the path on a line of its own. The digest is there where
/// the answer repeats the content: it must still be the same then.
pub(crate) fn make(name: &str, medium: &str, digest: Option<&str>) -> Claim {
    let digest = digest.map(|digest| format!("{DIGEST}{digest}")).unwrap_or_default();
    Claim(format!("{name}\n{medium}{digest}"))
}

/// The digest of the content, where the claim has one.
pub(crate) fn digest(claim: &Claim) -> Option<&str> {
    claim.0.rsplit_once(DIGEST).map(|(_, digest)| digest)
}

/// Medium and name. `None` for what this adapter never made.
pub(crate) fn read(claim: &Claim) -> Option<(PathBuf, &str)> {
    let (name, medium) = claim.0.split_once('\n')?;
    let medium = medium.rsplit_once(DIGEST).map_or(medium, |(medium, _)| medium);
    let plain = !name.is_empty() && !name.contains('/') && Path::new(name).components().count() == 1 && name != "..";
    plain.then(|| (PathBuf::from(medium), name))
}
