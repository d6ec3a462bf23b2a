//! The worksheet of one record: what is to be keyed, field by field, in the order of the department's own screen.

use model::{Header, Lang, Row};
use port::Record;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// One field to key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its name on the department's screen.
    pub name: String,
    /// What to key; absent where nothing is to be keyed.
    pub value: Option<String>,
}

/// One worksheet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worksheet {
    /// The case.
    pub case_no: String,
    /// The matter, by its full name.
    pub matter: String,
    /// What is asked: `submit`, `supplement`, `amend` or `withdraw`.
    pub op: String,
    /// In the order they are keyed.
    pub fields: Vec<Entry>,
}

/// Reads the bytes of a worksheet part. `None` where they are none.
pub fn worksheet(bytes: &[u8]) -> Option<Worksheet> {
    serde_json::from_slice(bytes).ok()
}

impl Worksheet {
    /// The worksheet of a record.
    pub(crate) fn of(record: &Record, header: &Header, row: &Row) -> Self {
        let entry = |(slot, name): (usize, &str)| Entry {
            name: name.to_owned(),
            value: row.get(slot).map(str::to_owned),
        };
        Self {
            case_no: record.case_no.to_string(),
            matter: record.matter.to_string(),
            op: record.op.to_string(),
            fields: header
                .names()
                .iter()
                .map(AsRef::as_ref)
                .enumerate()
                .map(entry)
                .collect(),
        }
    }

    /// Its bytes: the same worksheet, the same bytes.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        // Only strings in fixed places: there is nothing in it that could fail.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// For the printer and the terminal: one field a line, names padded so that values stand under each other.
    pub fn text(&self, lang: Lang) -> String {
        let (case, matter, op) = match lang {
            Lang::Zh => ("办件编号", "事项", "操作"),
            Lang::En => ("Case", "Matter", "Operation"),
        };
        let op_word = match (lang, self.op.as_str()) {
            (Lang::Zh, "submit") => "录入",
            (Lang::Zh, "supplement") => "补正",
            (Lang::Zh, "amend") => "变更",
            (Lang::Zh, "withdraw") => "撤回",
            (_, other) => other,
        };
        let mut out = format!(
            "{case}: {}\n{matter}: {}\n{op}: {op_word}\n\n",
            self.case_no, self.matter
        );
        let widest = self.fields.iter().map(|f| columns(&f.name)).max().unwrap_or(0);
        for (at, field) in self.fields.iter().enumerate() {
            let value = match (&field.value, lang) {
                (Some(value), _) => value.as_str(),
                (None, Lang::Zh) => "（不填）",
                (None, Lang::En) => "(leave empty)",
            };
            let padding = " ".repeat(widest.saturating_sub(columns(&field.name)));
            let _ = writeln!(out, "{:>3}  {}{padding}  {value}", at + 1, field.name);
        }
        out
    }
}

/// How many columns a text takes where Han characters take two.
fn columns(text: &str) -> usize {
    text.chars().map(|c| if u32::from(c) < 0x1100 { 1 } else { 2 }).sum()
}

#[cfg(test)]
mod tests;
