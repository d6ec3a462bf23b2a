//! One group as bytes, checked everywhere in the same way.

use crate::damage::DamageKind;
use crate::digest::{Chain, Suite};
use crate::layout::{
    ANNEX_ENTRY, BODY_SALT, CRC, FLAG_PLAIN, FOOTER_ENTRY, FORMAT_VERSION, GROUP_HEADER, MAX_BODIES, MAX_ENTRIES, TAG,
    TRAILER, crc_holds, get, get_u16, get_u32, get_u64, is_zero, put, put_crc,
};
use crate::segment::HeaderFault;
use crate::sign::Signature;
use std::ops::Range;

pub(crate) const MAGIC: &[u8; 8] = b"TANGHGRP";
/// The number of the signature's algorithm.
const ED25519: u8 = 1;
pub(crate) const END: &[u8; 8] = b"TANGHEND";

/// What stands before the bodies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct GroupHeader {
    pub(crate) count: u32,
    pub(crate) seq: u64,
    pub(crate) time_ms: i64,
    pub(crate) salt: [u8; 16],
    pub(crate) prev: Chain,
    pub(crate) bodies: u32,
    /// Over the chain head before; a journal from before there were signatures has none.
    pub(crate) signature: Option<Signature>,
}

impl GroupHeader {
    pub(crate) fn encode(&self, out: &mut [u8]) {
        put(out, 0, MAGIC);
        put(out, 8, &FORMAT_VERSION.to_le_bytes());
        put(out, 12, &self.count.to_le_bytes());
        put(out, 16, &self.seq.to_le_bytes());
        put(out, 24, &self.time_ms.to_le_bytes());
        put(out, 32, &self.salt);
        put(out, 48, &self.prev);
        if let Some(signature) = &self.signature {
            out[80] = ED25519;
            put(out, 81, signature);
        }
        put(out, 152, &self.bodies.to_le_bytes());
        put_crc(out, 156);
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, HeaderFault> {
        if bytes.len() < GROUP_HEADER || !bytes.starts_with(MAGIC) || !crc_holds(bytes, 156) {
            return Err(HeaderFault::Bad);
        }
        let version = get_u16(bytes, 8);
        if version > FORMAT_VERSION {
            return Err(HeaderFault::Newer(version));
        }
        let header = Self {
            count: get_u32(bytes, 12),
            seq: get_u64(bytes, 16),
            time_ms: i64::from_le_bytes(get(bytes, 24)),
            salt: get(bytes, 32),
            prev: get(bytes, 48),
            bodies: get_u32(bytes, 152),
            signature: (bytes[80] == ED25519).then(|| get(bytes, 81)),
        };
        let unsigned = header.signature.is_none() && !is_zero(&bytes[80..145]);
        let zeros = !unsigned && is_zero(&bytes[10..12]) && is_zero(&bytes[145..152]);
        let sized = header.count >= 1 && header.count as usize <= MAX_ENTRIES && header.bodies as usize <= MAX_BODIES;
        if version == FORMAT_VERSION && zeros && sized {
            Ok(header)
        } else {
            Err(HeaderFault::Bad)
        }
    }

    pub(crate) fn footer_at(&self) -> usize {
        GROUP_HEADER + self.bodies as usize
    }

    pub(crate) fn annex_at(&self) -> usize {
        self.footer_at() + self.count as usize * FOOTER_ENTRY
    }

    pub(crate) fn trailer_at(&self) -> usize {
        self.annex_at() + self.count as usize * ANNEX_ENTRY + CRC
    }

    pub(crate) fn total(&self) -> usize {
        self.trailer_at() + TRAILER
    }
}

/// What the footer says of one entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct FooterEntry {
    pub(crate) kind: u16,
    pub(crate) flags: u16,
    pub(crate) end: u32,
    pub(crate) digest: Chain,
    pub(crate) key_hash: u128,
}

impl FooterEntry {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        Self {
            kind: get_u16(bytes, 0),
            flags: get_u16(bytes, 2),
            end: get_u32(bytes, 4),
            digest: get(bytes, 8),
            key_hash: u128::from_le_bytes(get(bytes, 40)),
        }
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.kind.to_le_bytes());
        out.extend_from_slice(&self.flags.to_le_bytes());
        out.extend_from_slice(&self.end.to_le_bytes());
        out.extend_from_slice(&self.digest);
        out.extend_from_slice(&self.key_hash.to_le_bytes());
    }

    pub(crate) fn is_plain(&self) -> bool {
        self.flags & FLAG_PLAIN != 0
    }
}

/// What the annex says of one entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct AnnexEntry {
    pub(crate) body_hash: u64,
    pub(crate) mark: u8,
}

impl AnnexEntry {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        Self {
            body_hash: get_u64(bytes, 0),
            mark: get::<1>(bytes, 8)[0],
        }
    }

    pub(crate) fn is_erased(&self) -> bool {
        self.mark == 1
    }
}

/// Something wrong within a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    /// Byte offset within the group.
    pub(crate) at: usize,
    pub(crate) entry: Option<u32>,
    pub(crate) kind: DamageKind,
}

impl Fault {
    pub(crate) fn new(at: usize, kind: DamageKind) -> Self {
        Self { at, entry: None, kind }
    }
}

