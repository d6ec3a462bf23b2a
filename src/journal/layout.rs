//! The bytes of format version 1. All numbers are little endian; what is not named is zero and checked to be.
//!
//! A segment is a file `NNNNNNNNNNNNNNNNNNNN.seg`, named by its first group's sequence, twenty digits.
//!
//! ```text
//! segment header, 128 bytes
//!   0   8  magic "TANGHSEG"
//!   8   2  format version; this, the magic and the crc stay in place in every version
//!  10   1  digest suite: 1 SHA-256, 2 SM3
//!  16   8  sequence of the first group
//!  24  32  chain head before the first group (in the very first segment: derived from journal id and key check)
//!  56  16  journal id, random
//!  72  16  key check: says whether a node key is the right one
//! 124   4  crc32 of bytes 0..124
//!
//! group = header, bodies, footer, annex, trailer
//!
//! group header, 160 bytes                                    chained
//!   0   8  magic "TANGHGRP"
//!   8   2  format version
//!  12   4  number of entries, n
//!  16   8  sequence, from 1 without gaps
//!  24   8  time, milliseconds since 1970, signed
//!  32  16  group salt, random
//!  48  32  chain head before this group
//!  80   1  signature algorithm: 0 none (before there were signatures), 1 Ed25519
//!  81  64  signature of the chain head before this group (`sign`)
//! 152   4  length of all bodies
//! 156   4  crc32 of bytes 0..156
//!
//! body                                                        not chained; its digest is
//!   0  16  body salt, random
//!  16   .  AES-256-GCM ciphertext and its 16-byte tag; key from node key, group salt and sequence; nonce = ordinal;
//!          the tag also covers body salt, sequence, ordinal, kind, flags, key hash and body hash
//!   (flag PLAIN: the plain bytes alone. Erased: zeros.)
//!
//! footer, 56 bytes per entry                                  chained
//!   0   2  kind
//!   2   2  flags: 1 = PLAIN
//!   4   4  end of the body, counted from the end of the header
//!   8  32  digest of the body as stored
//!  40  16  SipHash-2-4-128 of the entry's key, keyed from the node key
//!
//! annex, 9 bytes per entry, and 4                             not chained: an erasure changes it
//!   0   8  SipHash-1-3-64 of the plain body, keyed from the node key; zero when erased
//!   8   1  1 = erased
//!   n*9 4  crc32 of the n*9 bytes
//!
//! trailer, 52 bytes
//!   0  32  chain head: digest of header and footer
//!  32   8  length of the whole group
//!  40   8  magic "TANGHEND"
//!  48   4  crc32 of bytes 0..48
//!
//! `head`, a file of 132 bytes, written without sync after each commit
//!   0   4  magic "THHD"
//!   4   2  format version
//!   6   2  1 = closed cleanly, synced
//!   8   8  last acknowledged group, 0 = none
//!  16   8  first group of the segment that it is in
//!  24   4  offset of the group's end in that segment
//!  28  32  chain head after it
//!  60   4  crc32 of bytes 0..60
//!  64  64  signature of that chain head
//! 128   4  crc32 of bytes 0..128
//! (before there were signatures: the first 64 bytes alone)
//!
//! sealed blob (spool, drafts)
//!   0   8  magic "TANGHBLB"
//!   8   2  format version
//!  16  16  key salt, random
//!  32  12  nonce, random
//!  44   .  AES-256-GCM ciphertext and tag; the tag also covers bytes 0..44 and the label
//! ```
//!
//! Every byte is under some check: headers, annex, trailer and `head` under their crc, header and footer under the
//! chain, bodies under their digests, zeros of an erased body by being zeros. An erased entry is lawful only where a
//! later entry of kind `ERASE` (flag PLAIN, body = group u64 and ordinal u32 for each) names it.

/// The version this code writes, and the newest it reads.
pub const FORMAT_VERSION: u16 = 1;
/// Kinds from here on belong to the journal itself.
pub const KIND_RESERVED: u16 = 0xFF00;
/// An erasure: its body names erased entries, 12 bytes each (group u64, ordinal u32, little endian), unencrypted.
pub const KIND_ERASE: u16 = 0xFF01;
/// At most this many entries in a group.
pub const MAX_ENTRIES: usize = 65_536;

pub(crate) const MAX_BODIES: usize = 64 << 20;
pub(crate) const MAX_SEGMENT: u64 = 1 << 30;

pub(crate) const SEGMENT_HEADER: usize = 128;
pub(crate) const GROUP_HEADER: usize = 160;
pub(crate) const FOOTER_ENTRY: usize = 56;
pub(crate) const ANNEX_ENTRY: usize = 9;
pub(crate) const CRC: usize = 4;
pub(crate) const TRAILER: usize = 52;
pub(crate) const HEAD_FILE: usize = 132;
pub(crate) const HEAD_UNSIGNED: usize = 64;
pub(crate) const BODY_SALT: usize = 16;
pub(crate) const TAG: usize = 16;
pub(crate) const ERASE_NAME: usize = 12;

pub(crate) const FLAG_PLAIN: u16 = 1;
pub(crate) const HEAD: &str = "head";
pub(crate) const SEGMENT_END: &str = ".seg";

/// The bytes at a fixed place. Callers check lengths once, before; short input reads as zeros instead of panicking.
pub(crate) fn get<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut out = [0; N];
    if let Some(found) = bytes.get(at..at + N) {
        out.copy_from_slice(found);
    }
    out
}

pub(crate) fn get_u16(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(get(bytes, at))
}

pub(crate) fn get_u32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(get(bytes, at))
}

pub(crate) fn get_u64(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(get(bytes, at))
}

/// Writes bytes at a fixed place of a buffer that is long enough by construction.
pub(crate) fn put(bytes: &mut [u8], at: usize, what: &[u8]) {
    bytes[at..at + what.len()].copy_from_slice(what);
}

pub(crate) fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| *b == 0)
}

/// Appends the crc of the bytes before `at` at `at`.
pub(crate) fn put_crc(bytes: &mut [u8], at: usize) {
    let crc = crate::crc::crc32(&bytes[..at]);
    put(bytes, at, &crc.to_le_bytes());
}

/// Whether the crc at `at` is that of the bytes before it.
pub(crate) fn crc_holds(bytes: &[u8], at: usize) -> bool {
    bytes.len() >= at + CRC && get_u32(bytes, at) == crate::crc::crc32(&bytes[..at])
}
