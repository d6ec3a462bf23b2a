//! Signed requests between the platform and a node: who sent these bytes, to which path, when, and never twice.
//!
//! Both ends must agree to the byte, and neither may import the other; so the rule stands here, pure. The signed text is
//! `method \n path \n timestamp \n nonce \n sha256(body)`, the digest in lower-case hexadecimal; the signature is its
//! HMAC-SHA256, in lower-case hexadecimal too. Whoever verifies also refuses stale times ([`fresh`]) and remembers nonces
//! for as long as a time is fresh.

use aws_lc_rs::{digest, hmac};

#[cfg(test)]
mod tests;

/// Header: which key signed.
pub const KEY_ID: &str = "x-tanghulu-key-id";
/// Header: when, seconds since 1970 UTC.
pub const TIMESTAMP: &str = "x-tanghulu-timestamp";
/// Header: a number used once.
pub const NONCE: &str = "x-tanghulu-nonce";
/// Header: the signature.
pub const SIGNATURE: &str = "x-tanghulu-signature";
/// The fewest bytes a key may have.
pub const MIN_KEY_BYTES: usize = 16;

/// What is signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Request<'a> {
    /// Method, upper case.
    pub method: &'a str,
    /// Path as in the request line, with the query if there is one.
    pub path: &'a str,
    /// When, as written in the header.
    pub timestamp: &'a str,
    /// The number used once.
    pub nonce: &'a str,
    /// The bytes of the body.
    pub body: &'a [u8],
}

impl Request<'_> {
    /// The signed text; `None` where a part could be read as two.
    fn text(&self) -> Option<String> {
        let parts = [self.method, self.path, self.timestamp, self.nonce];
        let plain = |p: &&str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_graphic());
        if !parts.iter().all(plain) {
            return None;
        }
        let body = hex(digest::digest(&digest::SHA256, self.body).as_ref());
        Some(format!(
            "{}\n{}\n{}\n{}\n{body}",
            self.method, self.path, self.timestamp, self.nonce
        ))
    }
}

/// The signature; `None` where a part is empty or holds anything but visible ASCII.
pub fn sign(key: &[u8], request: &Request<'_>) -> Option<String> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    request
        .text()
        .map(|text| hex(hmac::sign(&key, text.as_bytes()).as_ref()))
}

/// Whether the signature is this key's for this request. Takes the same time for every wrong signature.
pub fn verify(key: &[u8], request: &Request<'_>, signature: &str) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    match (request.text(), unhex(signature)) {
        (Some(text), Some(tag)) => hmac::verify(&key, text.as_bytes(), &tag).is_ok(),
        _ => false,
    }
}

/// Whether a header's time lies within `window_s` seconds of `now_s`, before or after.
pub fn fresh(timestamp: &str, now_s: i64, window_s: u64) -> bool {
    timestamp.parse::<i64>().is_ok_and(|t| t.abs_diff(now_s) <= window_s)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| match b {
        b'0'..=b'9' => Some(b - b'0'),
        b'a'..=b'f' => Some(b - b'a' + 10),
        _ => None,
    };
    if text.len() != 64 {
        return None;
    }
    text.as_bytes()
        .chunks(2)
        .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
        .collect()
}
