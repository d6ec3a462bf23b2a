//! Papers that a person brings from elsewhere: read as they are, bounded, and nothing is changed.

use journal::PublicKey;
use model::{Code, Finding};
use seams::{DirStorage, Storage};
use std::path::Path;

/// The largest paper that is read.
const PAPER_BYTES: usize = 64 << 20;

/// A paper's bytes.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Finding> {
    DirStorage::around(path)
        .and_then(|(dir, name)| dir.read_at(&name, 0, PAPER_BYTES))
        .map_err(|error| {
            Finding::new(Code::CPlace)
                .with("path", path.display())
                .with("detail", error)
        })
}

/// A public key as it is said: the key itself, or a file that holds nothing else.
pub(crate) fn public_key(said: &str) -> Result<PublicKey, Finding> {
    let parsed = said.parse().or_else(|error| {
        let text = read(Path::new(said))
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        text.and_then(|text| text.parse().ok()).ok_or(error)
    });
    parsed.map_err(|error| Finding::new(Code::VCall).with("detail", format!("--public-key {said}: {error}")))
}
