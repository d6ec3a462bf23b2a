//! Reading what is committed: one entry by its place, or everything in order, one group in memory at a time.

use crate::damage::{Damage, DamageKind};
use crate::digest::{Chain, Suite};
use crate::error::JournalError;
use crate::frame::{Found, Frame, Frames};
use crate::group::{Fault, Group, GroupHeader};
use crate::key::Keys;
use crate::layout::{CRC, GROUP_HEADER, SEGMENT_HEADER, TRAILER, crc_holds, get};
use crate::replay::GroupView;
use crate::segment::{HeaderFault, name_of};
use seams::Storage;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// A group is remembered by its offset if this many groups or bytes lie behind the last one remembered; the others
/// are found by hopping over headers.
const MARK_GROUPS: u64 = 32;
/// See `MARK_GROUPS`.
const MARK_BYTES: u64 = 32 << 10;

/// The place of an entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EntryPos {
    /// Its group's sequence, from 1.
    pub group: u64,
    /// Its number in the group, from 0.
    pub ordinal: u32,
}

impl fmt::Display for EntryPos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.group, self.ordinal)
    }
}

/// How large the journal is.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Stats {
    /// Segment files.
    pub segments: u64,
    /// Groups.
    pub groups: u64,
    /// Entries.
    pub entries: u64,
    /// Bytes on disk.
    pub bytes: u64,
    /// Time of the first group, milliseconds since 1970.
    pub first_ms: Option<i64>,
    /// Time of the last group.
    pub last_ms: Option<i64>,
    /// The chain head after the last group.
    pub head: Chain,
}

/// A segment as far as it is known.
pub(crate) struct Segment {
    pub(crate) first: u64,
    pub(crate) name: String,
    known: Mutex<Known>,
}

/// Where groups begin, learnt on the way.
struct Known {
    /// (sequence, offset) of some groups, ascending.
    marks: Vec<(u64, u64)>,
    /// The first group not yet looked at, and where it begins.
    next: (u64, u64),
}

impl Segment {
    pub(crate) fn new(first: u64) -> Self {
        let next = (first, SEGMENT_HEADER as u64);
        Self {
            first,
            name: name_of(first),
            known: Mutex::new(Known {
                marks: Vec::new(),
                next,
            }),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Learns of a group, if it is the next one not known.
    pub(crate) fn note(&self, seq: u64, offset: u64, len: usize) {
        self.known().note(seq, offset, len);
    }
}

impl Known {
    fn note(&mut self, seq: u64, offset: u64, len: usize) {
        if self.next == (seq, offset) {
            let far = |(marked, at): &(u64, u64)| seq - marked >= MARK_GROUPS || offset - at >= MARK_BYTES;
            if self.marks.last().is_none_or(far) {
                self.marks.push((seq, offset));
            }
            self.next = (seq + 1, offset + len as u64);
        }
    }

    /// The nearest known beginning at or before a group.
    fn before(&self, seq: u64) -> (u64, u64) {
        if seq >= self.next.0 {
            return self.next;
        }
        let i = self.marks.partition_point(|(marked, _)| *marked <= seq);
        i.checked_sub(1)
            .and_then(|i| self.marks.get(i))
            .copied()
            .unwrap_or(self.next)
    }
}

/// What writer and readers share.
pub(crate) struct Shared {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) keys: Keys,
    pub(crate) suite: Suite,
    pub(crate) segments: RwLock<Vec<Arc<Segment>>>,
    /// The last group that is durable.
    pub(crate) last: AtomicU64,
    pub(crate) poisoned: AtomicBool,
    /// How often other files took segments' places.
    pub(crate) rewrites: AtomicU64,
    /// Groups that were read from last.
    pub(crate) frames: Frames,
}

impl Shared {
    pub(crate) fn alive(&self) -> Result<(), JournalError> {
        if self.poisoned.load(Ordering::Acquire) {
            Err(JournalError::Poisoned)
        } else {
            Ok(())
        }
    }

