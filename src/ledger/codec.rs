//! Events to stored bodies and back. Every body begins with its format version.
//!
//! The first byte holds the version in its lower seven bits. Version 1: byte `01`, then JSON, an object whose first member `e`
//! says what happened and whose others say the rest; for spooled bytes, byte `81`, batch (8 bytes, little-endian), part
//! (4 bytes), then the bytes as they are.
//!
//! Serde reads that form too, but holds every member until it has seen `e`, which it need not know to be the first: that is
//! a third of what reading costs. So `e` is taken off here, and put on.

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
        let told = serde_json::to_vec(event).map_err(|e| CodecError::Broken(e.to_string()))?;
        tag(&told, &mut body).ok_or_else(|| CodecError::Broken("an event without members".to_owned()))?;
    }
    Ok(body)
}

/// How the stored form begins.
const TAG: &[u8] = b"{\"e\":\"";

/// `{"row":{…}}` as `{"e":"row",…}`.
fn tag(told: &[u8], body: &mut Vec<u8>) -> Option<()> {
    let inner = told.strip_prefix(b"{\"")?.strip_suffix(b"}")?;
    let (name, members) = inner.split_at(inner.iter().position(|b| *b == b'"')?);
    let members = members.strip_prefix(b"\":{")?;
    body.reserve(TAG.len() + name.len() + 2 + members.len());
    body.extend_from_slice(TAG);
    body.extend_from_slice(name);
    body.push(b'"');
    if members != b"}" {
        body.push(b',');
    }
    body.extend_from_slice(members);
    Some(())
}

/// `{"e":"row",…}` as `{"row":{…}}`.
fn untag(stored: &[u8]) -> Option<Vec<u8>> {
    let rest = stored.strip_prefix(TAG)?;
    let (name, members) = rest.split_at(rest.iter().position(|b| *b == b'"')?);
    let members = members.strip_prefix(b"\"")?;
    let members = members.strip_prefix(b",").unwrap_or(members);
    Some([b"{\"", name, b"\":{", members, b"}"].concat())
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
        let told = untag(rest).ok_or_else(|| CodecError::Broken("it does not say what happened".to_owned()))?;
        return serde_json::from_slice(&told).map_err(|e| CodecError::Broken(e.to_string()));
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
