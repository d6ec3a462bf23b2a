//! A segment's name and its header.

use crate::digest::{Chain, Suite};
use crate::layout::{
    FORMAT_VERSION, SEGMENT_END, SEGMENT_HEADER, crc_holds, get, get_u16, get_u64, is_zero, put, put_crc,
};

const MAGIC: &[u8; 8] = b"TANGHSEG";

/// What stands at the start of every segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SegmentHeader {
    pub(crate) suite: Suite,
    pub(crate) first: u64,
    pub(crate) prev: Chain,
    pub(crate) id: [u8; 16],
    pub(crate) key_check: [u8; 16],
}

/// Why a header could not be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum HeaderFault {
    /// Not what was written.
    Bad,
    /// Whole, and from a newer program.
    Newer(u16),
}

impl SegmentHeader {
    pub(crate) fn encode(&self) -> [u8; SEGMENT_HEADER] {
        let mut out = [0; SEGMENT_HEADER];
        put(&mut out, 0, MAGIC);
        put(&mut out, 8, &FORMAT_VERSION.to_le_bytes());
        out[10] = self.suite.number();
        put(&mut out, 16, &self.first.to_le_bytes());
        put(&mut out, 24, &self.prev);
        put(&mut out, 56, &self.id);
        put(&mut out, 72, &self.key_check);
        put_crc(&mut out, 124);
        out
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, HeaderFault> {
        if bytes.len() < SEGMENT_HEADER || !bytes.starts_with(MAGIC) || !crc_holds(bytes, 124) {
            return Err(HeaderFault::Bad);
        }
        let version = get_u16(bytes, 8);
        if version > FORMAT_VERSION {
            return Err(HeaderFault::Newer(version));
        }
        let suite = Suite::from_number(bytes[10]).ok_or(HeaderFault::Bad)?;
        if version != FORMAT_VERSION || !is_zero(&bytes[11..16]) || !is_zero(&bytes[88..124]) {
            return Err(HeaderFault::Bad);
        }
        Ok(Self {
            suite,
            first: get_u64(bytes, 16),
            prev: get(bytes, 24),
            id: get(bytes, 56),
            key_check: get(bytes, 72),
        })
    }

    /// The chain head before the very first group: binds the journal to its id and key.
    pub(crate) fn genesis(suite: Suite, id: &[u8; 16], key_check: &[u8; 16]) -> Chain {
        suite.digest(&[b"tanghulu journal 1", id, key_check])
    }
}

/// The file name of the segment that begins with this group.
pub(crate) fn name_of(first: u64) -> String {
    format!("{first:020}{SEGMENT_END}")
}

/// The first group that a segment's name promises; none for other files.
pub(crate) fn first_of(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(SEGMENT_END)?;
    let plain = digits.len() == 20 && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}
