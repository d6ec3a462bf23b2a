//! Opening: decide whether the journal is what was acknowledged, then repair what a crash may leave, and only that.
//!
//! Everything is judged before anything is changed. What may be changed: an unacknowledged end is cut off, the last
//! group is written once more (after a failed sync its bytes can be readable without being on the disk), an erasure
//! that was committed is finished, leftovers are removed, the `head` file is written.

use crate::damage::{Damage, DamageKind};
use crate::digest::Chain;
use crate::encode::Encoder;
use crate::error::JournalError;
use crate::frame::Frames;
use crate::group::{Fault, Group};
use crate::head::Head;
use crate::journal::{Journal, Limits, Tip};
use crate::key::{Keys, NodeKey};
use crate::layout::{KIND_ERASE, SEGMENT_HEADER, TRAILER, crc_holds, get};
use crate::read::{EntryPos, Segment, Shared, damaged};
use crate::scan::{Step, TornTail, erased_names, find_group, read_head, segment_files, step};
use crate::segment::{HeaderFault, SegmentHeader, name_of};
use seams::{Rng, Storage};
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, RwLock};

#[cfg(test)]
mod tests;

/// What opening found and did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OpenReport {
    /// The last time the journal was closed in good order, and nothing has happened since.
    pub clean: bool,
    /// An unacknowledged end that was cut off.
    pub torn_tail: Option<TornTail>,
    /// The `head` file was missing or damaged, as after a power cut: a cut end could not have been noticed.
    pub head_lost: Option<DamageKind>,
    /// Committed erasures that had not been carried out, and now are.
    pub erasures_finished: usize,
    /// The last group; 0 = none.
    pub last_group: u64,
    /// Its time, milliseconds since 1970, if the last segment has one.
    pub last_ms: Option<i64>,
}

/// What the last segment holds.
struct Scanned {
    segment: Segment,
    seq: u64,
    chain: Chain,
    end: u64,
    /// Where the last group begins, and its time.
    last: Option<(u64, i64)>,
    /// What the last group erases.
    erases: Vec<EntryPos>,
    torn: Option<TornTail>,
}

impl Journal {
    /// Opens a journal. A damaged one, another key's or a newer format's is refused and nothing is changed.
    /// A crash at any moment of it leaves a journal that opens again.
    pub fn open(
        storage: Arc<dyn Storage>,
        key: &NodeKey,
        limits: Limits,
        rng: Arc<dyn Rng>,
    ) -> Result<(Self, OpenReport), JournalError> {
        let head = read_head(&*storage)?;
        let files = segment_files(&*storage).map_err(JournalError::io("list"))?;
        let headers = read_segments(&*storage, &files, head.ok())?;
        let Some((first, header)) = headers.first().zip(headers.last()) else {
            return Err(JournalError::Missing);
        };
        let keys = Keys::new(key, first.id);
        if keys.check() != first.key_check {
            return Err(JournalError::Key);
        }
        let scanned = scan_last(&*storage, header, head.ok())?;
        let report = OpenReport {
            clean: head.is_ok_and(|h| h.clean && h.seq == scanned.seq) && scanned.torn.is_none(),
            torn_tail: scanned.torn.clone(),
            head_lost: head.err(),
            erasures_finished: 0,
            last_group: scanned.seq,
            last_ms: scanned.last.map(|(_, time)| time),
        };
        let rewrite = scanned.last.filter(|_| !report.clean).map(|(offset, _)| offset);
        let erases = scanned.erases.clone();
        let journal = build(storage, keys, &headers, scanned, limits, rng);
        journal.check_head(head.ok())?;
        let finished = journal.repair(&report, head.ok(), rewrite, &erases)?;
        Ok((
            journal,
            OpenReport {
                erasures_finished: finished,
                ..report
            },
        ))
    }

    /// Whether the `head` file tells the same story.
    fn check_head(&self, head: Option<Head>) -> Result<(), JournalError> {
        let Some(head) = head else { return Ok(()) };
        let damage = |kind| {
            let file = name_of(head.segment);
            Err(JournalError::Damaged(Damage {
                file,
                group: head.seq,
                entry: None,
                offset: u64::from(head.end),
                kind,
            }))
        };
        if head.seq > self.tip.seq {
            return damage(DamageKind::Cut);
        }
        let chain = if head.seq == self.tip.seq {
            self.tip.chain
        } else {
            match self.shared.locate(head.seq + 1)? {
                Some((_, _, next)) => next.prev,
                None => return damage(DamageKind::Cut),
            }
        };
        if chain == head.chain {
            Ok(())
        } else {
            damage(DamageKind::HeadChain)
        }
    }