    pub(crate) fn segments(&self) -> Vec<Arc<Segment>> {
        self.segments.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn last(&self) -> u64 {
        self.last.load(Ordering::Acquire)
    }

    pub(crate) fn segment_of(&self, seq: u64) -> Option<Arc<Segment>> {
        let segments = self.segments.read().unwrap_or_else(PoisonError::into_inner);
        let i = segments.partition_point(|s| s.first <= seq);
        segments.get(i.checked_sub(1)?).cloned()
    }

    /// Where a committed group begins, and its header.
    pub(crate) fn locate(&self, seq: u64) -> Result<Option<(Arc<Segment>, u64, GroupHeader)>, JournalError> {
        if seq == 0 || seq > self.last() {
            return Ok(None);
        }
        let Some(segment) = self.segment_of(seq) else {
            return Ok(None);
        };
        let mut known = segment.known();
        let (mut at, mut offset) = known.before(seq);
        loop {
            let header = read_header(&*self.storage, &segment.name, offset, at)?;
            known.note(at, offset, header.total());
            if at == seq {
                drop(known);
                return Ok(Some((segment, offset, header)));
            }
            at += 1;
            offset += header.total() as u64;
        }
    }

    /// Bytes that must be there.
    pub(crate) fn exact<'b>(&self, name: &str, offset: u64, buf: &'b mut [u8]) -> Result<&'b mut [u8], JournalError> {
        let got = self
            .storage
            .read_into(name, offset, buf)
            .map_err(JournalError::io("read"))?;
        if got == buf.len() {
            return Ok(buf);
        }
        let damage = Damage {
            file: name.to_owned(),
            group: 0,
            entry: None,
            offset: offset + got as u64,
            kind: DamageKind::Cut,
        };
        Err(JournalError::Damaged(damage))
    }

    /// The footer and annex of one entry, as they stand now.
    pub(crate) fn entry(&self, pos: EntryPos) -> Result<Option<Found>, JournalError> {
        match Frame::of(self, pos.group)? {
            Some(frame) => frame.find(self, pos.ordinal),
            None => Ok(None),
        }
    }

    fn read(&self, pos: EntryPos) -> Result<(i64, Vec<u8>), JournalError> {
        self.alive()?;
        self.frames.open(self, pos)
    }

    fn stats(&self) -> Result<Stats, JournalError> {
        self.alive()?;
        let last = self.last();
        let mut stats = Stats {
            groups: last,
            ..Stats::default()
        };
        let segments = self.segments();
        let mut seq = 1;
        for (i, segment) in segments.iter().enumerate() {
            stats.segments += 1;
            stats.bytes += self.storage.len(&segment.name).map_err(JournalError::io("stat"))?;
            let end = segments.get(i + 1).map_or(last, |next| next.first - 1);
            let mut offset = SEGMENT_HEADER as u64;
            while seq <= end {
                let header = read_header(&*self.storage, &segment.name, offset, seq)?;
                stats.entries += u64::from(header.count);
                stats.first_ms.get_or_insert(header.time_ms);
                stats.last_ms = Some(header.time_ms);
                offset += header.total() as u64;
                seq += 1;
            }
        }
        Ok(stats)
    }
}

/// The header of the group that must stand here.
pub(crate) fn read_header(
    storage: &dyn Storage,
    name: &str,
    offset: u64,
    seq: u64,
) -> Result<GroupHeader, JournalError> {
    let mut bytes = [0; GROUP_HEADER];
    let got = storage
        .read_into(name, offset, &mut bytes)
        .map_err(JournalError::io("read"))?;
    match GroupHeader::parse(&bytes[..got]) {
        Ok(header) if header.seq == seq => Ok(header),
        Ok(_) => Err(damaged(name, offset, seq, Fault::new(16, DamageKind::GroupOrder))),
        Err(HeaderFault::Newer(found)) => Err(JournalError::Newer {
            found,
            file: name.to_owned(),
        }),
        Err(HeaderFault::Bad) => Err(damaged(name, offset, seq, Fault::new(0, DamageKind::GroupHeader))),
    }
}

