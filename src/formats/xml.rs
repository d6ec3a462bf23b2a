//! XML: elements as rows, child elements as fields, nested ones with dots (`legalRep.name`), attributes with `@`.
//!
//! A document is gone through twice and never held: first it is judged as a whole, so that a broken or truncated one
//! gives no row at all; then rows are built one by one. What is held at a time is one record.
//!
//! **Reading.** [`XmlReader`] is told where records stand by a [`Path`] of element names from the root on, each with its
//! namespace or none; prefixes never matter. Inside a record
//! - a child element is a field by its local name, in the record's own namespace, in none, or in one the caller names;
//!   others are unknown fields;
//! - an attribute is the field `@name`; those of foreign namespaces (`xsi:…`) and `xmlns` are no data;
//! - text, references and CDATA of one element are one value, trimmed where the options say so; the text of the record
//!   element itself is the field [`OWN_TEXT`]; an empty element is absent;
//! - a repeated element is refused unless the caller names it as a list: then the values stand in one cell with
//!   [`LIST_SEPARATOR`] between them;
//! - document types and entities other than the five are refused by name, and so is what is not well-formed.
//!
//! What stands beside the records (a head, a count, a cursor) is found by [`XmlReader::around`].
//!
//! **Writing.** [`XmlWriter`] writes the elements in [`XmlWriteOptions::around`] once, outermost first, each with its
//! attributes (`xmlns` among them) and with the constant elements of its `head` right behind its start; then one
//! [`XmlWriteOptions::record`] per row; then it closes them all. A file of packages:
//!
//! ```text
//! let head = Element::of("Head", [Element::text("Version", "1.0"), Element::text("Count", count)]);
//! let options = XmlWriteOptions {
//!     around: vec![Tag::new("Package").head(head), Tag::new("Body")],
//!     ..XmlWriteOptions::new(Encoding::Utf8, Tag::new("Case"))
//! };
//! ```

mod decode;
mod name;
mod record;
mod source;
mod walk;
mod write;

#[cfg(test)]
pub(crate) use walk::EVENTS_MAX;

pub use name::{Name, Path, is_sound as is_name};
pub use write::{Element, Tag, XmlWriteOptions, XmlWriter};

use crate::columns::Extra;
use crate::encoding::Encoding;
use crate::fault::{self, Warnings};
use crate::json::LIST_SEPARATOR;
use crate::text::Bom;
use crate::{Columns, Counts, Input, Limits, RowReader, Taken};
use model::{Cell, Code, Finding, Header, Row};
use record::{Leaf, Records};
use source::Source;
use std::collections::{BTreeMap, BTreeSet};

/// The field that holds the text of the record element itself.
pub const OWN_TEXT: &str = ".";

/// Whose word about the encoding holds where the document and what is around it (an HTTP header, the agreement) differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Precedence {
    /// The document's own declaration; the other one where it has none.
    #[default]
    Declaration,
    /// The one in the options: the declaration was not changed when the bytes were.
    Options,
}

/// How many records a document has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Many {
    /// Exactly one: a message.
    One,
    /// Any number, none included.
    Any,
}

/// How an XML document is read.
#[derive(Clone, Debug)]
pub struct XmlReadOptions {
    /// The encoding the interface names.
    pub encoding: Encoding,
    /// Whether the document's declaration may name another one.
    pub precedence: Precedence,
    /// About a UTF-8 mark.
    pub bom: Bom,
    /// The element that is a record.
    pub records: Path,
    /// How many there are.
    pub many: Many,
    /// Whether spaces and line ends around a value are padding; full-width spaces never are.
    pub trim: bool,
    /// The fields a record may have, as in [`JsonReadOptions`](crate::json::JsonReadOptions).
    pub columns: Columns,
    /// Fields that may be repeated.
    pub lists: Vec<Box<str>>,
    /// Namespaces whose elements are fields besides those of the record's own and of none.
    pub namespaces: Vec<Box<str>>,
    /// Upper limits.
    pub limits: Limits,
}

impl XmlReadOptions {
    /// The declaration's encoding or this one, padded values, whatever fields, no lists, the usual limits.
    pub fn new(encoding: Encoding, records: Path, many: Many) -> Self {
        Self {
            encoding,
            precedence: Precedence::Declaration,
            bom: Bom::Refuse,
            records,
            many,
            trim: true,
            columns: Columns::any(),
            lists: Vec::new(),
            namespaces: Vec::new(),
            limits: Limits::default(),
        }
    }
}

/// Reads an XML document of any size in bounded memory.
pub struct XmlReader {
    records: Option<Records>,
    /// How many records the first pass met.
    total: u64,
    options: XmlReadOptions,
    encoding: Encoding,
    header: Header,
    slots: BTreeMap<Box<str>, usize>,
    around: Vec<(Box<str>, Box<str>)>,
    counts: Counts,
    warnings: Warnings,
}

