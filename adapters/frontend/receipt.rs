//! The receipt of a file that came: one line for the whole and one for each row, with return code and reason.
//!
//! The same file with the same verdict has the same receipt, but for two things that say which of two nodes answered that
//! had the file one after the other: the token of the claim under which it was judged, and the signed head of that node's
//! chain. So it tells neither a time nor a batch number of ours; the digest says which content was judged.

use crate::format::Files;
use crate::settings::FileFormat;
use formats::csv::{CsvWriteOptions, CsvWriter};
use formats::encoding::point;
use formats::json::{JsonWriteOptions, JsonWriter, Whole};
use formats::{Encoding, RowWriter};
use model::{Code, Finding, Header, Lang, Row};
use port::{Answer, BatchVerdict};

/// Its columns; line 0 is the whole file.
pub const COLUMNS: [&str; 4] = ["行号", "业务编号", "返回码", "返回信息"];

/// Nothing is wrong.
const GOOD: &str = "0000";

/// A receipt, ready to be left.
pub struct Receipt {
    /// What its name has after that of the file.
    pub extension: &'static str,
    pub bytes: Vec<u8>,
    /// The same with another token and head: what differs is these and nothing else.
    other: Vec<u8>,
}

impl Receipt {
    /// Whether these bytes say the same, whoever says it.
    pub fn says(&self, found: &[u8]) -> bool {
        let pairs = self.bytes.iter().zip(&self.other).zip(found);
        found.len() == self.bytes.len()
            && pairs
                .into_iter()
                .all(|((ours, other), found)| ours != other || ours == found)
    }
}

/// Of which file a receipt is.
#[derive(Clone, Copy)]
pub struct Of<'a> {
    /// SM3 of its content; empty where it was not read.
    pub sm3: &'a str,
    /// The token under which it is held; empty for a claim from before there were tokens.
    pub token: &'a str,
}

/// Writes the receipt of an answer: JSON Lines where files are that, CSV in the layout's encoding for all others.
pub fn write(files: Files<'_>, encoding: Encoding, of: Of<'_>, answer: &Answer) -> Result<Receipt, Finding> {
    let (extension, bytes) = written(files, encoding, of, answer)?;
    let token = another(of.token);
    let answer = Answer {
        anchor: answer.anchor.as_deref().map(another),
        ..answer.clone()
    };
    let (_, other) = written(files, encoding, Of { token: &token, ..of }, &answer)?;
    Ok(Receipt {
        extension,
        bytes,
        other,
    })
}

/// A text of the same length, every letter of it another.
fn another(text: &str) -> String {
    text.chars().map(|c| if c == '0' { '1' } else { '0' }).collect()
}

fn written(
    files: Files<'_>,
    encoding: Encoding,
    of: Of<'_>,
    answer: &Answer,
) -> Result<(&'static str, Vec<u8>), Finding> {
    let header = Header::new(COLUMNS);
    let (extension, encoding, mut writer): (_, _, Box<dyn RowWriter>) = match files.format() {
        FileFormat::Jsonl => {
            let writer = JsonWriter::new(header, JsonWriteOptions::new(Whole::Lines))?;
            (".receipt.jsonl", Encoding::Utf8, Box::new(writer))
        }
        FileFormat::Csv | FileFormat::Fixed | FileFormat::Xml => {
            let writer = CsvWriter::new(header, CsvWriteOptions::new(encoding));
            (".receipt.csv", encoding, Box::new(writer))
        }
    };
    let mut bytes = Vec::new();
    writer.begin(&mut bytes)?;
    let mut add = |line: u64, case_no: &str, code: &str, message: &str| {
        let number = line.to_string();
        let texts = [number.as_str(), case_no, code, message];
        let cells = texts.iter().map(|text| Some(shown(text, encoding).into())).collect();
        let written = writer.row(&Row { line, cells }, &mut bytes);
        written.map_err(|mut findings| findings.swap_remove(0))
    };
    add(0, "", code(answer), &whole(answer, of))?;
    for row in answer.rows.iter() {
        add(row.line, &row.case_no, &row.code, &row.message)?;
    }
    writer.end(&mut bytes)?;
    Ok((extension, bytes))
}

/// The code of the whole. A repeat is answered as it was the first time.
fn code(answer: &Answer) -> &str {
    match answer.verdict {
        BatchVerdict::Accepted | BatchVerdict::Repeat => GOOD,
        BatchVerdict::Refused | BatchVerdict::Quarantined => &answer.code,
    }
}

/// What became of the whole, in one line.
fn whole(answer: &Answer, of: Of<'_>) -> String {
    let mut parts = vec![match answer.verdict {
        BatchVerdict::Accepted | BatchVerdict::Repeat => {
            let (named, _) = answer.rows.other_than(GOOD);
            format!("已接收，共{}行，返回码不是{GOOD}的{named}行", answer.rows.len())
        }
        BatchVerdict::Refused => "整份拒收，未产生任何效果".to_owned(),
        BatchVerdict::Quarantined => "整份隔离待查，未产生任何效果".to_owned(),
    }];
    if !of.sm3.is_empty() {
        parts.push(format!("SM3 {}", of.sm3));
    }
    if !of.token.is_empty() {
        parts.push(format!("认领号 {}", of.token));
    }
    if answer.verdict == BatchVerdict::Quarantined {
        // Only the first answer tells the number; what to do is always the same.
        parts.push(Finding::new(Code::ENumberReused).remedy(Lang::Zh));
    } else {
        // That it came before is no part of what was found in it.
        let found = answer.findings.iter().filter(|f| f.code != Code::ERepeated);
        parts.extend(found.map(|f| f.sentence(Lang::Zh)));
    }
    if let Some(anchor) = &answer.anchor {
        parts.push(format!("账本 {anchor}"));
    }
    parts.join("；")
}

/// A text on one line, and in the receipt's encoding: a character that it lacks stands there by its number.
fn shown(text: &str, encoding: Encoding) -> String {
    let mut out = String::with_capacity(text.len());
    for char in text.chars() {
        match encoding.encoded_len(char.encode_utf8(&mut [0; 4])) {
            _ if char.is_control() => out.push(' '),
            Ok(_) => out.push(char),
            Err(_) => out.push_str(&point(char)),
        }
    }
    out
}

#[cfg(test)]
mod tests;
