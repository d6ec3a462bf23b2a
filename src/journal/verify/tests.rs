#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::layout::{GROUP_HEADER, put_crc};
use crate::testing::{open, pos, segments, standard, standard_with};
use seams::SimStorage;

mod signed;

/// Where each group of a file begins and ends.
fn bounds(storage: &SimStorage, name: &str) -> Vec<(u64, usize, usize)> {
    let bytes = storage.files()[name].clone();
    let mut at = SEGMENT_HEADER;
    let mut found = Vec::new();
    while at < bytes.len() {
        let header = GroupHeader::parse(&bytes[at..]).unwrap();
        found.push((header.seq, at, at + header.total()));
        at += header.total();
    }
    found
}

/// Every bit of every byte of every file: verification finds it, in the right file and group.
#[test]
fn a_flip_of_any_byte_anywhere_is_found_in_its_place() {
    for suite in [Suite::Sha256, Suite::Sm3] {
        let storage = standard_with(8, suite);
        let (mut journal, _) = open(&storage).unwrap();
        journal.erase(5, &[pos(2, 1)]).unwrap();
        journal.close().unwrap();
        assert!(verify(&*storage).unwrap().is_intact());
        assert!(segments(&storage).len() >= 3);
        for (name, whole) in storage.files() {
            let groups = if name == HEAD {
                Vec::new()
            } else {
                bounds(&storage, &name)
            };
            for at in 0..whole.len() {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << (at % 8);
                storage.put(&name, &bytes);
                let report = verify(&*storage).unwrap();
                let group = groups.iter().find(|(_, start, end)| (*start..*end).contains(&at));
                let hit = report.damage.iter().find(|d| {
                    d.file == name
                        && group.is_none_or(|(seq, start, end)| {
                            d.group == *seq && (*start as u64..*end as u64).contains(&d.offset)
                        })
                });
                assert!(hit.is_some(), "{name} byte {at}: {:?}", report.damage);
                // One cause, one report; only where the erasure's own group is damaged, what it named stands unnamed too.
                let unnamed = report
                    .damage
                    .iter()
                    .filter(|d| d.kind == DamageKind::ErasedUnnamed)
                    .count() as u64;
                assert!(
                    unnamed == 0 || group.is_some_and(|(seq, ..)| *seq == 9),
                    "{name} byte {at}"
                );
                assert_eq!(report.damages - unnamed, 1, "{name} byte {at}: {:?}", report.damage);
                if let Some((seq, start, _)) = group {
                    kind_fits(&whole[*start..], at - start, hit.unwrap(), *seq);
                }
            }
            storage.put(&name, &whole);
        }
    }
}

/// The kind of damage says which part of the group was hit, and a body's damage says which entry.
fn kind_fits(bytes: &[u8], at: usize, damage: &Damage, seq: u64) {
    let header = GroupHeader::parse(bytes).unwrap();
    let group = Group::new(header.clone(), &bytes[..header.total()]);
    let want = if at < GROUP_HEADER {
        DamageKind::GroupHeader
    } else if at < header.footer_at() {
        let entry = (0..header.count).find(|i| group.body_range(*i).contains(&at)).unwrap();
        assert_eq!(damage.entry, Some(entry), "group {seq} byte {at}");
        if group.annex(entry).is_erased() {
            DamageKind::ErasedNotEmpty
        } else {
            DamageKind::Body
        }
    } else if at < header.annex_at() {
        DamageKind::Footer
    } else if at < header.trailer_at() {
        DamageKind::Annex
    } else {
        DamageKind::Trailer
    };
    assert_eq!(damage.kind, want, "group {seq} byte {at}");
}

fn kinds(storage: &SimStorage) -> Vec<(String, u64, DamageKind)> {
    verify(storage)
        .unwrap()
        .damage
        .into_iter()
        .map(|d| (d.file, d.group, d.kind))
        .collect()
}

#[test]
fn a_removed_group_is_found_where_it_is_missing() {
    let storage = standard(12);
    for name in segments(&storage) {
        let whole = storage.files()[&name].clone();
        let groups = bounds(&storage, &name);
        for (i, (seq, start, end)) in groups.iter().enumerate() {
            let bytes = [&whole[..*start], &whole[*end..]].concat();
            storage.put(&name, &bytes);
            let found = kinds(&storage);
            let next = (name.clone(), seq + 1, DamageKind::GroupOrder);
            if i + 1 < groups.len() {
                assert_eq!(found, vec![next], "group {seq}");
            } else if *seq < 12 {
                assert_eq!(found.len(), 1, "group {seq}: {found:?}");
                assert_eq!(found[0].2, DamageKind::SegmentMissing, "the place of {seq} is empty");
            } else {
                assert_eq!(found, vec![(name.clone(), 12, DamageKind::Cut)]);
            }
            assert!(open(&storage).is_err() || i + 1 < groups.len(), "group {seq}");
        }
        storage.put(&name, &whole);
    }
}

