//! Everything in order: checked against the chain, decrypted, one group in memory at a time.

use crate::blob::aes;
use crate::damage::DamageKind;
use crate::digest::Chain;
use crate::encode::unseal;
use crate::error::JournalError;
use crate::group::{AnnexEntry, Fault, FooterEntry, Group, GroupHeader};
use crate::read::{Shared, damaged, read_header};
use std::ops::Range;

/// A committed group, decrypted.
#[derive(Debug)]
pub struct GroupView<'a> {
    /// Its sequence, from 1.
    pub seq: u64,
    /// The time given at the commit, milliseconds since 1970.
    pub time_ms: i64,
    /// The chain head after it.
    pub chain: Chain,
    /// Its entries in order.
    pub entries: Vec<EntryView<'a>>,
}

/// A committed entry.
#[derive(Clone, Copy, Debug)]
pub struct EntryView<'a> {
    /// Its kind, the caller's word.
    pub kind: u16,
    /// Its number in the group, from 0.
    pub ordinal: u32,
    /// What `key_hash` gives for its key.
    pub key_hash: u128,
    /// What `body_hash` gives for its body; 0 where erased.
    pub body_hash: u64,
    /// The plain body; none where erased.
    pub body: Option<&'a [u8]>,
}

impl Shared {
    pub(crate) fn replay<E: From<JournalError>>(
        &self,
        from: u64,
        mut each: impl FnMut(&GroupView<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.alive()?;
        let last = self.last();
        let mut seq = from.max(1);
        let mut prev: Option<Chain> = None;
        let mut bytes = Vec::new();
        while seq <= last {
            let Some((segment, mut offset, mut header)) = self.locate(seq)? else {
                break;
            };
            let end = self
                .segments()
                .iter()
                .map(|s| s.first)
                .find(|first| *first > segment.first)
                .map_or(last, |f| f - 1);
            loop {
                bytes.resize(header.total(), 0);
                self.exact(&segment.name, offset, &mut bytes)?;
                let chain = self.checked(&segment.name, offset, &header, &bytes, prev)?;
                let entries = self.decrypt(&segment.name, offset, &header, &mut bytes)?;
                each(&view(&header, chain, &bytes, &entries))?;
                prev = Some(chain);
                offset += header.total() as u64;
                segment.note(seq, offset - header.total() as u64, header.total());
                seq += 1;
                if seq > end || seq > last {
                    break;
                }
                header = read_header(&*self.storage, &segment.name, offset, seq)?;
            }
        }
        Ok(())
    }

    /// The chain head of a group in which nothing is wrong.
    fn checked(
        &self,
        name: &str,
        offset: u64,
        header: &GroupHeader,
        bytes: &[u8],
        prev: Option<Chain>,
    ) -> Result<Chain, JournalError> {
        let group = Group::new(header.clone(), bytes);
        let link = prev
            .filter(|p| *p != header.prev)
            .map(|_| Fault::new(48, DamageKind::ChainLink));
        let fault = link.or_else(|| group.frame(self.suite));
        let fault = fault.or_else(|| (0..header.count).find_map(|i| group.body(self.suite, i)));
        match fault {
            Some(fault) => Err(damaged(name, offset, header.seq, fault)),
            None => Ok(group.chain()),
        }
    }

    /// Decrypts all bodies of a checked group in place.
    fn decrypt(
        &self,
        name: &str,
        offset: u64,
        header: &GroupHeader,
        bytes: &mut [u8],
    ) -> Result<Vec<Opened>, JournalError> {
        let cipher = aes(&self.keys.group(&header.salt, header.seq));
        let mut opened = Vec::with_capacity(header.count as usize);
        for i in 0..header.count {
            let group = Group::new(header.clone(), bytes);
            let (footer, annex, range) = (group.footer(i), group.annex(i), group.body_range(i));
            let body = if annex.is_erased() {
                None
            } else if footer.is_plain() {
                Some(range)
            } else {
                let stored = &mut bytes[range.clone()];
                let plain = unseal(&cipher, header.seq, i, &footer, annex.body_hash, stored).ok_or_else(|| {
                    let fault = Fault {
                        at: range.start,
                        entry: Some(i),
                        kind: DamageKind::Sealed,
                    };
                    damaged(name, offset, header.seq, fault)
                })?;
                Some(range.start + plain.start..range.start + plain.end)
            };
            opened.push(Opened { footer, annex, body });
        }
        Ok(opened)
    }
}

struct Opened {
    footer: FooterEntry,
    annex: AnnexEntry,
    body: Option<Range<usize>>,
}

fn view<'a>(header: &GroupHeader, chain: Chain, bytes: &'a [u8], opened: &[Opened]) -> GroupView<'a> {
    let entry = |(ordinal, e): (u32, &Opened)| EntryView {
        kind: e.footer.kind,
        ordinal,
        key_hash: e.footer.key_hash,
        body_hash: e.annex.body_hash,
        body: e.body.clone().map(|range| &bytes[range]),
    };
    GroupView {
        seq: header.seq,
        time_ms: header.time_ms,
        chain,
        entries: (0u32..).zip(opened).map(entry).collect(),
    }
}
