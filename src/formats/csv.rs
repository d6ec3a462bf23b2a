//! CSV: one record per line, fields between delimiters, quoted where they need it.
//!
//! Records are framed by `frame`, which is strict, and split by `csv-core`, which is fast and forgives much: what it
//! would forgive never reaches it. Text is decoded before it is framed.
//!
//! What a truncated file looks like: a cut inside quotes, inside a row or inside a character is found here. A file cut
//! exactly behind a whole line cannot be told from a shorter file; there the marker's or trailer's row count decides.

mod frame;
mod write;

pub use write::{CsvWriteOptions, CsvWriter, Quote};

use crate::encoding::Encoding;
use crate::fault::{self, Warnings};
use crate::text::{Bom, TextOptions, TextSource};
use crate::{Columns, Counts, Input, Limits, RowReader, Taken};
use frame::{End, Framed, Framer};
use model::{Cell, Code, Finding, Header, Row};

/// How lines end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum LineEnd {
    /// CR LF.
    #[default]
    Crlf,
    /// LF alone.
    Lf,
}

impl LineEnd {
    /// The bytes.
    pub fn text(self) -> &'static str {
        match self {
            Self::Crlf => "\r\n",
            Self::Lf => "\n",
        }
    }
    /// The word in settings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Crlf => "crlf",
            Self::Lf => "lf",
        }
    }
    /// The line end for a word of the settings.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Crlf, Self::Lf].into_iter().find(|e| e.word() == word)
    }
}

/// What lies between fields. Its own type, because not every character can be one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Delimiter(u8);

impl Delimiter {
    /// The usual one.
    pub const COMMA: Self = Self(b',');

    /// A printable ASCII character or TAB that is neither quote, letter nor digit.
    pub fn new(char: char) -> Option<Self> {
        let byte = u8::try_from(char).ok()?;
        (byte == b'\t' || (byte.is_ascii_punctuation() && byte != b'"')).then_some(Self(byte))
    }
    pub(crate) fn byte(self) -> u8 {
        self.0
    }
}

/// How a CSV file is read.
#[derive(Clone, Debug)]
pub struct CsvReadOptions {
    /// Its encoding.
    pub encoding: Encoding,
    /// About a mark.
    pub bom: Bom,
    /// Between fields.
    pub delimiter: Delimiter,
    /// The agreed line end; the other one is taken with `W_EOL`.
    pub line_end: LineEnd,
    /// False: a last line without a line end is taken, with `W_EOL`. True: it is refused, because the file may be cut.
    pub last_line_ends: bool,
    /// The columns it must have.
    pub columns: Columns,
    /// Upper limits.
    pub limits: Limits,
}

impl CsvReadOptions {
    /// Commas, CR LF, whatever columns, the usual limits.
    pub fn new(encoding: Encoding) -> Self {
        Self {
            encoding,
            bom: Bom::Refuse,
            delimiter: Delimiter::COMMA,
            line_end: LineEnd::Crlf,
            last_line_ends: true,
            columns: Columns::any(),
            limits: Limits::default(),
        }
    }
}

/// Reads a CSV file of any size in bounded memory. Every field is present: an empty one is `Some("")`.
pub struct CsvReader {
    framer: Framer,
    splitter: Splitter,
    options: CsvReadOptions,
    header: Header,
    /// Records framed after the header, blank lines included.
    line: u64,
    /// Blank lines held back: only at the end of the file are they nothing.
    blanks: u64,
    /// The record behind them.
    kept: Option<String>,
    done: bool,
    foreign_end: bool,
    counts: Counts,
    warnings: Warnings,
}

impl CsvReader {
    /// Reads and judges the header.
    ///
    /// # Errors
    /// What is wrong with the file up to the end of its header.
    pub fn open(input: Input, options: CsvReadOptions) -> Result<Self, Finding> {
        let text = TextOptions {
            encoding: options.encoding,
            bom: options.bom,
            bytes: options.limits.file_bytes,
            setting: "limits.file_bytes",
        };
        let framer = Framer::new(TextSource::new(input, text), options.delimiter, options.limits);
        let mut reader = Self {
            framer,
            splitter: Splitter::new(options.delimiter, options.limits.columns),
            options,
            header: Header::new(Vec::<Box<str>>::new()),
            line: 0,
            blanks: 0,
            kept: None,
            done: false,
            foreign_end: false,
            counts: Counts::default(),
            warnings: Warnings::default(),
        };
        reader.read_header()?;
        Ok(reader)
    }

    fn read_header(&mut self) -> Result<(), Finding> {
        let framed = self
            .framer
            .next()?
            .ok_or_else(|| fault::structure("空文件 empty file", "0"))?;
        self.judge_end(&framed, None)?;
        let fields = self.splitter.split(self.framer.text(&framed));
        let names: Option<Vec<String>> = fields.map(|fields| fields.map(str::to_owned).collect());
        let limit = self.options.limits.columns;
        let names = names.ok_or_else(|| fault::too_large(format!(">{limit}"), limit, "limits.columns"))?;
        if let Some(empty) = names.iter().position(String::is_empty) {
            return Err(fault::structure("无名的列 column without a name", empty + 1));
        }
        let (header, warnings) = self.options.columns.judge(&names, |a, b| a == b)?;
        self.header = header;
        self.warnings.extend(warnings);
        Ok(())
    }

