//! Fixed width in: record by record, cut on bytes, decoded field by field, judged by the tail record.

use super::{FILE_END, FixedField, FixedFrame, FixedKind, HEAD, Head, TAIL, Total};
use crate::encoding::{Malformed, Private};
use crate::fault::{self, Warnings, shown};
use crate::text::{Bom, judge_mark};
use crate::{Counts, Input, Limits, RowReader, Taken};
use model::{Cell, Code, Finding, Header, Row};
use std::io::{BufReader, ErrorKind, Read};

/// How a fixed-width file is read.
#[derive(Clone, Debug)]
pub struct FixedReadOptions {
    /// Its records.
    pub frame: FixedFrame,
    /// Whether LF alone may end a record too; it is told once.
    pub any_line_end: bool,
    /// Upper limits.
    pub limits: Limits,
}

/// Reads a fixed-width file in the memory of one record. [`Row::line`] counts row records from 1.
pub struct FixedReader {
    input: BufReader<Input>,
    options: FixedReadOptions,
    header: Header,
    head: Head,
    /// The head record was read: what follows has a row.
    begun: bool,
    /// Bytes read so far.
    at: u64,
    record: Vec<u8>,
    line: u64,
    sum: u128,
    done: bool,
    told_end: bool,
    counts: Counts,
    warnings: Warnings,
}

impl FixedReader {
    /// Reads the head record.
    ///
    /// # Errors
    /// What is wrong with the file up to there.
    pub fn open(input: Input, options: FixedReadOptions) -> Result<Self, Finding> {
        let frame = &options.frame;
        frame.judge().map_err(|why| fault::structure(why, frame.record))?;
        let mut reader = Self {
            input: BufReader::new(input),
            header: Header::new(frame.fields.iter().map(|f| f.name.clone())),
            record: vec![0; frame.record],
            head: Head::default(),
            options,
            begun: false,
            at: 0,
            line: 0,
            sum: 0,
            done: false,
            told_end: false,
            counts: Counts::default(),
            warnings: Warnings::default(),
        };
        let record = reader.next_record()?;
        if record.first() != Some(&HEAD) {
            return Err(fault::structure("首记录不是H the first record is no H", letter(&record)).byte(0));
        }
        reader.head = reader.read_head(&record)?;
        reader.begun = true;
        Ok(reader)
    }

    /// What the head record says.
    pub fn head(&self) -> &Head {
        &self.head
    }

    fn read_head(&self, record: &[u8]) -> Result<Head, Finding> {
        let mut head = Head::default();
        let mut from = 1;
        for (heading, kind) in &self.options.frame.head {
            let bytes = record.get(from..from + kind.width()).unwrap_or_default();
            from += kind.width();
            let text = self.options.frame.encoding.decode(bytes);
            let text = text.map_err(|m| m.finding(self.options.frame.encoding))?;
            let text = text.trim_end_matches(' ').to_owned();
            if matches!(kind, FixedKind::Number { .. }) && !text.bytes().all(|b| b.is_ascii_digit()) {
                return Err(fault::structure("头记录 head record", "9"));
            }
            head.set(*heading, text);
        }
        Ok(head)
    }

    fn step(&mut self) -> Result<Option<Taken>, Finding> {
        let from = self.at;
        let record = self.next_record()?;
        match record.first() {
            Some(&TAIL) => self.judge_tail(&record).map(|()| None),
            Some(found) if *found == self.options.frame.rows => {
                self.line += 1;
                let limit = self.options.limits.rows;
                if self.line > limit {
                    return Err(fault::too_large(format!(">{limit}"), limit, "limits.rows").row(self.line));
                }
                let taken = self.take(&record, from);
                self.record = record;
                Ok(Some(taken))
            }
            _ => Err(fault::structure("记录类型 kind of record", letter(&record))
                .row(self.line + 1)
                .byte(from)),
        }
    }

