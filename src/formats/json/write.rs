//! JSON out: dotted names become nested objects, in the order of the header, every value as text unless told otherwise.

use super::LIST_SEPARATOR;
use crate::{RowWriter, fault};
use model::{Code, Finding, Header, Row};

/// What stands around the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whole {
    /// A list of objects.
    List,
    /// An object with the list under this name: `{"items":[…]}`.
    Under(Box<str>),
    /// One object per line and nothing around: a request body where there is one row.
    Lines,
}

/// How rows are written.
#[derive(Clone, Debug)]
pub struct JsonWriteOptions {
    /// What stands around the rows.
    pub whole: Whole,
    /// Fields written as numbers, digit for digit; anything that is not a JSON number is refused.
    pub numbers: Vec<Box<str>>,
    /// Fields whose cell holds several values with [`LIST_SEPARATOR`] between them, written as a list.
    pub lists: Vec<Box<str>>,
}

impl JsonWriteOptions {
    /// All values as text.
    pub fn new(whole: Whole) -> Self {
        Self {
            whole,
            numbers: Vec::new(),
            lists: Vec::new(),
        }
    }
}

/// Writes JSON in UTF-8 without a mark. Absent cells are left out, and objects that would be empty with them.
pub struct JsonWriter {
    header: Header,
    root: Vec<(Box<str>, Node)>,
    whole: Whole,
    written: u64,
}

enum Node {
    Leaf { slot: usize, style: Style },
    Object(Vec<(Box<str>, Node)>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    Text,
    Number,
    List,
}

impl JsonWriter {
    /// For rows of this header.
    ///
    /// # Errors
    /// Names that exclude each other: `a` and `a.b`, or one twice.
    pub fn new(header: Header, options: JsonWriteOptions) -> Result<Self, Finding> {
        let mut root = Vec::new();
        for (slot, name) in header.names().iter().enumerate() {
            let style = match () {
                () if options.numbers.contains(name) => Style::Number,
                () if options.lists.contains(name) => Style::List,
                () => Style::Text,
            };
            let parts: Vec<&str> = name.split('.').collect();
            if !insert(&mut root, &parts, Node::Leaf { slot, style }) {
                return Err(fault::structure("字段名 field name", fault::shown(name)));
            }
        }
        Ok(Self {
            header,
            root,
            whole: options.whole,
            written: 0,
        })
    }

    /// One row as one object.
    ///
    /// # Errors
    /// Everything that is wrong with the row.
    pub fn object(&self, row: &Row) -> Result<String, Vec<Finding>> {
        if row.cells.len() != self.header.len() {
            let detail = format!("{} ≠ {}", row.cells.len(), self.header.len());
            return Err(vec![fault::structure("字段数 fields", detail).row(row.line)]);
        }
        let mut findings = Vec::new();
        let text = self
            .members(&self.root, row, &mut findings)
            .unwrap_or_else(|| "{}".to_owned());
        if findings.is_empty() { Ok(text) } else { Err(findings) }
    }

    fn members(&self, nodes: &[(Box<str>, Node)], row: &Row, findings: &mut Vec<Finding>) -> Option<String> {
        let mut text = String::new();
        for (name, node) in nodes {
            let value = match node {
                Node::Object(nodes) => self.members(nodes, row, findings),
                Node::Leaf { slot, style } => row.get(*slot).and_then(|cell| match written(cell, *style) {
                    Ok(value) => Some(value),
                    Err(code) => {
                        let column = self.header.names().get(*slot).map_or("", |n| n);
                        findings.push(fault::at(code, row.line, column));
                        None
                    }
                }),
            };
            if let Some(value) = value {
                text.push(if text.is_empty() { '{' } else { ',' });
                text.push_str(&quoted(name));
                text.push(':');
                text.push_str(&value);
            }
        }
        if text.is_empty() {
            return None;
        }
        text.push('}');
        Some(text)
    }
}

impl RowWriter for JsonWriter {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Finding> {
        match &self.whole {
            Whole::List => out.push(b'['),
            Whole::Under(name) => out.extend_from_slice(format!("{{{}:[", quoted(name)).as_bytes()),
            Whole::Lines => {}
        }
        Ok(())
    }

    fn row(&mut self, row: &Row, out: &mut Vec<u8>) -> Result<(), Vec<Finding>> {
        let object = self.object(row)?;
        if self.written > 0 && self.whole != Whole::Lines {
            out.push(b',');
        }
        out.extend_from_slice(object.as_bytes());
        if self.whole == Whole::Lines {
            out.push(b'\n');
        }
        self.written += 1;
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Finding> {
        out.extend_from_slice(match self.whole {
            Whole::List => b"]",
            Whole::Under(_) => b"]}",
            Whole::Lines => b"",
        });
        Ok(())
    }
}

fn written(cell: &str, style: Style) -> Result<String, Code> {
    match style {
        Style::Text if cell.contains('\0') => Err(Code::ECharset),
        Style::Text => Ok(quoted(cell)),
        Style::Number if is_number(cell) => Ok(cell.to_owned()),
        Style::Number => Err(Code::EFormat),
        Style::List => Ok(format!(
            "[{}]",
            cell.split(LIST_SEPARATOR).map(quoted).collect::<Vec<_>>().join(",")
        )),
    }
}

/// A JSON number without an exponent.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(part) && (whole == "0" || !whole.starts_with('0'))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn insert(nodes: &mut Vec<(Box<str>, Node)>, path: &[&str], leaf: Node) -> bool {
    let Some((name, deeper)) = path.split_first().filter(|(n, _)| !n.is_empty()) else {
        return false;
    };
    let known = nodes.iter_mut().find(|(n, _)| &**n == *name);
    match (known, deeper.is_empty()) {
        (None, true) => nodes.push(((*name).into(), leaf)),
        (None, false) => {
            let mut members = Vec::new();
            if !insert(&mut members, deeper, leaf) {
                return false;
            }
            nodes.push(((*name).into(), Node::Object(members)));
        }
        (Some((_, Node::Object(members))), false) => return insert(members, deeper, leaf),
        (Some(_), _) => return false,
    }
    true
}