    fn step(&mut self) -> Result<Option<Taken>, Finding> {
        if let Some(kept) = self.kept.take() {
            if self.blanks > 0 {
                self.blanks -= 1;
                self.kept = Some(kept);
                return Ok(Some(self.take("")));
            }
            return Ok(Some(self.take(&kept)));
        }
        loop {
            let row = self.counts.rows + self.counts.bad + self.blanks + 1;
            let Some(framed) = self.framer.next().map_err(|f| f.row(row))? else {
                return Ok(None);
            };
            if row > self.options.limits.rows {
                let limit = self.options.limits.rows;
                return Err(fault::too_large(format!(">{limit}"), limit, "limits.rows").row(row));
            }
            self.judge_end(&framed, Some(row))?;
            let text = self.framer.text(&framed).to_owned();
            if text.is_empty() && self.header.len() > 1 {
                self.blanks += 1;
            } else if self.blanks > 0 {
                self.kept = Some(text);
                return self.step();
            } else {
                return Ok(Some(self.take(&text)));
            }
        }
    }

    /// A framed record as a row, or as what is wrong with it.
    fn take(&mut self, text: &str) -> Taken {
        self.line += 1;
        let line = self.line;
        let encoding = self.options.encoding;
        let mut cells: Vec<Cell> = Vec::with_capacity(self.header.len());
        let mut notes = Vec::new();
        let found = match self.splitter.split(text) {
            Some(fields) => {
                for (slot, field) in fields.enumerate() {
                    let (settled, private) = encoding.settle(field);
                    let name = self.header.names().get(slot).map_or("", |n| n);
                    notes.extend(private.iter().map(|p| p.finding(line, name)));
                    cells.push(Some(settled.into()));
                }
                cells.len()
            }
            None => self.options.limits.columns + 1,
        };
        if found != self.header.len() {
            self.counts.bad += 1;
            let detail = format!("{found} ≠ {}", self.header.len());
            return Taken::Bad {
                line,
                findings: vec![fault::structure("字段数 fields", detail).row(line)],
            };
        }
        self.counts.rows += 1;
        self.warnings.extend(notes);
        Taken::Row(Row { line, cells })
    }

    fn judge_end(&mut self, framed: &Framed, row: Option<u64>) -> Result<(), Finding> {
        let as_agreed = match framed.end {
            End::Crlf => self.options.line_end == LineEnd::Crlf,
            End::Lf => self.options.line_end == LineEnd::Lf,
            End::File if self.options.last_line_ends => return Err(placed(Finding::new(Code::ELastLine), row)),
            End::File => false,
        };
        if !as_agreed && !self.foreign_end {
            self.foreign_end = true;
            self.warnings.push(placed(Finding::new(Code::WEol), row));
        }
        Ok(())
    }
}

fn placed(finding: Finding, row: Option<u64>) -> Finding {
    match row {
        Some(row) => finding.row(row),
        None => finding,
    }
}

impl RowReader for CsvReader {
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

/// `csv-core` on one framed record.
struct Splitter {
    core: csv_core::Reader,
    fields: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    fn new(delimiter: Delimiter, columns: usize) -> Self {
        let core = csv_core::ReaderBuilder::new().delimiter(delimiter.byte()).build();
        Self {
            core,
            fields: Vec::new(),
            ends: vec![0; columns],
        }
    }

    /// The fields, unquoted; nothing where there are more than may be.
    fn split(&mut self, record: &str) -> Option<impl Iterator<Item = &str>> {
        self.core.reset();
        // One more than the text, so that "full" never means the bytes.
        self.fields.resize(record.len() + 1, 0);
        let (mut read, mut written, mut ended) = (0, 0, 0);
        loop {
            let input = record.as_bytes().get(read..).unwrap_or_default();
            let output = self.fields.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(ended..).unwrap_or_default();
            let (result, took, wrote, new_ends) = self.core.read_record(input, output, ends);
            read += took;
            written += wrote;
            ended += new_ends;
            match result {
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::Record => break,
                // An empty record: one empty field.
                csv_core::ReadRecordResult::End => {
                    *self.ends.first_mut()? = 0;
                    ended = 1;
                    break;
                }
                csv_core::ReadRecordResult::OutputFull | csv_core::ReadRecordResult::OutputEndsFull => return None,
            }
        }
        let text = std::str::from_utf8(self.fields.get(..written)?).ok()?;
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        Some(
            starts
                .zip(self.ends.iter().copied())
                .take(ended)
                .map(|(from, to)| text.get(from..to).unwrap_or_default()),
        )
    }
}

#[cfg(test)]
mod tests;