    /// The changes that opening may make.
    fn repair(
        &self,
        report: &OpenReport,
        head: Option<Head>,
        rewrite: Option<u64>,
        erases: &[EntryPos],
    ) -> Result<usize, JournalError> {
        let storage = &*self.shared.storage;
        let name = &self.tip.segment.name;
        self.fatal("remove leftovers", remove_leftovers(storage))?;
        if report.torn_tail.is_some() {
            self.fatal("cut the torn end", storage.truncate(name, self.tip.end))?;
            self.fatal("cut the torn end", storage.sync(name))?;
        }
        if let Some(offset) = rewrite {
            self.fatal(
                "write the last group again",
                write_again(storage, name, offset, self.tip.end),
            )?;
        }
        let mut open = Vec::new();
        for pos in erases {
            if self.shared.entry(*pos)?.is_some_and(|found| !found.annex.is_erased()) {
                open.push(*pos);
            }
        }
        if !open.is_empty() {
            let prepared = self.prepare_erasure(&open)?;
            self.put_in_place(&prepared)?;
        }
        self.fatal("sync the directory", storage.sync_dir())?;
        if head.is_none_or(|h| h.seq != self.tip.seq) {
            self.write_head_synced(false)?;
        }
        Ok(open.len())
    }
}

/// Every segment's header, each checked against its name, its journal and the one before it.
fn read_segments(
    storage: &dyn Storage,
    files: &[(u64, String, u64)],
    head: Option<Head>,
) -> Result<Vec<SegmentHeader>, JournalError> {
    let mut headers: Vec<SegmentHeader> = Vec::new();
    let mut before: Option<(&str, u64)> = None;
    for (first, name, len) in files {
        let damage = |offset, kind| {
            Err(JournalError::Damaged(Damage {
                file: name.clone(),
                group: *first,
                entry: None,
                offset,
                kind,
            }))
        };
        let bytes = storage
            .read_at(name, 0, SEGMENT_HEADER)
            .map_err(JournalError::io("read a segment"))?;
        let header = match SegmentHeader::parse(&bytes) {
            Ok(header) => header,
            Err(HeaderFault::Newer(found)) => {
                return Err(JournalError::Newer {
                    found,
                    file: name.clone(),
                });
            }
            Err(HeaderFault::Bad) => return damage(0, DamageKind::SegmentHeader),
        };
        if header.first != *first {
            return damage(16, DamageKind::SegmentName);
        }
        let prev = match (before, headers.first()) {
            (Some((file, len)), Some(one)) => {
                if (header.id, header.suite, header.key_check) != (one.id, one.suite, one.key_check) {
                    return damage(56, DamageKind::Foreign);
                }
                last_chain(storage, file, len)?
            }
            _ if header.first != 1 => return Err(missing(1)),
            _ => SegmentHeader::genesis(header.suite, &header.id, &header.key_check),
        };
        if header.prev != prev {
            return damage(24, DamageKind::ChainLink);
        }
        before = Some((name, *len));
        headers.push(header);
    }
    match head {
        Some(head) if headers.is_empty() && head.seq > 0 => Err(missing(1)),
        _ => Ok(headers),
    }
}

fn missing(first: u64) -> JournalError {
    let file = name_of(first);
    JournalError::Damaged(Damage {
        file,
        group: first,
        entry: None,
        offset: 0,
        kind: DamageKind::SegmentMissing,
    })
}

/// The chain head at the end of a sealed segment.
fn last_chain(storage: &dyn Storage, name: &str, len: u64) -> Result<Chain, JournalError> {
    let at = len.saturating_sub(TRAILER as u64).max(SEGMENT_HEADER as u64);
    let trailer = storage
        .read_at(name, at, TRAILER)
        .map_err(JournalError::io("read a segment"))?;
    if !crc_holds(&trailer, 48) {
        return Err(damaged(name, at, 0, Fault::new(0, DamageKind::Trailer)));
    }
    Ok(get(&trailer, 0))
}

