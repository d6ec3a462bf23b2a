//! One JSON body per record, in the order of the layout, dotted names nested. Pure.

use crate::json::{self, Json};
use crate::settings::Ops;
use crate::target;
use model::define::{Field, Layout, Meaning};
use model::{Code, Finding, Header, Row};
use port::{Encoded, Misfit, Numbers, Outgoing, Part};

#[cfg(test)]
mod tests;

/// Between the values of a repeating item within one cell.
pub const BETWEEN: char = '\u{1F}';

/// How a cell is written: the format's own word for a field's type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A string, the default.
    String,
    /// A bare number.
    Number,
    /// A list of strings.
    List,
    /// A document of its own.
    Json,
}

impl Kind {
    /// The kind of a field; `None` where its word is unknown.
    pub fn of(field: &Field) -> Option<Self> {
        match field.kind.as_deref() {
            None if field.meaning == Meaning::Attachments => Some(Self::Json),
            None | Some("string") => Some(Self::String),
            Some("number") => Some(Self::Number),
            Some("list") => Some(Self::List),
            Some("json") => Some(Self::Json),
            Some(_) => None,
        }
    }
}

/// Encodes every row, or names every row that does not fit.
pub fn encode(ops: &Ops, rows: &Outgoing, numbers: &Numbers, bounds: json::Bounds) -> Result<Encoded, Vec<Misfit>> {
    let mut parts = Vec::new();
    let mut misfits = Vec::new();
    for (i, (row, record)) in rows.rows.iter().zip(&rows.records).enumerate() {
        let line = target::fill(ops.line(record.op), &[("case_no", record.case_no.as_str())]);
        match body(&rows.layout, &rows.header, row, bounds) {
            Ok(bytes) => parts.push(Part {
                name: line,
                bytes,
                records: i..i + 1,
            }),
            Err(findings) => misfits.push(Misfit { record: i, findings }),
        }
    }
    if !misfits.is_empty() {
        return Err(misfits);
    }
    let number = format!("{}-{}-{:06}", numbers.dept, numbers.day.strftime("%Y%m%d"), numbers.seq);
    Ok(Encoded { number, parts })
}

fn body(layout: &Layout, header: &Header, row: &Row, bounds: json::Bounds) -> Result<Vec<u8>, Vec<Finding>> {
    let mut tree = Vec::new();
    let mut findings = Vec::new();
    for (slot, name) in header.names().iter().enumerate() {
        // Absent is not written at all; empty is written as empty.
        let Some(text) = row.get(slot) else { continue };
        let kind = layout
            .fields
            .iter()
            .find(|f| f.name == **name)
            .map_or(Some(Kind::String), Kind::of);
        let value = kind.ok_or(Code::EFormat).and_then(|kind| value(kind, text, bounds));
        if let Err(code) = value.and_then(|value| place(&mut tree, name, value)) {
            findings.push(misfit(code, name, row.line));
        }
    }
    let bytes = Json::Object(tree).write();
    if bytes.len() as u64 > bounds.bytes {
        let f = Finding::new(Code::ETooLarge)
            .with("found", bytes.len())
            .with("limit", bounds.bytes);
        findings.push(f.with("setting", "limits.body").row(row.line));
    }
    if findings.is_empty() { Ok(bytes) } else { Err(findings) }
}

fn misfit(code: Code, column: &str, line: u64) -> Finding {
    Finding::new(code).with("column", column).column(column).row(line)
}

fn value(kind: Kind, text: &str, bounds: json::Bounds) -> Result<Json, Code> {
    match kind {
        // The separator outside a list would come out as one value that is two.
        Kind::String if text.contains(BETWEEN) => Err(Code::ECharset),
        Kind::String => Ok(Json::Text(text.into())),
        Kind::Number if json::is_number(text) => Ok(Json::Number(text.into())),
        Kind::Number => Err(Code::EFormat),
        Kind::List if text.is_empty() => Ok(Json::List(Vec::new())),
        Kind::List => Ok(Json::List(text.split(BETWEEN).map(|t| Json::Text(t.into())).collect())),
        Kind::Json => json::parse(text.as_bytes(), bounds).map_err(|f| f.code),
    }
}

/// Puts a value at its dotted name, unless the name is taken.
fn place(tree: &mut Vec<(Box<str>, Json)>, name: &str, value: Json) -> Result<(), Code> {
    let Some((first, rest)) = name.split_once('.') else {
        if tree.iter().any(|(k, _)| &**k == name) {
            return Err(Code::EDuplicateKey);
        }
        tree.push((name.into(), value));
        return Ok(());
    };
    if !tree.iter().any(|(k, _)| &**k == first) {
        tree.push((first.into(), Json::Object(Vec::new())));
    }
    match tree.iter_mut().find(|(k, _)| &**k == first) {
        Some((_, Json::Object(inner))) => place(inner, rest, value),
        _ => Err(Code::EFormat),
    }
}
