//! An archive: bodies that are to leave the journal, in a file of their own that can be checked without journal and node.
//!
//! For each group that has any: its header and footer as chained, the signature of the chain after it, and the bodies as
//! stored. Header and footer give the chain, the chain is signed, the footer holds each body's digest; so an archive says the
//! same as the journal said, or it is told. Bodies stay sealed: to read them takes the node key.
//!
//! ```text
//! header, 64 bytes
//!   0   8  magic "TANGHARC"
//!   8   2  format version
//!  10   1  digest suite
//!  16  16  journal id
//!  32  16  key check
//!  60   4  crc32 of bytes 0..60
//! record, one for each group, in order
//!   0   4  length of the rest of the record; 0 = the end
//!   .   .  group header (160), footer (56 per entry), signature of the chain after the group (64)
//!   .   4  number of bodies, then for each: ordinal (4), body hash (8), length (4), bytes as stored
//! end
//!   0   4  zero
//!   4   8  number of groups
//!  12   8  number of bodies
//!  20  32  SHA-256 of everything before
//!  52  64  signature over that
//! ```

use crate::blob::aes;
use crate::digest::{Chain, Suite};
use crate::encode::unseal;
use crate::error::JournalError;
use crate::group::{FooterEntry, Group, GroupHeader};
use crate::key::{Keys, NodeKey};
use crate::layout::{
    FOOTER_ENTRY, FORMAT_VERSION, GROUP_HEADER, crc_holds, get, get_u16, get_u32, get_u64, put, put_crc,
};
use crate::read::{EntryPos, Reader};
use crate::sign::{PublicKey, SignedHead};
use aws_lc_rs::digest::{Context, SHA256};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};

#[cfg(test)]
mod tests;

const MAGIC: &[u8; 8] = b"TANGHARC";
const HEADER: usize = 64;
/// What the seal's signature is made for.
const SEAL: &str = "archive 1";
/// No record is longer: a group's bodies and footers.
const MAX_RECORD: usize = 96 << 20;

/// What an archive holds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Archive {
    /// Of which journal.
    pub id: [u8; 16],
    /// Groups with bodies in it.
    pub groups: u64,
    /// Bodies.
    pub bodies: u64,
    /// Times of its first and last group, milliseconds since 1970.
    pub first_ms: Option<i64>,
    /// See `first_ms`.
    pub last_ms: Option<i64>,
    /// SHA-256 of everything before the seal: its name.
    pub digest: [u8; 32],
    /// Says whether a node key is the one that opens its bodies.
    key_check: [u8; 16],
}

/// Why an archive does not hold.
#[derive(Debug, thiserror::Error)]
pub enum NoArchive {
    /// It cannot be read.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// It is none.
    #[error("not an archive")]
    Other,
    /// A newer program wrote it.
    #[error("format {0}, this program knows {FORMAT_VERSION}")]
    Newer(u16),
    /// This node key does not open it.
    #[error("another node key made this archive")]
    Key,
    /// Something in it is not what was written.
    #[error("group {group}: {what}")]
    Damaged {
        /// Where; 0 where no group is meant.
        group: u64,
        /// What.
        what: &'static str,
    },
}

fn damaged<T>(group: u64, what: &'static str) -> Result<T, NoArchive> {
    Err(NoArchive::Damaged { group, what })
}

/// Passes bytes on and digests them.
struct Digested<T> {
    inner: T,
    sum: Context,
}

impl<T> Digested<T> {
    fn new(inner: T) -> Self {
        let sum = Context::new(&SHA256);
        Self { inner, sum }
    }

    fn digest(&self) -> [u8; 32] {
        get(self.sum.clone().finish().as_ref(), 0)
    }
}

impl<T: Write> Digested<T> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sum.update(bytes);
        self.inner.write_all(bytes)
    }
}

impl<T: Read> Digested<T> {
    fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.inner.read_exact(&mut bytes)?;
        self.sum.update(&bytes);
        Ok(bytes)
    }

    fn take_all(&mut self, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        (&mut self.inner).take(len as u64).read_to_end(&mut bytes)?;
        if bytes.len() < len {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.sum.update(&bytes);
        Ok(bytes)
    }
}

