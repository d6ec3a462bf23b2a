//! Signatures over a set: Ed25519, so that who cut a disk can be checked without a network.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsBigEndian as _;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The key we sign with.
pub(crate) struct Signer(Ed25519KeyPair);

/// Somebody's public key.
#[derive(Clone, Debug)]
pub(crate) struct Verifier([u8; 32]);

/// The public key, 64 hexadecimal digits, that belongs to a signing key as it stands in its secret: this is what the
/// other side is given. `None` where the text is no key.
pub fn public_key(secret: &str) -> Option<String> {
    Signer::from_secret(secret).map(|signer| signer.public_hex())
}

impl Signer {
    /// A seed of 64 hexadecimal digits, or PKCS#8 in PEM or plain base64.
    pub(crate) fn from_secret(secret: &str) -> Option<Self> {
        let text = secret.trim();
        if let Some(seed) = from_hex::<32>(text) {
            return Ed25519KeyPair::from_seed_unchecked(&seed).ok().map(Self);
        }
        let body: String = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("-----"))
            .collect();
        let der = STANDARD.decode(body).ok()?;
        Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).ok().map(Self)
    }

    /// The public half.
    pub(crate) fn public_hex(&self) -> String {
        to_hex(self.0.public_key().as_ref())
    }

    /// The secret that the key is made of.
    pub(crate) fn seed(&self) -> Option<[u8; 32]> {
        self.0.seed().ok()?.as_be_bytes().ok()?.as_ref().try_into().ok()
    }

    /// The signature, 128 hexadecimal digits. The same message gives the same signature.
    pub(crate) fn sign(&self, message: &[u8]) -> String {
        to_hex(self.0.sign(message).as_ref())
    }
}

impl Verifier {
    /// From 64 hexadecimal digits.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        from_hex::<32>(text).map(Self)
    }

    /// Whether a signature file is this key's over this message.
    pub(crate) fn is_good(&self, message: &[u8], signature: &[u8]) -> bool {
        let text = std::str::from_utf8(signature).map(str::trim);
        text.ok().and_then(from_hex::<64>).is_some_and(|signature| {
            UnparsedPublicKey::new(&ED25519, self.0)
                .verify(message, &signature)
                .is_ok()
        })
    }
}

/// SHA-256 of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
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
        let signer = Signer::from_secret(&format!("{SEED}\n")).unwrap();
        assert_eq!(
            public_key(SEED).unwrap(),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        );
        let signature = signer.sign(b"");
        assert!(signature.starts_with("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"));
        let verifier = Verifier::from_hex(&signer.public_hex()).unwrap();
        assert!(verifier.is_good(b"", format!("{signature}\r\n").as_bytes()));
        assert!(!verifier.is_good(b"x", signature.as_bytes()));
        assert!(!verifier.is_good(b"", b"\xff\xfe"));
        assert!(!verifier.is_good(b"", &signature.as_bytes()[..126]));
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