impl XmlReader {
    /// Goes through the whole document and judges everything but the single records.
    ///
    /// # Errors
    /// What is wrong with the document: encoding and structure with the byte in the document, size, depth, a document
    /// type, other elements than those on the way to the records, a number of records that does not fit.
    pub fn open(mut input: Input, options: XmlReadOptions) -> Result<Self, Finding> {
        let start = decode::start(&mut input, &options)?;
        let mut records = Records::new(Source::new(input, start, &options)?, &options);
        let names = match survey(&mut records, options.limits.columns) {
            Ok(names) => names,
            Err(finding) => return Err(records.into_source().settle(finding)),
        };
        let (total, around) = (records.line(), records.take_around());
        let source = records.into_source().again()?;
        let mut warnings = Warnings::default();
        let columns = &options.columns;
        if columns.on_extra() == Extra::Warn {
            let known = |n: &&String| !columns.is_any() && !columns.names().any(|d| d == n.as_str());
            warnings.extend(names.iter().filter(known).map(|n| {
                Finding::new(Code::WExtraColumn)
                    .column(fault::shown(n))
                    .with("column", fault::shown(n))
            }));
        }
        let header = if columns.is_any() {
            Header::new(names.iter().map(String::as_str))
        } else {
            Header::new(columns.names())
        };
        let slots = header
            .names()
            .iter()
            .enumerate()
            .map(|(at, n)| (n.clone(), at))
            .collect();
        Ok(Self {
            records: Some(Records::new(source, &options)),
            total,
            encoding: start.encoding,
            header,
            slots,
            around,
            counts: Counts::default(),
            warnings,
            options,
        })
    }

    /// A value beside the records by the names on the way to it: `Package/Head/Count`, `Manifest/@seq`.
    /// `None` where it is missing, empty, or stands there more than once.
    pub fn around(&self, path: &str) -> Option<&str> {
        let mut found = self.around.iter().filter(|(name, _)| &**name == path);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// The encoding the document was read in.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Bytes of memory for what was read.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.records.as_ref().map_or(0, Records::held)
    }

    fn build(&mut self, line: u64, leaves: Vec<Leaf>) -> Taken {
        let mut findings = Vec::new();
        let mut notes = Vec::new();
        let mut values: BTreeMap<usize, Vec<Option<String>>> = BTreeMap::new();
        for leaf in leaves {
            match self.slots.get(leaf.name.as_str()).filter(|_| !leaf.foreign) {
                Some(_) if leaf.mixed => findings.push(
                    fault::at(Code::ENested, line, &leaf.name).with("found", "文本与元素混合 text among elements"),
                ),
                Some(slot) => values.entry(*slot).or_default().push(leaf.text),
                None if leaf.text.is_none() && !leaf.mixed && self.holds_fields(&leaf.name) => {}
                None if self.options.columns.on_extra() == Extra::Refuse => {
                    findings.push(fault::at(Code::EUnknownField, line, &leaf.name));
                }
                None => {}
            }
        }
        let mut cells: Vec<Cell> = vec![None; self.header.len()];
        for (slot, values) in values {
            let name = self.header.names().get(slot).map_or("", |n| n);
            match self.joined(name, values) {
                Ok(text) => {
                    let settled = text.map(|t| {
                        let (settled, private) = self.encoding.settle(&t);
                        notes.extend(private.iter().map(|p| p.finding(line, name)));
                        settled.into()
                    });
                    if let Some(cell) = cells.get_mut(slot) {
                        *cell = settled;
                    }
                }
                Err(Code::ENested) => findings.push(fault::at(Code::ENested, line, name).with("found", "空值 empty")),
                Err(code) => findings.push(fault::at(code, line, name)),
            }
        }
        if findings.is_empty() {
            self.counts.rows += 1;
            self.warnings.extend(notes);
            Taken::Row(Row { line, cells })
        } else {
            self.counts.bad += 1;
            Taken::Bad { line, findings }
        }
    }

    /// An empty element with this name may be one that holds fields and has none.
    fn holds_fields(&self, name: &str) -> bool {
        let inside = |n: &str| n.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        self.header.names().iter().any(|n| inside(n))
    }

    fn joined(&self, name: &str, mut values: Vec<Option<String>>) -> Result<Option<String>, Code> {
        if values.len() < 2 {
            return Ok(values.pop().flatten());
        }
        if !self.options.lists.iter().any(|l| &**l == name) {
            return Err(Code::EDuplicateKey);
        }
        let values: Option<Vec<String>> = values.into_iter().collect();
        let values = values.ok_or(Code::ENested)?;
        Ok(Some(values.join(&LIST_SEPARATOR.to_string())))
    }
}

impl RowReader for XmlReader {
    fn header(&self) -> &Header {
        &self.header
    }
    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        let Some(mut records) = self.records.take() else {
            return Ok(None);
        };
        let line = records.line();
        match records.next() {
            Ok(Some(leaves)) => {
                self.records = Some(records);
                Ok(Some(self.build(line + 1, leaves)))
            }
            Ok(None) if line == self.total => Ok(None),
            Ok(None) => Err(fault::changed()),
            Err(finding) => Err(records.into_source().settle(finding)),
        }
    }
    fn warnings(&mut self) -> Vec<Finding> {
        self.warnings.take()
    }
    fn counts(&self) -> Counts {
        self.counts
    }
}

/// The first pass: the names of all records, in the order in which they first stand there.
fn survey(records: &mut Records, most: usize) -> Result<Vec<String>, Finding> {
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    while let Some(leaves) = records.next()? {
        for leaf in leaves {
            if !leaf.foreign && seen.insert(leaf.name.clone()) {
                names.push(leaf.name);
            }
        }
        if names.len() > most {
            return Err(fault::too_large(format!(">{most}"), most, "limits.columns").row(records.line()));
        }
    }
    Ok(names)
}

#[cfg(test)]
mod tests;
