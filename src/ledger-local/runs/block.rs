//! Records in the order of their keys, a few kilobytes of them: what is sealed, read and kept in memory as one.

use super::bytes;
use super::part::{Frame, Part};
use super::place::Kind;

#[cfg(test)]
mod tests;

/// Bytes of records in a block, before it is packed. Sled keeps up to sixteen values in one node, and a node of more
/// than a quarter of a segment becomes a file of its own: 16 × 24 KiB that would not pack, with names and seals, stay
/// below the 512 KiB of `disk::SEGMENT`. Packed, a block has four to eight KiB.
pub const BLOCK: usize = 24 * 1024;

/// What a run says of a key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Record<'a> {
    /// It was taken away: older runs do not count.
    Removed,
    /// Its value.
    Value(&'a [u8]),
    /// Its value is too long for a block and lies in pieces.
    Long(Long),
}

impl Record<'_> {
    /// Bytes of the value.
    pub fn len(&self) -> u64 {
        match self {
            Record::Removed => 0,
            Record::Value(value) => value.len() as u64,
            Record::Long(long) => long.len,
        }
    }
}

/// Where a long value lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Long {
    /// Number of its first piece.
    pub first: u32,
    /// How many there are.
    pub pieces: u32,
    /// Bytes of the value.
    pub len: u64,
}

const REMOVED: u64 = 0;
const LONG: u64 = 1;
/// Above these, what is written is the length of a value.
const VALUE: u64 = 2;

/// Collects records for a block.
#[derive(Default)]
pub struct BlockWriter {
    content: Vec<u8>,
    last: Vec<u8>,
}

impl BlockWriter {
    /// Whether it has any.
    pub fn is_empty(&self) -> bool {
        self.content.is_empty()
    }

    /// Whether another record would make it too large.
    pub fn is_full_for(&self, key: &[u8], record: Record<'_>) -> bool {
        let more = match record {
            Record::Value(value) => value.len(),
            Record::Removed | Record::Long(_) => 24,
        };
        !self.is_empty() && self.content.len() + key.len() - shared(&self.last, key) + more + 12 > BLOCK
    }

    /// Appends a record; its key comes after all before it.
    pub fn push(&mut self, key: &[u8], record: Record<'_>) {
        let shared = shared(&self.last, key);
        bytes::put(&mut self.content, shared as u64);
        bytes::put(&mut self.content, (key.len() - shared) as u64);
        self.content.extend_from_slice(&key[shared..]);
        match record {
            Record::Removed => bytes::put(&mut self.content, REMOVED),
            Record::Long(long) => {
                bytes::put(&mut self.content, LONG);
                for n in [long.first.into(), long.pieces.into(), long.len] {
                    bytes::put(&mut self.content, n);
                }
            }
            Record::Value(value) => {
                bytes::put(&mut self.content, VALUE + value.len() as u64);
                self.content.extend_from_slice(value);
            }
        }
        self.last.clear();
        self.last.extend_from_slice(key);
    }

    /// What to seal; begins anew.
    pub fn take(&mut self, next: Option<&[u8]>) -> Vec<u8> {
        let sealed = Frame::encode(next, &self.content);
        self.content.clear();
        self.last.clear();
        sealed
    }
}

fn shared(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// A block that was opened.
pub struct Block {
    frame: Frame,
    keys: Vec<u8>,
    rows: Vec<Row>,
}

struct Row {
    key_end: u32,
    what: What,
}

enum What {
    Removed,
    Value(u32, u32),
    Long(Long),
}

impl Part for Block {
    const KIND: Kind = Kind::Block;

    fn parse(first: &[u8], frame: Frame) -> Option<Self> {
        let content = frame.content();
        let mut rest = content;
        let (mut keys, mut rows) = (Vec::new(), Vec::new());
        let mut last: Vec<u8> = Vec::new();
        while !rest.is_empty() {
            let shared = bytes::length(&mut rest)?;
            let more = bytes::length(&mut rest)?;
            let more = bytes::take(&mut rest, more)?;
            let mut key = last.get(..shared)?.to_vec();
            key.extend_from_slice(more);
            if rows.is_empty() && key != first || !rows.is_empty() && key <= last {
                return None;
            }
            let what = match bytes::number(&mut rest)? {
                REMOVED => What::Removed,
                LONG => What::Long(Long {
                    first: bytes::number(&mut rest)?.try_into().ok()?,
                    pieces: bytes::number(&mut rest)?.try_into().ok()?,
                    len: bytes::number(&mut rest)?,
                }),
                len => {
                    let begin = content.len() - rest.len();
                    let value = bytes::take(&mut rest, usize::try_from(len - VALUE).ok()?)?;
                    What::Value(begin.try_into().ok()?, (begin + value.len()).try_into().ok()?)
                }
            };
            keys.extend_from_slice(&key);
            rows.push(Row {
                key_end: keys.len().try_into().ok()?,
                what,
            });
            last = key;
        }
        // A block without records would cover nothing.
        rows.shrink_to_fit();
        keys.shrink_to_fit();
        (!rows.is_empty()).then_some(Self { frame, keys, rows })
    }

    fn next(&self) -> Option<&[u8]> {
        self.frame.next()
    }

    fn weight(&self) -> usize {
        self.frame.weight() + self.keys.capacity() + self.rows.capacity() * size_of::<Row>() + size_of::<Self>()
    }
}

impl Block {
    /// How many records it has.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The key of a record.
    pub fn key(&self, n: usize) -> &[u8] {
        let begin = n.checked_sub(1).and_then(|n| self.rows.get(n)).map_or(0, |r| r.key_end);
        let end = self.rows.get(n).map_or(begin, |r| r.key_end);
        &self.keys[begin as usize..end as usize]
    }

    /// What it says of that key.
    pub fn record(&self, n: usize) -> Record<'_> {
        match self.rows.get(n).map(|r| &r.what) {
            Some(What::Value(begin, end)) => Record::Value(&self.frame.content()[*begin as usize..*end as usize]),
            Some(What::Long(long)) => Record::Long(*long),
            Some(What::Removed) | None => Record::Removed,
        }
    }

    /// The first record at or after a key.
    pub fn seek(&self, key: &[u8]) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.key(middle) < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// What it says of a key.
    pub fn find(&self, key: &[u8]) -> Option<Record<'_>> {
        let n = self.seek(key);
        (n < self.len() && self.key(n) == key).then(|| self.record(n))
    }
}
