//! Events to stored bodies and back. Every body begins with its format version.
//!
//! The first byte holds the version in its lower seven bits. Version 1: byte `01`, then JSON; for spooled bytes, byte
//! `81`, batch (8 bytes, little-endian), part (4 bytes), then the bytes as they are.

use crate::event::Event;
use model::BatchId;
use thiserror::Error;

#[cfg(test)]
mod tests;

/// The version written.
pub const VERSION: u8 = 1;

/// Set in the first byte where what follows is not JSON.
const RAW: u8 = 0x80;

/// A stored body that cannot be read.
#[derive(Debug, Error)]
pub enum CodecError {
    /// Written by a newer program.
    #[error("format {0} is newer than this program's {VERSION}")]
    Newer(u8),
    /// Not what it should be.
    #[error("not a stored event: {0}")]
    Broken(String),
}

/// The stored form of an event.
pub fn encode(event: &Event) -> Result<Vec<u8>, CodecError> {
    let mut body = vec![VERSION];
    if let Event::Spooled { batch, part, bytes } = event {
        body = vec![VERSION | RAW];
        body.extend_from_slice(&batch.0.to_le_bytes());
        body.extend_from_slice(&part.to_le_bytes());
        body.extend_from_slice(bytes);
    } else {
        serde_json::to_writer(&mut body, event).map_err(|e| CodecError::Broken(e.to_string()))?;
    }
    Ok(body)
}

/// The event a stored body holds.
pub fn decode(body: &[u8]) -> Result<Event, CodecError> {
    let (version, rest) = body
        .split_first()
        .ok_or_else(|| CodecError::Broken("empty".to_owned()))?;
    if version & !RAW != VERSION {
        return Err(CodecError::Newer(version & !RAW));
    }
    if version & RAW == 0 {
        return serde_json::from_slice(rest).map_err(|e| CodecError::Broken(e.to_string()));
    }
    let short = || CodecError::Broken("short spool entry".to_owned());
    let (batch, rest) = rest.split_first_chunk::<8>().ok_or_else(short)?;
    let (part, bytes) = rest.split_first_chunk::<4>().ok_or_else(short)?;
    Ok(Event::Spooled {
        batch: BatchId(u64::from_le_bytes(*batch)),
        part: u32::from_le_bytes(*part),
        bytes: bytes.to_vec(),
    })
}
