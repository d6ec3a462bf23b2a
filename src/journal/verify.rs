//! Offline verification, without the node key: every byte of every file, each damage with its exact place.
//!
//! Checksums and the chain find what was changed by whoever could not mend them. Who mends them all makes another journal
//! that is whole: only a signature tells that one, and only for what stands before it. So the last word have the signed
//! heads that left the machine in receipts and other papers ([`Trust::anchors`]).

use crate::damage::{Damage, DamageKind};
use crate::digest::{Chain, Suite};
use crate::error::JournalError;
use crate::group::{Fault, Group, GroupHeader};
use crate::head::Head;
use crate::layout::{HEAD, KIND_ERASE, SEGMENT_HEADER};
use crate::read::EntryPos;
use crate::scan::{Step, TornTail, erased_names, find_group, read_head, segment_files, step};
use crate::segment::{HeaderFault, SegmentHeader, name_of};
use crate::sign::{PublicKey, SignedHead};
use seams::Storage;
use std::collections::{BTreeMap, BTreeSet};

#[cfg(test)]
mod tests;

/// Damages listed one by one; more are counted.
const LISTED: usize = 1_000;

/// What verification found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Report {
    /// Segment files.
    pub segments: u64,
    /// Groups that were found.
    pub groups: u64,
    /// Entries in them.
    pub entries: u64,
    /// Bytes of all segments.
    pub bytes: u64,
    /// The last group found; 0 = none.
    pub last_group: u64,
    /// Times of the first and the last group found, milliseconds since 1970.
    pub first_ms: Option<i64>,
    /// See `first_ms`.
    pub last_ms: Option<i64>,
    /// The chain head after the last group: to be compared with what receipts and other places anchored.
    pub head: Chain,
    /// The digest in use, if any segment could tell.
    pub suite: Option<Suite>,
    /// Entries that were lawfully erased.
    pub erased: Vec<EntryPos>,
    /// Entries that an erasure names and that are still there: opening the journal finishes it.
    pub unfinished: Vec<EntryPos>,
    /// An unacknowledged end that a crash left; opening the journal cuts it off. Not a damage.
    pub torn_tail: Option<TornTail>,
    /// Everything that is wrong, in order of place; at most 1,000.
    pub damage: Vec<Damage>,
    /// How many damages there are in all.
    pub damages: u64,
    /// Groups whose beginning bears a signature that holds; 0 where no public key was given.
    pub signed: u64,
    /// The journal's id, if any segment could tell.
    pub id: Option<[u8; 16]>,
}

/// What is known of a journal from elsewhere.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Trust {
    /// The node's public key: every signature is checked, and there must be one everywhere.
    pub key: Option<PublicKey>,
    /// Chain heads that left the machine, of this journal and genuine.
    pub anchors: Vec<SignedHead>,
}

impl Report {
    /// Whether everything is as it was written.
    pub fn is_intact(&self) -> bool {
        self.damages == 0
    }
}

/// Checks a journal at rest. An error only where it cannot be read at all: I/O, a newer format, no journal.
pub fn verify(storage: &dyn Storage) -> Result<Report, JournalError> {
    verify_against(storage, &Trust::default())
}

/// The same, held against what is known of it from elsewhere.
pub fn verify_against(storage: &dyn Storage, trust: &Trust) -> Result<Report, JournalError> {
    let head = read_head(storage)?;
    let files = segment_files(storage).map_err(JournalError::io("list"))?;
    if files.is_empty() && head.is_err() {
        return Err(JournalError::Missing);
    }
    let mut walk = Walk {
        head: head.ok(),
        at: Some(1),
        trust: trust.clone(),
        ..Walk::default()
    };
    let headers = walk.headers(storage, &files)?;
    walk.one = headers.iter().flatten().next().cloned();
    walk.report.suite = walk.one.as_ref().map(|h| h.suite);
    walk.report.id = walk.one.as_ref().map(|h| h.id);
    walk.report.segments = files.len() as u64;
    for (i, ((first, name, len), header)) in files.iter().zip(&headers).enumerate() {
        walk.report.bytes += len;
        walk.segment(*first, name, header.as_ref());
        walk.groups(storage, name, *len, i + 1 == files.len())?;
    }
    walk.judge_head(head.err());
    walk.judge_anchors();
    walk.judge_erasures();
    Ok(walk.report)
}