/// Checks the last segment byte by byte and finds its end.
fn scan_last(storage: &dyn Storage, header: &SegmentHeader, head: Option<Head>) -> Result<Scanned, JournalError> {
    let segment = Segment::new(header.first);
    let io = JournalError::io("read the last segment");
    let len = storage.len(&segment.name).map_err(&io)?;
    let mut s = Scanned {
        segment,
        seq: header.first - 1,
        chain: header.prev,
        end: SEGMENT_HEADER as u64,
        last: None,
        erases: Vec::new(),
        torn: None,
    };
    let mut bytes = Vec::new();
    loop {
        let fault = match step(storage, &s.segment.name, s.end, len, &mut bytes).map_err(&io)? {
            Step::End => return Ok(s),
            Step::Newer(found) => {
                return Err(JournalError::Newer {
                    found,
                    file: s.segment.name,
                });
            }
            Step::Bad(fault) => fault,
            Step::Group(found) => {
                let group = Group::new(found, &bytes);
                match fault_of(&group, header, &s) {
                    None => {
                        s.take(&group);
                        continue;
                    }
                    Some(fault) => fault,
                }
            }
        };
        let group = s.seq + 1;
        let acknowledged = head.is_some_and(|h| h.seq >= group);
        // A group is begun only when the one before it is durable: with one behind it, this one was acknowledged.
        let followed = find_group(storage, &s.segment.name, s.end + 1, len, group)
            .map_err(&io)?
            .is_some();
        if acknowledged || followed {
            return Err(damaged(&s.segment.name, s.end, group, fault));
        }
        let file = s.segment.name.clone();
        s.torn = Some(TornTail {
            file,
            group,
            offset: s.end,
            bytes: len - s.end,
        });
        return Ok(s);
    }
}

fn fault_of(group: &Group<'_>, header: &SegmentHeader, s: &Scanned) -> Option<Fault> {
    if group.header.seq != s.seq + 1 {
        return Some(Fault::new(16, DamageKind::GroupOrder));
    }
    if group.header.prev != s.chain {
        return Some(Fault::new(48, DamageKind::ChainLink));
    }
    let bodies = || (0..group.header.count).find_map(|i| group.body(header.suite, i));
    group.frame(header.suite).or_else(bodies)
}

impl Scanned {
    fn take(&mut self, group: &Group<'_>) {
        let header = &group.header;
        self.segment.note(header.seq, self.end, header.total());
        self.erases.clear();
        for i in 0..header.count {
            let footer = group.footer(i);
            if footer.kind == KIND_ERASE && footer.is_plain() {
                self.erases.extend(erased_names(group.stored(i)));
            }
        }
        self.last = Some((self.end, header.time_ms));
        self.seq = header.seq;
        self.chain = group.chain();
        self.end += header.total() as u64;
    }
}

fn build(
    storage: Arc<dyn Storage>,
    keys: Keys,
    headers: &[SegmentHeader],
    scanned: Scanned,
    limits: Limits,
    rng: Arc<dyn Rng>,
) -> Journal {
    let (suite, id) = headers.first().map(|h| (h.suite, h.id)).unwrap_or_default();
    let last = Arc::new(scanned.segment);
    let sealed = headers.iter().map(|h| h.first).filter(|first| *first != last.first);
    let mut segments: Vec<Arc<Segment>> = sealed.map(|first| Arc::new(Segment::new(first))).collect();
    segments.push(last.clone());
    let tip = Tip {
        seq: scanned.seq,
        chain: scanned.chain,
        signature: keys.sign_head(scanned.seq, &scanned.chain).signature,
        head: (last.first, u32::try_from(scanned.end).unwrap_or(u32::MAX)),
        segment: last,
        end: scanned.end,
    };
    let shared = Shared {
        storage,
        keys,
        suite,
        segments: RwLock::new(segments),
        last: AtomicU64::new(scanned.seq),
        poisoned: AtomicBool::new(false),
        rewrites: AtomicU64::new(0),
        frames: Frames::default(),
    };
    Journal {
        shared: Arc::new(shared),
        rng,
        limits: limits.bounded(),
        tip,
        id,
        encoder: Encoder::default(),
    }
}

/// Files that were being prepared when the process died.
fn remove_leftovers(storage: &dyn Storage) -> io::Result<()> {
    for file in storage.list("")? {
        let ours = file
            .name
            .strip_suffix(".tmp")
            .is_some_and(|n| n.len() == 20 && n.bytes().all(|b| b.is_ascii_digit()));
        if ours {
            storage.remove(&file.name)?;
        }
    }
    Ok(())
}

/// Writes the same bytes in the same place and makes them durable.
fn write_again(storage: &dyn Storage, name: &str, offset: u64, end: u64) -> io::Result<()> {
    let len = usize::try_from(end.saturating_sub(offset)).map_err(|_| io::ErrorKind::FileTooLarge)?;
    let bytes = storage.read_at(name, offset, len)?;
    storage.write_at(name, offset, &bytes)?;
    storage.sync(name)
}
