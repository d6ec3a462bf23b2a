//! SM2 keys as OpenSSL writes them, and what is done with them: signing, checking, wrapping keys for somebody.

use crate::keys::{armoured, from_hex};
use crate::suite::Suite;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{Signature, SigningKey, VerifyingKey};
use sm2::elliptic_curve::rand_core::{TryCryptoRng, TryRng};
use sm2::pkcs8::der::Decode as _;
use sm2::pkcs8::{DecodePublicKey as _, EncodePublicKey as _};
use sm2::pke::{Cipher, DecryptingKey, EncryptingKey};
use sm2::{PublicKey, SecretKey, Sm2};
use sm3::Sm3;
use std::convert::Infallible;
use std::fmt;

/// Who signs, where nobody agreed on another name: the one that the standard gives (GM/T 0009).
pub(crate) const SIGNER: &str = "1234567812345678";

/// Letters of a line in PEM.
const COLUMNS: usize = 64;

/// Somebody's public key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Public(PublicKey);

impl Public {
    /// A point of 130 hexadecimal digits (`04…`), or what `openssl pkey -pubout` prints, with or without its first and last
    /// line.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        match from_hex::<65>(text) {
            Some(point) => PublicKey::from_sec1_bytes(&point).ok().map(Self),
            None => PublicKey::from_public_key_der(&armoured(text)?).ok().map(Self),
        }
    }

    /// Whether a signature, as OpenSSL writes it, is this key's over this message.
    pub(crate) fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = VerifyingKey::new(SIGNER, self.0).ok();
        let signature = Signature::from_der(signature).ok();
        key.zip(signature)
            .is_some_and(|(key, signature)| key.verify(message, &signature).is_ok())
    }

    /// Encrypts a few bytes for this key, as `openssl pkeyutl -encrypt` does. All chance comes out of `secret`: the same gives
    /// the same.
    pub(super) fn wrap(&self, secret: &[u8; 32], bytes: &[u8]) -> Option<Vec<u8>> {
        let mut drawn = Drawn { secret, at: 0 };
        EncryptingKey::new(self.0).encrypt_der(&mut drawn, bytes).ok()
    }

    /// As a file for OpenSSL.
    pub(crate) fn pem(&self) -> Vec<String> {
        let letters: Vec<char> = self.to_string().chars().collect();
        let lines = letters.chunks(COLUMNS).map(|line| line.iter().collect());
        let mut pem = vec!["-----BEGIN PUBLIC KEY-----".to_owned()];
        pem.extend(lines);
        pem.push("-----END PUBLIC KEY-----".to_owned());
        pem
    }
}

#[cfg(test)]
impl From<Public> for PublicKey {
    fn from(key: Public) -> Self {
        key.0
    }
}

/// What stands between the lines of its PEM, in one.
impl fmt::Display for Public {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let der = self.0.to_public_key_der().map_err(|_| fmt::Error)?;
        f.write_str(&STANDARD.encode(der.as_bytes()))
    }
}

/// A key that opens what was encrypted for its public half.
pub(crate) struct Private(SecretKey);

impl Private {
    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        match from_hex::<32>(text) {
            Some(bytes) => SecretKey::from_slice(&bytes).ok().map(Self),
            None => SecretKey::from_der(&armoured(text)?).ok().map(Self),
        }
    }

    /// The keys of a file: blocks of PEM, PKCS#8 or SEC 1; or 64 hexadecimal digits on a line. Lines that begin with `#` are
    /// remarks. `None` where something is neither, or where there is none.
    pub(crate) fn all(text: &str) -> Option<Vec<Self>> {
        let (mut all, mut block) = (Vec::new(), None::<String>);
        for line in text.lines().map(str::trim) {
            match &mut block {
                None if line.starts_with("-----BEGIN ") => block = Some(format!("{line}\n")),
                None if line.is_empty() || line.starts_with('#') => {}
                None => all.push(Self::from_text(line)?),
                Some(lines) => {
                    lines.push_str(line);
                    lines.push('\n');
                    if line.starts_with("-----END ") {
                        // The curve's name, which some commands write before a key.
                        if !line.ends_with(" PARAMETERS-----") {
                            all.push(Self::from_text(lines)?);
                        }
                        block = None;
                    }
                }
            }
        }
        (block.is_none() && !all.is_empty()).then_some(all)
    }

    pub(crate) fn public(&self) -> Public {
        Public(self.0.public_key())
    }

    /// What was wrapped for this key; nothing where it was for another one, or changed.
    pub(super) fn unwrap(&self, wrapped: &[u8]) -> Option<Vec<u8>> {
        DecryptingKey::new(self.0.clone()).decrypt_der(wrapped).ok()
    }
}

/// Whether bytes have the form of what is wrapped, for whomever.
pub(super) fn is_wrapped(bytes: &[u8]) -> bool {
    Cipher::<Sm2, Sm3>::from_der(bytes).is_ok()
}

/// The key we sign with.
pub(crate) struct Signer(SigningKey);

impl Signer {
    /// The one key of a text.
    pub(crate) fn from_text(text: &str) -> Option<Self> {
        match Private::all(text)?.as_slice() {
            [only] => SigningKey::new(SIGNER, &only.0).ok().map(Self),
            _ => None,
        }
    }

    pub(crate) fn public(&self) -> Public {
        Public(PublicKey::from(self.0.verifying_key()))
    }

    pub(crate) fn secret(&self) -> [u8; 32] {
        self.0.to_bytes().into()
    }

    /// A signature as OpenSSL writes it (DER). What it draws comes out of key and message (RFC 6979).
    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature: Signature = self.0.try_sign(message).ok()?;
        Some(signature.to_der().as_bytes().to_vec())
    }
}

/// Chance that is none: HMAC-SM3 of a counter, under a secret that nobody else has and no two contents share.
struct Drawn<'a> {
    secret: &'a [u8; 32],
    at: u64,
}

impl TryRng for Drawn<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), Infallible> {
        for chunk in into.chunks_mut(32) {
            let code = Suite::Sm.code(self.secret, &self.at.to_be_bytes());
            self.at += 1;
            for (to, from) in chunk.iter_mut().zip(code) {
                *to = from;
            }
        }
        Ok(())
    }
}

impl TryCryptoRng for Drawn<'_> {}
