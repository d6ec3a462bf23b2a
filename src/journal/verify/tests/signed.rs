//! A thousand edits by somebody who has everything but the node key: each is named where it is.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::group::erase_in;
use crate::layout::{ANNEX_ENTRY, FOOTER_ENTRY, HEAD, TRAILER};
use crate::testing::{commit, key, size, small};
use crate::{Journal, Signer};
use seams::{Rng, SeededRng, Storage};
use std::sync::Arc;

const GROUPS: u64 = 24;

/// A journal that is closed, and what is known of it elsewhere: the key, and the head after its last group.
fn known() -> (Arc<SimStorage>, Trust) {
    let storage = Arc::new(SimStorage::new());
    let rng = Arc::new(SeededRng::new(3));
    let made = Journal::create(storage.clone(), &key(), Suite::Sha256, small(), rng);
    let mut journal = made.unwrap();
    for seq in 1..=GROUPS {
        commit(&mut journal, seq, size(seq)).unwrap();
    }
    let trust = Trust {
        key: Some(journal.public_key()),
        anchors: vec![journal.signed_head(GROUPS).unwrap().unwrap()],
    };
    journal.close().unwrap();
    (storage, trust)
}

/// All groups of a journal as bytes, in order, with the file of each.
fn all(storage: &SimStorage) -> Vec<(String, Vec<u8>)> {
    let mut groups = Vec::new();
    for name in segments(storage) {
        let bytes = storage.files()[&name].clone();
        for (_, start, end) in bounds(storage, &name) {
            groups.push((name.clone(), bytes[start..end].to_vec()));
        }
    }
    groups
}

/// Gives a group a sequence and a chain to continue, and mends all of its checksums.
fn mend(bytes: &mut [u8], seq: u64, prev: &Chain) -> Chain {
    crate::layout::put(bytes, 16, &seq.to_le_bytes());
    crate::layout::put(bytes, 48, prev);
    put_crc(&mut bytes[..GROUP_HEADER], 156);
    let header = GroupHeader::parse(bytes).unwrap();
    for i in 0..header.count {
        let range = Group::new(header.clone(), bytes).body_range(i);
        let digest = Suite::Sha256.digest(&[&bytes[range]]);
        crate::layout::put(bytes, header.footer_at() + i as usize * FOOTER_ENTRY + 8, &digest);
    }
    let chain = Suite::Sha256.digest(&[&bytes[..GROUP_HEADER], &bytes[header.footer_at()..header.annex_at()]]);
    let (annex, trailer) = (header.annex_at(), header.trailer_at());
    let at = trailer - annex - 4;
    put_crc(&mut bytes[annex..trailer], at);
    crate::layout::put(bytes, trailer, &chain);
    put_crc(&mut bytes[trailer..], TRAILER - 4);
    chain
}

/// Writes groups as a journal whose every checksum holds: segment headers, groups, `head`. Only signatures stay as they
/// were, for nobody else can make them.
fn forge(storage: &SimStorage, groups: Vec<(String, Vec<u8>)>) {
    let names = segments(storage);
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let headers: BTreeMap<String, Vec<u8>> = names.iter().map(|n| (n.clone(), storage.files()[n].clone())).collect();
    let one = SegmentHeader::parse(&headers[&names[0]][..SEGMENT_HEADER]).unwrap();
    let mut prev = one.prev;
    let mut last = String::new();
    for (seq, (was_in, mut bytes)) in (1..).zip(groups) {
        let name = if last.is_empty() || was_in != last && headers.contains_key(&was_in) {
            let header = SegmentHeader {
                first: seq,
                prev,
                ..one.clone()
            };
            let name = name_of(seq);
            files.insert(name.clone(), header.encode().to_vec());
            last = was_in;
            name
        } else {
            files.keys().next_back().unwrap().clone()
        };
        prev = mend(&mut bytes, seq, &prev);
        let file = files.get_mut(&name).unwrap();
        file.extend_from_slice(&bytes);
        let end = file.len();
        let head = storage.files()[HEAD].clone();
        let mut head = Head::parse(&head).unwrap();
        (head.seq, head.chain, head.end) = (seq, prev, end as u32);
        head.segment = crate::segment::first_of(&name).unwrap();
        storage.put(HEAD, &head.encode());
    }
    for name in names {
        storage.take(&name);
    }
    for (name, bytes) in files {
        storage.put(&name, &bytes);
    }
}

