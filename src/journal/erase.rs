//! Erasing: bodies, their salts and their hashes go; the chain, the places and all other bytes stay.
//!
//! Where there is no room for the copies or for the group that says so, it is as if nothing had been asked.
//! Order: copies of the segments are prepared without the bodies, the erasure is committed, the copies take their
//! places. A crash before the commit leaves everything as it was; after it, opening finishes the work. The freed
//! blocks of the old file are the disk's to forget: without its salt a body cannot even be guessed from its digest.

use crate::encode::Plain;
use crate::error::JournalError;
use crate::group::{Group, erase_in};
use crate::journal::{Journal, NewEntry, sealed, tmp_of};
use crate::layout::{ERASE_NAME, FLAG_PLAIN, KIND_ERASE, KIND_RESERVED, SEGMENT_HEADER};
use crate::read::{EntryPos, Segment, damaged};
use crate::scan::{Step, step};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

#[cfg(test)]
mod tests;

/// One call erases at most this many entries.
const MAX_NAMES: usize = 100_000;

/// Entries by group.
type Ordinals = BTreeMap<u64, Vec<u32>>;

/// Copies that wait to take their segments' places.
pub(crate) struct Prepared(Vec<Arc<Segment>>);

impl Journal {
    /// Erases entries for ever and commits an entry of kind `KIND_ERASE` that names them; answers its group.
    /// Entries erased before are passed over. The segment that is written to is sealed first if it holds one of them.
    pub fn erase(&mut self, now_ms: i64, entries: &[EntryPos]) -> Result<u64, JournalError> {
        self.erase_saying(now_ms, &[], entries)
    }

