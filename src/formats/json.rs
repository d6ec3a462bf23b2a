//! JSON: objects as rows, nested names with dots (`legalRep.name`), numbers as the text that was sent.
//!
//! JSON Lines is a document of one record on each line. A document is held in memory up to `limits.body_bytes` and judged as a whole before the first row is given, so a
//! broken or truncated document gives no row at all. Rows are then built one by one.
//!
//! Absent and `null` are both absent; `""` is present and empty. A list of single values is refused unless the caller
//! names the field: then its values stand in the cell with [`LIST_SEPARATOR`] between them. Values a JSON number
//! cannot carry safely (beyond 2^53, or written with an exponent) are refused by name: whoever wrote them has most
//! likely rounded them already.

mod scan;
mod survey;
mod write;

pub use write::{JsonWriteOptions, JsonWriter, Whole};

use crate::columns::Extra;
use crate::encoding::{Encoding, Malformed};
use crate::fault::{self, Warnings};
use crate::text::{Bom, judge_mark};
use crate::{Columns, Counts, Input, Limits, RowReader, Taken};
use model::{Cell, Code, Finding, Header, Row};
use scan::{Scanner, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use survey::{Survey, flatten};

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

/// Reads a JSON document.
pub struct JsonReader {
    text: String,
    options: JsonReadOptions,
    header: Header,
    slots: BTreeMap<Box<str>, usize>,
    /// Where each record begins in `text`.
    starts: Vec<usize>,
    around: Vec<(Box<str>, Box<str>)>,
    next: usize,
    counts: Counts,
    warnings: Warnings,
}

impl JsonReader {
    /// Reads the whole document and judges everything but the single records.
    ///
    /// # Errors
    /// What is wrong with the document: syntax with its byte in the decoded text, depth, size, repeated names outside
    /// records, no list where the records should be.
    pub fn open(input: Input, options: JsonReadOptions) -> Result<Self, Finding> {
        let text = read_all(input, &options)?;
        let mut reader = Self {
            text,
            options,
            header: Header::new(Vec::<Box<str>>::new()),
            slots: BTreeMap::new(),
            starts: Vec::new(),
            around: Vec::new(),
            next: 0,
            counts: Counts::default(),
            warnings: Warnings::default(),
        };
        reader.survey()?;
        Ok(reader)
    }

    /// A single value that stands outside the records, by its dotted name: a cursor, a total, a message number.
    pub fn around(&self, name: &str) -> Option<&str> {
        self.around.iter().find(|(n, _)| &**n == name).map(|(_, v)| &**v)
    }

    /// The first pass: all syntax, where records begin, which names they have.
    fn survey(&mut self) -> Result<(), Finding> {
        let limits = self.options.limits;
        let mut survey = Survey::new(limits);
        let mut scanner = Scanner::new(&self.text, 0, limits);
        match &self.options.records {
            Records::Document => survey.record(&mut scanner)?,
            Records::List(path) => {
                let path: Vec<&str> = path.split('.').filter(|p| !p.is_empty()).collect();
                survey.descend(&mut scanner, &path, "")?;
            }
            Records::Lines => {
                survey_lines(&self.text, &mut survey, limits)?;
                scanner = Scanner::new(&self.text, self.text.len(), limits);
            }
        }
        scanner.end()?;
        let columns = &self.options.columns;
        let extra: Vec<&String> = survey
            .names
            .iter()
            .filter(|n| !columns.is_any() && !columns.names().any(|d| d == n.as_str()))
            .collect();
        if columns.on_extra() == Extra::Warn {
            let warning = |n: &&String| {
                Finding::new(Code::WExtraColumn)
                    .column(fault::shown(n))
                    .with("column", fault::shown(n))
            };
            self.warnings.extend(extra.iter().map(warning));
        }
        self.header = if columns.is_any() {
            Header::new(survey.names.iter().map(|n| n.as_str()))
        } else {
            Header::new(columns.names())
        };
        self.slots = self
            .header
            .names()
            .iter()
            .enumerate()
            .map(|(slot, name)| (name.clone(), slot))
            .collect();
        self.starts = survey.starts;
        self.around = survey.around;
        Ok(())
    }

    fn take(&mut self, start: usize) -> Result<Taken, Finding> {
        let line = self.next as u64;
        let mut scanner = Scanner::new(&self.text, start, self.options.limits);
        let record = scanner.value()?;
        let mut built = Built {
            line,
            cells: vec![None; self.header.len()],
            ..Built::default()
        };
        match (&record, &scanner.repeated) {
            // What else stands in an object with a repeated name is not worth judging.
            (_, Some(name)) => built.findings.push(fault::at(Code::EDuplicateKey, line, name)),
            (Value::Object(_), None) => {
                for (name, leaf) in flatten(&record, "", self.options.limits.columns)? {
                    self.place(&mut built, name, leaf);
                }
            }
            (other, None) => built
                .findings
                .push(fault::structure("记录 record", other.kind()).row(line)),
        }
        if !built.findings.is_empty() {
            self.counts.bad += 1;
            return Ok(Taken::Bad {
                line,
                findings: built.findings,
            });
        }
        self.counts.rows += 1;
        self.warnings.extend(built.notes);
        Ok(Taken::Row(Row {
            line,
            cells: built.cells,
        }))
    }

    fn place(&self, built: &mut Built, name: String, leaf: &Value) {
        let line = built.line;
        match (self.slots.get(name.as_str()), self.text_of(&name, leaf)) {
            // `{"a.b": …, "a": {"b": …}}`: two names here, one in our rows.
            _ if built.filled.contains(&name) => built.findings.push(fault::at(Code::EDuplicateKey, line, &name)),
            // An object that is not there at all: so are the fields it would hold.
            (None, Ok(None)) if self.holds_fields(&name) => {}
            (None, _) if self.options.columns.on_extra() == Extra::Refuse => {
                built.findings.push(fault::at(Code::EUnknownField, line, &name));
            }
            (None, _) | (_, Ok(None)) => {}
            (Some(slot), Ok(Some(text))) => {
                let (settled, private) = self.options.encoding.settle(&text);
                built.notes.extend(private.iter().map(|p| p.finding(line, &name)));
                if let Some(cell) = built.cells.get_mut(*slot) {
                    *cell = Some(settled.into());
                }
            }
            (_, Err(Wrong::Value(code))) => built.findings.push(fault::at(code, line, &name)),
            (_, Err(Wrong::Nested(kind))) => {
                built
                    .findings
                    .push(fault::at(Code::ENested, line, &name).with("found", kind));
            }
        }
        built.filled.insert(name);
    }

    /// Fields of the header stand inside an object of this name.
    fn holds_fields(&self, name: &str) -> bool {
        let inside = |n: &str| n.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        self.header.names().iter().any(|n| inside(n))
    }

    fn text_of(&self, name: &str, leaf: &Value) -> Result<Option<String>, Wrong> {
        let Value::List(values) = leaf else { return single(leaf) };
        if !self.options.lists.iter().any(|l| &**l == name) {
            return Err(Wrong::Nested(leaf.kind()));
        }
        let mut parts = Vec::with_capacity(values.len());
        for value in values {
            match single(value)? {
                Some(text) if !text.contains(LIST_SEPARATOR) => parts.push(text),
                Some(_) => return Err(Wrong::Value(Code::ECharset)),
                None => return Err(Wrong::Nested(value.kind())),
            }
        }
        Ok((!parts.is_empty()).then(|| parts.join(&LIST_SEPARATOR.to_string())))
    }
}

impl RowReader for JsonReader {
    fn header(&self) -> &Header {
        &self.header
    }
    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        let Some(start) = self.starts.get(self.next).copied() else {
            return Ok(None);
        };
        self.next += 1;
        let taken = self.take(start).map(Some);
        if taken.is_err() {
            self.next = self.starts.len();
        }
        taken
    }
    fn warnings(&mut self) -> Vec<Finding> {
        self.warnings.take()
    }
    fn counts(&self) -> Counts {
        self.counts
    }
}

