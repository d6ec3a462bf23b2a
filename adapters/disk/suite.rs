//! What differs between the two suites: which digest, which signature, which names. What a set is, and what is done with
//! it, is the same in both; a set is of one suite through and through.

use aws_lc_rs::digest::{Context, SHA256};
use aws_lc_rs::hmac as sha256_hmac;
use hmac::{Hmac, KeyInit as _, Mac as _};
use port::DigestKind;
use serde::Deserialize;
use sm3::{Digest as _, Sm3};

/// Algorithms that go together, in a set and in what comes back for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suite {
    /// Digests SHA-256, signature Ed25519; encrypted with age v1 for recipients of kind X25519.
    #[default]
    Age,
    /// 国密: digests SM3, signature SM2; encrypted with SM4-CBC and HMAC-SM3, the keys by SM2 for each recipient.
    Sm,
}

/// What ends the name of what belongs to an encrypted file: its code, and its keys for each recipient.
const BESIDE: [&str; 17] = [
    ".mac", ".key1", ".key2", ".key3", ".key4", ".key5", ".key6", ".key7", ".key8", ".key9", ".key10", ".key11",
    ".key12", ".key13", ".key14", ".key15", ".key16",
];

impl Suite {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Age, Self::Sm];

    /// Which digest its manifests list.
    pub(crate) fn kind(self) -> DigestKind {
        match self {
            Self::Age => DigestKind::Sha256,
            Self::Sm => DigestKind::Sm3,
        }
    }

    /// Digests of the payload.
    pub(crate) fn manifest(self) -> &'static str {
        match self {
            Self::Age => "manifest-sha256.txt",
            Self::Sm => "manifest-sm3.txt",
        }
    }

    /// Digests of the texts around it.
    pub(crate) fn tag_manifest(self) -> &'static str {
        match self {
            Self::Age => "tagmanifest-sha256.txt",
            Self::Sm => "tagmanifest-sm3.txt",
        }
    }

    /// The sender's signature over the tag manifest.
    pub(crate) fn signature(self) -> &'static str {
        match self {
            Self::Age => "signature.ed25519",
            Self::Sm => "signature.sm2",
        }
    }

    /// What ends the name of an encrypted file.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Age => ".age",
            Self::Sm => ".sm4",
        }
    }

    /// What may lie beside an encrypted file and is part of it, by what follows its name. age has all in one.
    pub(crate) fn beside(self) -> &'static [&'static str] {
        match self {
            Self::Age => &[],
            Self::Sm => &BESIDE,
        }
    }

    /// The file that a file of this name is a part of, where it is one that lies beside another.
    pub(crate) fn whole_of(self, name: &str) -> Option<&str> {
        let lower = name.to_ascii_lowercase();
        let endings = self.beside().iter();
        let at = endings.filter_map(|ending| lower.strip_suffix(ending)).next()?.len();
        let whole = name.get(..at)?;
        self.is_ending(whole).then_some(whole)
    }

    /// Whether a name says that the file is encrypted in this suite.
    pub(crate) fn is_ending(self, name: &str) -> bool {
        name.to_ascii_lowercase().ends_with(self.ending())
    }

    /// The digest of bytes.
    pub(crate) fn digest(self, bytes: &[u8]) -> [u8; 32] {
        let mut digester = Digester::new(self);
        digester.update(bytes);
        digester.finish()
    }

    /// A code of bytes that only who has the key can make (HMAC).
    pub(crate) fn code(self, key: &[u8], bytes: &[u8]) -> [u8; 32] {
        match self {
            Self::Age => {
                let key = sha256_hmac::Key::new(sha256_hmac::HMAC_SHA256, key);
                array(sha256_hmac::sign(&key, bytes).as_ref())
            }
            Self::Sm => sm3_code(key, bytes),
        }
    }
}

/// HMAC with SM3. A key of any length is one.
fn sm3_code(key: &[u8], bytes: &[u8]) -> [u8; 32] {
    let Ok(mut code) = Hmac::<Sm3>::new_from_slice(key) else {
        return [0; 32];
    };
    code.update(bytes);
    array(&code.finalize().into_bytes())
}

/// A digest of the suite while its bytes come by.
pub(crate) enum Digester {
    Sha256(Context),
    Sm3(Sm3),
}

impl Digester {
    pub(crate) fn new(suite: Suite) -> Self {
        match suite {
            Suite::Age => Self::Sha256(Context::new(&SHA256)),
            Suite::Sm => Self::Sm3(Sm3::new()),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(state) => state.update(bytes),
            Self::Sm3(state) => state.update(bytes),
        }
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        match self {
            Self::Sha256(state) => array(state.finish().as_ref()),
            Self::Sm3(state) => array(&state.finalize()),
        }
    }
}

fn array(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(bytes);
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn what_lies_beside_names_what_it_belongs_to() {
        for (name, whole) in [
            ("HP0302A1.DBF.sm4.mac", Some("HP0302A1.DBF.sm4")),
            ("hp0302a1.dbf.SM4.KEY1", Some("hp0302a1.dbf.SM4")),
            ("HP0302A1.DBF.sm4.key16", Some("HP0302A1.DBF.sm4")),
            ("HP0302A1.DBF.sm4.key17", None),
            ("HP0302A1.DBF.sm4.key", None),
            ("HP0302A1.DBF.sm4", None),
            ("HP0302A1.DBF.mac", None),
            ("短.sm4.mac", Some("短.sm4")),
            (".mac", None),
        ] {
            assert_eq!(Suite::Sm.whole_of(name), whole, "{name}");
            assert_eq!(Suite::Age.whole_of(name), None, "{name}");
        }
    }
}
