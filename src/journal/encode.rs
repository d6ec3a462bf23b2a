//! Building a group's bytes, and opening the bodies again.

use crate::blob::aes;
use crate::digest::{Chain, Suite};
use crate::group::{END, FooterEntry, GroupHeader};
use crate::key::Keys;
use crate::layout::{BODY_SALT, CRC, FLAG_PLAIN, GROUP_HEADER, TAG, TRAILER, get, put, put_crc};
use crate::sign::Signature;
use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use std::ops::Range;

/// What is to become an entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain<'a> {
    pub(crate) kind: u16,
    pub(crate) flags: u16,
    pub(crate) key: &'a [u8],
    pub(crate) body: &'a [u8],
}

impl Plain<'_> {
    pub(crate) fn stored_len(&self) -> usize {
        self.body.len()
            + if self.flags & FLAG_PLAIN != 0 {
                0
            } else {
                BODY_SALT + TAG
            }
    }
}

/// Where a group goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) seq: u64,
    pub(crate) time_ms: i64,
    pub(crate) prev: Chain,
    /// Over that chain.
    pub(crate) signature: Signature,
}

/// Builds groups, keeping its buffers between them.
#[derive(Default)]
pub(crate) struct Encoder {
    pub(crate) bytes: Vec<u8>,
    footer: Vec<u8>,
    annex: Vec<u8>,
    salts: Vec<u8>,
}

/// Buffers larger than this are given back after an unusually large group.
const KEEP: usize = 4 << 20;

impl Encoder {
    /// Puts the whole group into `bytes`; answers its chain head. The caller has checked the limits.
    pub(crate) fn encode(
        &mut self,
        keys: &Keys,
        suite: Suite,
        rng: &dyn seams::Rng,
        place: Place,
        entries: &[Plain<'_>],
    ) -> Chain {
        self.begin(entries.len(), rng);
        let salt = get::<16>(&self.salts, 0);
        let cipher = aes(&keys.group(&salt, place.seq));
        for (ordinal, entry) in (0u32..).zip(entries) {
            self.entry(keys, suite, &cipher, place.seq, ordinal, entry);
        }
        let header = GroupHeader {
            count: entries.len() as u32,
            seq: place.seq,
            time_ms: place.time_ms,
            salt,
            prev: place.prev,
            bodies: (self.bytes.len() - GROUP_HEADER) as u32,
            signature: Some(place.signature),
        };
        header.encode(&mut self.bytes[..GROUP_HEADER]);
        let chain = suite.digest(&[&self.bytes[..GROUP_HEADER], &self.footer]);
        self.finish(&header, &chain);
        chain
    }

    fn begin(&mut self, count: usize, rng: &dyn seams::Rng) {
        for buffer in [&mut self.bytes, &mut self.footer, &mut self.annex, &mut self.salts] {
            buffer.clear();
            buffer.shrink_to(KEEP);
        }
        self.bytes.resize(GROUP_HEADER, 0);
        // The group's salt, then one for each body: one call, because each is a system's.
        self.salts.resize(BODY_SALT * (count + 1), 0);
        rng.fill(&mut self.salts);
    }

    fn entry(&mut self, keys: &Keys, suite: Suite, cipher: &LessSafeKey, seq: u64, ordinal: u32, entry: &Plain<'_>) {
        let start = self.bytes.len();
        let key_hash = keys.key_hash(entry.key);
        let body_hash = keys.body_hash(entry.body);
        if entry.flags & FLAG_PLAIN != 0 {
            self.bytes.extend_from_slice(entry.body);
        } else {
            let salt = get::<BODY_SALT>(&self.salts, BODY_SALT * (ordinal as usize + 1));
            self.bytes.extend_from_slice(&salt);
            self.bytes.extend_from_slice(entry.body);
            let aad = seal_aad(&salt, seq, ordinal, entry.kind, entry.flags, key_hash, body_hash);
            let body = &mut self.bytes[start + BODY_SALT..];
            match cipher.seal_in_place_separate_tag(nonce(ordinal), Aad::from(aad), body) {
                Ok(tag) => self.bytes.extend_from_slice(tag.as_ref()),
                // Only for bodies over 64 GiB: never let the plain bytes reach the disk.
                Err(_) => std::process::abort(),
            }
        }
        let digest = suite.digest(&[&self.bytes[start..]]);
        let end = (self.bytes.len() - GROUP_HEADER) as u32;
        FooterEntry {
            kind: entry.kind,
            flags: entry.flags,
            end,
            digest,
            key_hash,
        }
        .encode(&mut self.footer);
        self.annex.extend_from_slice(&body_hash.to_le_bytes());
        self.annex.push(0);
    }

    fn finish(&mut self, header: &GroupHeader, chain: &Chain) {
        let at = self.annex.len();
        self.annex.resize(at + CRC, 0);
        put_crc(&mut self.annex, at);
        self.bytes.extend_from_slice(&self.footer);
        self.bytes.extend_from_slice(&self.annex);
        let mut trailer = [0; TRAILER];
        put(&mut trailer, 0, chain);
        put(&mut trailer, 32, &(header.total() as u64).to_le_bytes());
        put(&mut trailer, 40, END);
        put_crc(&mut trailer, 48);
        self.bytes.extend_from_slice(&trailer);
    }
}

/// Decrypts a stored body in place; answers where in it the plain bytes lie. None: it does not open.
pub(crate) fn unseal(
    cipher: &LessSafeKey,
    seq: u64,
    ordinal: u32,
    footer: &FooterEntry,
    body_hash: u64,
    stored: &mut [u8],
) -> Option<Range<usize>> {
    let (salt, body) = stored.split_at_mut_checked(BODY_SALT)?;
    let aad = seal_aad(
        &get(salt, 0),
        seq,
        ordinal,
        footer.kind,
        footer.flags,
        footer.key_hash,
        body_hash,
    );
    let plain = cipher.open_in_place(nonce(ordinal), Aad::from(aad), body).ok()?;
    Some(BODY_SALT..BODY_SALT + plain.len())
}

fn nonce(ordinal: u32) -> Nonce {
    let mut nonce = [0; 12];
    put(&mut nonce, 8, &ordinal.to_le_bytes());
    Nonce::assume_unique_for_key(nonce)
}

/// What the tag covers beside the body: a body opened in any other place is a forgery.
fn seal_aad(
    salt: &[u8; BODY_SALT],
    seq: u64,
    ordinal: u32,
    kind: u16,
    flags: u16,
    key_hash: u128,
    body_hash: u64,
) -> [u8; 56] {
    let mut aad = [0; 56];
    put(&mut aad, 0, salt);
    put(&mut aad, 16, &seq.to_le_bytes());
    put(&mut aad, 24, &ordinal.to_le_bytes());
    put(&mut aad, 28, &kind.to_le_bytes());
    put(&mut aad, 30, &flags.to_le_bytes());
    put(&mut aad, 32, &key_hash.to_le_bytes());
    put(&mut aad, 48, &body_hash.to_le_bytes());
    aad
}
