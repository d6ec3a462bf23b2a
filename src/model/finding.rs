//! What is wrong with data, said so that its owner can act: code, place, reason, remedy, in both languages.
//!
//! A finding never carries a personal value; it names the column.

pub use crate::messages::Code;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The language of everything a person reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// Chinese, the default.
    #[default]
    Zh,
    /// English.
    En,
}

/// Where something stands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Place {
    /// File, page or message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Data row, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Column by its name in that file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Byte offset in the file, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub byte: Option<u64>,
}

/// One thing that is wrong, or that should be known.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of thing.
    pub code: Code,
    /// Where.
    #[serde(default)]
    pub place: Place,
    /// What the message's `{name}` marks stand for. Never a personal value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<(String, String)>,
}

impl Finding {
    /// A finding without a place yet.
    pub fn new(code: Code) -> Self {
        Self {
            code,
            place: Place::default(),
            args: Vec::new(),
        }
    }
    /// With a value for a mark of the message.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.args.push((name.to_owned(), value.to_string()));
        self
    }
    /// In this file.
    #[must_use]
    pub fn file(mut self, file: impl Into<String>) -> Self {
        self.place.file = Some(file.into());
        self
    }
    /// In this data row, from 1.
    #[must_use]
    pub fn row(mut self, row: u64) -> Self {
        self.place.row = Some(row);
        self
    }
    /// In this column.
    #[must_use]
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.place.column = Some(column.into());
        self
    }
    /// At this byte, from 0.
    #[must_use]
    pub fn byte(mut self, byte: u64) -> Self {
        self.place.byte = Some(byte);
        self
    }
    /// What one of the message's marks stands for.
    pub fn arg(&self, name: &str) -> Option<&str> {
        let found = self.args.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
    /// What is wrong, in one sentence.
    pub fn what(&self, lang: Lang) -> String {
        fill(self.code.what(lang), &self.args)
    }
    /// What to do about it.
    pub fn remedy(&self, lang: Lang) -> String {
        fill(self.code.remedy(lang), &self.args)
    }
    /// Place, sentence and remedy on one line.
    pub fn sentence(&self, lang: Lang) -> String {
        let mut text = self.code.word().to_owned();
        let place = self.place.show(lang);
        if !place.is_empty() {
            text.push(' ');
            text.push_str(&place);
        }
        text.push_str(": ");
        text.push_str(&self.what(lang));
        let remedy = self.remedy(lang);
        if !remedy.is_empty() {
            text.push_str(if lang == Lang::Zh { "。处理：" } else { ". Remedy: " });
            text.push_str(&remedy);
        }
        text
    }
}

impl Place {
    /// The place in words.
    pub fn show(&self, lang: Lang) -> String {
        let mut parts = Vec::new();
        if let Some(file) = &self.file {
            parts.push(file.clone());
        }
        if let Some(row) = self.row {
            parts.push(match lang {
                Lang::Zh => format!("第{row}行"),
                Lang::En => format!("row {row}"),
            });
        }
        if let Some(column) = &self.column {
            parts.push(match lang {
                Lang::Zh => format!("“{column}”列"),
                Lang::En => format!("column \"{column}\""),
            });
        }
        if let Some(byte) = self.byte {
            parts.push(match lang {
                Lang::Zh => format!("字节{byte}"),
                Lang::En => format!("byte {byte}"),
            });
        }
        parts.join(" ")
    }
}

/// Puts values in the place of `{name}` marks; a mark without a value is left to be seen.
pub fn fill(template: &str, args: &[(String, String)]) -> String {
    let mut text = template.to_owned();
    for (name, value) in args {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}
