//! A candidate, copied and checked: its rows can be read, or it is known why not.
//!
//! What is wrong with a batch is an answer, not an error: it is offered and says so. Only the medium itself can fail.

use crate::bag::{self, BAGIT, DATA, INFO};
use crate::copy::{self, Copied, Copy, Lies};
use crate::found::{Found, Parties};
use crate::keys::{Verifier, sha256, to_hex};
use crate::medium;
use crate::names::Names;
use crate::opener::{self, Identities};
use crate::peer::{Original, Peer};
use crate::suite::Suite;
use crate::took::{BYTES_MAX, LIST};
use model::{BatchId, Code, Finding};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What checking needs to know.
pub(crate) struct Checker<'a> {
    pub(crate) names: &'a Names,
    pub(crate) peer: Option<&'a Peer>,
    pub(crate) parties: Parties<'a>,
    pub(crate) keys: &'a BTreeMap<String, Vec<Verifier>>,
    /// What opens returns that came encrypted.
    pub(crate) identities: &'a Identities,
    /// Whether a return in clear is worth a word.
    pub(crate) warns_plain: bool,
    pub(crate) work: &'a Path,
    pub(crate) max_bytes: u64,
}

/// What came of it.
pub(crate) struct Opened {
    /// The content, where there is one to read.
    pub(crate) copy: Result<Copy, Finding>,
    /// What decides whether it is the same as another.
    pub(crate) digest: [u8; 32],
    pub(crate) bytes: u64,
    /// Which of our batches it answers.
    pub(crate) answers: Option<String>,
    /// What it is where another gateway numbered it.
    pub(crate) original: Option<Original>,
    /// What that gateway says it took of ours.
    pub(crate) took: Option<Vec<u8>>,
    /// How many rows its label declares.
    pub(crate) rows: Option<u64>,
    pub(crate) warnings: Vec<Finding>,
    /// Whether it came encrypted: nothing of it goes back in clear.
    pub(crate) sealed: bool,
    /// The digest of what lies on the medium, where all of it was read.
    lies: Option<[u8; 32]>,
}

/// Why a bag cannot be taken.
pub(crate) enum Trouble {
    Medium(io::Error),
    Content(Finding),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Medium(error)
    }
}

impl From<Finding> for Trouble {
    fn from(finding: Finding) -> Self {
        Self::Content(finding)
    }
}

/// What a sound bag says.
struct Envelope {
    payload: PathBuf,
    /// All that its manifest lists.
    listed: BTreeMap<String, [u8; 32]>,
    payload_name: String,
    payload_digest: [u8; 32],
    answers: Option<String>,
    original: Option<Original>,
    took: Option<Vec<u8>>,
    rows: Option<u64>,
    warnings: Vec<Finding>,
}

/// What a tag manifest vouches for.
pub(crate) struct Listed {
    pub(crate) names: BTreeSet<String>,
    /// The list of what the sender took.
    took: Option<Vec<u8>>,
}

pub(crate) fn structure(file: &str, detail: &str) -> Finding {
    Finding::new(Code::EStructure).with("detail", detail).file(file)
}

/// The texts around a payload, as they stand there.
pub(crate) struct Texts {
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) manifest: Vec<u8>,
    tags: Vec<u8>,
    signature: Option<Vec<u8>>,
}

impl Texts {
    /// Reads them. What was read is added to `seen`.
    pub(crate) fn read(dir: &Path, suite: Suite, seen: &mut Vec<u8>) -> Result<Self, Trouble> {
        let mut text = |name: &str| -> Result<Option<Vec<u8>>, Trouble> {
            let read = small(dir, name)?;
            seen.extend_from_slice(read.as_deref().unwrap_or_default());
            Ok(read)
        };
        let missing = |name: &str| structure(name, "缺少 missing");
        bag::judge_bagit(&text(BAGIT)?.ok_or_else(|| missing(BAGIT))?)?;
        let info = text(INFO)?.ok_or_else(|| missing(INFO))?;
        Ok(Self {
            manifest: text(suite.manifest())?.ok_or_else(|| missing(suite.manifest()))?,
            tags: text(suite.tag_manifest())?.ok_or_else(|| missing(suite.tag_manifest()))?,
            signature: text(suite.signature())?,
            labels: bag::labels(INFO, &info)?,
        })
    }