impl Reader {
    /// Writes these entries as an archive. What was erased before is refused; what it says is what the journal said.
    pub fn archive(&self, places: &BTreeMap<u64, Vec<u32>>, out: impl Write) -> Result<Archive, JournalError> {
        let shared = &self.shared;
        let keys = &shared.keys;
        let io = JournalError::io("write an archive");
        let mut out = Digested::new(out);
        let mut header = [0; HEADER];
        put(&mut header, 0, MAGIC);
        put(&mut header, 8, &FORMAT_VERSION.to_le_bytes());
        header[10] = shared.suite.number();
        put(&mut header, 16, &keys.id());
        put(&mut header, 32, &keys.check());
        put_crc(&mut header, 60);
        out.put(&header).map_err(&io)?;
        let mut archive = Archive {
            id: keys.id(),
            key_check: keys.check(),
            ..Archive::default()
        };
        for (seq, ordinals) in places {
            let (time, record) = self.record(*seq, ordinals)?;
            out.put(&(record.len() as u32).to_le_bytes()).map_err(&io)?;
            out.put(&record).map_err(&io)?;
            archive.groups += 1;
            archive.bodies += ordinals.len() as u64;
            archive.first_ms.get_or_insert(time);
            archive.last_ms = Some(time);
        }
        out.put(&0u32.to_le_bytes()).map_err(&io)?;
        out.put(&archive.groups.to_le_bytes()).map_err(&io)?;
        out.put(&archive.bodies.to_le_bytes()).map_err(&io)?;
        archive.digest = out.digest();
        let seal = keys.signer().sign(SEAL, &archive.digest);
        out.inner.write_all(&archive.digest).map_err(&io)?;
        out.inner.write_all(&seal).map_err(&io)?;
        out.inner.flush().map_err(&io)?;
        Ok(archive)
    }

    /// One group's record, and its time.
    fn record(&self, seq: u64, ordinals: &[u32]) -> Result<(i64, Vec<u8>), JournalError> {
        let (group, header) = self.whole_group(seq)?;
        let suite = self.shared.suite;
        let (footer_at, annex_at) = (header.footer_at(), header.annex_at());
        let chain = suite.digest(&[&group[..GROUP_HEADER], &group[footer_at..annex_at]]);
        let mut record = group[..GROUP_HEADER].to_vec();
        record.extend_from_slice(&group[footer_at..annex_at]);
        record.extend_from_slice(&self.shared.keys.sign_head(seq, &chain).signature);
        record.extend_from_slice(&(ordinals.len() as u32).to_le_bytes());
        let view = Group::new(header.clone(), &group);
        for ordinal in ordinals {
            let pos = EntryPos {
                group: seq,
                ordinal: *ordinal,
            };
            if *ordinal >= header.count {
                return Err(JournalError::NoEntry(pos));
            }
            let annex = view.annex(*ordinal);
            if annex.is_erased() {
                return Err(JournalError::Erased(pos));
            }
            let stored = view.stored(*ordinal);
            record.extend_from_slice(&ordinal.to_le_bytes());
            record.extend_from_slice(&annex.body_hash.to_le_bytes());
            record.extend_from_slice(&(stored.len() as u32).to_le_bytes());
            record.extend_from_slice(stored);
        }
        Ok((header.time_ms, record))
    }
}

/// One body of an archive, as stored.
struct Stored<'a> {
    ordinal: u32,
    footer: FooterEntry,
    body_hash: u64,
    bytes: &'a [u8],
}

/// Checks an archive from its first byte to its seal: that each group is what the chain says, each body what its group
/// says, and, where a key is given, that the node signed all of it.
pub fn verify_archive(input: impl Read, key: Option<&PublicKey>) -> Result<Archive, NoArchive> {
    walk(input, |_| Ok(key.copied()), |_, _, _| Ok(()))
}

/// Opens every body with the node key: place, time (milliseconds since 1970), kind and plain bytes, in order. What was read
/// counts only once this returns: the seal stands at the end, and is the node's own.
pub fn read_archive(
    input: impl Read,
    node: &NodeKey,
    mut each: impl FnMut(EntryPos, i64, u16, &[u8]),
) -> Result<Archive, NoArchive> {
    let keys = std::cell::OnceCell::new();
    let of = |archive: &Archive| {
        let keys: &Keys = keys.get_or_init(|| Keys::new(node, archive.id));
        if keys.check() != archive.key_check {
            return Err(NoArchive::Key);
        }
        Ok(Some(keys.signer().public()))
    };
    walk(input, of, |_, header, bodies| {
        let Some(keys) = keys.get() else {
            return Err(NoArchive::Key);
        };
        let (seq, cipher) = (header.seq, aes(&keys.group(&header.salt, header.seq)));
        for body in bodies {
            let mut stored = body.bytes.to_vec();
            let plain = unseal(&cipher, seq, body.ordinal, &body.footer, body.body_hash, &mut stored);
            let Some(plain) = plain else {
                return damaged(seq, "sealed body");
            };
            let pos = EntryPos {
                group: seq,
                ordinal: body.ordinal,
            };
            each(pos, header.time_ms, body.footer.kind, &stored[plain]);
        }
        Ok(())
    })
}

