//! A backup: a copy of the journal as of one group, and a paper that says what it holds.
//!
//! It is a directory: `backup.json` and `journal/`. No index, which is made again, and no node key, which is kept
//! elsewhere: with both in one place whoever finds it could read it. It is written beside its name, as `NAME.part`,
//! checked there as anybody would check it, and then appears under its name at once. Whoever writes holds the part; one
//! that nobody holds was left by a call that did not live to finish, and the next one clears it away.

use crate::ledger::{from_journal, hex};
use ::ledger::store::{Backup, LedgerError, NoBackup, Snapshot};
use journal::{Copied, JournalError, Trust, verify_against};
use seams::{DirStorage, Storage, point};
use serde::{Deserialize, Serialize};
use std::fs::{File, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

#[cfg(test)]
pub(crate) mod tests;

/// The version of the paper that this program writes, and the newest it reads.
pub const FORMAT: u32 = 1;
/// What the paper says it is.
pub const KIND: &str = "tanghulu ledger backup";
/// The paper.
pub const PAPER: &str = "backup.json";
/// The journal's copy.
pub const JOURNAL: &str = "journal";

/// Why what stands in a backup's way is left there.
const NOT_OURS: &str = "不是备份留下的 not left by a backup";

/// What `backup.json` says.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Paper {
    /// What it is.
    pub kind: String,
    /// Its version.
    pub format: u32,
    /// The node's name.
    pub node: String,
    /// The journal's id, hexadecimal.
    pub journal: String,
    /// The digest of its chain.
    pub suite: String,
    /// The last group.
    pub group: u64,
    /// When the backup was made, milliseconds since 1970.
    pub at: i64,
    /// The chain head after the last group, hexadecimal.
    pub chain: String,
    /// The same, signed.
    pub head: String,
    /// What checks the signature.
    pub public_key: String,
    /// The journal's files.
    pub files: Vec<PaperFile>,
    /// What is not in it.
    pub without: Vec<String>,
}

/// A file as `backup.json` names it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PaperFile {
    /// Its name below `journal/`.
    pub name: String,
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// The journal as of one group.
pub(crate) struct Fixed(pub(crate) journal::Snapshot);

impl Snapshot for Fixed {
    fn write(&self, to: &Path, node: &str, at: i64) -> Result<Backup, NoBackup> {
        if std::fs::symlink_metadata(to).is_ok() {
            return Err(NoBackup::Exists);
        }
        let part = beside(to);
        let _held = hold(&part)?;
        let written = self.fill(&part, to, node, at);
        if written.is_err() {
            discard(&part);
        }
        written
    }
}

impl Fixed {
    fn fill(&self, part: &Path, to: &Path, node: &str, at: i64) -> Result<Backup, NoBackup> {
        let place = |e: io::Error| in_place(part, &e);
        point::passed("backup.begun");
        let journal = part.join(JOURNAL);
        make(&journal).map_err(place)?;
        let storage = DirStorage::open(&journal).map_err(place)?;
        let copied = self.0.copy_to(&storage).map_err(|e| not_copied(part, e))?;
        point::passed("backup.journal-copied");
        self.check(&storage)?;
        point::passed("backup.checked");
        let paper = self.paper(node, at, &copied);
        let text = serde_json::to_vec_pretty(&paper).map_err(|e| NoBackup::Place(e.to_string()))?;
        write_synced(&part.join(PAPER), &text).map_err(place)?;
        sync(part).map_err(place)?;
        point::passed("backup.paper-written");
        take_name(to)?;
        point::passed("backup.name-taken");
        move_over(part, to).map_err(|e| in_place(to, &e))?;
        point::passed("backup.in-place");
        Ok(Backup {
            place: to.display().to_string(),
            group: paper.group,
            at,
            head: paper.head,
            files: copied.len() as u64,
            bytes: copied.iter().map(|f| f.bytes).sum(),
        })
    }

