//! DBF in: header, sizes and code page are judged first, then records one by one.

use super::head::{Field, Head, Kind, describe, memo};
use super::{BLOCK, DELETED, FILE_END, LIVE, VISUAL_FOXPRO};
use crate::encoding::{Encoding, Malformed};
use crate::fault::{self, Warnings};
use crate::{Columns, Counts, Input, Limits, RowReader, Taken};
use jiff::civil::Date;
use model::{Cell, Code, Finding, Header, Row};
use std::io::{ErrorKind, Read as _};

/// How a DBF file is read.
#[derive(Clone, Debug)]
pub struct DbfReadOptions {
    /// Its encoding; the code page byte of the file is only compared with it.
    pub encoding: Encoding,
    /// The columns it must have; upper and lower case are the same.
    pub columns: Columns,
    /// Upper limits.
    pub limits: Limits,
}

impl DbfReadOptions {
    /// Whatever columns, the usual limits.
    pub fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            columns: Columns::any(),
            limits: Limits::default(),
        }
    }
}

/// Reads a DBF file in the memory of one record. [`Row::line`] is the record's number in the file, deleted ones counted.
pub struct DbfReader {
    input: Input,
    options: DbfReadOptions,
    header: Header,
    fields: Vec<Field>,
    record: Vec<u8>,
    /// Records in the file, and how many of them were read.
    declared: u64,
    read: u64,
    /// Bytes of the file, and how many of them were read.
    bytes: u64,
    at: u64,
    done: bool,
    counts: Counts,
    warnings: Warnings,
}

impl DbfReader {
    /// Reads the header and compares it with the length of the file, in bytes.
    ///
    /// # Errors
    /// `E_TRUNCATED`, `E_FILE_COUNT`, `E_MEMO`, `E_CODE_PAGE`, `E_HEADER`, `E_STRUCTURE`, `E_TOO_LARGE`.
    pub fn open(input: Input, bytes: u64, options: DbfReadOptions) -> Result<Self, Finding> {
        super::judge_encoding(options.encoding)?;
        let limit = options.limits.file_bytes;
        if bytes > limit {
            return Err(fault::too_large(bytes, limit, "limits.file_bytes"));
        }
        let mut reader = Self {
            input,
            options,
            header: Header::new(Vec::<Box<str>>::new()),
            fields: Vec::new(),
            record: Vec::new(),
            declared: 0,
            read: 0,
            bytes,
            at: 0,
            done: false,
            counts: Counts::default(),
            warnings: Warnings::default(),
        };
        reader.read_header()?;
        Ok(reader)
    }

    fn read_header(&mut self) -> Result<(), Finding> {
        let first = self.take_bytes(BLOCK)?;
        let head = Head::parse(&first)?;
        let rest = self.take_bytes(head.header_len - BLOCK)?;
        let (names, fields) = describe(&head, &rest, self.options.limits.columns)?;
        if first.get(28).is_some_and(|flags| flags & 0x02 != 0) || matches!(head.version, 0x83 | 0x8B | 0xF5 | 0xFB) {
            return Err(memo("DBT"));
        }
        if !matches!(head.version, 0x02 | 0x03 | VISUAL_FOXPRO) {
            return Err(fault::structure(
                "DBF版本 DBF version",
                format!("0x{:02X}", head.version),
            ));
        }
        let width = 1 + fields.iter().map(|f| f.width).sum::<usize>();
        if width != head.record_len {
            return Err(fault::structure(
                "记录长度 record length",
                format!("{} ≠ {width}", head.record_len),
            ));
        }
        self.judge_size(&head)?;
        self.judge_code_page(head.code_page)?;
        let (header, warnings) = self.options.columns.judge(&names, str::eq_ignore_ascii_case)?;
        self.warnings.extend(warnings);
        self.header = header;
        self.fields = fields;
        self.record = vec![0; head.record_len];
        self.declared = head.records;
        Ok(())
    }

