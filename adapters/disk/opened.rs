//! A candidate, copied and checked: its rows can be read, or it is known why not.
//!
//! What is wrong with a batch is an answer, not an error: it is offered and says so. Only the medium itself can fail.

pub(crate) mod envelope;
pub(crate) mod files;

use crate::bag::{self, DATA};
use crate::copy::{self, Copied, Copy, Lies};
use crate::found::{Found, Parties};
use crate::keys::{Verifier, sha256, to_hex};
use crate::medium;
use crate::names::Names;
use crate::opener::{self, Identities};
use crate::peer::{Original, Peer};
use crate::suite::Suite;
use envelope::Trouble;
use model::{Code, Finding};
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

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
        for path in files::walk(dir)? {
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
}

impl Opened {
    /// Refuses it. The digest then covers what was wrong as well: the same content put right is news.
    pub(crate) fn refuse(&mut self, finding: Finding, beside: &[u8]) {
        self.digest = sha256(&[b"refused\0".as_slice(), to_hex(&self.digest).as_bytes(), beside].concat());
        self.copy = Err(finding);
    }
}