fn walk(
    input: impl Read,
    signed_by: impl FnOnce(&Archive) -> Result<Option<PublicKey>, NoArchive>,
    mut each: impl FnMut(&Archive, &GroupHeader, &[Stored<'_>]) -> Result<(), NoArchive>,
) -> Result<Archive, NoArchive> {
    let mut input = Digested::new(input);
    let header: [u8; HEADER] = input.take()?;
    if !header.starts_with(MAGIC) || !crc_holds(&header, 60) {
        return Err(NoArchive::Other);
    }
    let version = get_u16(&header, 8);
    if version > FORMAT_VERSION {
        return Err(NoArchive::Newer(version));
    }
    let suite = Suite::from_number(header[10]).ok_or(NoArchive::Other)?;
    let mut archive = Archive {
        id: get(&header, 16),
        key_check: get(&header, 32),
        ..Archive::default()
    };
    let key = signed_by(&archive)?;
    let key = key.as_ref();
    let mut last = 0;
    loop {
        let len = u32::from_le_bytes(input.take()?) as usize;
        if len == 0 {
            break;
        }
        if len > MAX_RECORD {
            return damaged(last + 1, "length");
        }
        let record = input.take_all(len)?;
        let (header, bodies) = read(&record, suite, &archive.id, key, last)?;
        last = header.seq;
        archive.groups += 1;
        archive.bodies += bodies.len() as u64;
        archive.first_ms.get_or_insert(header.time_ms);
        archive.last_ms = Some(header.time_ms);
        each(&archive, &header, &bodies)?;
    }
    let counted = (u64::from_le_bytes(input.take()?), u64::from_le_bytes(input.take()?));
    if counted != (archive.groups, archive.bodies) {
        return damaged(0, "count");
    }
    archive.digest = input.digest();
    let (digest, seal): ([u8; 32], [u8; 64]) = (input.take()?, input.take()?);
    if digest != archive.digest {
        return damaged(0, "digest");
    }
    if key.is_some_and(|key| !key.verifies(SEAL, &digest, &seal)) {
        return damaged(0, "seal");
    }
    if input.inner.read(&mut [0])? != 0 {
        return damaged(0, "more than an archive");
    }
    Ok(archive)
}

/// One record, checked.
fn read<'a>(
    record: &'a [u8],
    suite: Suite,
    id: &[u8; 16],
    key: Option<&PublicKey>,
    last: u64,
) -> Result<(GroupHeader, Vec<Stored<'a>>), NoArchive> {
    let Ok(header) = GroupHeader::parse(record) else {
        return damaged(last + 1, "group header");
    };
    let seq = header.seq;
    if seq <= last {
        return damaged(seq, "order");
    }
    let footers = GROUP_HEADER..GROUP_HEADER + header.count as usize * FOOTER_ENTRY;
    let at = footers.end + 64 + 4;
    if record.len() < at {
        return damaged(seq, "length");
    }
    let chain: Chain = suite.digest(&[&record[..GROUP_HEADER], &record[footers.clone()]]);
    let head = SignedHead {
        id: *id,
        group: seq,
        chain,
        signature: get(record, footers.end),
    };
    if key.is_some_and(|key| !head.is_of(key)) {
        return damaged(seq, "signature");
    }
    let count = get_u32(record, footers.end + 64);
    let (mut rest, mut bodies) = (&record[at..], Vec::new());
    for _ in 0..count {
        let Some((front, tail)) = rest.split_at_checked(16) else {
            return damaged(seq, "length");
        };
        let (ordinal, len) = (get_u32(front, 0), get_u32(front, 12) as usize);
        let Some((bytes, tail)) = tail.split_at_checked(len) else {
            return damaged(seq, "length");
        };
        if ordinal >= header.count {
            return damaged(seq, "entry");
        }
        let footer = FooterEntry::parse(&record[footers.start + ordinal as usize * FOOTER_ENTRY..]);
        if suite.digest(&[bytes]) != footer.digest {
            return damaged(seq, "body");
        }
        let body_hash = get_u64(front, 4);
        bodies.push(Stored {
            ordinal,
            footer,
            body_hash,
            bytes,
        });
        rest = tail;
    }
    if !rest.is_empty() {
        return damaged(seq, "length");
    }
    Ok((header, bodies))
}