    /// The same, and entries that say so in the same group, before it: either all is there, or nothing of it.
    pub fn erase_saying(
        &mut self,
        now_ms: i64,
        saying: &[NewEntry<'_>],
        entries: &[EntryPos],
    ) -> Result<u64, JournalError> {
        self.shared.alive()?;
        let open = self.erasable(entries)?;
        if open.iter().any(|pos| pos.group >= self.tip.segment.first) {
            self.seal()?;
        }
        let said = self.say_erased(now_ms, saying, &open);
        if matches!(said, Err(JournalError::Full { .. })) {
            self.drop_copies(&open);
        }
        let (seq, prepared) = said?;
        self.put_in_place(&prepared)?;
        Ok(seq)
    }

    fn say_erased(
        &mut self,
        now_ms: i64,
        saying: &[NewEntry<'_>],
        open: &[EntryPos],
    ) -> Result<(u64, Prepared), JournalError> {
        let prepared = self.prepare_erasure(open)?;
        let mut names = Vec::with_capacity(open.len() * ERASE_NAME);
        for pos in open {
            names.extend_from_slice(&pos.group.to_le_bytes());
            names.extend_from_slice(&pos.ordinal.to_le_bytes());
        }
        let erasure = Plain {
            kind: KIND_ERASE,
            flags: FLAG_PLAIN,
            key: b"",
            body: &names,
        };
        let mut group = sealed(saying)?;
        group.push(erasure);
        let seq = self.commit_plain(now_ms, &group)?;
        Ok((seq, prepared))
    }

    /// Copies that found no room, or whose erasure found none: they are of no use, and what is left of them is removed when
    /// the next ones are made.
    fn drop_copies(&self, entries: &[EntryPos]) {
        let firsts: BTreeSet<u64> = entries
            .iter()
            .filter_map(|pos| Some(self.shared.segment_of(pos.group)?.first))
            .collect();
        for first in firsts {
            let _ = self.shared.storage.remove(&tmp_of(first));
        }
    }

    /// The entries that are there, may go and have not gone yet; sorted, each once.
    fn erasable(&self, entries: &[EntryPos]) -> Result<Vec<EntryPos>, JournalError> {
        if entries.len() > MAX_NAMES {
            let (found, limit) = (entries.len() as u64, MAX_NAMES as u64);
            return Err(JournalError::TooLarge {
                what: "entries in an erasure",
                found,
                limit,
            });
        }
        let mut wanted = entries.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        let mut open = Vec::new();
        for pos in &wanted {
            let found = self.shared.entry(*pos)?.ok_or(JournalError::NoEntry(*pos))?;
            if found.footer.kind >= KIND_RESERVED {
                return Err(JournalError::NotErasable(*pos));
            }
            if !found.annex.is_erased() {
                open.push(*pos);
            }
        }
        match (open.is_empty(), wanted.first()) {
            (false, _) => Ok(open),
            (true, Some(pos)) => Err(JournalError::Erased(*pos)),
            (true, None) => Err(JournalError::Empty),
        }
    }

    /// Writes durable copies of the sealed segments, without these bodies, beside them.
    pub(crate) fn prepare_erasure(&self, entries: &[EntryPos]) -> Result<Prepared, JournalError> {
        let mut by_segment: BTreeMap<u64, (Arc<Segment>, Ordinals)> = BTreeMap::new();
        for pos in entries {
            let segment = self.shared.segment_of(pos.group).ok_or(JournalError::NoEntry(*pos))?;
            let (_, groups) = by_segment
                .entry(segment.first)
                .or_insert_with(|| (segment, Ordinals::new()));
            groups.entry(pos.group).or_default().push(pos.ordinal);
        }
        let mut prepared = Vec::new();
        for (segment, groups) in by_segment.into_values() {
            self.copy_without(&segment, &groups)?;
            prepared.push(segment);
        }
        Ok(Prepared(prepared))
    }

    fn copy_without(&self, segment: &Segment, groups: &Ordinals) -> Result<(), JournalError> {
        let storage = &*self.shared.storage;
        let (name, tmp) = (segment.name.as_str(), tmp_of(segment.first));
        let io = JournalError::io("read a segment");
        let len = storage.len(name).map_err(&io)?;
        let mut bytes = storage.read_at(name, 0, SEGMENT_HEADER).map_err(&io)?;
        if self.fatal("look for a copy", storage.exists(&tmp))? {
            self.fatal("remove an old copy", storage.remove(&tmp))?;
        }
        self.copied("begin a copy", storage.create(&tmp))?;
        self.copied("write a copy", storage.append(&tmp, &bytes))?;
        let mut offset = SEGMENT_HEADER as u64;
        let mut seq = segment.first;
        loop {
            let header = match step(storage, name, offset, len, &mut bytes).map_err(&io)? {
                Step::End => break,
                Step::Group(header) => header,
                Step::Bad(fault) => return Err(damaged(name, offset, seq, fault)),
                Step::Newer(found) => {
                    return Err(JournalError::Newer {
                        found,
                        file: name.to_owned(),
                    });
                }
            };
            if let Some(ordinals) = groups.get(&header.seq) {
                // A damaged group would leave here with fresh checksums.
                if let Some(fault) = Group::new(header.clone(), &bytes).frame(self.shared.suite) {
                    return Err(damaged(name, offset, seq, fault));
                }
                erase_in(&header, &mut bytes, ordinals);
            }
            self.copied("write a copy", storage.append(&tmp, &bytes))?;
            offset += header.total() as u64;
            seq = header.seq + 1;
        }
        self.fatal("sync a copy", storage.sync(&tmp))
    }

    /// Lets prepared copies take their segments' places, durably.
    pub(crate) fn put_in_place(&self, prepared: &Prepared) -> Result<(), JournalError> {
        let storage = &*self.shared.storage;
        // Before the first: whoever reads meanwhile must not take two files for one.
        self.shared.rewrites.fetch_add(1, Ordering::AcqRel);
        for segment in &prepared.0 {
            self.fatal(
                "replace a segment",
                storage.rename(&tmp_of(segment.first), &segment.name),
            )?;
        }
        self.fatal("sync the directory", storage.sync_dir())
    }
}
