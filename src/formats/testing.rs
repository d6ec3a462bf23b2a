//! What the tests of several formats share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::{Input, RowReader, Taken};
use model::{Finding, Lang, Row};
use std::io::{Read, Seek, SeekFrom};

/// Failing cases are not kept: the default writes a folder under `src/`, which the workspace then takes for a crate.
pub(crate) fn cases() -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        failure_persistence: None,
        ..Default::default()
    }
}

/// A file of `fixtures/`.
pub(crate) fn fixture(path: &str) -> Vec<u8> {
    let path = format!("{}/../../fixtures/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

pub(crate) fn vectors(name: &str) -> serde_json::Value {
    serde_json::from_slice(&fixture(&format!("vectors/{name}.json"))).unwrap()
}

pub(crate) fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

/// `U+5F20 U+4E09` to text.
pub(crate) fn from_points(points: &str) -> String {
    points
        .split(' ')
        .map(|p| char::from_u32(u32::from_str_radix(&p[2..], 16).unwrap()).unwrap())
        .collect()
}

pub(crate) fn input(bytes: &[u8]) -> Input {
    Box::new(std::io::Cursor::new(bytes.to_vec()))
}

/// Gives at most `step` bytes per read, so that every boundary falls somewhere.
pub(crate) fn dribble(bytes: &[u8], step: usize) -> Input {
    struct Dribble(std::io::Cursor<Vec<u8>>, usize);
    impl Read for Dribble {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let len = self.1.min(out.len());
            self.0.read(&mut out[..len])
        }
    }
    impl Seek for Dribble {
        fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
            self.0.seek(to)
        }
    }
    Box::new(Dribble(std::io::Cursor::new(bytes.to_vec()), step))
}

/// Everything a reader gives.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct All {
    pub(crate) rows: Vec<Row>,
    pub(crate) bad: Vec<Finding>,
    pub(crate) warnings: Vec<Finding>,
    pub(crate) refused: Option<Finding>,
}

impl All {
    pub(crate) fn texts(&self) -> Vec<Vec<String>> {
        let texts = |r: &Row| {
            r.cells
                .iter()
                .map(|c| c.as_deref().unwrap_or("<absent>").to_owned())
                .collect()
        };
        self.rows.iter().map(texts).collect()
    }
    /// One short line per fact, as the tables of bad files say it.
    pub(crate) fn facts(&self) -> Vec<String> {
        let tell = |kind: &str, f: &Finding| {
            let mut text = format!("{kind} {}", f.code);
            let place = &f.place;
            if let Some(row) = place.row {
                text += &format!(" row {row}");
            }
            if let Some(column) = &place.column {
                text += &format!(" column {column}");
            }
            if let Some(byte) = place.byte {
                text += &format!(" byte {byte}");
            }
            for lang in [Lang::Zh, Lang::En] {
                let sentence = f.sentence(lang);
                assert!(!has_open_mark(&sentence), "a mark was left open: {sentence}");
            }
            text
        };
        let mut facts = vec![format!("rows {}", self.rows.len())];
        facts.extend(self.bad.iter().map(|f| tell("bad", f)));
        facts.extend(self.warnings.iter().map(|f| tell("warning", f)));
        facts.extend(self.refused.iter().map(|f| tell("file", f)));
        facts
    }
}

fn has_open_mark(sentence: &str) -> bool {
    sentence.split('{').skip(1).any(|rest| {
        let name = rest.split('}').next().unwrap_or_default();
        name.len() < rest.len() && !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    })
}

pub(crate) fn read_all<R: RowReader>(reader: Result<R, Finding>) -> All {
    let mut all = All::default();
    let mut reader = match reader {
        Ok(reader) => reader,
        Err(refused) => {
            return All {
                refused: Some(refused),
                ..all
            };
        }
    };
    loop {
        match reader.next() {
            Ok(Some(Taken::Row(row))) => {
                assert_eq!(row.cells.len(), reader.header().len());
                all.rows.push(row);
            }
            Ok(Some(Taken::Bad { line, findings })) => {
                assert!(!findings.is_empty() && findings.iter().all(|f| f.place.row == Some(line)));
                all.bad.extend(findings);
            }
            Ok(None) => break,
            Err(refused) => {
                assert_eq!(reader.next(), Ok(None), "an error comes once");
                all.refused = Some(refused);
                break;
            }
        }
    }
    assert_eq!(reader.counts().rows, all.rows.len() as u64);
    all.warnings = reader.warnings();
    all
}
