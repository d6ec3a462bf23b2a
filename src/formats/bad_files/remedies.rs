//! Remedies that need no person: applied to every file of the table that has the code, not only to one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{codes, format_of, read_bytes, wanted};
use crate::Encoding;
use crate::testing::fixture;

/// The file as its remedy makes it; `None` where the remedy is another export, which no bytes here can be.
fn mended(code: &str, format: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    match (code, format) {
        // Without the mark, in the agreed encoding.
        ("E_BOM", _) => {
            let (encoding, rest) = [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be]
                .into_iter()
                .filter(|_| !bytes.starts_with(b"\xFF\xFE\0\0"))
                .find_map(|e| Some((e, bytes.strip_prefix(e.mark())?)))?;
            match encoding.decode(rest) {
                Ok(text) => agreed(format, &text).encode(&text).ok(),
                Err(_) => Some(rest.to_vec()),
            }
        }
        // What was saved in two bytes a character, with or without a mark.
        ("E_CODE_PAGE", "json" | "jsonl") => {
            let rest = bytes.strip_prefix(Encoding::Utf16.mark()).unwrap_or(bytes);
            let text = Encoding::Utf16Le.decode(rest).ok().filter(|t| !t.contains('\0'))?;
            Some(text.into_bytes())
        }
        ("W_EOL", "csv") => {
            let plain = bytes.iter().filter(|b| **b != b'\r');
            Some(
                plain
                    .flat_map(|b| if *b == b'\n' { b"\r\n".to_vec() } else { vec![*b] })
                    .collect(),
            )
        }
        ("W_CODE_PAGE" | "E_CODE_PAGE", "dbf") => {
            let mut bytes = bytes.to_vec();
            bytes[29] = 0x4D;
            Some(bytes)
        }
        _ => None,
    }
}

/// The encoding of the interface, or the one a document names itself.
fn agreed(format: &str, text: &str) -> Encoding {
    match format {
        "json" | "jsonl" => Encoding::Utf8,
        "xml" if text.to_ascii_lowercase().contains("encoding=\"utf-8\"") => Encoding::Utf8,
        "xml" => Encoding::Gb18030,
        _ => Encoding::Gbk,
    }
}

#[test]
fn a_remedy_for_bytes_takes_its_code_away_wherever_it_stands() {
    let mut counted = [0; 4];
    let kinds = ["E_BOM", "W_EOL", "W_CODE_PAGE", "E_CODE_PAGE"];
    for (path, verdict) in wanted() {
        let (format, bytes) = (format_of(path), fixture(&format!("bad/{path}")));
        for (at, code) in kinds
            .iter()
            .enumerate()
            .filter(|(_, c)| codes(verdict).any(|v| v == **c))
        {
            let Some(bytes) = mended(code, format, &bytes) else {
                continue;
            };
            let after = read_bytes(format, path, &bytes);
            let facts = after.facts().join(" · ");
            assert!(codes(&facts).all(|c| c != *code), "{path}: {facts}");
            assert!(!after.rows.is_empty(), "{path}: {facts}");
            counted[at] += 1;
        }
    }
    assert!(counted.iter().all(|n| *n >= 3), "{counted:?}");
}
