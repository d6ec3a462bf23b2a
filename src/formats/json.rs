//! JSON: objects as rows, nested names with dots (`legalRep.name`), numbers as the text that was sent.
//!
//! JSON Lines is a document of one record on each line. A document is gone through twice and never held: first it is
//! judged as a whole, so that a broken or truncated one gives no row at all; then rows are built one by one. What is held
//! at a time is as much text as a record or two may have.
//!
//! Absent and `null` are both absent; `""` is present and empty. A list of single values is refused unless the caller
//! names the field: then its values stand in the cell with [`LIST_SEPARATOR`] between them. Values a JSON number
//! cannot carry safely (beyond 2^53, or written with an exponent) are refused by name: whoever wrote them has most
//! likely rounded them already.

mod build;
mod scan;
mod survey;
mod walk;
mod window;
mod write;

pub use write::{JsonWriteOptions, JsonWriter, Whole};

use crate::columns::Extra;
use crate::encoding::Encoding;
use crate::fault::{self, Warnings};
use crate::text::{Bom, TextOptions, first};
use crate::{Columns, Counts, Input, Limits, RowReader, Taken};
use build::Builder;
use model::{Code, Finding, Header};
use scan::Open;
use survey::Survey;
use walk::Walk;
use window::Window;

/// Between the values of a list in one cell: the information separator U+001F, which no text of ours contains.
pub const LIST_SEPARATOR: char = '\u{1F}';

/// Where the records stand in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Records {
    /// The document is one record: a message, or a filled form.
    Document,
    /// The list at this path of names (`items`, `data.items`); the empty path is the document itself.
    List(Box<str>),
    /// One record on each line, every line ended: JSON Lines.
    Lines,
}

/// How a JSON document is read.
#[derive(Clone, Debug)]
pub struct JsonReadOptions {
    /// Its encoding; UTF-8 by its standard, GBK in the field.
    pub encoding: Encoding,
    /// About a UTF-8 mark.
    pub bom: Bom,
    /// Where the records stand.
    pub records: Records,
    /// The fields a record may have. Where some are declared, they are the header, in that order; a missing one is an
    /// absent cell. Undeclared ones are refused with their row, or told once and left.
    pub columns: Columns,
    /// Fields that may hold a list of single values.
    pub lists: Vec<Box<str>>,
    /// Upper limits.
    pub limits: Limits,
}

impl JsonReadOptions {
    /// UTF-8, whatever fields, no lists, the usual limits.
    pub fn new(records: Records) -> Self {
        Self {
            encoding: Encoding::Utf8,
            bom: Bom::Refuse,
            records,
            columns: Columns::any(),
            lists: Vec::new(),
            limits: Limits::default(),
        }
    }
}

/// Reads a JSON document of any size in bounded memory.
pub struct JsonReader {
    walk: Walk,
    records: Records,
    builder: Builder,
    around: Vec<(Box<str>, Box<str>)>,
    /// How many records the first pass met, and which one comes next.
    total: u64,
    line: u64,
    done: bool,
    counts: Counts,
    warnings: Warnings,
}

impl JsonReader {
    /// Goes through the whole document and judges everything but the single records.
    ///
    /// # Errors
    /// What is wrong with the document: syntax with its byte in the decoded text, depth, size, repeated names outside
    /// records, no list where the records should be.
    pub fn open(mut input: Input, options: JsonReadOptions) -> Result<Self, Finding> {
        let limits = options.limits;
        judge_beginning(&first(&mut input, 4, &limits)?, options.encoding)?;
        let text = TextOptions {
            encoding: options.encoding,
            bom: options.bom,
            bytes: limits.file_bytes,
            setting: "limits.file_bytes",
        };
        let mut walk = Walk::new(Window::new(input, text, limits), limits);
        let survey = Survey::of(&mut walk, &options.records, limits).map_err(|f| walk.window.settle(f))?;
        walk.again(survey.first)?;
        let mut warnings = Warnings::default();
        let columns = &options.columns;
        if columns.on_extra() == Extra::Warn {
            let extra = |n: &&String| !columns.is_any() && !columns.names().any(|d| d == n.as_str());
            warnings.extend(survey.names.iter().filter(extra).map(|n| {
                Finding::new(Code::WExtraColumn)
                    .column(fault::shown(n))
                    .with("column", fault::shown(n))
            }));
        }
        let header = if columns.is_any() {
            Header::new(survey.names.iter().map(String::as_str))
        } else {
            Header::new(columns.names())
        };
        Ok(Self {
            walk,
            records: options.records.clone(),
            builder: Builder::new(options, header),
            around: survey.around,
            total: survey.rows,
            line: 0,
            done: false,
            counts: Counts::default(),
            warnings,
        })
    }

    /// A single value that stands outside the records, by its dotted name: a cursor, a total, a message number.
    pub fn around(&self, name: &str) -> Option<&str> {
        self.around.iter().find(|(n, _)| &**n == name).map(|(_, v)| &**v)
    }

    /// Bytes of memory for what was read.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.walk.window.held()
    }

    /// The record that comes next.
    fn step(&mut self) -> Result<Taken, Finding> {
        let line = self.line;
        let (walk, builder) = (&mut self.walk, &self.builder);
        let found = match &self.records {
            Records::Lines => walk.line(line, |s| builder.take(line, s))?,
            Records::List(_) if line > 1 && !walk.step(|s| s.more_elements(&mut Open::begun()))? => None,
            _ => Some(walk.step(|s| builder.take(line, s))?),
        };
        let (taken, notes) = found.ok_or_else(fault::changed)?;
        match &taken {
            Taken::Row(_) => self.counts.rows += 1,
            Taken::Bad { .. } => self.counts.bad += 1,
        }
        self.warnings.extend(notes);
        Ok(taken)
    }

    /// Behind the last record stands none, as in the first pass.
    fn judge_end(&mut self) -> Result<(), Finding> {
        let more = match &self.records {
            Records::List(_) if self.total == 0 => false,
            Records::List(_) => self.walk.step(|s| s.more_elements(&mut Open::begun()))?,
            Records::Document | Records::Lines => !self.walk.is_over()?,
        };
        if more { Err(fault::changed()) } else { Ok(()) }
    }
}

impl RowReader for JsonReader {
    fn header(&self) -> &Header {
        &self.builder.header
    }
    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        if self.done {
            return Ok(None);
        }
        self.line += 1;
        self.done = self.line > self.total;
        let taken = if self.done {
            self.judge_end().map(|()| None)
        } else {
            self.step().map(Some)
        };
        taken.map_err(|finding| {
            self.done = true;
            self.walk.window.settle(finding)
        })
    }
    fn warnings(&mut self) -> Vec<Finding> {
        self.warnings.take()
    }
    fn counts(&self) -> Counts {
        self.counts
    }
}

/// Its standard knows UTF-8 alone; text of two bytes a character would be told as something else further on.
fn judge_beginning(bytes: &[u8], encoding: Encoding) -> Result<(), Finding> {
    if let [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..] = bytes {
        let longer = matches!(bytes, [0, 0, ..] | [_, _, 0, 0, ..]);
        return Err(Finding::new(Code::ECodePage)
            .with("found", if longer { "UTF-32" } else { "UTF-16" })
            .with("encoding", encoding.word())
            .byte(0));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
