//! A record as a row: its values under their dotted names, in the order of the header.

use super::scan::{Scanner, Value};
use super::survey::flatten;
use super::{JsonReadOptions, LIST_SEPARATOR};
use crate::columns::Extra;
use crate::{Taken, fault};
use model::{Cell, Code, Finding, Header, Row};
use std::collections::{BTreeMap, BTreeSet};

/// Builds the rows of one document.
pub(super) struct Builder {
    options: JsonReadOptions,
    pub(super) header: Header,
    slots: BTreeMap<Box<str>, usize>,
}

impl Builder {
    /// Rows with these fields.
    pub(super) fn new(options: JsonReadOptions, header: Header) -> Self {
        let names = header.names().iter().enumerate();
        Self {
            slots: names.map(|(slot, name)| (name.clone(), slot)).collect(),
            options,
            header,
        }
    }

    /// The record that stands next as a row with its warnings, or as what is wrong with it.
    pub(super) fn take(&self, line: u64, scanner: &mut Scanner<'_>) -> Result<(Taken, Vec<Finding>), Finding> {
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
        let Built {
            cells, findings, notes, ..
        } = built;
        if findings.is_empty() {
            Ok((Taken::Row(Row { line, cells }), notes))
        } else {
            Ok((Taken::Bad { line, findings }, Vec::new()))
        }
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

/// One row under construction.
#[derive(Default)]
struct Built {
    line: u64,
    cells: Vec<Cell>,
    filled: BTreeSet<String>,
    findings: Vec<Finding>,
    notes: Vec<Finding>,
}

pub(super) enum Wrong {
    Value(Code),
    Nested(&'static str),
}

/// The text of a single value, exactly as it was sent; `null` is absent.
pub(super) fn single(value: &Value) -> Result<Option<String>, Wrong> {
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
