//! What lies on a medium that may be for us, by name only; nothing is opened but the labels of bags.

use crate::bag::{self, INFO};
use crate::medium;
use crate::names::Names;
use crate::receipt;
use crate::suite::Suite;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// One candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The directory it lies in: the medium.
    pub(crate) medium: PathBuf,
    /// Its name there.
    pub(crate) name: String,
    /// A bag, or a bare file.
    pub(crate) is_bag: bool,
}

/// Who exchanges, as labels name them.
pub(crate) struct Parties<'a> {
    pub(crate) us: &'a str,
    pub(crate) them: &'a str,
}

impl Found {
    pub(crate) fn path(&self) -> PathBuf {
        self.medium.join(&self.name)
    }
}

/// Looks at a place: a medium, one bag, or one file. What was named by a person is a candidate whatever it is called; where
/// it belongs to a file beside it, that is meant.
pub(crate) fn find(place: &Path, names: &Names, parties: &Parties<'_>, suite: Suite) -> io::Result<Vec<Found>> {
    if std::fs::metadata(place)?.is_file() || is_bag(place) {
        let whole = std::fs::canonicalize(place)?;
        let (Some(medium), Some(name)) = (whole.parent(), whole.file_name().and_then(|n| n.to_str())) else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "name"));
        };
        let is_bag = whole.is_dir();
        let name = match is_bag {
            true => name.to_owned(),
            false => whole_file(medium, name, suite)?,
        };
        return Ok(vec![Found {
            medium: medium.to_owned(),
            name,
            is_bag,
        }]);
    }
    let medium = std::fs::canonicalize(place)?;
    let mut found = Vec::new();
    let all = medium::names(&medium)?;
    let lone = lone(&all, suite);
    for name in all {
        // Links lead off the medium and are not followed.
        let kind = medium.join(&name).symlink_metadata()?.file_type();
        let is_answer = names.answers_as_file(&name).is_some()
            || (lone.contains(&name)
                && suite
                    .whole_of(&name)
                    .is_some_and(|whole| names.answers_as_file(whole).is_some()));
        let is_file = kind.is_file() && is_answer;
        let is_bag =
            kind.is_dir() && is_plain(&name) && is_bag(&medium.join(&name)) && concerns(&medium.join(&name), parties)?;
        if is_file || is_bag {
            found.push(Found {
                medium: medium.clone(),
                name,
                is_bag,
            });
        }
    }
    // Those without a receipt first, so that asking for a few at a time gets through a medium that keeps everything.
    let answered = |f: &Found| f.medium.join(receipt::name(&f.name)).symlink_metadata().is_ok();
    found.sort_by_cached_key(|f| (answered(f), f.name.to_ascii_uppercase()));
    Ok(found)
}

/// The file that is meant by one that was named: where that belongs to another which lies beside it, the other one.
pub(crate) fn whole_file(medium: &Path, name: &str, suite: Suite) -> io::Result<String> {
    let whole = suite.whole_of(name).map(|whole| medium::spelled(medium, whole));
    let spelled = whole.transpose()?.flatten();
    Ok(spelled.unwrap_or_else(|| name.to_owned()))
}

/// Of all that belong to a file which is not there, the first: somebody must be told that it is missing, once.
pub(crate) fn lone(names: &[String], suite: Suite) -> BTreeSet<String> {
    let capitals = |name: &str| name.to_ascii_uppercase();
    let there: BTreeSet<String> = names.iter().map(|name| capitals(name)).collect();
    let mut missing = BTreeMap::new();
    for name in names {
        if let Some(whole) = suite
            .whole_of(name)
            .map(capitals)
            .filter(|whole| !there.contains(whole))
        {
            missing.entry(whole).or_insert_with(|| name.clone());
        }
    }
    missing.into_values().collect()
}

/// Neither hidden nor still growing.
fn is_plain(name: &str) -> bool {
    !name.starts_with('.') && !name.contains(".part-")
}

/// Looks without listing: a medium holds other people's directories, large ones and closed ones among them.
pub(crate) fn is_bag(dir: &Path) -> bool {
    [bag::BAGIT, "BAGIT.TXT"]
        .iter()
        .any(|name| dir.join(name).symlink_metadata().is_ok())
}

/// Whether a bag lying about is this channel's business: not one we sent, not one another department sent us.
/// One that names a wrong recipient is: somebody must be told where it belongs. So is one that cannot be read.
fn concerns(dir: &Path, parties: &Parties<'_>) -> io::Result<bool> {
    let Some(labels) = labels(dir)? else {
        return Ok(true);
    };
    let label = |name: &str| labels.get(name).map(String::as_str);
    Ok(label("Sender") != Some(parties.us)
        && (label("Recipient") != Some(parties.us) || label("Sender") == Some(parties.them)))
}

pub(crate) fn labels(dir: &Path) -> io::Result<Option<BTreeMap<String, String>>> {
    let Some(name) = medium::spelled(dir, INFO)? else {
        return Ok(None);
    };
    let mut bytes = Vec::new();
    medium::open_regular(&dir.join(name))?
        .0
        .take(bag::TEXT_BYTES_MAX)
        .read_to_end(&mut bytes)?;
    Ok(bag::labels(INFO, &bytes).ok())
}