#[test]
fn exchanged_or_repeated_groups_are_found() {
    let storage = standard(12);
    let name = segments(&storage)
        .into_iter()
        .find(|n| bounds(&storage, n).len() >= 3)
        .unwrap();
    let whole = storage.files()[&name].clone();
    let groups = bounds(&storage, &name);
    let part = |i: usize| &whole[groups[i].1..groups[i].2];
    let rest = &whole[groups[2].1..];
    let exchanged = [&whole[..SEGMENT_HEADER], part(1), part(0), rest].concat();
    let repeated = [&whole[..groups[1].2], part(1), rest].concat();
    for bytes in [exchanged, repeated] {
        storage.put(&name, &bytes);
        let found = kinds(&storage);
        assert!(
            found
                .iter()
                .any(|(file, _, kind)| *file == name && *kind == DamageKind::GroupOrder),
            "{found:?}"
        );
    }
}

#[test]
fn a_group_from_another_journal_breaks_the_chain() {
    let storage = standard(12);
    let other = {
        let s = std::sync::Arc::new(SimStorage::new());
        let rng = std::sync::Arc::new(seams::SeededRng::new(77));
        let mut journal = crate::Journal::create(
            s.clone(),
            &crate::testing::key(),
            Suite::Sha256,
            crate::testing::small(),
            rng,
        )
        .unwrap();
        for seq in 1..=12 {
            crate::testing::commit(&mut journal, seq, crate::testing::size(seq)).unwrap();
        }
        s
    };
    let name = segments(&storage)[1].clone();
    let (mine, theirs) = (storage.files()[&name].clone(), other.files()[&name].clone());
    let groups = bounds(&storage, &name);
    let (seq, start, end) = groups[1];
    let bytes = [&mine[..start], &theirs[start..end], &mine[end..]].concat();
    storage.put(&name, &bytes);
    assert!(kinds(&storage).contains(&(name.clone(), seq, DamageKind::ChainLink)));
    let (journal, _) = open(&storage).unwrap();
    let replayed: Result<(), JournalError> = journal.replay(1, |_| Ok(()));
    assert!(matches!(replayed, Err(JournalError::Damaged(d)) if d.kind == DamageKind::ChainLink));
    storage.put(&name, &theirs);
    let found = kinds(&storage);
    assert!(
        found.contains(&(name.clone(), groups[0].0, DamageKind::Foreign)),
        "{found:?}"
    );
    assert!(open(&storage).is_err());
}

#[test]
fn removed_renamed_and_exchanged_segments_are_found() {
    let storage = standard(20);
    let names = segments(&storage);
    assert!(names.len() >= 4);
    for (i, name) in names.iter().enumerate() {
        let s = std::sync::Arc::new(storage.fork());
        s.take(name);
        let found = kinds(&s);
        if i + 1 < names.len() {
            let first = crate::segment::first_of(name).unwrap();
            assert_eq!(found, vec![(name.clone(), first, DamageKind::SegmentMissing)]);
        } else {
            assert_eq!(found, vec![(name.clone(), 20, DamageKind::Cut)]);
        }
        assert!(open(&s).is_err(), "{name}");
    }
    let s = std::sync::Arc::new(storage.fork());
    let (a, b) = (s.take(&names[1]).unwrap(), s.take(&names[2]).unwrap());
    s.put(&names[1], &b);
    s.put(&names[2], &a);
    let found = kinds(&s);
    for name in &names[1..3] {
        assert!(
            found.iter().any(|(f, _, k)| f == name && *k == DamageKind::SegmentName),
            "{found:?}"
        );
    }
    assert!(open(&s).is_err());
}

/// Who edits a footer and mends every checksum on the way still breaks the link to the next group.
#[test]
fn a_forged_footer_breaks_the_next_link() {
    let storage = standard(12);
    let name = segments(&storage)[1].clone();
    let mut bytes = storage.files()[&name].clone();
    let (_, start, end) = bounds(&storage, &name)[0];
    let header = GroupHeader::parse(&bytes[start..]).unwrap();
    bytes[start + header.footer_at() + 40] ^= 1;
    let group = &mut bytes[start..end];
    let chain = Suite::Sha256.digest(&[&group[..GROUP_HEADER], &group[header.footer_at()..header.annex_at()]]);
    let trailer_at = header.trailer_at();
    crate::layout::put(group, trailer_at, &chain);
    put_crc(&mut group[trailer_at..], 48);
    storage.put(&name, &bytes);
    assert_eq!(kinds(&storage), vec![(name, header.seq + 1, DamageKind::ChainLink)]);
}

#[test]
fn several_damages_are_all_listed() {
    let storage = standard(20);
    let names = segments(&storage);
    let mut want = Vec::new();
    for name in &names {
        let mut bytes = storage.files()[name].clone();
        for (seq, start, _) in bounds(&storage, name) {
            bytes[start + GROUP_HEADER + 3] ^= 4;
            want.push((name.clone(), seq, DamageKind::Body));
        }
        storage.put(name, &bytes);
    }
    assert_eq!(kinds(&storage), want);
}

#[test]
fn garbage_instead_of_files_is_reported_and_never_panics() {
    let rng = seams::SeededRng::new(5);
    for len in [0usize, 1, 127, 128, 129, 300, 5_000] {
        let storage = standard(6);
        let mut bytes = vec![0u8; len];
        seams::Rng::fill(&rng, &mut bytes);
        for name in segments(&storage) {
            storage.put(&name, &bytes);
        }
        storage.put(HEAD, &bytes);
        assert!(!verify(&*storage).unwrap().is_intact());
        assert!(open(&std::sync::Arc::new(storage.fork())).is_err());
    }
}