/// Every line is one record and nothing else; a last one without its end may be half a line, whatever it looks like.
fn survey_lines(text: &str, survey: &mut Survey, limits: Limits) -> Result<(), Finding> {
    let mut start = 0;
    for (row, line) in (1..).zip(text.split_inclusive('\n')) {
        let end = start + line.len();
        if !line.ends_with('\n') {
            return Err(Finding::new(Code::ELastLine).row(row));
        }
        // The scanner sees no further than its line: a record does not go on in the next.
        let seen = text.get(..end).unwrap_or_default();
        let mut scanner = Scanner::new(seen, start, limits);
        survey.record(&mut scanner).map_err(|f| f.row(row))?;
        scanner.end().map_err(|f| f.row(row))?;
        start = end;
    }
    Ok(())
}

/// One row under construction.
#[derive(Default)]
struct Built {
    line: u64,
    cells: Vec<Cell>,
    filled: BTreeSet<String>,
    findings: Vec<Finding>,
    notes: Vec<Finding>,
}

enum Wrong {
    Value(Code),
    Nested(&'static str),
}

/// The text of a single value, exactly as it was sent; `null` is absent.
fn single(value: &Value) -> Result<Option<String>, Wrong> {
    match value {
        Value::Null => Ok(None),
        Value::Bool(yes) => Ok(Some(yes.to_string())),
        Value::Text(text) => Ok(Some(text.clone())),
        Value::Number(text) if text.contains(['e', 'E']) => Err(Wrong::Value(Code::ESci)),
        Value::Number(text) if !is_safe(text) => Err(Wrong::Value(Code::EPrecision)),
        Value::Number(text) => Ok(Some((*text).to_owned())),
        Value::List(_) | Value::Object(_) => Err(Wrong::Nested(value.kind())),
    }
}

/// True where a double holds the number exactly enough: whole part up to 2^53, no more than 15 digits with decimals.
fn is_safe(number: &str) -> bool {
    const MOST: u64 = 1 << 53;
    let unsigned = number.strip_prefix('-').unwrap_or(number);
    match unsigned.split_once('.') {
        None => unsigned.parse::<u64>().is_ok_and(|n| n <= MOST),
        Some((whole, part)) => {
            let digits = format!("{whole}{}", part.trim_end_matches('0'));
            digits.trim_start_matches('0').len() <= 15
        }
    }
}

fn read_all(input: Input, options: &JsonReadOptions) -> Result<String, Finding> {
    let limit = options.limits.body_bytes;
    let mut bytes = Vec::new();
    input
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| fault::unreadable(&e))?;
    if bytes.len() > limit {
        return Err(fault::too_large(format!(">{limit}"), limit, "limits.body_bytes"));
    }
    // Its standard knows UTF-8 alone; text of two bytes a character would be told as something else further on.
    if let [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..] = *bytes.as_slice() {
        let longer = matches!(*bytes.as_slice(), [0, 0, ..] | [_, _, 0, 0, ..]);
        return Err(Finding::new(Code::ECodePage)
            .with("found", if longer { "UTF-32" } else { "UTF-16" })
            .with("encoding", options.encoding.word())
            .byte(0));
    }
    let (_, skip) = judge_mark(&bytes, options.encoding, options.bom)?;
    let body = bytes.get(skip..).unwrap_or_default();
    let mut text = String::with_capacity(body.len());
    match options.encoding.decode_into(body, &mut text) {
        Ok(()) => Ok(text),
        Err(at) => Err(Malformed::new(body, at, skip as u64).finding(options.encoding)),
    }
}

#[cfg(test)]
mod tests;