/// A whole group in memory.
#[derive(Clone)]
pub(crate) struct Group<'a> {
    pub(crate) header: GroupHeader,
    bytes: &'a [u8],
}

impl<'a> Group<'a> {
    /// `bytes` are exactly the group that `header` announces.
    pub(crate) fn new(header: GroupHeader, bytes: &'a [u8]) -> Self {
        Self { header, bytes }
    }

    pub(crate) fn chain(&self) -> Chain {
        get(self.bytes, self.header.trailer_at())
    }

    pub(crate) fn footer(&self, i: u32) -> FooterEntry {
        FooterEntry::parse(&self.bytes[self.header.footer_at() + i as usize * FOOTER_ENTRY..])
    }

    pub(crate) fn annex(&self, i: u32) -> AnnexEntry {
        AnnexEntry::parse(&self.bytes[self.header.annex_at() + i as usize * ANNEX_ENTRY..])
    }

    /// Where a body lies in the group. Lawful only after `frame` found nothing.
    pub(crate) fn body_range(&self, i: u32) -> Range<usize> {
        let start = if i == 0 { 0 } else { self.footer(i - 1).end as usize };
        GROUP_HEADER + start..GROUP_HEADER + self.footer(i).end as usize
    }

    pub(crate) fn stored(&self, i: u32) -> &'a [u8] {
        &self.bytes[self.body_range(i)]
    }

    /// Whether everything but the bodies is as it was written.
    pub(crate) fn frame(&self, suite: Suite) -> Option<Fault> {
        let (footer_at, annex_at, trailer_at) = (
            self.header.footer_at(),
            self.header.annex_at(),
            self.header.trailer_at(),
        );
        let trailer = &self.bytes[trailer_at..];
        let trailer_whole =
            crc_holds(trailer, 48) && &trailer[40..48] == END && get_u64(trailer, 32) == self.bytes.len() as u64;
        if !trailer_whole {
            return Some(Fault::new(trailer_at, DamageKind::Trailer));
        }
        if suite.digest(&[&self.bytes[..GROUP_HEADER], &self.bytes[footer_at..annex_at]]) != self.chain() {
            return Some(Fault {
                at: footer_at,
                entry: self.suspect(suite),
                kind: DamageKind::Footer,
            });
        }
        if let Some(i) = self.disorder() {
            let at = footer_at + i as usize * FOOTER_ENTRY;
            return Some(Fault {
                at,
                entry: Some(i),
                kind: DamageKind::Footer,
            });
        }
        if !crc_holds(&self.bytes[annex_at..trailer_at], trailer_at - annex_at - CRC) {
            return Some(Fault::new(annex_at, DamageKind::Annex));
        }
        let marked = (0..self.header.count).find(|i| self.annex(*i).mark > 1);
        marked.map(|i| Fault {
            at: annex_at + i as usize * ANNEX_ENTRY,
            entry: Some(i),
            kind: DamageKind::Annex,
        })
    }

    /// The first footer entry whose bounds make no sense.
    fn disorder(&self) -> Option<u32> {
        let mut start = 0;
        for i in 0..self.header.count {
            let entry = self.footer(i);
            let overhead = if entry.is_plain() { 0 } else { (BODY_SALT + TAG) as u32 };
            let last = i + 1 == self.header.count;
            let fits = entry.end.checked_sub(start).is_some_and(|len| len >= overhead)
                && entry.end <= self.header.bodies
                && (!last || entry.end == self.header.bodies);
            if !fits || entry.flags & !FLAG_PLAIN != 0 {
                return Some(i);
            }
            start = entry.end;
        }
        None
    }

    /// In a footer that breaks the chain: the entry that no longer fits its body, if one can be told.
    fn suspect(&self, suite: Suite) -> Option<u32> {
        if let Some(i) = self.disorder() {
            return Some(i);
        }
        (0..self.header.count).find(|i| !self.annex(*i).is_erased() && self.body(suite, *i).is_some())
    }

    /// Whether one body is as it was written, or rightly empty.
    pub(crate) fn body(&self, suite: Suite, i: u32) -> Option<Fault> {
        let (stored, annex) = (self.stored(i), self.annex(i));
        let kind = match annex.is_erased() {
            true if is_zero(stored) && annex.body_hash == 0 => return None,
            true => DamageKind::ErasedNotEmpty,
            false if suite.digest(&[stored]) == self.footer(i).digest => return None,
            false => DamageKind::Body,
        };
        Some(Fault {
            at: self.body_range(i).start,
            entry: Some(i),
            kind,
        })
    }
}

/// Empties these entries of a group and says so in its annex.
pub(crate) fn erase_in(header: &GroupHeader, bytes: &mut [u8], entries: &[u32]) {
    for i in entries {
        let range = Group::new(header.clone(), bytes).body_range(*i);
        bytes[range].fill(0);
        let at = header.annex_at() + *i as usize * ANNEX_ENTRY;
        put(bytes, at, &[0, 0, 0, 0, 0, 0, 0, 0, 1]);
    }
    let annex = &mut bytes[header.annex_at()..header.trailer_at()];
    let at = annex.len() - CRC;
    put_crc(annex, at);
}
