//! A backup becomes a ledger again: judged first and as a whole, then copied, then put in place at once, together with
//! the mark that says where it comes from. A ledger with that mark is in doubt when it is first opened.

use crate::backup::{FORMAT, JOURNAL, KIND, PAPER, Paper, make, move_over, sync, write_synced};
use crate::ledger::hex;
use journal::{JournalError, NodeKey, PublicKey, Report, SignedHead, Trust, public_key_of, verify_against};
use model::{Code, Finding};
use seams::{DirStorage, Rng, Storage, point};
use serde::{Deserialize, Serialize};
use std::io::{self, Read};
use std::path::Path;

#[cfg(test)]
mod tests;

/// The mark of a restored ledger, in the data directory.
pub const MARK: &str = "restored.json";
/// The form of the mark that this program writes, and the newest it reads.
pub const MARK_FORMAT: u32 = 1;
/// The journal on its way into place.
const PART: &str = "journal.part";
/// What may lie in a data directory that is empty: the lock, and what an earlier call did not live to finish.
const NOTHING: [&str; 3] = ["lock", PART, MARK];
/// A paper is never longer than this, bytes.
const MOST: u64 = 16 << 20;
/// Bytes copied at a time.
const PIECE: usize = 1 << 20;

fn first() -> u32 {
    1
}

/// What a restored ledger remembers of it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mark {
    /// Its form; the first program said none.
    #[serde(default = "first")]
    pub format: u32,
    /// This restoring, and no other.
    pub id: String,
    /// From which backup.
    pub from: String,
    /// When that was made, milliseconds since 1970.
    pub at: i64,
    /// Its last group.
    pub group: u64,
}

/// A backup that is what its paper says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    /// The paper.
    pub paper: Paper,
    /// What its chain says.
    pub report: Report,
    head: SignedHead,
}

fn no(what: impl Into<String>) -> Finding {
    Finding::new(Code::LBackup).with("detail", what.into())
}

fn io_at(path: &Path) -> impl Fn(io::Error) -> Finding + '_ {
    move |error| {
        Finding::new(Code::CPlace)
            .with("path", path.display())
            .with("detail", error)
    }
}

/// Judges a backup. `key`: also whether it is this node's. Changes nothing.
pub fn check(from: &Path, key: Option<&NodeKey>) -> Result<Checked, Finding> {
    let paper = paper(&from.join(PAPER))?;
    let dir = from.join(JOURNAL);
    let storage = DirStorage::open(&dir).map_err(|e| no(format!("{JOURNAL}/: {e}")))?;
    whole(&storage, &paper)?;
    let head: SignedHead = paper.head.parse().map_err(|_| no("head"))?;
    let public: PublicKey = paper.public_key.parse().map_err(|_| no("public_key"))?;
    let said = (hex(&head.id), head.group, hex(&head.chain));
    if said != (paper.journal.clone(), paper.group, paper.chain.clone()) || !head.is_of(&public) {
        return Err(no(format!("{PAPER}: head")));
    }
    if let Some(key) = key {
        match public_key_of(&storage, key) {
            Ok(own) if own == public => {}
            Ok(_) => return Err(no(format!("{PAPER}: public_key"))),
            Err(JournalError::Key) => return Err(Finding::new(Code::LKey).with("path", from.display())),
            Err(other) => return Err(other.finding(&dir.display().to_string(), "")),
        }
    }
    let trust = Trust {
        key: Some(public),
        anchors: vec![head],
    };
    let report = verify_against(&storage, &trust).map_err(|e| e.finding(&dir.display().to_string(), ""))?;
    if let Some(damage) = report.damage.first() {
        return Err(JournalError::Damaged(damage.clone()).finding(&dir.display().to_string(), ""));
    }
    // Damaged files would have said so: what is more than the paper knows was added.
    if report.last_group != paper.group || report.torn_tail.is_some() {
        return Err(no(format!("group {} > {}", report.last_group, paper.group)));
    }
    digests(&storage, &paper)?;
    Ok(Checked { paper, report, head })
}

fn paper(path: &Path) -> Result<Paper, Finding> {
    let text = read_bounded(path).map_err(|e| no(format!("{PAPER}: {e}")))?;
    #[derive(Deserialize)]
    struct Kind {
        kind: String,
        format: u32,
    }
    let kind: Kind = serde_json::from_slice(&text).map_err(|e| no(format!("{PAPER}: {e}")))?;
    if kind.kind != KIND {
        return Err(no(format!("{PAPER}: kind")));
    }
    if kind.format > FORMAT {
        return Err(newer(PAPER, kind.format, FORMAT));
    }
    serde_json::from_slice(&text).map_err(|e| no(format!("{PAPER}: {e}")))
}

#[allow(clippy::disallowed_methods, reason = "read up to a bound")]
fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    std::fs::File::open(path)?.take(MOST).read_to_end(&mut text)?;
    Ok(text)
}

/// Whether every file is there as long as it should be, and no other.
fn whole(storage: &dyn Storage, paper: &Paper) -> Result<(), Finding> {
    let there = storage.list("").map_err(|e| no(format!("{JOURNAL}/: {e}")))?;
    for file in &paper.files {
        match there.iter().find(|f| f.name == file.name) {
            None => return Err(no(format!("{JOURNAL}/{}: 缺失 missing", file.name))),
            Some(found) if found.len != file.bytes => {
                return Err(no(format!("{JOURNAL}/{}: {} ≠ {} B", file.name, found.len, file.bytes)));
            }
            Some(_) => {}
        }
    }
    match there.iter().find(|f| paper.files.iter().all(|p| p.name != f.name)) {
        Some(more) => Err(no(format!("{JOURNAL}/{}: 多出 not named in {PAPER}", more.name))),
        None => Ok(()),
    }
}

