//! Fixed width out: every record exactly as long as agreed, nothing cut.

use super::{FixedField, FixedFrame, FixedKind, HEAD, Head, TAIL, Total};
use crate::{RowWriter, fault};
use model::{Code, Finding, Header, Row};

/// How a fixed-width file is written.
#[derive(Clone, Debug)]
pub struct FixedWriteOptions {
    /// Its records.
    pub frame: FixedFrame,
    /// What its head record says.
    pub head: Head,
}

/// Writes a fixed-width file: CR LF after every record, no Ctrl-Z.
pub struct FixedWriter {
    options: FixedWriteOptions,
    /// Where each field stands in a row; one that rows do not have is written as spaces.
    slots: Vec<Option<usize>>,
    written: u64,
    sum: u128,
}

impl FixedWriter {
    /// For rows whose cells stand in the order of `header`.
    ///
    /// # Errors
    /// Records that cannot be.
    pub fn new(header: &Header, options: FixedWriteOptions) -> Result<Self, Finding> {
        let frame = &options.frame;
        frame.judge().map_err(|why| fault::structure(why, frame.record))?;
        Ok(Self {
            slots: frame.fields.iter().map(|f| header.slot(&f.name)).collect(),
            options,
            written: 0,
            sum: 0,
        })
    }

    fn cell(&self, field: &FixedField, text: &str, row: u64, out: &mut Vec<u8>) -> Result<(), Finding> {
        let wrong = |code: Code| fault::at(code, row, &field.name);
        let width = field.kind.width();
        let (bytes, found) = match field.kind {
            FixedKind::Text { .. } if text.chars().any(char::is_control) => return Err(wrong(Code::ECharset)),
            FixedKind::Number { .. } if !text.bytes().all(|b| b.is_ascii_digit()) => return Err(wrong(Code::EFormat)),
            _ => {
                let encoding = self.options.frame.encoding;
                let bytes = encoding.encode(text);
                let bytes = bytes.map_err(|lacking| lacking.finding(encoding, &field.name).row(row))?;
                let found = bytes.len();
                (bytes, found)
            }
        };
        let Some(padding) = width.checked_sub(found) else {
            return Err(wrong(Code::ETooLong).with("found", found).with("limit", width));
        };
        pad(field.kind, &bytes, padding, out);
        Ok(())
    }

    /// A record of head or tail. What it says is ours, so what does not fit is about the file.
    fn own<'a>(
        &self,
        letter: u8,
        cells: impl Iterator<Item = (FixedKind, String, &'a str)>,
        out: &mut Vec<u8>,
    ) -> Result<(), Finding> {
        let before = out.len();
        out.push(letter);
        for (kind, text, what) in cells {
            let bytes = self.options.frame.encoding.encode(&text).unwrap_or_default();
            let digits = matches!(kind, FixedKind::Text { .. }) || bytes.iter().all(u8::is_ascii_digit);
            match kind.width().checked_sub(bytes.len()) {
                Some(padding) if digits => pad(kind, &bytes, padding, out),
                _ => {
                    out.truncate(before);
                    return Err(fault::structure(
                        "记录字段放不下 a field of the record does not fit",
                        what,
                    ));
                }
            }
        }
        self.close(before, out);
        Ok(())
    }

    fn close(&self, before: usize, out: &mut Vec<u8>) {
        out.resize(before + self.options.frame.record, b' ');
        out.extend_from_slice(b"\r\n");
    }
}

fn pad(kind: FixedKind, bytes: &[u8], padding: usize, out: &mut Vec<u8>) {
    match kind {
        FixedKind::Number { .. } if !bytes.is_empty() => {
            out.extend(std::iter::repeat_n(b'0', padding));
            out.extend_from_slice(bytes);
        }
        _ => {
            out.extend_from_slice(bytes);
            out.extend(std::iter::repeat_n(b' ', padding));
        }
    }
}

impl RowWriter for FixedWriter {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Finding> {
        let (fields, head) = (&self.options.frame.head, &self.options.head);
        let cells = fields
            .iter()
            .map(|(heading, kind)| (*kind, head.get(*heading).to_owned(), "H"));
        self.own(HEAD, cells, out)
    }

    fn row(&mut self, row: &Row, out: &mut Vec<u8>) -> Result<(), Vec<Finding>> {
        let before = out.len();
        let frame = &self.options.frame;
        let mut findings = Vec::new();
        let mut summed = 0;
        out.push(frame.rows);
        for (field, slot) in frame.fields.iter().zip(&self.slots) {
            let text = slot.and_then(|slot| row.get(slot)).unwrap_or_default();
            if let Err(finding) = self.cell(field, text, row.line, out) {
                findings.push(finding);
            } else if frame.sum.as_deref() == Some(&*field.name) {
                summed = text.parse().unwrap_or(0);
            }
        }
        if !findings.is_empty() {
            out.truncate(before);
            return Err(findings);
        }
        self.close(before, out);
        self.written += 1;
        self.sum = self.sum.saturating_add(summed);
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Finding> {
        let total = |total: Total| match total {
            Total::Count => self.written.to_string(),
            Total::Sum => self.sum.to_string(),
        };
        let cells = self
            .options
            .frame
            .tail
            .iter()
            .map(|(what, kind)| (*kind, total(*what), "T"));
        self.own(TAIL, cells, out)
    }
}
