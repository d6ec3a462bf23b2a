//! The one writer: a group is one write and one `fdatasync`, then "yes".

use crate::digest::{Chain, Suite};
use crate::encode::{Encoder, Place, Plain};
use crate::error::JournalError;
use crate::frame::Frames;
use crate::head::Head;
use crate::key::{Keys, NodeKey};
use crate::layout::{HEAD, KIND_RESERVED, MAX_BODIES, MAX_ENTRIES, MAX_SEGMENT, SEGMENT_END, SEGMENT_HEADER};
use crate::read::{EntryPos, Reader, Segment, Shared, Stats};
use crate::replay::GroupView;
use crate::segment::{SegmentHeader, name_of};
use crate::sign::{PublicKey, Signature, SignedHead};
use seams::{Rng, Storage, point};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

#[cfg(test)]
mod tests;

/// How large things may become.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    /// A segment that would grow past this many bytes is sealed first. At most 1 GiB.
    pub segment_bytes: u64,
    /// At most this many bytes of stored bodies (32 more than plain, each) in a group. At most 64 MiB.
    pub group_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            segment_bytes: 64 << 20,
            group_bytes: 16 << 20,
        }
    }
}

impl Limits {
    /// What the format can hold, whatever was asked for.
    pub(crate) fn bounded(self) -> Self {
        Self {
            segment_bytes: self.segment_bytes.min(MAX_SEGMENT),
            group_bytes: self.group_bytes.min(MAX_BODIES),
        }
    }
}

/// An entry to be committed.
#[derive(Clone, Copy, Debug)]
pub struct NewEntry<'a> {
    /// The caller's word for what it is, below [`crate::KIND_RESERVED`].
    pub kind: u16,
    /// The business key; only its keyed hash is stored.
    pub key: &'a [u8],
    /// The body; stored encrypted.
    pub body: &'a [u8],
}

/// The journal, open for writing. One process at a time: the caller holds the directory's lock.
pub struct Journal {
    pub(crate) shared: Arc<Shared>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) limits: Limits,
    pub(crate) tip: Tip,
    pub(crate) id: [u8; 16],
    pub(crate) encoder: Encoder,
}

/// The end of the journal.
pub(crate) struct Tip {
    /// The last committed group; 0 = none.
    pub(crate) seq: u64,
    pub(crate) chain: Chain,
    /// Over that chain.
    pub(crate) signature: Signature,
    /// The segment that is written to.
    pub(crate) segment: Arc<Segment>,
    /// Its length.
    pub(crate) end: u64,
    /// The last group's segment and end, for the `head` file.
    pub(crate) head: (u64, u32),
}

impl Journal {
    /// Makes a journal in a place that has none. When it returns, the empty journal is durable.
    /// A crash before leaves a place where `create` works again or `open` finds an empty journal.
    pub fn create(
        storage: Arc<dyn Storage>,
        key: &NodeKey,
        suite: Suite,
        limits: Limits,
        rng: Arc<dyn Rng>,
    ) -> Result<Self, JournalError> {
        let files = storage.list("").map_err(JournalError::io("list"))?;
        let lost_all = crate::scan::read_head(&*storage)?.is_ok_and(|head| head.seq > 0);
        if lost_all || files.iter().any(|f| f.name.ends_with(SEGMENT_END)) {
            return Err(JournalError::Exists);
        }
        let mut id = [0; 16];
        rng.fill(&mut id);
        let keys = Keys::new(key, id);
        let prev = SegmentHeader::genesis(suite, &id, &keys.check());
        let signature = keys.sign_head(0, &prev).signature;
        let segment = Arc::new(Segment::new(1));
        let shared = Shared {
            storage,
            keys,
            suite,
            segments: RwLock::new(vec![segment.clone()]),
            last: AtomicU64::new(0),
            poisoned: AtomicBool::new(false),
            rewrites: AtomicU64::new(0),
            frames: Frames::default(),
        };
        let tip = Tip {
            seq: 0,
            chain: prev,
            signature,
            segment,
            end: SEGMENT_HEADER as u64,
            head: (1, SEGMENT_HEADER as u32),
        };
        let journal = Self {
            shared: Arc::new(shared),
            rng,
            limits: limits.bounded(),
            tip,
            id,
            encoder: Encoder::default(),
        };
        // `head` first: a journal that has a segment and no `head` has lost it.
        journal.write_head_synced(true)?;
        journal.write_segment_header(1)?;
        Ok(journal)
    }

