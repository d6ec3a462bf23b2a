//! Signatures over a set, so that who cut a disk can be checked without a network: Ed25519, or SM2 where the suite is sm.

use crate::sm;
use crate::suite::Suite;
use aws_lc_rs::encoding::AsBigEndian as _;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The key we sign with.
pub(crate) enum Signer {
    Ed25519(Ed25519KeyPair),
    Sm2(Box<sm::Signer>),
}

/// Somebody's public key.
#[derive(Clone, Debug)]
pub(crate) enum Verifier {
    Ed25519([u8; 32]),
    Sm2(sm::Public),
}

/// The public key, 64 hexadecimal digits, that belongs to an Ed25519 signing key as it stands in its secret: this is what
/// the other side is given. `None` where the text is no key.
pub fn public_key(secret: &str) -> Option<String> {
    match Signer::from_secret(Suite::Age, secret)?.verifier() {
        Verifier::Ed25519(key) => Some(to_hex(&key)),
        Verifier::Sm2(_) => None,
    }
}

impl Signer {
    /// As it stands in its secret. Ed25519: a seed of 64 hexadecimal digits, or PKCS#8 in PEM or plain base64; SM2: as
    /// [`sm::Private`] reads it.
    pub(crate) fn from_secret(suite: Suite, secret: &str) -> Option<Self> {
        match suite {
            Suite::Age => ed25519(secret).map(Self::Ed25519),
            Suite::Sm => {
                let signer = Self::Sm2(Box::new(sm::Signer::from_text(secret)?));
                // The one key that cannot sign is told now, and not when a set is to go.
                signer.sign(&[]).map(|_| signer)
            }
        }
    }

    /// The suite it signs for.
    pub(crate) fn suite(&self) -> Suite {
        match self {
            Self::Ed25519(_) => Suite::Age,
            Self::Sm2(_) => Suite::Sm,
        }
    }

    /// The public half.
    pub(crate) fn verifier(&self) -> Verifier {
        match self {
            Self::Ed25519(pair) => {
                let mut key = [0; 32];
                key.copy_from_slice(pair.public_key().as_ref());
                Verifier::Ed25519(key)
            }
            Self::Sm2(signer) => Verifier::Sm2(signer.public()),
        }
    }

    /// The secret that the key is made of.
    pub(crate) fn seed(&self) -> Option<[u8; 32]> {
        match self {
            Self::Ed25519(pair) => pair.seed().ok()?.as_be_bytes().ok()?.as_ref().try_into().ok(),
            Self::Sm2(signer) => Some(signer.secret()),
        }
    }

    /// The signature file over a message: 128 hexadecimal digits on a line, or what OpenSSL writes. The same message gives
    /// the same signature.
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Ed25519(pair) => Some(format!("{}\n", to_hex(pair.sign(message).as_ref())).into_bytes()),
            Self::Sm2(signer) => signer.sign(message),
        }
    }
}

fn ed25519(secret: &str) -> Option<Ed25519KeyPair> {
    let text = secret.trim();
    if let Some(seed) = from_hex::<32>(text) {
        return Ed25519KeyPair::from_seed_unchecked(&seed).ok();
    }
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(&armoured(text)?).ok()
}

/// The bytes between the lines of PEM, or of the same without them.
pub(crate) fn armoured(text: &str) -> Option<Vec<u8>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
    STANDARD.decode(lines.collect::<String>()).ok()
}

impl Verifier {
    /// From 64 hexadecimal digits, or as [`sm::Public`] reads it.
    pub(crate) fn from_text(suite: Suite, text: &str) -> Option<Self> {
        match suite {
            Suite::Age => from_hex::<32>(text).map(Self::Ed25519),
            Suite::Sm => sm::Public::from_text(text).map(Self::Sm2),
        }
    }

    /// Whether a signature file is this key's over this message.
    pub(crate) fn is_good(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519(key) => {
                let text = std::str::from_utf8(signature).map(str::trim);
                text.ok().and_then(from_hex::<64>).is_some_and(|signature| {
                    UnparsedPublicKey::new(&ED25519, key)
                        .verify(message, &signature)
                        .is_ok()
                })
            }
            Self::Sm2(key) => key.signed(message, signature),
        }
    }
}

/// The digest by which contents are the same, whatever suite they came in: one that comes encrypted in another way, or by
/// another channel, is no other content.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Suite::Age.digest(bytes)
}

/// Lower-case hexadecimal.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Exactly `N` bytes out of hexadecimal digits.
pub(crate) fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != 2 * N || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut out = [0; N];
    for (at, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

    /// The first test key of RFC 8032, section 7.1, and its signature of the empty message.
    #[test]
    fn the_published_key_signs_as_published() {
        let signer = Signer::from_secret(Suite::Age, &format!("{SEED}\n")).unwrap();
        assert_eq!(
            public_key(SEED).unwrap(),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        );
        let signature = signer.sign(b"").unwrap();
        assert!(signature.starts_with(b"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"));
        let verifier = Verifier::from_text(Suite::Age, &public_key(SEED).unwrap()).unwrap();
        assert!(verifier.is_good(b"", &[&signature[..128], b"\r\n"].concat()));
        assert!(!verifier.is_good(b"x", &signature));
        assert!(!verifier.is_good(b"", b"\xff\xfe"));
        assert!(!verifier.is_good(b"", &signature[..126]));
    }

    #[test]
    fn pkcs8_is_read_bare_and_as_pem() {
        let mut der = vec![
            0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
        ];
        der.extend(from_hex::<32>(SEED).unwrap());
        let body = STANDARD.encode(der);
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n");
        for text in [body.as_str(), pem.as_str()] {
            assert_eq!(public_key(text), public_key(SEED), "{text}");
        }
        for text in ["", "no key", &SEED[..62], "-----BEGIN PRIVATE KEY-----"] {
            assert_eq!(public_key(text), None, "{text}");
        }
    }
}