    /// As it stands on the disk now, with nothing but what anybody has.
    fn check(&self, storage: &dyn Storage) -> Result<(), NoBackup> {
        let trust = Trust {
            key: Some(self.0.public_key()),
            anchors: vec![*self.0.head()],
        };
        let report = verify_against(storage, &trust).map_err(|e| NoBackup::Ledger(from_journal(e)))?;
        match report.damage.first() {
            None => Ok(()),
            Some(damage) => Err(NoBackup::Ledger(LedgerError::Damaged {
                place: format!("{} @{}", damage.file, damage.offset),
                detail: damage.to_string(),
            })),
        }
    }

    fn paper(&self, node: &str, at: i64, copied: &[Copied]) -> Paper {
        let head = self.0.head();
        let file = |f: &Copied| PaperFile {
            name: f.name.clone(),
            bytes: f.bytes,
            sha256: hex(&f.digest),
        };
        Paper {
            kind: KIND.to_owned(),
            format: FORMAT,
            node: node.to_owned(),
            journal: hex(&head.id),
            suite: self.0.suite().word().to_owned(),
            group: head.group,
            at,
            chain: hex(&head.chain),
            head: head.to_string(),
            public_key: self.0.public_key().to_string(),
            files: copied.iter().map(file).collect(),
            without: vec!["index".to_owned(), "node key".to_owned()],
        }
    }
}

fn in_place(path: &Path, error: &io::Error) -> NoBackup {
    NoBackup::Place(format!("{}: {error}", path.display()))
}

fn not_copied(part: &Path, error: JournalError) -> NoBackup {
    match error {
        JournalError::Changed => NoBackup::Changed,
        JournalError::Io {
            doing: "write a copy",
            source,
        } => in_place(part, &source),
        other => NoBackup::Ledger(from_journal(other)),
    }
}

/// The name, by an empty directory: where anything came to stand there meanwhile, it stays.
fn take_name(to: &Path) -> Result<(), NoBackup> {
    make(to).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => NoBackup::Exists,
        _ => in_place(to, &error),
    })
}

/// The name under which it is written.
fn beside(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// Makes the part and holds it, empty. What another call writes there now stays; what one left there goes.
#[allow(clippy::disallowed_methods, reason = "a directory, to be held; its name is ours")]
fn hold(part: &Path) -> Result<File, NoBackup> {
    let place = |e: io::Error| in_place(part, &e);
    for _ in 0..2 {
        match make(part) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(place(error)),
        }
        if !std::fs::symlink_metadata(part).map_err(place)?.is_dir() {
            return Err(place(io::Error::other(NOT_OURS)));
        }
        let held = File::open(part).map_err(place)?;
        match held.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(NoBackup::Exists),
            Err(TryLockError::Error(error)) => return Err(place(error)),
        }
        if is_new(part).map_err(place)? {
            return Ok(held);
        }
        discard(part);
    }
    Err(NoBackup::Exists)
}

/// Whether nothing lies in a part yet. An error where something does that no backup puts there.
fn is_new(part: &Path) -> io::Result<bool> {
    let mut new = true;
    for entry in std::fs::read_dir(part)? {
        let name = entry?.file_name();
        if name != JOURNAL && name != PAPER {
            return Err(io::Error::other(NOT_OURS));
        }
        new = false;
    }
    Ok(new)
}

pub(crate) fn make(dir: &Path) -> io::Result<()> {
    std::fs::DirBuilder::new().mode(0o700).create(dir)
}

#[allow(clippy::disallowed_methods, reason = "a directory that this call made itself")]
fn discard(part: &Path) {
    drop(std::fs::remove_dir_all(part));
}

/// Puts a finished directory in the place of an empty one, which is what the reserved name is. What is not empty stays.
#[allow(
    clippy::disallowed_methods,
    reason = "a directory only ever takes an empty one's place"
)]
pub(crate) fn move_over(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::rename(from, to)?;
    match to.parent().filter(|p| !p.as_os_str().is_empty()) {
        Some(parent) => sync(parent),
        None => sync(Path::new(".")),
    }
}

#[allow(clippy::disallowed_methods, reason = "a directory, to be synced")]
pub(crate) fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