    /// The next record without its line end. The end of the file is none of the agreed ends: the tail record is.
    fn next_record(&mut self) -> Result<Vec<u8>, Finding> {
        let mut record = std::mem::take(&mut self.record);
        record.resize(self.options.frame.record, 0);
        let from = self.at;
        let read = self.fill(&mut record)?;
        if !self.begun {
            judge_mark(&record, self.options.frame.encoding, Bom::Refuse)?;
        }
        if read < record.len() {
            // A line end in what is there: shorter records than agreed, not a cut file.
            self.judge_length(record.get(..read).unwrap_or_default(), from)?;
            return Err(self.unended(Finding::new(Code::EFileCount)));
        }
        self.judge_length(&record, from)?;
        let mut end = [0];
        if self.fill(&mut end)? == 0 {
            return self.at_the_end(record);
        }
        let mut agreed = false;
        if end == *b"\r" {
            if self.fill(&mut end)? == 0 {
                return self.at_the_end(record);
            }
            agreed = end == *b"\n";
        } else if end == *b"\n" && self.options.any_line_end {
            agreed = true;
            if !self.told_end {
                self.told_end = true;
                self.warnings.push(Finding::new(Code::WEol));
            }
        }
        if agreed {
            return Ok(record);
        }
        let detail = format!("≠ {}", self.options.frame.record);
        let finding = fault::structure("记录长度或行尾 record length or line end", detail);
        Err(self.placed(finding).byte(self.at - 1))
    }

    /// The file ends where a line end should stand.
    fn at_the_end(&self, record: Vec<u8>) -> Result<Vec<u8>, Finding> {
        Err(match record.first() {
            Some(&TAIL) => fault::structure("末行没有行尾 the last record does not end", "T").byte(self.at),
            _ => self.unended(Finding::new(Code::EFileCount)),
        })
    }

    /// With the row that should stand there; the head record is none.
    fn placed(&self, finding: Finding) -> Finding {
        if self.begun {
            finding.row(self.line + 1)
        } else {
            finding
        }
    }

    fn unended(&self, finding: Finding) -> Finding {
        finding.with("declared", "—").with("found", self.line).byte(self.at)
    }

    fn judge_length(&self, record: &[u8], from: u64) -> Result<(), Finding> {
        match record.iter().position(|b| matches!(b, b'\r' | b'\n')) {
            None => Ok(()),
            Some(at) => {
                let detail = format!("{at} ≠ {}", self.options.frame.record);
                let finding = fault::structure("记录长度 record length", detail);
                Err(self.placed(finding).byte(from + at as u64))
            }
        }
    }

    /// Number and sum, and nothing after them but Ctrl-Z.
    fn judge_tail(&mut self, record: &[u8]) -> Result<(), Finding> {
        let mut from = 1;
        for (total, kind) in self.options.frame.tail.clone() {
            let bytes = record.get(from..from + kind.width()).unwrap_or_default();
            from += kind.width();
            let (code, found) = match total {
                Total::Count => (Code::EFileCount, u128::from(self.line)),
                Total::Sum => (Code::EFileSum, self.sum),
            };
            match number(bytes) {
                Some(declared) if declared.unwrap_or(0) == found => {}
                Some(declared) => {
                    let declared = declared.unwrap_or(0);
                    return Err(Finding::new(code).with("declared", declared).with("found", found));
                }
                None => return Err(fault::structure("尾记录 tail record", "9")),
            }
        }
        let mut rest = [0; 2];
        let read = self.fill(&mut rest)?;
        match rest.get(..read).unwrap_or_default() {
            [] | [FILE_END] => Ok(()),
            _ => Err(fault::structure("尾记录之后还有内容 something follows the tail record", read).byte(self.at)),
        }
    }

