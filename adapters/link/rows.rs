//! JSON objects as rows in the department's own field names: nested names dotted, numbers exact, nothing guessed.

use crate::encode::{BETWEEN, Kind};
use crate::json::Json;
use model::define::Layout;
use model::{Cell, Code, Finding, Header, Row};
use port::{RowSource, Taken};
use std::collections::HashMap;
use std::collections::VecDeque;

#[cfg(test)]
mod tests;

/// Which fields are taken, and where each stands.
#[derive(Clone, Debug)]
pub struct Shape {
    header: Header,
    slots: HashMap<Box<str>, (usize, Kind)>,
}

impl Shape {
    /// The fields of a layout, found under their names and aliases.
    pub fn of_layout(layout: &Layout) -> Self {
        let mut slots = HashMap::new();
        for (slot, field) in layout.fields.iter().enumerate() {
            let kind = Kind::of(field).unwrap_or(Kind::String);
            for name in std::iter::once(&field.name).chain(&field.aliases) {
                slots.entry(name.as_str().into()).or_insert((slot, kind));
            }
        }
        Self {
            header: Header::new(layout.fields.iter().map(|f| f.name.as_str())),
            slots,
        }
    }

    /// These fields, in this order.
    pub fn of_names(names: Vec<(Box<str>, Kind)>) -> Self {
        let slots = names
            .iter()
            .enumerate()
            .map(|(i, (n, k))| (n.clone(), (i, *k)))
            .collect();
        Self {
            header: Header::new(names.into_iter().map(|(n, _)| n)),
            slots,
        }
    }

    /// The field names.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// One object as a row. Fields that are not named here are passed over.
    pub fn row(&self, line: u64, item: &Json) -> Taken {
        let mut fill = Fill {
            shape: self,
            line,
            cells: vec![None; self.header.len()],
            seen: vec![false; self.header.len()],
            findings: Vec::new(),
        };
        match item {
            Json::Object(pairs) => fill.object("", pairs),
            other => fill.findings.push(nested("", other).row(line)),
        }
        if fill.findings.is_empty() {
            Taken::Row(Row {
                line,
                cells: fill.cells,
            })
        } else {
            Taken::Bad {
                line,
                findings: fill.findings,
            }
        }
    }
}

struct Fill<'a> {
    shape: &'a Shape,
    line: u64,
    cells: Vec<Cell>,
    seen: Vec<bool>,
    findings: Vec<Finding>,
}

impl Fill<'_> {
    fn object(&mut self, prefix: &str, pairs: &[(Box<str>, Json)]) {
        for (key, value) in pairs {
            let path = if prefix.is_empty() {
                key.to_string()
            } else {
                format!("{prefix}.{key}")
            };
            match (self.shape.slots.get(path.as_str()), value) {
                (Some((slot, kind)), value) => self.cell(*slot, *kind, value),
                (None, Json::Object(inner)) => self.object(&path, inner),
                (None, _) => {}
            }
        }
    }

    fn cell(&mut self, slot: usize, kind: Kind, value: &Json) {
        let name = self.shape.header.names().get(slot).map_or("", |n| n);
        if std::mem::replace(&mut self.seen[slot], true) {
            // Once under its name and once under another, or nested and dotted: nobody can say which one holds.
            let f = Finding::new(Code::EDuplicateKey).with("column", name);
            self.findings.push(f.column(name).row(self.line));
            return;
        }
        match cell(kind, name, value) {
            Ok(cell) => self.cells[slot] = cell,
            Err(f) => self.findings.push(f.row(self.line)),
        }
    }
}

fn cell(kind: Kind, name: &str, value: &Json) -> Result<Cell, Finding> {
    if kind == Kind::Json && *value != Json::Null {
        return String::from_utf8(value.write())
            .map(|t| Some(t.into()))
            .map_err(|_| nested(name, value));
    }
    match value {
        Json::Null => Ok(None),
        Json::List(items) => {
            let texts = items.iter().map(|v| single(name, v)).collect::<Result<Vec<_>, _>>()?;
            Ok(Some(texts.join(&BETWEEN.to_string()).into()))
        }
        other => single(name, other).map(|t| Some(t.into())),
    }
}

fn single<'a>(name: &str, value: &'a Json) -> Result<&'a str, Finding> {
    match value {
        Json::Text(text) if text.contains(BETWEEN) => {
            Err(Finding::new(Code::ECharset).with("column", name).column(name))
        }
        Json::Text(text) | Json::Number(text) => Ok(text),
        Json::Bool(true) => Ok("true"),
        Json::Bool(false) => Ok("false"),
        other => Err(nested(name, other)),
    }
}

/// Where one value should stand and something else does.
pub fn nested(name: &str, value: &Json) -> Finding {
    let found = match value {
        Json::Null => "null",
        Json::List(_) => "[…]",
        Json::Object(_) => "{…}",
        _ => "…",
    };
    let f = Finding::new(Code::ENested).with("column", name).with("found", found);
    if name.is_empty() { f } else { f.column(name) }
}

/// Rows already in memory: a page and a posted case are bounded before they are read.
pub struct Rows {
    header: Header,
    rows: VecDeque<Taken>,
    broken: Option<Finding>,
}

impl Rows {
    /// Sound rows, and those that are refused by name.
    pub fn new(header: Header, rows: Vec<Taken>) -> Self {
        Self {
            header,
            rows: rows.into(),
            broken: None,
        }
    }

    /// A batch that cannot be read: its first row says why.
    pub fn broken(header: Header, finding: Finding) -> Self {
        Self {
            header,
            rows: VecDeque::new(),
            broken: Some(finding),
        }
    }
}

impl RowSource for Rows {
    fn header(&self) -> &Header {
        &self.header
    }

    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        match self.broken.take() {
            Some(finding) => Err(finding),
            None => Ok(self.rows.pop_front()),
        }
    }
}