#[test]
fn who_mends_every_checksum_is_named_by_the_group_he_changed() {
    let (whole, trust) = known();
    assert!(verify_against(&*whole, &trust).unwrap().is_intact());
    assert_eq!(verify_against(&*whole, &trust).unwrap().signed, GROUPS);
    let rng = SeededRng::new(11);
    for n in 0..500 {
        let storage = whole.fork();
        let mut groups = all(&storage);
        let at = rng.below(GROUPS) as usize;
        let what = ["edit", "remove", "repeat", "reorder", "cut", "add", "erase"][(n % 7) as usize];
        // The first group that nothing vouches for any more. What stood in a removed group's place vouched for the one before.
        let first = match what {
            "edit" => {
                let bytes = &mut groups[at].1;
                let header = GroupHeader::parse(bytes).unwrap();
                let body = GROUP_HEADER + rng.below(u64::from(header.bodies).max(1)) as usize;
                bytes[body] ^= 1 << rng.below(8);
                at + 1
            }
            "remove" => {
                groups.remove(at);
                if at + 1 == GROUPS as usize { at + 1 } else { at.max(1) }
            }
            "repeat" => {
                let copy = groups[at].clone();
                groups.insert(at, copy);
                // The last one has the anchor's word.
                if at + 1 == GROUPS as usize { at + 2 } else { at + 1 }
            }
            "reorder" => {
                let at = at.min(GROUPS as usize - 2);
                groups.swap(at, at + 1);
                at.max(1)
            }
            "cut" => {
                groups.truncate(at.max(1));
                at.max(1) + 1
            }
            "add" => {
                let copy = groups[at].clone();
                groups.push(copy);
                GROUPS as usize + 1
            }
            _ => {
                let bytes = &mut groups[at].1;
                let header = GroupHeader::parse(bytes).unwrap();
                erase_in(&header, bytes, &[0]);
                crate::layout::put(bytes, header.annex_at() + ANNEX_ENTRY - 1, &[0]);
                at + 1
            }
        };
        forge(&storage, groups);
        let plain = verify(&storage).unwrap();
        assert!(
            plain.is_intact(),
            "the forger did his work: {what} {at}: {:?}",
            plain.damage
        );
        let report = verify_against(&storage, &trust).unwrap();
        let in_segments = report.damage.iter().filter(|d| d.file != HEAD);
        let named = in_segments.map(|d| d.group).min();
        assert_eq!(named, Some(first as u64), "{n} {what} {at}: {:?}", report.damage);
    }
}

#[test]
fn who_mends_nothing_is_named_by_the_entry_he_changed() {
    let (whole, trust) = known();
    let rng = SeededRng::new(12);
    for n in 0..500 {
        let storage = whole.fork();
        let names = segments(&storage);
        let name = &names[rng.below(names.len() as u64) as usize];
        let groups = bounds(&storage, name);
        let (seq, start, end) = groups[rng.below(groups.len() as u64) as usize];
        let mut bytes = storage.files()[name].clone();
        let header = GroupHeader::parse(&bytes[start..]).unwrap();
        let group = Group::new(header.clone(), &bytes[start..end]);
        let entry = rng.below(u64::from(header.count)) as u32;
        let range = group.body_range(entry);
        if range.is_empty() {
            continue;
        }
        let at = start + range.start + rng.below(range.len() as u64) as usize;
        bytes[at] ^= 1 << rng.below(8);
        storage.put(name, &bytes);
        let report = verify_against(&storage, &trust).unwrap();
        let found: Vec<_> = report
            .damage
            .iter()
            .map(|d| (d.file.clone(), d.group, d.entry, d.kind))
            .collect();
        assert_eq!(found, vec![(name.clone(), seq, Some(entry), DamageKind::Body)], "{n}");
    }
}

#[test]
fn a_journal_whose_signatures_were_taken_off_or_made_by_another_is_told() {
    let (whole, trust) = known();
    let storage = whole.fork();
    let mut groups = all(&storage);
    for (_, bytes) in &mut groups {
        crate::layout::put(bytes, 80, &[0; 65]);
    }
    forge(&storage, groups);
    let report = verify_against(&storage, &trust).unwrap();
    assert_eq!(report.damage[0].kind, DamageKind::Unsigned);
    assert_eq!((report.damage[0].group, report.signed), (1, 0));
    let stranger = Trust {
        key: Some(Signer::new(&key(), &[1; 16]).public()),
        anchors: Vec::new(),
    };
    let report = verify_against(&*whole, &stranger).unwrap();
    assert_eq!(
        (report.damage[0].kind, report.damage[0].group),
        (DamageKind::Signature, 1)
    );
    assert_eq!(report.signed, 0);
}

/// Without its last groups a journal is whole; only a head that was kept elsewhere says that they were there.
#[test]
fn a_cut_tail_is_found_by_a_head_that_left_the_machine() {
    let (whole, trust) = known();
    for left in 1..GROUPS {
        let storage = whole.fork();
        let mut groups = all(&storage);
        groups.truncate(left as usize);
        forge(&storage, groups);
        let head = Head {
            signature: None,
            ..Head::parse(&storage.files()[HEAD]).unwrap()
        };
        storage.put(HEAD, &head.encode()[..64]);
        let report = verify_against(&storage, &trust).unwrap();
        let cut = report.damage.iter().find(|d| d.kind == DamageKind::Cut).unwrap();
        assert_eq!(cut.group, left + 1);
        let len = storage.len(&cut.file).unwrap();
        assert_eq!(cut.offset, len, "it says where the rest should stand");
    }
}
