//! Codes of an authenticator (RFC 6238, SHA-1, 6 digits, 30 seconds). A code is good once.

use aws_lc_rs::hmac;
use seams::Rng;
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// Seconds of one step.
const STEP: i64 = 30;
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What an account shares with an authenticator.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Totp {
    #[serde(with = "crate::hex")]
    secret: Vec<u8>,
    /// The last step whose code was used.
    used: i64,
}

impl Totp {
    pub(crate) fn new(rng: &dyn Rng) -> Self {
        let mut secret = vec![0; 20];
        rng.fill(&mut secret);
        Self { secret, used: 0 }
    }

    /// Uses a code: one of this step or its neighbours, later than the last that was used.
    pub(crate) fn take(&mut self, code: &str, now_ms: i64) -> bool {
        let here = now_ms / 1000 / STEP;
        let fits = |step: &i64| *step > self.used && digits(&self.secret, *step, 6) == code;
        match (here - 1..=here + 1).find(fits) {
            Some(step) => {
                self.used = step;
                true
            }
            None => false,
        }
    }

    /// The secret as authenticators take it.
    pub(crate) fn base32(&self) -> String {
        base32(&self.secret)
    }
}

fn digits(secret: &[u8], step: i64, digits: u32) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[tag.len() - 1] & 0x0f);
    let number = tag
        .iter()
        .skip(at)
        .take(4)
        .fold(0_u32, |number, b| number << 8 | u32::from(*b))
        & 0x7fff_ffff;
    format!(
        "{:0width$}",
        number % 10_u32.pow(digits),
        width = usize::try_from(digits).unwrap_or(6)
    )
}

/// The code that an authenticator shows for a secret in base 32 at a time; for whoever has no authenticator at hand.
pub fn code_at(secret: &str, now_ms: i64) -> Option<String> {
    let (mut bits, mut held, mut bytes) = (0_u32, 0, Vec::new());
    for letter in secret.bytes() {
        let value = LETTERS.iter().position(|l| *l == letter)?;
        bits = bits << 5 | u32::try_from(value).ok()?;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(digits(&bytes, now_ms / 1000 / STEP, 6))
}

fn base32(bytes: &[u8]) -> String {
    let (mut bits, mut held, mut text) = (0_u32, 0, String::new());
    let mut put = |value: u32| text.push(char::from(LETTERS[(value & 31) as usize]));
    for byte in bytes {
        bits = bits << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            put(bits >> held);
        }
    }
    if held > 0 {
        put(bits << (5 - held));
    }
    text
}