#[derive(Default)]
struct Walk {
    trust: Trust,
    head: Option<Head>,
    /// The first header that could be read: what the others must agree with.
    one: Option<SegmentHeader>,
    report: Report,
    /// The group that must come next, where that can be told.
    at: Option<u64>,
    /// The chain before it, where that can be told.
    prev: Option<Chain>,
    /// The chain at the group that `head` names.
    at_head: Option<Chain>,
    /// The end of the last segment is damaged, so that a missing end is no news.
    end_damaged: bool,
    erased: BTreeMap<EntryPos, (String, u64)>,
    named: BTreeMap<EntryPos, u64>,
    /// The chain after each group that an anchor names.
    at_anchor: BTreeMap<u64, Chain>,
    /// Where the last group began and ended.
    last_at: (String, u64, u64),
    /// The last signature did not hold, so that the next ones are no news: they cover what it covers.
    doubted: bool,
    bytes: Vec<u8>,
}

impl Walk {
    fn damage(&mut self, file: &str, group: u64, entry: Option<u32>, offset: u64, kind: DamageKind) {
        self.report.damages += 1;
        if self.report.damage.len() < LISTED {
            self.report.damage.push(Damage {
                file: file.to_owned(),
                group,
                entry,
                offset,
                kind,
            });
        }
    }

    fn fault(&mut self, file: &str, group: u64, offset: u64, fault: Fault) {
        self.damage(file, group, fault.entry, offset + fault.at as u64, fault.kind);
    }

    fn headers(
        &mut self,
        storage: &dyn Storage,
        files: &[(u64, String, u64)],
    ) -> Result<Vec<Option<SegmentHeader>>, JournalError> {
        let mut headers = Vec::new();
        for (_, name, _) in files {
            let bytes = storage
                .read_at(name, 0, SEGMENT_HEADER)
                .map_err(JournalError::io("read a segment"))?;
            headers.push(match SegmentHeader::parse(&bytes) {
                Ok(header) => Some(header),
                Err(HeaderFault::Bad) => None,
                Err(HeaderFault::Newer(found)) => {
                    return Err(JournalError::Newer {
                        found,
                        file: name.clone(),
                    });
                }
            });
        }
        Ok(headers)
    }

    /// The segment's own header, and whether it follows what came before.
    fn segment(&mut self, first: u64, name: &str, header: Option<&SegmentHeader>) {
        let Some(header) = header else {
            self.damage(name, first, None, 0, DamageKind::SegmentHeader);
            return;
        };
        if header.first != first {
            self.damage(name, first, None, 16, DamageKind::SegmentName);
        }
        if let Some(one) = &self.one
            && (header.id, header.suite, header.key_check) != (one.id, one.suite, one.key_check)
        {
            self.damage(name, first, None, 56, DamageKind::Foreign);
        }
        match self.at {
            Some(at) if at < header.first => {
                self.damage(&name_of(at), at, None, 0, DamageKind::SegmentMissing);
                self.prev = None;
            }
            Some(at) if at > header.first => {
                self.damage(name, header.first, None, 16, DamageKind::GroupOrder);
                self.prev = None;
            }
            _ => {}
        }
        let genesis = SegmentHeader::genesis(header.suite, &header.id, &header.key_check);
        let prev = if header.first == 1 { Some(genesis) } else { self.prev };
        if prev.is_some_and(|prev| prev != header.prev) {
            self.damage(name, header.first, None, 24, DamageKind::ChainLink);
        }
        if self.head.is_some_and(|h| h.seq + 1 == header.first) {
            self.at_head = Some(header.prev);
        }
        self.note_anchor(header.first.saturating_sub(1), header.prev);
        self.at = Some(header.first);
        self.prev = Some(header.prev);
        if self.report.last_group == 0 {
            self.report.head = header.prev;
        }
    }