    fn judge_size(&self, head: &Head) -> Result<(), Finding> {
        let limit = self.options.limits.rows;
        if head.records > limit {
            return Err(fault::too_large(head.records, limit, "limits.rows"));
        }
        let record = head.record_len as u64;
        let declared = head.header_len as u64 + head.records * record;
        if self.bytes == declared || self.bytes == declared + 1 {
            return Ok(());
        }
        let data = self.bytes.saturating_sub(head.header_len as u64);
        let (found, over) = (data / record, data % record);
        if over <= 1 && found != head.records {
            return Err(Finding::new(Code::EFileCount)
                .with("declared", head.records)
                .with("found", found));
        }
        if self.bytes < declared {
            return Err(Finding::new(Code::ETruncated)
                .with("declared", declared)
                .with("found", self.bytes));
        }
        Err(fault::structure(
            "文件长度 file length",
            format!("{} ≠ {declared}", self.bytes),
        ))
    }

    /// 0 says nothing, and western pages are written by programs that know no other; another east Asian one is believed.
    fn judge_code_page(&mut self, page: u8) -> Result<(), Finding> {
        let code = match (page, self.options.encoding) {
            (0x00, _) | (0x4D | 0x7A, Encoding::Gbk | Encoding::Gb18030) => return Ok(()),
            (0x13 | 0x4D..=0x50 | 0x78..=0x7C, _) => Code::ECodePage,
            _ => Code::WCodePage,
        };
        let finding = Finding::new(code)
            .with("found", format!("0x{page:02X}"))
            .with("encoding", self.options.encoding.word())
            .byte(29);
        if code.is_warning() {
            self.warnings.push(finding);
            return Ok(());
        }
        Err(finding)
    }

    fn step(&mut self) -> Result<Option<Taken>, Finding> {
        while self.read < self.declared {
            let from = self.at;
            let mut record = std::mem::take(&mut self.record);
            self.fill(&mut record)?;
            self.record = record;
            self.read += 1;
            match self.record.first() {
                Some(&LIVE) => return Ok(Some(self.take(from))),
                Some(&DELETED) => self.counts.deleted += 1,
                other => {
                    let flag = format!("0x{:02X}", other.copied().unwrap_or_default());
                    return Err(fault::structure("记录标志 record flag", flag).row(self.read).byte(from));
                }
            }
        }
        self.finish()?;
        Ok(None)
    }

    /// After the last record: an end mark or nothing.
    fn finish(&mut self) -> Result<(), Finding> {
        if self.at < self.bytes {
            let from = self.at;
            let mark = self.take_bytes(1)?;
            if mark.first() != Some(&FILE_END) {
                return Err(fault::structure("结束标志 end mark", format!("≠ 0x{FILE_END:02X}")).byte(from));
            }
        }
        let mut one = [0];
        if self.read_some(&mut one)? > 0 {
            return Err(fault::structure("文件长度 file length", format!("> {}", self.bytes)));
        }
        if self.counts.deleted > 0 {
            self.warnings
                .push(Finding::new(Code::WDeletedRows).with("count", self.counts.deleted));
        }
        Ok(())
    }

    /// The record as a row; `from` is its place in the file.
    fn take(&mut self, from: u64) -> Taken {
        let line = self.read;
        let (mut cells, mut findings, mut notes): (Vec<Cell>, _, _) = (Vec::new(), Vec::new(), Vec::new());
        let mut at = 1;
        for (field, name) in self.fields.iter().zip(self.header.names()) {
            let bytes = self.record.get(at..at + field.width).unwrap_or_default();
            match self.cell(field.kind, bytes) {
                Ok((text, private)) => {
                    notes.extend(private.iter().map(|p| p.finding(line, name)));
                    cells.push(Some(text.into()));
                }
                Err(Wrong::Value(code)) => findings.push(fault::at(code, line, name)),
                Err(Wrong::Control(at_in)) => {
                    let finding = fault::structure("控制字符 control character", "U+0000");
                    findings.push(
                        finding
                            .row(line)
                            .column(fault::shown(name))
                            .byte(from + (at + at_in) as u64),
                    );
                }
                Err(Wrong::Bytes(at_in)) => {
                    let fault = Malformed::new(bytes, at_in, from + at as u64);
                    findings.push(
                        fault
                            .finding(self.options.encoding)
                            .row(line)
                            .column(fault::shown(name)),
                    );
                }
            }
            at += field.width;
        }
        if !findings.is_empty() {
            self.counts.bad += 1;
            return Taken::Bad { line, findings };
        }
        self.counts.rows += 1;
        self.warnings.extend(notes);
        Taken::Row(Row { line, cells })
    }

