#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::testing::fixture;
use model::Code;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;

fn archive(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn code(bytes: &[u8], limits: &Limits) -> Option<Code> {
    Archive::survey(Cursor::new(bytes), limits).err().map(|f| f.code)
}

#[test]
fn a_good_archive_is_read_by_name() {
    let bytes = archive(&[("a.xml", b"<a/>".to_vec()), ("b/c.xml", b"<c/>".to_vec())]);
    let mut archive = Archive::survey(Cursor::new(&bytes), &Limits::default()).unwrap();
    assert_eq!(archive.names().collect::<Vec<_>>(), ["a.xml", "b/c.xml"]);
    assert_eq!(archive.text("B/C.xml").unwrap().as_deref(), Some("<c/>"));
    assert_eq!(archive.text("d").unwrap(), None);
    // In pieces it is the same, and nothing more comes than was declared.
    assert_eq!((archive.size("a.xml"), archive.size("d")), (Some(4), None));
    let mut whole = String::new();
    archive
        .into_entry("B/c.XML")
        .unwrap()
        .unwrap()
        .read_to_string(&mut whole)
        .unwrap();
    assert_eq!(whole, "<c/>");
}

/// What is held as a whole is bounded by itself, whatever may be streamed.
#[test]
fn what_is_held_is_bounded_by_itself() {
    let bytes = archive(&[("a.xml", b"<a/>".to_vec())]);
    for (held_bytes, refused) in [(3, Some(Code::ETooLarge)), (4, None)] {
        let limits = Limits {
            held_bytes,
            ..Limits::default()
        };
        let mut archive = Archive::survey(Cursor::new(&bytes), &limits).unwrap();
        assert_eq!(archive.text("a.xml").err().map(|f| f.code), refused);
        assert!(archive.open("a.xml").unwrap().is_some());
    }
}

/// Readers look for a part whatever its case: which of two they find nobody could say.
#[test]
fn one_name_in_two_cases_is_refused() {
    let bytes = archive(&[("xl/a.xml", b"<a/>".to_vec()), ("XL/A.xml", b"<b/>".to_vec())]);
    assert_eq!(code(&bytes, &Limits::default()), Some(Code::EStructure));
}

#[test]
fn what_would_fill_memory_is_refused_before_it_does() {
    let full = Limits::default();
    let zeros = archive(&[("a", vec![0; 8 << 20])]);
    assert!(zeros.len() < 20_000, "a thousandfold");
    assert_eq!(code(&zeros, &full), Some(Code::ETooLarge));
    // Small things may be as empty as they like.
    assert_eq!(code(&archive(&[("a", vec![0; 500_000])]), &full), None);
    let many: Vec<(String, Vec<u8>)> = (0..1025).map(|n| (format!("{n}"), Vec::new())).collect();
    let many: Vec<(&str, Vec<u8>)> = many.iter().map(|(n, b)| (n.as_str(), b.clone())).collect();
    assert_eq!(code(&archive(&many), &full), Some(Code::ETooLarge));
    let two = archive(&[("a", vec![1; 600]), ("b", vec![2; 600])]);
    let limits = Limits {
        unpacked_bytes: 1199,
        ..full
    };
    assert_eq!(code(&two, &limits), Some(Code::ETooLarge), "all entries together");
    assert_eq!(
        code(
            &two,
            &Limits {
                unpacked_bytes: 1200,
                ..full
            }
        ),
        None
    );
}

/// The directory says 100 bytes, the entry has more, or fewer.
#[test]
fn a_declared_size_that_is_not_true_is_found() {
    let bytes = archive(&[("a", (0..2000_u32).flat_map(u32::to_le_bytes).collect())]);
    let size = 8000_u32.to_le_bytes();
    for lie in [100_u32, 7999, 8001, 500_000] {
        let mut changed = bytes.clone();
        let places: Vec<usize> = (0..changed.len() - 4)
            .filter(|at| changed[*at..at + 4] == size)
            .collect();
        assert!(!places.is_empty());
        for at in places {
            changed[at..at + 4].copy_from_slice(&lie.to_le_bytes());
        }
        assert_eq!(code(&changed, &Limits::default()), Some(Code::EStructure), "{lie}");
    }
}

#[test]
fn what_cannot_be_trusted_is_refused() {
    for name in ["truncated.xlsx", "bit_flipped.xlsx", "entry_twice.xlsx"] {
        let bytes = fixture(&format!("bad/xlsx/{name}"));
        assert_eq!(code(&bytes, &Limits::default()), Some(Code::EStructure), "{name}");
    }
    assert_eq!(code(b"PK\x03\x04", &Limits::default()), Some(Code::EStructure));
    assert_eq!(code(b"", &Limits::default()), Some(Code::EStructure));
}
