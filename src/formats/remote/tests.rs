#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::csv::{CsvReadOptions, CsvReader};
use crate::{Columns, Encoding};
use std::io::Cursor;

fn csv(text: &str) -> Result<Box<dyn RowReader>, Finding> {
    let mut options = CsvReadOptions::new(Encoding::Utf8);
    options.columns = Columns::any();
    let reader = CsvReader::open(Box::new(Cursor::new(text.as_bytes().to_vec())), options)?;
    Ok(Box::new(reader))
}

fn told(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    tell(csv(text), &mut out).unwrap();
    out
}

type Everything = (Vec<Taken>, Vec<Finding>, Counts, Option<Finding>);

fn all(mut reader: Box<dyn RowReader>) -> Everything {
    let (mut rows, mut warnings) = (Vec::new(), Vec::new());
    let refused = loop {
        let taken = reader.next();
        warnings.extend(reader.warnings());
        match taken {
            Ok(Some(taken)) => rows.push(taken),
            Ok(None) => break None,
            Err(finding) => break Some(finding),
        }
    };
    assert!(matches!(reader.next(), Ok(None)), "who goes on asking ends too");
    (rows, warnings, reader.counts(), refused)
}

fn remote(bytes: Vec<u8>) -> Result<Box<dyn RowReader>, Finding> {
    let reader = RemoteReader::open(Cursor::new(bytes), Limits::default())?;
    Ok(Box::new(reader))
}

#[test]
fn what_is_told_is_what_was_read() {
    for text in [
        "a,b\r\n1,甲\r\n2,\"x\ny\"\r\n",
        "\u{FEFF}a,b\r\n1,2\r\n",
        "a,b\r\n1\r\n2,3\r\n",
        "a,b\r\n\"1,2\r\n",
        "a\r\n",
        "a,a\r\n1,2\r\n",
        "",
    ] {
        assert_eq!(csv(text).map(all), remote(told(text)).map(all), "{text:?}");
    }
}

#[test]
fn who_falls_silent_anywhere_has_given_no_file() {
    let whole = told("a,b\r\n1,2\r\n3,4\r\n");
    for cut in 0..whole.len() {
        let end = match remote(whole[..cut].to_vec()) {
            Ok(reader) => all(reader).3,
            Err(finding) => Some(finding),
        };
        assert_eq!(end.map(|f| f.code), Some(Code::EBrokenOff), "cut at {cut}");
    }
}

#[test]
fn who_says_what_it_must_not_is_not_listened_to() {
    for said in [
        "{\"Header\":[\"a\"]}\n{\"Row\":[1,[\"x\",\"y\"]]}\n{\"End\":{\"rows\":1,\"bad\":0,\"deleted\":0}}\n",
        "{\"Header\":[\"a\"]}\n{\"Row\":[1,[\"x\"]]}\n{\"End\":{\"rows\":2,\"bad\":0,\"deleted\":0}}\n",
        "{\"Header\":[\"a\"]}\n{\"Bad\":[1,[]]}\n{\"End\":{\"rows\":0,\"bad\":1,\"deleted\":0}}\n",
        "{\"Header\":[\"a\"]}\n{\"Header\":[\"a\"]}\n",
        "{\"Row\":[1,[\"x\"]]}\n",
        "thread panicked\n",
    ] {
        let end = match remote(said.as_bytes().to_vec()) {
            Ok(reader) => all(reader).3,
            Err(finding) => Some(finding),
        };
        assert_eq!(end.map(|f| f.code), Some(Code::EBrokenOff), "{said}");
    }
    let long = format!("{{\"Header\":[\"{}\"]}}\n", "x".repeat(4 << 20));
    assert_eq!(remote(long.into_bytes()).err().map(|f| f.code), Some(Code::EBrokenOff));
}
