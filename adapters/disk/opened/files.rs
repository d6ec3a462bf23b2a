//! The files of a bag on its medium, found whatever became of their capitals, and read up to a bound.

use super::envelope::{Trouble, structure};
use crate::bag;
use crate::medium;
use crate::suite::Suite;
use crate::took::{BYTES_MAX, LIST};
use model::{Code, Finding};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A small text of a bag; `None` where there is none.
pub(super) fn small(dir: &Path, name: &str) -> Result<Option<Vec<u8>>, Trouble> {
    let Some(path) = follow(dir, name)? else {
        return Ok(None);
    };
    let (file, _) = match medium::open_regular(&path) {
        Err(e) if e.kind() == io::ErrorKind::InvalidInput => {
            return Err(structure(name, "不是普通文件 not a plain file").into());
        }
        other => other?,
    };
    let mut bytes = Vec::new();
    let max = if name == LIST { BYTES_MAX } else { bag::TEXT_BYTES_MAX };
    file.take(max + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max {
        let finding = Finding::new(Code::ETooLarge)
            .with("found", bytes.len())
            .with("limit", max)
            .with("setting", name);
        return Err(finding.file(name).into());
    }
    Ok(Some(bytes))
}

/// A path of a manifest on the medium, whatever its capitals. Links are not followed: they lead out of the bag.
pub(crate) fn follow(dir: &Path, path: &str) -> io::Result<Option<PathBuf>> {
    let mut at = dir.to_owned();
    for part in path.split('/') {
        if !at.symlink_metadata()?.is_dir() {
            return Ok(None);
        }
        match medium::spelled(&at, part)? {
            Some(name) => at.push(name),
            None => return Ok(None),
        }
    }
    Ok(at.symlink_metadata()?.is_file().then_some(at))
}

/// A warning for every file of the bag that nothing lists. None of them is opened.
pub(crate) fn unlisted(
    dir: &Path,
    suite: Suite,
    entries: &BTreeMap<String, [u8; 32]>,
    tags: &BTreeSet<String>,
) -> io::Result<Vec<Finding>> {
    let listed = |path: &str| {
        let known = entries
            .keys()
            .chain(tags)
            .map(String::as_str)
            .chain([suite.tag_manifest(), suite.signature()]);
        known.into_iter().any(|k| k.eq_ignore_ascii_case(path))
    };
    let warning = |path: String| {
        Finding::new(Code::WUnlistedFile)
            .with("file", shown(&path))
            .file(shown(&path))
    };
    Ok(walk(dir)?
        .into_iter()
        .filter(|path| !listed(path))
        .map(warning)
        .collect())
}

fn shown(path: &str) -> String {
    path.chars()
        .take(64)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

/// The paths of everything in a bag that is no directory, two levels deep, sorted.
pub(super) fn walk(dir: &Path) -> io::Result<Vec<String>> {
    let mut paths = Vec::new();
    for name in medium::names(dir)? {
        let path = dir.join(&name);
        if !path.symlink_metadata()?.is_dir() {
            paths.push(name);
            continue;
        }
        for inner in medium::names(&path)? {
            paths.push(format!("{name}/{inner}"));
        }
    }
    Ok(paths)
}