    /// The rows that the label declares.
    pub(crate) fn rows(&self) -> Result<Option<u64>, Finding> {
        let rows = self.labels.get("Rows").map(|rows| rows.parse());
        rows.transpose().map_err(|_| structure(INFO, "Rows"))
    }
}

impl Checker<'_> {
    fn suite(&self) -> Suite {
        self.identities.suite()
    }

    /// Copies and checks one candidate. A person may say which batch a bare file answers.
    pub(crate) fn open(&self, found: &Found, said: Option<&str>) -> io::Result<Opened> {
        if found.is_bag {
            self.open_bag(found)
        } else {
            self.open_file(found, said)
        }
    }

    fn open_file(&self, found: &Found, said: Option<&str>) -> io::Result<Opened> {
        if let Some(whole) = self.suite().whole_of(&found.name) {
            return self.open_lone(found, whole, said);
        }
        let answers = said.map(str::to_owned).or_else(|| self.names.answers(&found.name));
        let copied = self.copy(&found.path(), None)?;
        let mut opened = self.opened(copied, &found.name);
        if answers.is_none() && opened.copy.is_ok() {
            opened.refuse(self.wrong_name(&found.name), found.name.as_bytes());
        }
        opened.answers = answers;
        Ok(opened)
    }

    /// A file that belongs to an encrypted one which is not there.
    fn open_lone(&self, found: &Found, whole: &str, said: Option<&str>) -> io::Result<Opened> {
        let mut bytes = Vec::new();
        let (file, _) = medium::open_regular(&found.path())?;
        file.take(bag::TEXT_BYTES_MAX).read_to_end(&mut bytes)?;
        let detail = format!("缺少 {whole} is missing");
        let why = Finding::new(Code::ECipherBroken).with("detail", detail);
        Ok(Opened {
            copy: Err(why.file(found.name.clone())),
            digest: opener::unopened(&sha256(found.name.as_bytes()), &bytes),
            bytes: bytes.len() as u64,
            answers: said.map(str::to_owned).or_else(|| self.names.answers(whole)),
            original: None,
            took: None,
            rows: None,
            warnings: Vec::new(),
            sealed: true,
            lies: None,
        })
    }

    fn open_bag(&self, found: &Found) -> io::Result<Opened> {
        let dir = found.path();
        let mut texts = Vec::new();
        let envelope = match self.envelope(&dir, &mut texts) {
            Ok(envelope) => envelope,
            Err(Trouble::Medium(error)) => return Err(error),
            Err(Trouble::Content(finding)) => return self.refused_bag(found, &dir, finding, &texts),
        };
        let copied = self.copy(&envelope.payload, Some(&envelope.listed))?;
        let file = format!("{}/{DATA}{}", found.name, envelope.payload_name);
        let mut opened = self.opened(copied, &file);
        // The manifest is about what lies there, before anybody opens it: one that is not what was sent is that first.
        if opened.lies.is_some_and(|lies| lies != envelope.payload_digest) {
            opened.refuse(Finding::new(Code::EFileHash).file(file), &texts);
        }
        opened.answers = envelope.answers;
        opened.original = envelope.original;
        opened.took = envelope.took;
        opened.rows = envelope.rows;
        opened.warnings.extend(envelope.warnings);
        Ok(opened)
    }

    /// A bag whose envelope is wrong. Its digest covers the envelope: the same payload in a sound bag is another thing.
    fn refused_bag(&self, found: &Found, dir: &Path, finding: Finding, texts: &[u8]) -> io::Result<Opened> {
        let mut seen = texts.to_vec();
        for path in walk(dir)? {
            seen.extend_from_slice(path.as_bytes());
        }
        let file = finding
            .place
            .file
            .clone()
            .map_or_else(|| found.name.clone(), |file| format!("{}/{file}", found.name));
        let digest = sha256(&[b"refused\0".as_slice(), &seen].concat());
        let answers = self.names.answers(&found.name);
        Ok(Opened {
            copy: Err(finding.file(file)),
            digest,
            bytes: texts.len() as u64,
            answers,
            original: None,
            took: None,
            rows: None,
            warnings: Vec::new(),
            sealed: false,
            lies: None,
        })
    }

    fn copy(&self, path: &Path, listed: Option<&BTreeMap<String, [u8; 32]>>) -> io::Result<Copied> {
        let lies = Lies { path, listed };
        copy::copy(&lies, self.work, self.max_bytes, self.suite(), Some(self.identities))
    }

    fn opened(&self, copied: Copied, name: &str) -> Opened {
        let (mut warnings, mut sealed, mut lies) = (Vec::new(), false, None);
        let (copy, digest, bytes) = match copied {
            Copied::Whole(copy) => {
                (sealed, lies) = (copy.sealed, Some(copy.lies));
                warnings.extend(self.plain_return(&copy, name));
                let (digest, bytes) = (copy.digest, copy.bytes);
                (Ok(copy), digest, bytes)
            }
            Copied::Unopened {
                lies: digest,
                bytes,
                beside,
                why,
            } => {
                (sealed, lies) = (true, Some(digest));
                (Err(why.file(name)), opener::unopened(&digest, &beside), bytes)
            }
            Copied::TooLarge(bytes) => {
                let finding = Finding::new(Code::ETooLarge)
                    .with("found", bytes)
                    .with("limit", self.max_bytes)
                    .with("setting", "max_batch_bytes");
                (
                    Err(finding.file(name)),
                    sha256(format!("too large\0{name}\0{bytes}").as_bytes()),
                    bytes,
                )
            }
        };
        Opened {
            copy,
            digest,
            bytes,
            answers: None,
            original: None,
            took: None,
            rows: None,
            warnings,
            sealed,
            lies,
        }
    }

    /// A word about a return that lay there in clear, where the channel asks for encrypted ones.
    fn plain_return(&self, copy: &Copy, name: &str) -> Option<Finding> {
        let warning = || Finding::new(Code::WPlainReturn).with("how", self.identities.how());
        (self.warns_plain && !copy.sealed).then(|| warning().file(name))
    }

    fn wrong_name(&self, file: &str) -> Finding {
        Finding::new(Code::EFileName)
            .with("pattern", self.names.pattern())
            .file(file)
    }

    /// Everything about a bag but its payload's bytes. What was read is added to `texts`.
    fn envelope(&self, dir: &Path, texts: &mut Vec<u8>) -> Result<Envelope, Trouble> {
        let told = Texts::read(dir, self.suite(), texts)?;
        let labels = &told.labels;
        self.judge_parties(labels)?;
        let listed = self.judge_tags(dir, &told)?;
        let manifest = self.suite().manifest();
        let entries = bag::manifest(manifest, &told.manifest)?;
        let (path, payload_digest) = self.payload(manifest, &entries)?;
        let payload_name = path
            .strip_prefix(DATA)
            .filter(|name| !name.contains('/'))
            .ok_or_else(|| structure(manifest, DATA))?
            .to_owned();
        self.judge_beside(dir, &path, &entries)?;
        let (answers, original) = match self.original(labels, &payload_name)? {
            Some(original) => (None, Some(original)),
            None => (Some(self.answered(labels, &payload_name, &path)?), None),
        };
        let payload = follow(dir, &path)?.ok_or_else(|| structure(&path, "缺少 missing"))?;
        let rows = told.rows()?;
        Ok(Envelope {
            payload,
            payload_name,
            payload_digest,
            answers,
            original,
            rows,
            warnings: unlisted(dir, self.suite(), &entries, &listed.names)?,
            listed: entries,
            took: listed.took.filter(|_| self.peer.is_some()),
        })
    }

    /// Which of our batches a bag answers: the names in it and on it say the same.
    fn answered(&self, labels: &BTreeMap<String, String>, payload: &str, path: &str) -> Result<String, Finding> {
        let answers = self.names.answers_as_file(payload);
        let said = labels.get("Batch-Number");
        match answers {
            Some(answers) if said.is_none_or(|n| self.names.answers(n).as_deref() == Some(&*answers)) => Ok(answers),
            _ => Err(self.wrong_name(path)),
        }
    }

    /// What a set of another gateway says of itself; `None` where it is none.
    fn original(&self, labels: &BTreeMap<String, String>, payload: &str) -> Result<Option<Original>, Finding> {
        let Some((feed, number)) = self.peer.and_then(|peer| peer.feed_of(self.names, payload)) else {
            return Ok(None);
        };
        let label = |name: &str| labels.get(name).ok_or_else(|| structure(INFO, name));
        let ledger = |text: &str| text.parse::<BatchId>().ok().map(|batch| batch.0);
        if *label("Batch-Number")? != number {
            return Err(structure(INFO, "Batch-Number"));
        }
        let own = ledger(label("Ledger-Batch")?).ok_or_else(|| structure(INFO, "Ledger-Batch"))?;
        let before = match labels.get(bag::BEFORE) {
            None => None,
            Some(text) => {
                let mut words = text.split_whitespace();
                let named = words.next().map(str::to_owned).zip(words.next().and_then(ledger));
                Some(
                    named
                        .filter(|(_, before)| *before < own)
                        .ok_or_else(|| structure(INFO, bag::BEFORE))?,
                )
            }
        };
        Ok(Some(Original {
            feed: feed.to_owned(),
            number,
            ledger: own,
            before,
        }))
    }

    /// The one file that a bag is about, and its digest.
    fn payload(&self, manifest: &str, entries: &BTreeMap<String, [u8; 32]>) -> Result<(String, [u8; 32]), Finding> {
        let mut whole = entries.iter().filter(|(path, _)| self.suite().whole_of(path).is_none());
        match (whole.next(), whole.next()) {
            (Some((path, digest)), None) => Ok((path.clone(), *digest)),
            _ => Err(structure(manifest, "须恰有一个文件 exactly one file")),
        }
    }

    /// What is listed beside the payload: of the payload, there, and as it was sent.
    fn judge_beside(&self, dir: &Path, payload: &str, entries: &BTreeMap<String, [u8; 32]>) -> Result<(), Trouble> {
        for (path, digest) in entries.iter().filter(|(path, _)| *path != payload) {
            let ours = self
                .suite()
                .whole_of(path)
                .is_some_and(|p| p.eq_ignore_ascii_case(payload));
            let bytes = small(dir, path)?.filter(|_| ours);
            let bytes = bytes.ok_or_else(|| structure(path, "缺少 missing"))?;
            if self.suite().digest(&bytes) != *digest {
                return Err(Finding::new(Code::EFileHash).file(path.clone()).into());
            }
        }
        Ok(())
    }

    fn judge_parties(&self, labels: &BTreeMap<String, String>) -> Result<(), Finding> {
        let label = |name: &str| {
            labels
                .get(name)
                .map(String::as_str)
                .ok_or_else(|| structure(INFO, name))
        };
        let recipient = label("Recipient")?;
        if recipient != self.parties.us {
            let to: String = recipient.chars().filter(|c| !c.is_control()).take(60).collect();
            return Err(Finding::new(Code::EWrongRecipient).with("to", to).file(INFO));
        }
        if label("Sender")? != self.parties.them {
            return Err(Finding::new(Code::ESignature)
                .with("from", self.parties.them)
                .file(INFO));
        }
        Ok(())
    }

    /// The tag manifest against its files, then the signature over it. Gives what it lists.
    pub(crate) fn judge_tags(&self, dir: &Path, texts: &Texts) -> Result<Listed, Trouble> {
        let (tags, signature) = (texts.tags.as_slice(), texts.signature.as_deref());
        let suite = self.suite();
        let entries = bag::manifest(suite.tag_manifest(), tags)?;
        for name in [BAGIT, INFO, suite.manifest()] {
            if !entries.contains_key(name) {
                return Err(structure(suite.tag_manifest(), name).into());
            }
        }
        let mut took = None;
        for (name, digest) in &entries {
            let bytes = small(dir, name)?.ok_or_else(|| structure(name, "缺少 missing"))?;
            if suite.digest(&bytes) != *digest {
                return Err(Finding::new(Code::EFileHash).file(name.clone()).into());
            }
            if name == LIST {
                took = Some(bytes);
            }
        }
        let keys = texts.labels.get("Sender").and_then(|sender| self.keys.get(sender));
        let vouches = |keys: &Vec<Verifier>| keys.iter().any(|key| signature.is_some_and(|s| key.is_good(tags, s)));
        if keys.is_some_and(|keys| !vouches(keys)) {
            return Err(Finding::new(Code::ESignature)
                .with("from", self.parties.them)
                .file(suite.signature())
                .into());
        }
        Ok(Listed {
            names: entries.into_keys().collect(),
            took,
        })
    }
}

impl Opened {
    /// Refuses it. The digest then covers what was wrong as well: the same content put right is news.
    pub(crate) fn refuse(&mut self, finding: Finding, beside: &[u8]) {
        self.digest = sha256(&[b"refused\0".as_slice(), to_hex(&self.digest).as_bytes(), beside].concat());
        self.copy = Err(finding);
    }
}

/// A small text of a bag; `None` where there is none.
fn small(dir: &Path, name: &str) -> Result<Option<Vec<u8>>, Trouble> {
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
fn walk(dir: &Path) -> io::Result<Vec<String>> {
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