    /// Commits a group: one write, one `fdatasync`. When it returns a sequence, the group is durable.
    /// `TooLarge`, `Empty`, `Reserved` and `Full` change nothing; after any other error the journal refuses everything.
    pub fn commit(&mut self, now_ms: i64, entries: &[NewEntry<'_>]) -> Result<u64, JournalError> {
        let plain = sealed(entries)?;
        self.commit_plain(now_ms, &plain)
    }

    pub(crate) fn commit_plain(&mut self, now_ms: i64, entries: &[Plain<'_>]) -> Result<u64, JournalError> {
        self.shared.alive()?;
        self.check_size(entries)?;
        let seq = self.tip.seq + 1;
        let place = Place {
            seq,
            time_ms: now_ms,
            prev: self.tip.chain,
            signature: self.tip.signature,
        };
        let chain = self
            .encoder
            .encode(&self.shared.keys, self.shared.suite, &*self.rng, place, entries);
        let len = self.encoder.bytes.len();
        let full = self.tip.end + len as u64 > self.limits.segment_bytes;
        if full && self.tip.end > SEGMENT_HEADER as u64 {
            self.roll()?;
        }
        let (name, offset) = (self.tip.segment.name.as_str(), self.tip.end);
        let written = self.shared.storage.append(name, &self.encoder.bytes);
        written.map_err(|source| self.unwritten(name, offset, source))?;
        point::passed("journal.group-written");
        self.fatal("sync a group", self.shared.storage.sync(name))?;
        point::passed("journal.group-synced");
        self.tip.segment.note(seq, offset, len);
        self.tip.seq = seq;
        self.tip.chain = chain;
        self.tip.signature = self.shared.keys.sign_head(seq, &chain).signature;
        self.tip.end = offset + len as u64;
        self.tip.head = (self.tip.segment.first, self.tip.end as u32);
        self.shared.last.store(seq, Ordering::Release);
        let head = self.head(false).encode();
        self.fatal("write the head", self.shared.storage.write_at(HEAD, 0, &head))?;
        point::passed("journal.head-written");
        Ok(seq)
    }

    fn check_size(&self, entries: &[Plain<'_>]) -> Result<(), JournalError> {
        if entries.is_empty() {
            return Err(JournalError::Empty);
        }
        let too_large = |what, found: usize, limit: usize| {
            Err(JournalError::TooLarge {
                what,
                found: found as u64,
                limit: limit as u64,
            })
        };
        if entries.len() > MAX_ENTRIES {
            return too_large("entries in a group", entries.len(), MAX_ENTRIES);
        }
        let stored = entries.iter().fold(0usize, |sum, e| sum.saturating_add(e.stored_len()));
        if stored > self.limits.group_bytes {
            return too_large("bytes in a group", stored, self.limits.group_bytes);
        }
        Ok(())
    }

    /// Ends the segment that is written to; the next group begins another. Nothing happens while it is empty.
    pub fn seal(&mut self) -> Result<(), JournalError> {
        self.shared.alive()?;
        if self.tip.end > SEGMENT_HEADER as u64 {
            self.roll()
        } else {
            Ok(())
        }
    }

    fn roll(&mut self) -> Result<(), JournalError> {
        let first = self.tip.seq + 1;
        self.write_segment_header(first)?;
        let segment = Arc::new(Segment::new(first));
        self.shared
            .segments
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .push(segment.clone());
        self.tip.segment = segment;
        self.tip.end = SEGMENT_HEADER as u64;
        Ok(())
    }

    /// Makes a segment appear whole and durable, or not at all.
    fn write_segment_header(&self, first: u64) -> Result<(), JournalError> {
        let header = SegmentHeader {
            suite: self.shared.suite,
            first,
            prev: self.tip.chain,
            id: self.id,
            key_check: self.shared.keys.check(),
        };
        let (name, tmp) = (name_of(first), tmp_of(first));
        let storage = &self.shared.storage;
        let write = || -> io::Result<()> {
            if storage.exists(&tmp)? {
                storage.remove(&tmp)?;
            }
            storage.create(&tmp)?;
            point::passed("journal.segment-created");
            storage.append(&tmp, &header.encode())?;
            point::passed("journal.segment-written");
            storage.sync(&tmp)?;
            point::passed("journal.segment-synced");
            storage.rename(&tmp, &name)?;
            point::passed("journal.segment-renamed");
            storage.sync_dir()
        };
        write().map_err(|source| self.unbegun(&name, &tmp, source))
    }

    pub(crate) fn head(&self, clean: bool) -> Head {
        let (segment, end) = self.tip.head;
        Head {
            seq: self.tip.seq,
            segment,
            end,
            chain: self.tip.chain,
            clean,
            signature: Some(self.tip.signature),
        }
    }

    /// Writes the `head` file and makes it durable, making it first where it is missing.
    pub(crate) fn write_head_synced(&self, clean: bool) -> Result<(), JournalError> {
        let storage = &self.shared.storage;
        let bytes = self.head(clean).encode();
        let write = || -> io::Result<()> {
            if !storage.exists(HEAD)? {
                storage.create(HEAD)?;
            }
            if storage.len(HEAD)? > bytes.len() as u64 {
                storage.truncate(HEAD, bytes.len() as u64)?;
            }
            storage.write_at(HEAD, 0, &bytes)?;
            storage.sync(HEAD)?;
            storage.sync_dir()
        };
        self.fatal("write the head", write())
    }

    /// Passes a result on; an error poisons the journal first.
    pub(crate) fn fatal<T>(&self, doing: &'static str, result: io::Result<T>) -> Result<T, JournalError> {
        result.map_err(|source| {
            self.shared.poisoned.store(true, Ordering::Release);
            JournalError::Io { doing, source }
        })
    }

    /// Closes in good order: after this a cut end is found even if the power fails.
    pub fn close(self) -> Result<(), JournalError> {
        self.shared.alive()?;
        self.write_head_synced(true)
    }

    /// A reader of its own, for other threads.
    pub fn reader(&self) -> Reader {
        Reader {
            shared: self.shared.clone(),
        }
    }

    /// The last committed group (0 = none) and the chain head after it: what receipts and off-site copies anchor.
    pub fn head_chain(&self) -> (u64, Chain) {
        (self.tip.seq, self.tip.chain)
    }

    /// The chain head after a group, signed: the same for ever. `None` where there is no such group yet.
    pub fn signed_head(&self, group: u64) -> Result<Option<SignedHead>, JournalError> {
        let chain = if group == self.tip.seq {
            Some(self.tip.chain)
        } else {
            self.reader().chain_after(group)?
        };
        Ok(chain.map(|chain| self.shared.keys.sign_head(group, &chain)))
    }

    /// Signs a paper of its own kind (`label`) with the key that signs the heads.
    pub fn sign(&self, label: &str, bytes: &[u8]) -> Signature {
        self.shared.keys.signer().sign(label, bytes)
    }

    /// What checks its signatures.
    pub fn public_key(&self) -> PublicKey {
        self.shared.keys.signer().public()
    }

    /// Its id, random.
    pub fn id(&self) -> [u8; 16] {
        self.id
    }

    /// The digest in use.
    pub fn suite(&self) -> Suite {
        self.shared.suite
    }

    /// See [`Reader::read`].
    pub fn read(&self, pos: EntryPos) -> Result<Vec<u8>, JournalError> {
        self.reader().read(pos)
    }

    /// See [`Reader::replay`].
    pub fn replay<E: From<JournalError>>(
        &self,
        from: u64,
        each: impl FnMut(&GroupView<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.reader().replay(from, each)
    }

    /// See [`Reader::key_hash`].
    pub fn key_hash(&self, key: &[u8]) -> u128 {
        self.shared.keys.key_hash(key)
    }

    /// See [`Reader::body_hash`].
    pub fn body_hash(&self, body: &[u8]) -> u64 {
        self.shared.keys.body_hash(body)
    }

    /// How large the journal is.
    pub fn stats(&self) -> Result<Stats, JournalError> {
        Ok(Stats {
            head: self.tip.chain,
            ..self.reader().stats()?
        })
    }
}

/// Entries as they are written: encrypted, and none of a kind that is the journal's own.
pub(crate) fn sealed<'a>(entries: &[NewEntry<'a>]) -> Result<Vec<Plain<'a>>, JournalError> {
    let plain = |entry: &NewEntry<'a>| {
        if entry.kind >= KIND_RESERVED {
            return Err(JournalError::Reserved(entry.kind));
        }
        Ok(Plain {
            kind: entry.kind,
            flags: 0,
            key: entry.key,
            body: entry.body,
        })
    };
    entries.iter().map(plain).collect()
}

/// The name under which the segment that begins with this group is prepared.
pub(crate) fn tmp_of(first: u64) -> String {
    format!("{first:020}.tmp")
}
