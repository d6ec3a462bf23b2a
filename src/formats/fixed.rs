//! Fixed width: records of one length in bytes, a letter before each that says its kind.
//!
//! A file is a head record (`H`), row records (`D`, `R`: the interface says which) and a tail record (`T`) with their
//! number and an exact control sum. Widths are bytes of the interface's encoding: fields are cut on bytes first and
//! decoded afterwards, so that a character that lies across a boundary is found and named, never half read. Text stands
//! left with spaces after it, numbers stand right with zeros before them; a field of spaces is empty.
//!
//! A file that ends before its tail record is whole is refused, at whatever byte it was cut.

mod read;
mod write;

pub use read::{FixedReadOptions, FixedReader};
pub use write::{FixedWriteOptions, FixedWriter};

use crate::encoding::Encoding;

/// The letter of the head record.
const HEAD: u8 = b'H';
/// The letter of the tail record.
const TAIL: u8 = b'T';
/// Ends the file where old programs put it: Ctrl-Z.
const FILE_END: u8 = 0x1A;
/// The most bytes a record may have.
const RECORD_MAX: usize = 65_536;

/// The most digits a number may have: what is summed up exactly.
const DIGITS_MAX: usize = 38;

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FixedKind {
    /// `A100`: text, left-aligned. Spaces at the end of a value are lost in the padding.
    Text {
        /// Bytes in the file's encoding.
        width: usize,
    },
    /// `N16`: digits, right-aligned; zeros before them are padding.
    Number {
        /// Digits.
        width: usize,
    },
}

impl FixedKind {
    /// The kind of a word of the settings: `A` and a width from 1 to 9999, or `N` and one from 1 to 38.
    pub fn from_word(word: &str) -> Option<Self> {
        let (kind, digits) = word.split_at_checked(1)?;
        let plain = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let width = digits.parse().ok().filter(|w| plain && *w > 0)?;
        match kind {
            "A" => Some(Self::Text { width }),
            "N" if width <= DIGITS_MAX => Some(Self::Number { width }),
            _ => None,
        }
    }

    /// Bytes it takes.
    pub fn width(self) -> usize {
        match self {
            Self::Text { width } | Self::Number { width } => width,
        }
    }
}

/// One field of the row records.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FixedField {
    /// Its name in the interface.
    pub name: Box<str>,
    /// What it holds.
    pub kind: FixedKind,
}

/// What a field of the head record says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heading {
    /// Who made the file.
    From,
    /// For whom.
    To,
    /// Its day, `yyyymmdd`.
    Date,
    /// Its number on that day.
    Seq,
    /// The file that this one answers: that one's day and number.
    Answers,
}

impl Heading {
    /// The heading for a word of the settings.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "from" => Self::From,
            "to" => Self::To,
            "date" => Self::Date,
            "seq" => Self::Seq,
            "answers" => Self::Answers,
            _ => return None,
        })
    }
}

/// What a field of the tail record says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Total {
    /// How many row records there are.
    Count,
    /// The exact sum of one field over them.
    Sum,
}

impl Total {
    /// The total for a word of the settings.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "count" => Some(Self::Count),
            "sum" => Some(Self::Sum),
            _ => None,
        }
    }
}

/// What all records of an interface share. Every list begins after the record's letter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FixedFrame {
    /// Encoding of its text.
    pub encoding: Encoding,
    /// Bytes of every record, its line end not counted.
    pub record: usize,
    /// Fields of the head record.
    pub head: Vec<(Heading, FixedKind)>,
    /// Fields of the tail record.
    pub tail: Vec<(Total, FixedKind)>,
    /// The letter of the row records.
    pub rows: u8,
    /// Fields of the row records.
    pub fields: Vec<FixedField>,
    /// The field that is summed up. Without one, a sum in the tail record is zero.
    pub sum: Option<Box<str>>,
}

/// What a head record says; what it does not say is empty.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Head {
    /// Who made the file.
    pub from: String,
    /// For whom.
    pub to: String,
    /// Its day, `yyyymmdd`.
    pub date: String,
    /// Its number on that day.
    pub seq: String,
    /// The file that this one answers.
    pub answers: String,
}

impl Head {
    fn get(&self, heading: Heading) -> &str {
        match heading {
            Heading::From => &self.from,
            Heading::To => &self.to,
            Heading::Date => &self.date,
            Heading::Seq => &self.seq,
            Heading::Answers => &self.answers,
        }
    }

    fn set(&mut self, heading: Heading, text: String) {
        *match heading {
            Heading::From => &mut self.from,
            Heading::To => &mut self.to,
            Heading::Date => &mut self.date,
            Heading::Seq => &mut self.seq,
            Heading::Answers => &mut self.answers,
        } = text;
    }
}

impl FixedFrame {
    /// Whether such records can be: everything fits, letters differ, the summed field is a number.
    ///
    /// # Errors
    /// What is wrong, in a few words in both languages.
    pub fn judge(&self) -> Result<(), &'static str> {
        if self.encoding.is_wide() {
            return Err("定长记录以单字节计宽，不能用UTF-16 fixed records count single bytes and cannot be UTF-16");
        }
        let width = |kinds: &mut dyn Iterator<Item = FixedKind>| 1 + kinds.map(FixedKind::width).sum::<usize>();
        let widest = width(&mut self.fields.iter().map(|f| f.kind))
            .max(width(&mut self.head.iter().map(|h| h.1)))
            .max(width(&mut self.tail.iter().map(|t| t.1)));
        if widest > self.record || self.record > RECORD_MAX {
            return Err("字段超出记录长度 the fields are longer than the record");
        }
        if !self.rows.is_ascii_uppercase() || matches!(self.rows, HEAD | TAIL) {
            return Err("明细记录须以另一大写字母开头 row records need a capital letter of their own");
        }
        let named = |name: &str| self.fields.iter().find(|f| &*f.name == name);
        match &self.sum {
            Some(name) if !named(name).is_some_and(|f| matches!(f.kind, FixedKind::Number { .. })) => {
                Err("合计字段须为数字 the summed field must be a number")
            }
            _ if !self.tail.iter().any(|t| t.0 == Total::Count) => Err("尾记录须有 count the tail needs count"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
