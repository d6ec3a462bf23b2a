//! A run is cut into parts by key, its records into blocks and their filter into pieces. Each part names the key at
//! which the next one begins, so that a part which is lost is noticed and not read as "no such key".

use super::bytes;
use super::place::Kind;
use std::sync::Arc;

/// What a run is cut into.
pub trait Part: Sized {
    /// Which kind of value it is.
    const KIND: Kind;
    /// From what was sealed. `first` is the key it begins with.
    fn parse(first: &[u8], frame: Frame) -> Option<Self>;
    /// Where the next one begins; `None` after the last.
    fn next(&self) -> Option<&[u8]>;
    /// Bytes of memory.
    fn weight(&self) -> usize;
}

/// What is sealed for a part: where the next one begins, and what it says itself.
pub struct Frame {
    bytes: Vec<u8>,
    next: Option<(usize, usize)>,
    content: usize,
}

impl Frame {
    /// The bytes to seal.
    pub fn encode(next: Option<&[u8]>, content: &[u8]) -> Vec<u8> {
        let next_len = next.map_or(0, |n| n.len() + 1);
        let mut out = Vec::with_capacity(next_len + content.len() + 64);
        bytes::put(&mut out, next_len as u64);
        out.extend_from_slice(next.unwrap_or_default());
        out.extend_from_slice(content);
        out
    }

    /// What was sealed.
    pub fn decode(opened: Vec<u8>) -> Option<Self> {
        let mut rest = &opened[..];
        let next_len = bytes::length(&mut rest)?;
        let begin = opened.len() - rest.len();
        let end = begin + next_len.saturating_sub(1);
        if end > opened.len() {
            return None;
        }
        Some(Self {
            next: (next_len > 0).then_some((begin, end)),
            content: end,
            bytes: opened,
        })
    }

    /// Where the next part begins.
    pub fn next(&self) -> Option<&[u8]> {
        self.next.and_then(|(begin, end)| self.bytes.get(begin..end))
    }

    /// What the part says.
    pub fn content(&self) -> &[u8] {
        self.bytes.get(self.content..).unwrap_or_default()
    }

    /// Bytes of memory.
    pub fn weight(&self) -> usize {
        self.bytes.capacity()
    }
}

/// Whether a part that begins at or before `key` reaches over it.
pub fn covers<T: Part>(part: &Arc<T>, key: &[u8]) -> bool {
    part.next().is_none_or(|next| key < next)
}