/// A fault within a group as an error with its place in the file.
pub(crate) fn damaged(name: &str, offset: u64, group: u64, fault: Fault) -> JournalError {
    let offset = offset + fault.at as u64;
    JournalError::Damaged(Damage {
        file: name.to_owned(),
        group,
        entry: fault.entry,
        offset,
        kind: fault.kind,
    })
}

/// Reads beside the writer: cheap to clone, usable from any thread, sees what is committed.
#[derive(Clone)]
pub struct Reader {
    pub(crate) shared: Arc<Shared>,
}

impl Reader {
    /// The last group that is durable; 0 = none.
    pub fn last(&self) -> u64 {
        self.shared.last()
    }

    /// The plain body of an entry.
    pub fn read(&self, pos: EntryPos) -> Result<Vec<u8>, JournalError> {
        self.shared.read(pos).map(|(_, body)| body)
    }

    /// The same, and the time of its group, milliseconds since 1970.
    pub fn read_timed(&self, pos: EntryPos) -> Result<(i64, Vec<u8>), JournalError> {
        self.shared.read(pos)
    }

    /// When a committed group was written, milliseconds since 1970; `None` where there is none.
    pub fn time(&self, group: u64) -> Result<Option<i64>, JournalError> {
        let located = self.shared.locate(group)?;
        Ok(located.map(|(_, _, header)| header.time_ms))
    }

    /// The same, and the kinds of its entries in order, as the footer says them: no body is read.
    pub fn kinds(&self, group: u64) -> Result<Option<(i64, Vec<u16>)>, JournalError> {
        match Frame::of(&self.shared, group)? {
            Some(frame) => frame.kinds(&self.shared).map(Some),
            None => Ok(None),
        }
    }

    /// What checks the journal's signatures.
    pub fn public_key(&self) -> crate::sign::PublicKey {
        self.shared.keys.signer().public()
    }

    /// A committed group as it stands, with nothing wrong in it.
    pub(crate) fn whole_group(&self, seq: u64) -> Result<(Vec<u8>, GroupHeader), JournalError> {
        let no = JournalError::NoEntry(EntryPos { group: seq, ordinal: 0 });
        let (segment, offset, header) = self.shared.locate(seq)?.ok_or(no)?;
        let mut bytes = vec![0; header.total()];
        self.shared.exact(&segment.name, offset, &mut bytes)?;
        let group = Group::new(header.clone(), &bytes);
        let bodies = || (0..header.count).find_map(|i| group.body(self.shared.suite, i));
        match group.frame(self.shared.suite).or_else(bodies) {
            Some(fault) => Err(damaged(&segment.name, offset, seq, fault)),
            None => Ok((bytes, header)),
        }
    }

    /// Every group from this sequence on, in order, checked and decrypted, one in memory at a time.
    /// Ends with the group that was the last when it was called, or with the first error of `each`.
    pub fn replay<E: From<JournalError>>(
        &self,
        from: u64,
        each: impl FnMut(&GroupView<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.shared.replay(from, each)
    }

    /// The chain head after a group; `None` where there is no such group yet.
    pub fn chain_after(&self, group: u64) -> Result<Option<Chain>, JournalError> {
        let Some((segment, offset, header)) = self.shared.locate(group)? else {
            return Ok(None);
        };
        let mut trailer = [0; TRAILER];
        let at = offset + header.trailer_at() as u64;
        let trailer = self.shared.exact(&segment.name, at, &mut trailer)?;
        if !crc_holds(trailer, TRAILER - CRC) {
            let fault = Fault::new(header.trailer_at(), DamageKind::Trailer);
            return Err(damaged(&segment.name, offset, group, fault));
        }
        Ok(Some(get(trailer, 0)))
    }

    /// The keyed 128-bit hash of a business key: the same for every journal of this node key.
    pub fn key_hash(&self, key: &[u8]) -> u128 {
        self.shared.keys.key_hash(key)
    }

    /// The keyed 64-bit hash that recognises an unchanged body.
    pub fn body_hash(&self, body: &[u8]) -> u64 {
        self.shared.keys.body_hash(body)
    }

    /// How large the journal is: hops over every group's header. The head is filled in by the writer.
    pub fn stats(&self) -> Result<Stats, JournalError> {
        self.shared.stats()
    }
}
