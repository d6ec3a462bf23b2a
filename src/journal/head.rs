//! The `head` file: how far the journal had come, kept apart so that a cut end can be told from a torn one.

use crate::digest::Chain;
use crate::layout::{
    CRC, FORMAT_VERSION, HEAD_FILE, HEAD_UNSIGNED, crc_holds, get, get_u16, get_u32, get_u64, put, put_crc,
};
use crate::segment::HeaderFault;
use crate::sign::Signature;

#[cfg(test)]
mod tests;

const MAGIC: &[u8; 4] = b"THHD";

/// The last acknowledged group.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Head {
    /// Its sequence; 0 = none yet.
    pub(crate) seq: u64,
    /// The first group of its segment.
    pub(crate) segment: u64,
    /// Where it ends in that segment.
    pub(crate) end: u32,
    /// The chain after it.
    pub(crate) chain: Chain,
    /// Written by an orderly close, synced.
    pub(crate) clean: bool,
    /// Over that chain.
    pub(crate) signature: Option<Signature>,
}

impl Head {
    pub(crate) fn encode(&self) -> [u8; HEAD_FILE] {
        let mut out = [0; HEAD_FILE];
        put(&mut out, 0, MAGIC);
        put(&mut out, 4, &FORMAT_VERSION.to_le_bytes());
        put(&mut out, 6, &u16::from(self.clean).to_le_bytes());
        put(&mut out, 8, &self.seq.to_le_bytes());
        put(&mut out, 16, &self.segment.to_le_bytes());
        put(&mut out, 24, &self.end.to_le_bytes());
        put(&mut out, 28, &self.chain);
        put_crc(&mut out, 60);
        if let Some(signature) = &self.signature {
            put(&mut out, HEAD_UNSIGNED, signature);
        }
        put_crc(&mut out, HEAD_FILE - CRC);
        out
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, HeaderFault> {
        let signed = match bytes.len() {
            HEAD_FILE if crc_holds(bytes, HEAD_FILE - CRC) => true,
            HEAD_UNSIGNED => false,
            _ => return Err(HeaderFault::Bad),
        };
        if !bytes.starts_with(MAGIC) || !crc_holds(bytes, 60) {
            return Err(HeaderFault::Bad);
        }
        let version = get_u16(bytes, 4);
        if version > FORMAT_VERSION {
            return Err(HeaderFault::Newer(version));
        }
        let clean = match get_u16(bytes, 6) {
            0 => false,
            1 => true,
            _ => return Err(HeaderFault::Bad),
        };
        Ok(Self {
            seq: get_u64(bytes, 8),
            segment: get_u64(bytes, 16),
            end: get_u32(bytes, 24),
            chain: get(bytes, 28),
            clean,
            signature: signed.then(|| get(bytes, HEAD_UNSIGNED)),
        })
    }
}
