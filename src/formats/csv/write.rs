//! CSV out: encoded strictly, quoted by one rule, the same bytes every time.

use super::{Delimiter, LineEnd};
use crate::encoding::Encoding;
use crate::{RowWriter, fault};
use model::{Finding, Header, Row};

/// Which fields stand in quotes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Quote {
    /// All.
    #[default]
    All,
    /// Only those that need it: delimiter, quote or line end inside, or the only field of its row and empty.
    Needed,
}

/// How a CSV file is written.
#[derive(Clone, Copy, Debug)]
pub struct CsvWriteOptions {
    /// Its encoding.
    pub encoding: Encoding,
    /// The encoding's mark at the beginning, where it has one. `utf-16` always begins with it.
    pub bom: bool,
    /// Between fields.
    pub delimiter: Delimiter,
    /// After every line, the last one too.
    pub line_end: LineEnd,
    /// Which fields stand in quotes.
    pub quote: Quote,
}

impl CsvWriteOptions {
    /// Commas, CR LF, everything quoted.
    pub fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            bom: false,
            delimiter: Delimiter::COMMA,
            line_end: LineEnd::Crlf,
            quote: Quote::All,
        }
    }
}

/// Writes CSV. CSV cannot tell absent from empty: both become an empty field.
pub struct CsvWriter {
    header: Header,
    options: CsvWriteOptions,
}

impl CsvWriter {
    /// For rows of this header.
    pub fn new(header: Header, options: CsvWriteOptions) -> Self {
        Self { header, options }
    }

    fn record<'a>(&self, cells: impl ExactSizeIterator<Item = &'a str>, out: &mut Vec<u8>) -> Result<(), Vec<Finding>> {
        let before = out.len();
        let only = cells.len() == 1;
        let mut findings = Vec::new();
        let delimiter = char::from(self.options.delimiter.byte());
        for (slot, cell) in cells.enumerate() {
            let column = self.header.names().get(slot).map_or("", |n| n);
            if cell.contains('\0') {
                findings.push(fault::structure("控制字符 control character", "U+0000").column(column));
            }
            let mut field = String::with_capacity(cell.len() + 3);
            if slot > 0 {
                field.push(delimiter);
            }
            if self.quoted(cell, only) {
                field.push('"');
                field.push_str(&cell.replace('"', "\"\""));
                field.push('"');
            } else {
                field.push_str(cell);
            }
            if let Err(lacking) = self.options.encoding.encode_into(&field, out) {
                findings.push(lacking.finding(self.options.encoding, column));
            }
        }
        let ended = self.options.encoding.encode_into(self.options.line_end.text(), out);
        findings.extend(ended.err().map(|u| u.finding(self.options.encoding, "")));
        if findings.is_empty() {
            return Ok(());
        }
        out.truncate(before);
        Err(findings)
    }

    fn quoted(&self, cell: &str, only: bool) -> bool {
        self.options.quote == Quote::All
            || (only && cell.is_empty())
            || cell
                .bytes()
                .any(|b| matches!(b, b'"' | b'\r' | b'\n') || b == self.options.delimiter.byte())
    }
}

impl RowWriter for CsvWriter {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Finding> {
        let before = out.len();
        if self.options.bom || self.options.encoding == Encoding::Utf16 {
            out.extend_from_slice(self.options.encoding.mark());
        }
        self.record(self.header.names().iter().map(|n| &**n), out)
            .map_err(|mut findings| {
                out.truncate(before);
                findings.remove(0)
            })
    }

    fn row(&mut self, row: &Row, out: &mut Vec<u8>) -> Result<(), Vec<Finding>> {
        if row.cells.len() != self.header.len() {
            let detail = format!("{} ≠ {}", row.cells.len(), self.header.len());
            return Err(vec![fault::structure("字段数 fields", detail).row(row.line)]);
        }
        self.record(row.cells.iter().map(|c| c.as_deref().unwrap_or("")), out)
            .map_err(|findings| findings.into_iter().map(|f| f.row(row.line)).collect())
    }

    fn end(&mut self, _out: &mut Vec<u8>) -> Result<(), Finding> {
        Ok(())
    }
}
