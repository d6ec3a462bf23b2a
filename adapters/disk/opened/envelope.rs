//! What stands around the payload of a bag: whether it is sound, from whom, for whom, and about what.

use super::Checker;
use super::files::{follow, small, unlisted};
use crate::bag::{self, BAGIT, DATA, INFO};
use crate::keys::Verifier;
use crate::peer::Original;
use crate::suite::Suite;
use crate::took::LIST;
use model::{BatchId, Code, Finding};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

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
pub(super) struct Envelope {
    pub(super) payload: PathBuf,
    /// All that its manifest lists.
    pub(super) listed: BTreeMap<String, [u8; 32]>,
    pub(super) payload_name: String,
    pub(super) payload_digest: [u8; 32],
    pub(super) answers: Option<String>,
    pub(super) original: Option<Original>,
    pub(super) took: Option<Vec<u8>>,
    pub(super) rows: Option<u64>,
    pub(super) warnings: Vec<Finding>,
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
    /// Everything about a bag but its payload's bytes. What was read is added to `texts`.
    pub(super) fn envelope(&self, dir: &Path, texts: &mut Vec<u8>) -> Result<Envelope, Trouble> {
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
