//! A group that entries are read from. The last few are kept, because what is read next mostly stands beside: to find a group,
//! to make its key and to set up its cipher costs more than reading an entry of it.

use crate::blob::aes;
use crate::damage::DamageKind;
use crate::encode::unseal;
use crate::error::JournalError;
use crate::group::{AnnexEntry, Fault, FooterEntry, GroupHeader};
use crate::layout::{ANNEX_ENTRY, FOOTER_ENTRY, GROUP_HEADER};
use crate::read::{EntryPos, Segment, Shared, damaged};
use aws_lc_rs::aead::LessSafeKey;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// Groups kept: a case stands in two or three, and so does its neighbour.
const KEPT: usize = 4;

/// A committed group, as far as it was needed.
pub(crate) struct Frame {
    segment: Arc<Segment>,
    offset: u64,
    header: GroupHeader,
    cipher: OnceLock<LessSafeKey>,
    /// Footers and annexes of all entries.
    table: OnceLock<Vec<u8>>,
    /// One entry was asked for; whoever asks for another one will ask for more.
    asked: AtomicBool,
}

/// One entry's place and marks.
pub(crate) struct Found {
    pub(crate) footer: FooterEntry,
    pub(crate) annex: AnnexEntry,
    /// Where its stored bytes lie in the file.
    body: u64,
    len: usize,
}

impl Frame {
    /// Of a committed group; `None` where there is none of that number.
    pub(crate) fn of(shared: &Shared, group: u64) -> Result<Option<Self>, JournalError> {
        let located = shared.locate(group)?;
        Ok(located.map(|(segment, offset, header)| Self {
            segment,
            offset,
            header,
            cipher: OnceLock::new(),
            table: OnceLock::new(),
            asked: AtomicBool::new(false),
        }))
    }

    /// An entry of it.
    pub(crate) fn find(&self, shared: &Shared, ordinal: u32) -> Result<Option<Found>, JournalError> {
        if ordinal >= self.header.count {
            return Ok(None);
        }
        if self.asked.swap(true, Ordering::Relaxed) && self.table.get().is_none() {
            let mut table = vec![0; self.header.trailer_at() - self.header.footer_at()];
            self.read(shared, self.header.footer_at(), &mut table)?;
            let _ = self.table.set(table);
        }
        let at = ordinal as usize;
        let start = match at.checked_sub(1) {
            None => 0,
            Some(before) => FooterEntry::parse(&self.row::<FOOTER_ENTRY>(shared, self.header.footer_at(), before)?).end,
        };
        let footer = FooterEntry::parse(&self.row::<FOOTER_ENTRY>(shared, self.header.footer_at(), at)?);
        let annex = AnnexEntry::parse(&self.row::<ANNEX_ENTRY>(shared, self.header.annex_at(), at)?);
        if start > footer.end || footer.end > self.header.bodies {
            let fault = Fault {
                at: self.header.footer_at(),
                entry: Some(ordinal),
                kind: DamageKind::Footer,
            };
            return Err(damaged(&self.segment.name, self.offset, self.header.seq, fault));
        }
        Ok(Some(Found {
            footer,
            annex,
            body: self.offset + (GROUP_HEADER as u64) + u64::from(start),
            len: (footer.end - start) as usize,
        }))
    }

    /// The time of the group, and the kinds of its entries in order.
    pub(crate) fn kinds(&self, shared: &Shared) -> Result<(i64, Vec<u16>), JournalError> {
        let mut footers = vec![0; self.header.count as usize * FOOTER_ENTRY];
        self.read(shared, self.header.footer_at(), &mut footers)?;
        let rows = footers.chunks_exact(FOOTER_ENTRY);
        Ok((
            self.header.time_ms,
            rows.map(|row| FooterEntry::parse(row).kind).collect(),
        ))
    }

    /// One row of the footer or the annex, which begins there.
    fn row<const N: usize>(&self, shared: &Shared, begin: usize, row: usize) -> Result<[u8; N], JournalError> {
        let at = begin + row * N;
        let mut bytes = [0; N];
        match self.table.get() {
            Some(table) => {
                let at = at - self.header.footer_at();
                bytes.copy_from_slice(&table[at..at + N]);
            }
            None => self.read(shared, at, &mut bytes)?,
        }
        Ok(bytes)
    }

    fn read(&self, shared: &Shared, at: usize, bytes: &mut [u8]) -> Result<(), JournalError> {
        shared.exact(&self.segment.name, self.offset + at as u64, bytes)?;
        Ok(())
    }

    /// The plain body of an entry, and the group's time, milliseconds since 1970.
    fn open(&self, shared: &Shared, pos: EntryPos) -> Result<(i64, Vec<u8>), JournalError> {
        let found = self.find(shared, pos.ordinal)?.ok_or(JournalError::NoEntry(pos))?;
        if found.annex.is_erased() {
            return Err(JournalError::Erased(pos));
        }
        let bad = |kind| {
            let fault = Fault {
                at: (found.body - self.offset) as usize,
                entry: Some(pos.ordinal),
                kind,
            };
            damaged(&self.segment.name, self.offset, pos.group, fault)
        };
        let mut stored = vec![0; found.len];
        shared.exact(&self.segment.name, found.body, &mut stored)?;
        if shared.suite.digest(&[&stored]) != found.footer.digest {
            return Err(bad(DamageKind::Body));
        }
        let time = self.header.time_ms;
        if found.footer.is_plain() {
            return Ok((time, stored));
        }
        let key = || aes(&shared.keys.group(&self.header.salt, pos.group));
        let cipher = self.cipher.get_or_init(key);
        let hash = found.annex.body_hash;
        let range = unseal(cipher, pos.group, pos.ordinal, &found.footer, hash, &mut stored)
            .ok_or_else(|| bad(DamageKind::Sealed))?;
        stored.truncate(range.end);
        stored.drain(..range.start);
        Ok((time, stored))
    }
}

/// The groups that were read from last, the newest behind.
#[derive(Default)]
pub(crate) struct Frames(Mutex<Vec<Arc<Frame>>>);

impl Frames {
    /// The plain body of an entry, and the time of its group.
    pub(crate) fn open(&self, shared: &Shared, pos: EntryPos) -> Result<(i64, Vec<u8>), JournalError> {
        if let Some(frame) = self.take(pos.group) {
            // Where it does not open, what is kept of it may be from before an erasure: the file is asked again.
            if let Ok(opened) = frame.open(shared, pos) {
                self.put(frame);
                return Ok(opened);
            }
        }
        let frame = Frame::of(shared, pos.group)?.ok_or(JournalError::NoEntry(pos))?;
        let opened = frame.open(shared, pos);
        self.put(Arc::new(frame));
        opened
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Arc<Frame>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, group: u64) -> Option<Arc<Frame>> {
        let mut kept = self.kept();
        let at = kept.iter().position(|frame| frame.header.seq == group)?;
        Some(kept.remove(at))
    }

    fn put(&self, frame: Arc<Frame>) {
        let mut kept = self.kept();
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push(frame);
    }
}

#[cfg(test)]
mod tests;