    fn groups(&mut self, storage: &dyn Storage, name: &str, len: u64, last: bool) -> Result<(), JournalError> {
        let io = JournalError::io("read a segment");
        let mut offset = SEGMENT_HEADER as u64;
        loop {
            let mut bytes = std::mem::take(&mut self.bytes);
            let found = step(storage, name, offset, len, &mut bytes).map_err(&io)?;
            let fault = match found {
                Step::End => None,
                Step::Newer(found) => {
                    return Err(JournalError::Newer {
                        found,
                        file: name.to_owned(),
                    });
                }
                Step::Group(header) => {
                    let total = header.total() as u64;
                    self.group(name, offset, header, &bytes);
                    self.bytes = bytes;
                    offset += total;
                    continue;
                }
                Step::Bad(fault) => Some(fault),
            };
            self.bytes = bytes;
            let Some(fault) = fault else { return Ok(()) };
            let group = self.at.unwrap_or(self.report.last_group + 1);
            let next = find_group(storage, name, offset + 1, len, 1).map_err(&io)?;
            let acknowledged = self.head.is_some_and(|h| h.seq >= group);
            if next.is_none() && last && !acknowledged {
                let file = name.to_owned();
                self.report.torn_tail = Some(TornTail {
                    file,
                    group,
                    offset,
                    bytes: len - offset,
                });
                return Ok(());
            }
            self.fault(name, group, offset, fault);
            self.prev = None;
            let Some(next) = next else {
                self.at = None;
                self.end_damaged = last;
                return Ok(());
            };
            // One group stood in the damaged place; should it have been several, the next one's sequence tells.
            self.at = self.at.map(|at| at + 1);
            offset = next;
        }
    }

    fn group(&mut self, name: &str, offset: u64, header: GroupHeader, bytes: &[u8]) {
        let group = Group::new(header, bytes);
        let (seq, prev) = (group.header.seq, group.header.prev);
        if self.at.is_some_and(|at| at != seq) {
            self.damage(name, seq, None, offset + 16, DamageKind::GroupOrder);
        } else if self.prev.is_some_and(|p| p != prev) {
            self.damage(name, seq, None, offset + 48, DamageKind::ChainLink);
        }
        self.signature(name, offset, &group.header);
        let suite = self.report.suite.unwrap_or_default();
        let frame = group.frame(suite);
        match frame {
            Some(fault) => self.fault(name, seq, offset, fault),
            None => self.entries(name, offset, &group, suite),
        }
        let told = frame.is_none_or(|fault| fault.kind != DamageKind::Trailer);
        self.at = Some(seq + 1);
        self.prev = told.then(|| group.chain());
        if self.head.is_some_and(|h| h.seq == seq) {
            self.at_head = self.prev;
        }
        if let Some(chain) = self.prev {
            self.note_anchor(seq, chain);
        }
        self.last_at = (name.to_owned(), offset, offset + bytes.len() as u64);
        let report = &mut self.report;
        report.groups += 1;
        report.entries += u64::from(group.header.count);
        report.first_ms.get_or_insert(group.header.time_ms);
        report.last_ms = Some(group.header.time_ms);
        report.last_group = report.last_group.max(seq);
        report.head = group.chain();
    }

    /// Whether the chain before a group is the one that the node signed. Where it is not, nothing vouches for the group
    /// before, unless an anchor does.
    fn signature(&mut self, name: &str, offset: u64, header: &GroupHeader) {
        let (Some(key), Some(id)) = (self.trust.key, self.report.id) else {
            return;
        };
        let (group, chain) = (header.seq - 1, header.prev);
        let Some(signature) = header.signature else {
            if !std::mem::replace(&mut self.doubted, true) {
                self.damage(name, header.seq, None, offset + 80, DamageKind::Unsigned);
            }
            return;
        };
        let head = SignedHead {
            id,
            group,
            chain,
            signature,
        };
        if head.is_of(&key) {
            self.report.signed += 1;
            self.doubted = false;
        } else if !std::mem::replace(&mut self.doubted, true) {
            let anchors = &self.trust.anchors;
            let anchored = anchors.iter().any(|a| (a.group, a.chain) == (group, chain));
            let (file, at) = match self.last_at.clone() {
                (file, at, _) if group > 0 && !file.is_empty() && !anchored => (file, at),
                _ => (name.to_owned(), offset),
            };
            let first = if anchored { header.seq } else { group.max(1) };
            self.damage(&file, first, None, at, DamageKind::Signature);
        }
    }