/// Whether every file has the digest that the paper says: after the chain, which names entries where files only differ.
fn digests(storage: &dyn Storage, paper: &Paper) -> Result<(), Finding> {
    for file in &paper.files {
        let digest = journal::digest_of(storage, &file.name).map_err(|e| e.finding(JOURNAL, ""))?;
        if hex(&digest) != file.sha256 {
            return Err(no(format!("{JOURNAL}/{}: sha256", file.name)));
        }
    }
    Ok(())
}

/// Whether a ledger that is there goes on where a backup ends, or otherwise what is wrong with that.
pub fn compare(checked: &Checked, journal: &Path) -> Result<Option<Report>, Finding> {
    if !journal.is_dir() {
        return Ok(None);
    }
    let place = journal.display().to_string();
    let storage = DirStorage::open(journal).map_err(io_at(journal))?;
    let trust = Trust {
        key: None,
        anchors: vec![checked.head],
    };
    let report = verify_against(&storage, &trust).map_err(|e| e.finding(&place, ""))?;
    if report.id != Some(checked.head.id) {
        return Err(no(format!("{place}: 另一账本 another ledger")));
    }
    match report.damage.first() {
        Some(damage) => Err(JournalError::Damaged(damage.clone()).finding(&place, "")),
        None => Ok(Some(report)),
    }
}

/// Whether nothing lies in a data directory yet.
pub fn is_empty(data: &Path) -> Result<bool, Finding> {
    for entry in std::fs::read_dir(data).map_err(io_at(data))? {
        let name = entry.map_err(io_at(data))?.file_name();
        if !NOTHING.iter().any(|known| name == *known) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Puts a judged backup in place. The caller holds the data directory's lock.
pub fn restore(from: &Path, checked: &Checked, data: &Path, rng: &dyn Rng) -> Result<Mark, Finding> {
    if !is_empty(data)? {
        return Err(Finding::new(Code::LNotEmpty).with("path", data.display()));
    }
    let part = data.join(PART);
    let copied = fill(from, checked, data, &part, rng);
    if copied.is_err() {
        // A disk that is full must not stay so.
        clear(data);
    }
    copied
}

fn fill(from: &Path, checked: &Checked, data: &Path, part: &Path, rng: &dyn Rng) -> Result<Mark, Finding> {
    clear(data);
    make(part).map_err(io_at(part))?;
    point::passed("restore.begun");
    let to = DirStorage::open(part).map_err(io_at(part))?;
    let source = from.join(JOURNAL);
    let storage = DirStorage::open(&source).map_err(io_at(&source))?;
    for file in &checked.paper.files {
        copy(&storage, &to, &file.name, file.bytes).map_err(io_at(part))?;
    }
    point::passed("restore.journal-copied");
    // What is there now is what was judged.
    digests(&to, &checked.paper)?;
    let mut id = [0; 16];
    rng.fill(&mut id);
    let mark = Mark {
        format: MARK_FORMAT,
        id: hex(&id),
        from: from.display().to_string(),
        at: checked.paper.at,
        group: checked.paper.group,
    };
    let text = serde_json::to_vec_pretty(&mark).map_err(|e| no(e.to_string()))?;
    // The mark first: no ledger without it.
    write_synced(&data.join(MARK), &text).map_err(io_at(data))?;
    sync(data).map_err(io_at(data))?;
    point::passed("restore.marked");
    move_over(part, &data.join(JOURNAL)).map_err(io_at(data))?;
    point::passed("restore.in-place");
    Ok(mark)
}

fn copy(from: &dyn Storage, to: &dyn Storage, name: &str, len: u64) -> io::Result<()> {
    to.create(name)?;
    let mut piece = vec![0; PIECE];
    let mut at = 0;
    while at < len {
        let wanted = usize::try_from(len - at).map_or(PIECE, |left| left.min(PIECE));
        let got = from.read_into(name, at, &mut piece[..wanted])?;
        if got == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        to.append(name, &piece[..got])?;
        at += got as u64;
    }
    to.sync(name)
}

#[allow(
    clippy::disallowed_methods,
    reason = "what an earlier call left here, by its own names"
)]
fn clear(data: &Path) {
    drop(std::fs::remove_dir_all(data.join(PART)));
    drop(std::fs::remove_file(data.join(MARK)));
}

fn marked(text: &[u8]) -> Result<Mark, Finding> {
    #[derive(Deserialize)]
    struct Form {
        #[serde(default = "first")]
        format: u32,
    }
    let broken = |e: serde_json::Error| no(format!("{MARK}: {e}"));
    let form: Form = serde_json::from_slice(text).map_err(broken)?;
    if form.format > MARK_FORMAT {
        return Err(newer(MARK, form.format, MARK_FORMAT));
    }
    serde_json::from_slice(text).map_err(broken)
}

fn newer(file: &str, found: u32, known: u32) -> Finding {
    let finding = Finding::new(Code::LNewer).file(file);
    finding.with("found", found).with("known", known)
}

/// The mark of a ledger that was restored; none where it never was.
pub fn mark(data: &Path) -> Result<Option<Mark>, Finding> {
    let path = data.join(MARK);
    match read_bounded(&path) {
        Ok(text) => marked(&text).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_at(&path)(error)),
    }
}
