#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::testing::{commit, create_with, key, pos, size};
use crate::{Journal, Signer};
use seams::{Rng, SeededRng, SimStorage};
use std::sync::Arc;

/// Three groups' bodies out of twelve.
fn places() -> BTreeMap<u64, Vec<u32>> {
    BTreeMap::from([(2, vec![0]), (5, vec![0, 1]), (11, vec![1])])
}

fn journal(suite: Suite) -> Journal {
    let mut journal = create_with(&Arc::new(SimStorage::new()), suite).unwrap();
    for seq in 1..=12 {
        commit(&mut journal, seq, size(seq).max(2)).unwrap();
    }
    journal
}

fn made(suite: Suite) -> (Journal, Vec<u8>, Archive) {
    let journal = journal(suite);
    let mut bytes = Vec::new();
    let archive = journal.reader().archive(&places(), &mut bytes).unwrap();
    (journal, bytes, archive)
}

#[test]
fn an_archive_says_what_the_journal_said_after_that_has_forgotten_it() {
    for suite in [Suite::Sha256, Suite::Sm3] {
        let (mut journal, bytes, archive) = made(suite);
        let mut expected = Vec::new();
        for (group, ordinals) in places() {
            for ordinal in ordinals {
                expected.push((pos(group, ordinal), journal.read(pos(group, ordinal)).unwrap()));
            }
        }
        let gone: Vec<EntryPos> = expected.iter().map(|(pos, _)| *pos).collect();
        journal.erase(99, &gone).unwrap();
        let public = journal.public_key();
        assert_eq!(verify_archive(&bytes[..], Some(&public)).unwrap(), archive);
        assert_eq!((archive.groups, archive.bodies, archive.id), (3, 4, journal.id()));
        let mut read = Vec::new();
        let again = read_archive(&bytes[..], &key(), |pos, _, _, body| read.push((pos, body.to_vec()))).unwrap();
        assert_eq!((again, read), (archive, expected));
        // What is gone cannot be archived again.
        assert!(matches!(
            journal.reader().archive(&places(), &mut Vec::new()),
            Err(JournalError::Erased(_))
        ));
    }
}

#[test]
fn every_flipped_bit_and_every_cut_is_found() {
    let (journal, bytes, _) = made(Suite::Sha256);
    let public = journal.public_key();
    for at in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[at] ^= 1 << (at % 8);
        assert!(verify_archive(&bad[..], Some(&public)).is_err(), "byte {at}");
        assert!(verify_archive(&bytes[..at], Some(&public)).is_err(), "cut at {at}");
    }
    let longer = [&bytes[..], b"x"].concat();
    assert!(matches!(
        verify_archive(&longer[..], None),
        Err(NoArchive::Damaged { group: 0, .. })
    ));
}

/// Somebody changes a body and mends every digest that he can.
#[test]
fn a_forged_body_is_named_by_its_group() {
    let (journal, bytes, archive) = made(Suite::Sha256);
    let public = journal.public_key();
    let first = HEADER + 4;
    let mut forged = bytes.clone();
    let header = GroupHeader::parse(&forged[first..]).unwrap();
    let footers = first + GROUP_HEADER;
    let body = footers + header.count as usize * FOOTER_ENTRY + 64 + 4;
    let len = get_u32(&forged, body + 12) as usize;
    forged[body + 16] ^= 1;
    let digest = Suite::Sha256.digest(&[&forged[body + 16..body + 16 + len]]);
    put(&mut forged, footers + 8, &digest);
    let end = forged.len() - 96;
    let mut sum = Context::new(&SHA256);
    sum.update(&forged[..end]);
    put(&mut forged, end, sum.finish().as_ref());
    assert!(
        verify_archive(&forged[..], None).is_ok(),
        "without the key nobody can tell"
    );
    let no = verify_archive(&forged[..], Some(&public)).unwrap_err();
    assert_eq!(no.to_string(), "group 2: signature");
    let stranger = Signer::new(&key(), &[1; 16]).public();
    assert!(verify_archive(&bytes[..], Some(&stranger)).is_err());
    let other = NodeKey::from_bytes([9; 32]);
    assert!(matches!(
        read_archive(&bytes[..], &other, |_, _, _, _| ()),
        Err(NoArchive::Key)
    ));
    assert_ne!(archive.digest, [0; 32]);
}

#[test]
fn what_is_no_archive_or_a_newer_one_is_said_so() {
    let (_, bytes, _) = made(Suite::Sha256);
    let mut newer = bytes.clone();
    put(&mut newer, 8, &2u16.to_le_bytes());
    put_crc(&mut newer[..HEADER], 60);
    assert!(matches!(verify_archive(&newer[..], None), Err(NoArchive::Newer(2))));
    let rng = SeededRng::new(4);
    for len in [0, 8, 63, 64, 65, 500] {
        let mut noise = vec![0; len];
        rng.fill(&mut noise);
        assert!(verify_archive(&noise[..], None).is_err(), "{len}");
    }
}
