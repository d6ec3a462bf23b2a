#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::super::testing::returned;
use super::*;
use crate::testing::{fixture, read_all};
use std::io::Cursor;

fn said(wanted: Wanted, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    serve(
        &word(wanted, &returned()).unwrap(),
        Cursor::new(bytes.to_vec()),
        &mut out,
    )
    .unwrap();
    out
}

/// Every workbook we keep, good and bad.
fn workbooks() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for folder in ["bad/xlsx", "files/hrss"] {
        let path = format!("{}/../../fixtures/{folder}", env!("CARGO_MANIFEST_DIR"));
        for entry in std::fs::read_dir(path).unwrap() {
            let name = entry.unwrap().file_name();
            all.push(fixture(&format!("{folder}/{}", name.to_str().unwrap())));
        }
    }
    assert!(all.len() > 40);
    all
}

#[test]
fn what_is_said_apart_is_what_is_read_here() {
    for bytes in workbooks() {
        let here = SheetReader::open(&bytes, returned());
        let mark = here.as_ref().ok().and_then(|reader| reader.mark().map(str::to_owned));
        let table = SheetReader::open(&bytes, returned()).and_then(SheetReader::seen);
        assert_eq!(seen(Cursor::new(said(Wanted::Seen, &bytes)), &returned().limits), table);
        match rows(Cursor::new(said(Wanted::Rows, &bytes)), returned().limits) {
            Ok((told, reader)) => {
                assert_eq!(told, mark);
                assert_eq!(read_all(Ok(reader)), read_all(here));
            }
            Err(finding) => assert_eq!(Some(finding), here.err()),
        }
    }
}

#[test]
fn a_process_that_died_has_said_nothing() {
    for wanted in [Wanted::Rows, Wanted::Seen] {
        assert_eq!(
            rows(Cursor::new(b""), Limits::default()).err().map(|f| f.code),
            Some(Code::EBrokenOff)
        );
        assert_eq!(
            seen(Cursor::new(b"{"), &Limits::default()).err().map(|f| f.code),
            Some(Code::EBrokenOff)
        );
        assert!(
            serve("something else", Cursor::new(b""), &mut Vec::new()).is_err(),
            "{wanted:?}"
        );
    }
}