    fn cell(&self, kind: Kind, bytes: &[u8]) -> Result<(String, Vec<crate::encoding::Private>), Wrong> {
        if let Some(at) = bytes.iter().position(|b| *b == 0) {
            return Err(Wrong::Control(at));
        }
        if kind == Kind::Text {
            let mut text = String::with_capacity(bytes.len());
            self.options
                .encoding
                .decode_into(bytes, &mut text)
                .map_err(Wrong::Bytes)?;
            let (settled, notes) = self.options.encoding.settle(text.trim_end_matches(' '));
            return Ok((settled.into_owned(), notes));
        }
        let wrong = if kind == Kind::Date { Code::EDate } else { Code::EFormat };
        let text = std::str::from_utf8(bytes)
            .map_err(|_| Wrong::Value(wrong))?
            .trim_matches(' ');
        let good = match kind {
            _ if text.is_empty() => true,
            Kind::Number if text.bytes().all(|b| b == b'*') => return Err(Wrong::Value(Code::EOverflow)),
            Kind::Number => is_plain_number(text),
            Kind::Date => text == "00000000" || is_date(text),
            Kind::Logical => matches!(text, "T" | "t" | "F" | "f" | "Y" | "y" | "N" | "n" | "?"),
            Kind::Text => true,
        };
        if good {
            Ok((text.to_owned(), Vec::new()))
        } else {
            Err(Wrong::Value(wrong))
        }
    }

    fn take_bytes(&mut self, len: usize) -> Result<Vec<u8>, Finding> {
        let mut bytes = vec![0; len];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Finding> {
        let wanted = self.at + bytes.len() as u64;
        let mut filled = 0;
        while let Some(rest) = bytes.get_mut(filled..).filter(|r| !r.is_empty()) {
            let read = self.read_some(rest)?;
            if read == 0 {
                let found = self.at + filled as u64;
                let declared = wanted.max(self.bytes);
                return Err(Finding::new(Code::ETruncated)
                    .with("declared", declared)
                    .with("found", found)
                    .byte(found));
            }
            filled += read;
        }
        self.at = wanted;
        Ok(())
    }

    fn read_some(&mut self, bytes: &mut [u8]) -> Result<usize, Finding> {
        loop {
            match self.input.read(bytes) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(fault::unreadable(&e)),
                Ok(read) => return Ok(read),
            }
        }
    }
}

impl RowReader for DbfReader {
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
    fn expected(&self) -> Option<u64> {
        Some(self.declared)
    }
}

/// What is wrong with a cell; indexes count within it.
enum Wrong {
    Value(Code),
    Control(usize),
    Bytes(usize),
}

/// Digits, at most one point and a sign before them.
fn is_plain_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(part) && !(whole.is_empty() && part.is_empty())
}

/// `yyyymmdd`, and that day exists.
pub(super) fn is_date(text: &str) -> bool {
    let part = |from: usize, to: usize| text.get(from..to).and_then(|t| t.parse::<i16>().ok());
    let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
    match (part(0, 4), part(4, 6), part(6, 8)) {
        (Some(year), Some(month), Some(day)) if digits => Date::new(year, month as i8, day as i8).is_ok(),
        _ => false,
    }
}