    /// The record as a row; `from` is its place in the file.
    fn take(&mut self, record: &[u8], from: u64) -> Taken {
        let line = self.line;
        let (mut cells, mut findings, mut notes): (Vec<Cell>, _, _) = (Vec::new(), Vec::new(), Vec::new());
        let mut at = 1;
        for field in &self.options.frame.fields {
            let bytes = record.get(at..at + field.kind.width()).unwrap_or_default();
            if self.options.frame.sum.as_deref() == Some(&*field.name) {
                self.sum = self.sum.saturating_add(number(bytes).flatten().unwrap_or(0));
            }
            match self.cell(field, bytes, from + at as u64, line) {
                Ok((text, private)) => {
                    notes.extend(private.iter().map(|p| p.finding(line, &field.name)));
                    cells.push(Some(text.into()));
                }
                Err(finding) => findings.push(finding),
            }
            at += field.kind.width();
        }
        if !findings.is_empty() {
            self.counts.bad += 1;
            return Taken::Bad { line, findings };
        }
        self.counts.rows += 1;
        self.warnings.extend(notes);
        Taken::Row(Row { line, cells })
    }

    fn cell(&self, field: &FixedField, bytes: &[u8], from: u64, line: u64) -> Result<(String, Vec<Private>), Finding> {
        let encoding = self.options.frame.encoding;
        if matches!(field.kind, FixedKind::Number { .. }) {
            let digits = number(bytes).ok_or_else(|| fault::at(Code::EFormat, line, &field.name))?;
            return Ok((digits.map(|d| d.to_string()).unwrap_or_default(), Vec::new()));
        }
        if let Some(at) = bytes.iter().position(|b| *b < b' ') {
            let control = format!("U+{:04X}", bytes.get(at).copied().unwrap_or_default());
            let finding = fault::structure("控制字符 control character", control).row(line);
            return Err(finding.column(shown(&field.name)).byte(from + at as u64));
        }
        let mut text = String::with_capacity(bytes.len());
        if let Err(at) = encoding.decode_into(bytes, &mut text) {
            let malformed = Malformed::new(bytes, at, from);
            // What could go on is not wrong but unfinished: its other half was cut off.
            return Err(if encoding.whole_len(bytes) == at {
                let cut = fault::at(Code::ECutCharacter, line, &field.name);
                cut.with("hex", malformed.hex).byte(malformed.byte)
            } else {
                malformed.finding(encoding).row(line).column(shown(&field.name))
            });
        }
        let (settled, notes) = encoding.settle(text.trim_end_matches(' '));
        Ok((settled.into_owned(), notes))
    }

    /// Reads until the buffer is full or the file ends; how many bytes there were.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<usize, Finding> {
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|r| !r.is_empty()) {
            match self.input.read(rest) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(fault::unreadable(&e)),
                Ok(0) => break,
                Ok(read) => filled += read,
            }
        }
        self.at += filled as u64;
        let limit = self.options.limits.file_bytes;
        if self.at > limit {
            return Err(fault::too_large(format!(">{limit}"), limit, "limits.file_bytes"));
        }
        Ok(filled)
    }
}

/// Digits with their padding; `None` inside where the field is blank, outside where it is no number. A number of more
/// than 38 digits is none either: no interface has such.
fn number(bytes: &[u8]) -> Option<Option<u128>> {
    let text = std::str::from_utf8(bytes).ok()?;
    if text.bytes().all(|b| b == b' ') {
        return Some(None);
    }
    let plain = text.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten().map(Some)
}

/// A record's letter, for messages: only a letter, for anything else may be somebody's data.
fn letter(record: &[u8]) -> String {
    match record.first() {
        Some(byte) if byte.is_ascii_alphanumeric() => char::from(*byte).to_string(),
        Some(byte) => format!("0x{byte:02X}"),
        None => "-".to_owned(),
    }
}

impl RowReader for FixedReader {
    fn header(&self) -> &Header {
        &self.header
    }
    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        if self.done {
            return Ok(None);
        }
        let taken = self.step();
        self.done = !matches!(taken, Ok(Some(_)));
        taken
    }
    fn warnings(&mut self) -> Vec<Finding> {
        self.warnings.take()
    }
    fn counts(&self) -> Counts {
        self.counts
    }
}
