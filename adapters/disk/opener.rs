//! What opens returns that came encrypted: our keys of one suite, what is said where they open nothing, and what somebody
//! must type to encrypt for us.

use crate::keys::to_hex;
use crate::suite::Suite;
use crate::{age, sm};
use model::{Code, Finding};
use std::io::{self, BufRead};

/// Our keys, the one to encrypt for first; there may be none.
pub(crate) enum Identities {
    Age(Vec<age::Identity>),
    Sm(Vec<sm::Private>),
}

/// Why a file gives nothing, or nothing more.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// It could not be read.
    Medium(io::Error),
    /// It is for others, or the part that is for us was changed.
    Others,
    /// It is not what was written.
    Broken(&'static str),
    /// It is a form that is not read here.
    Form(&'static str),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Medium(error)
    }
}

/// What a file is, by its name and how it begins.
pub(crate) enum Kind {
    Clear,
    Sealed,
    /// It says that it is encrypted, and is not as this channel agreed.
    Odd(&'static str),
}

impl Identities {
    /// No keys.
    pub(crate) fn none(suite: Suite) -> Self {
        match suite {
            Suite::Age => Self::Age(Vec::new()),
            Suite::Sm => Self::Sm(Vec::new()),
        }
    }

    /// The keys of a secret; `None` where there is none, or something else.
    pub(crate) fn from_text(suite: Suite, text: &str) -> Option<Self> {
        match suite {
            Suite::Age => age::Identity::all(text).map(Self::Age),
            Suite::Sm => sm::Private::all(text).map(Self::Sm),
        }
    }

    pub(crate) fn suite(&self) -> Suite {
        match self {
            Self::Age(_) => Suite::Age,
            Self::Sm(_) => Suite::Sm,
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Age(keys) => keys.is_empty(),
            Self::Sm(keys) => keys.is_empty(),
        }
    }

    /// How somebody encrypts for us, to be typed.
    pub(crate) fn how(&self) -> String {
        match self {
            Self::Age(keys) => {
                let to = keys.first().map(|key| key.recipient.to_string());
                format!("age -r {} -o FILE.age FILE", to.as_deref().unwrap_or("age1…"))
            }
            // Five commands: they stand on the page that goes with every set.
            Self::Sm(keys) => {
                let to = keys.first().map(|key| key.public().to_string());
                format!(
                    "openssl enc -sm4-cbc … -out FILE.sm4, .mac, .key1 (READ-ME.txt); SM2 {}",
                    to.as_deref().unwrap_or("MFkw…")
                )
            }
        }
    }

    /// The lines of our public key's file, where that is a file.
    pub(crate) fn pem(&self) -> Option<Vec<String>> {
        match self {
            Self::Age(_) => None,
            Self::Sm(keys) => keys.first().map(|key| key.public().pem()),
        }
    }

    /// Looks at a file's first bytes and its name. age is known by its content; of the other suite only the name can tell,
    /// for what SM4 gives looks like nothing.
    pub(crate) fn kind(&self, head: &[u8], name: &str) -> Kind {
        let (age, sm) = (age::begins(head), Suite::Sm.is_ending(name));
        match self {
            Self::Age(_) if age => Kind::Sealed,
            Self::Age(_) if sm => {
                Kind::Odd("是国密加密文件，本通道用 age it is encrypted in suite sm, and this channel's is age")
            }
            Self::Age(_) if Suite::Age.is_ending(name) => {
                Kind::Odd("名为 .age，实非加密文件 it is called .age and is not encrypted")
            }
            Self::Sm(_) if age || Suite::Age.is_ending(name) => {
                Kind::Odd("用 age 加密，本通道用国密 it is encrypted with age, and this channel's suite is sm")
            }
            Self::Sm(_) if sm => Kind::Sealed,
            _ => Kind::Clear,
        }
    }

    /// The most bytes an encrypted file with so many bytes in clear has.
    pub(crate) fn most(&self, clear: u64) -> u64 {
        match self {
            Self::Age(_) => age::most(clear),
            Self::Sm(_) => sm::most(clear),
        }
    }

    /// Opens a file whose content is then read piece by piece; `beside` gives what lies beside it.
    pub(crate) fn open<R: BufRead>(&self, from: R, beside: &mut sm::Beside<'_>) -> Result<Pieces<R>, Trouble> {
        match self {
            Self::Age(keys) => age::open(from, keys).map(Pieces::Age),
            Self::Sm(keys) => sm::open(from, beside, keys).map(|pieces| Pieces::Sm(Box::new(pieces))),
        }
    }

    /// Why a file cannot be opened, for whoever brought it; what the medium did wrong is no word about the file.
    pub(crate) fn told(&self, trouble: Trouble) -> io::Result<Finding> {
        Ok(match trouble {
            Trouble::Medium(error) => return Err(error),
            Trouble::Others if self.is_empty() => Finding::new(Code::ECipherNoKey),
            Trouble::Others => Finding::new(Code::ECipherOthers).with("how", self.how()),
            Trouble::Broken(detail) => Finding::new(Code::ECipherBroken).with("detail", detail),
            Trouble::Form(detail) => self.form(detail),
        })
    }

    /// A form that is not read here, and the one that is.
    pub(crate) fn form(&self, detail: &str) -> Finding {
        Finding::new(Code::ECipherForm)
            .with("detail", detail)
            .with("how", self.how())
    }
}

/// The content of a file in clear, piece by piece.
pub(crate) enum Pieces<R> {
    Age(age::Pieces<R>),
    Sm(Box<sm::Pieces<R>>),
}

impl<R: BufRead> Pieces<R> {
    /// The next piece; `None` after the last. After an error nothing more is given.
    pub(crate) fn next(&mut self) -> Result<Option<&[u8]>, Trouble> {
        match self {
            Self::Age(pieces) => pieces.next(),
            Self::Sm(pieces) => pieces.next(),
        }
    }
}

/// The digest under which a file is known that nobody here can open, with what lay beside it and was read.
pub(crate) fn unopened(lies: &[u8; 32], beside: &[u8]) -> [u8; 32] {
    crate::keys::sha256(&[format!("unopened\0{}", to_hex(lies)).as_bytes(), beside].concat())
}