    fn note_anchor(&mut self, group: u64, chain: Chain) {
        if self.trust.anchors.iter().any(|anchor| anchor.group == group) {
            self.at_anchor.insert(group, chain);
        }
    }

    fn judge_anchors(&mut self) {
        let mut anchors = self.trust.anchors.clone();
        anchors.sort_by_key(|anchor| anchor.group);
        let last = self.report.last_group;
        for anchor in &anchors {
            if self
                .at_anchor
                .get(&anchor.group)
                .is_some_and(|chain| *chain != anchor.chain)
            {
                // The first says where it began.
                let file = self.last_at.0.clone();
                self.damage(&file, anchor.group, None, 0, DamageKind::Anchor);
                break;
            }
        }
        let cut = |d: &Damage| d.kind == DamageKind::Cut;
        if let Some(beyond) = anchors.iter().find(|anchor| anchor.group > last)
            && !self.end_damaged
            && !self.report.damage.iter().any(cut)
        {
            let (file, _, end) = self.last_at.clone();
            self.damage(&file, beyond.group.min(last + 1), None, end, DamageKind::Cut);
        }
    }

    fn entries(&mut self, name: &str, offset: u64, group: &Group<'_>, suite: Suite) {
        let seq = group.header.seq;
        for ordinal in 0..group.header.count {
            if let Some(fault) = group.body(suite, ordinal) {
                self.fault(name, seq, offset, fault);
            }
            let footer = group.footer(ordinal);
            if group.annex(ordinal).is_erased() {
                let at = offset + group.body_range(ordinal).start as u64;
                self.erased
                    .insert(EntryPos { group: seq, ordinal }, (name.to_owned(), at));
            } else if footer.kind == KIND_ERASE && footer.is_plain() {
                self.named
                    .extend(erased_names(group.stored(ordinal)).map(|pos| (pos, seq)));
            }
        }
    }

    fn judge_head(&mut self, lost: Option<DamageKind>) {
        if let Some(kind) = lost {
            self.damage(HEAD, 0, None, 0, kind);
        }
        let Some(head) = self.head else { return };
        if head.seq > self.report.last_group {
            if !self.end_damaged {
                self.damage(
                    &name_of(head.segment),
                    head.seq,
                    None,
                    u64::from(head.end),
                    DamageKind::Cut,
                );
            }
        } else if self.at_head.is_some_and(|chain| chain != head.chain) {
            self.damage(HEAD, head.seq, None, 28, DamageKind::HeadChain);
        }
        self.judge_head_signature(head);
    }

    fn judge_head_signature(&mut self, head: Head) {
        let (Some(key), Some(id)) = (self.trust.key, self.report.id) else {
            return;
        };
        let Some(signature) = head.signature else {
            return self.damage(HEAD, head.seq, None, 64, DamageKind::Unsigned);
        };
        let (group, chain) = (head.seq, head.chain);
        if (SignedHead {
            id,
            group,
            chain,
            signature,
        })
        .is_of(&key)
            || self.doubted
        {
            return;
        }
        self.damage(HEAD, group, None, 64, DamageKind::Signature);
    }

    fn judge_erasures(&mut self) {
        let erased = std::mem::take(&mut self.erased);
        let lawful = |pos: &EntryPos| self.named.get(pos).is_some_and(|by| *by > pos.group);
        self.report.erased = erased.keys().filter(|pos| lawful(pos)).copied().collect();
        self.report.unfinished = self
            .named
            .keys()
            .filter(|pos| !erased.contains_key(pos))
            .copied()
            .collect();
        let unlawful: BTreeSet<EntryPos> = erased.keys().filter(|pos| !lawful(pos)).copied().collect();
        for (pos, (file, offset)) in erased {
            if unlawful.contains(&pos) {
                self.damage(&file, pos.group, Some(pos.ordinal), offset, DamageKind::ErasedUnnamed);
            }
        }
    }
}
