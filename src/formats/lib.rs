//! Bytes to rows and back: strict, streaming, one file per format.
//!
//! Nothing here opens a file, asks the time or knows a department. A reader takes an [`Input`] and gives rows in the
//! department's own field names; a writer takes rows and gives bytes, the same bytes for the same rows, always.
//!
//! What every format here promises:
//! - A value is taken exactly or refused by name; it is never cut, rounded, replaced or guessed.
//! - Memory is bounded by [`Limits`], whatever the file says of itself.
//! - What is wrong with one row refuses that row ([`Taken::Bad`]) as long as it is certain where the next row begins.
//!   Once that is not certain, the file is refused (`Err`), and rows already given must not take effect.
//! - No input makes it panic.
//!
//! Spreadsheets come in by [`sheet`] and leave by [`xlsx`]: what a department sends is what it saved, not what it was
//! sent.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests arrange the world around the code by hand"
    )
)]

mod archive;
pub mod columns;
pub mod csv;
pub mod dbf;
pub mod digest;
pub mod encoding;
pub mod fixed;
pub mod json;
pub mod kind;
pub mod limits;
pub mod marker;
pub mod remote;
pub mod sheet;
pub mod text;
pub mod xlsx;
pub mod xml;

#[cfg(test)]
mod bad_files;
mod fault;
#[cfg(test)]
mod large;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod strangers;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use columns::{Columns, Extra};
pub use encoding::Encoding;
pub use kind::Kind;
pub use limits::Limits;
pub use marker::Marker;

use model::{Finding, Header, Row};
use std::io::{Read, Seek};

/// The formats this node reads and writes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Format {
    /// Text, one record per line, fields between delimiters.
    Csv,
    /// dBase III tables.
    Dbf,
    /// Text, one record per line, fields of agreed widths in bytes.
    Fixed,
    /// JSON objects, one per record.
    Json,
    /// The same, one per line and nothing around.
    JsonLines,
    /// A workbook of Excel 2007 and later.
    Xlsx,
    /// XML elements, one per record.
    Xml,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] = [
        Self::Csv,
        Self::Dbf,
        Self::Fixed,
        Self::Json,
        Self::JsonLines,
        Self::Xlsx,
        Self::Xml,
    ];

    /// The word in settings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Dbf => "dbf",
            Self::Fixed => "fixed",
            Self::Json => "json",
            Self::JsonLines => "jsonl",
            Self::Xlsx => "xlsx",
            Self::Xml => "xml",
        }
    }
    /// The format for a word of the settings.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.word() == word)
    }
}

/// Bytes that can be gone through again: a file, or what is held in memory. What comes through a pipe is copied first.
pub trait Bytes: Read + Seek + Send {}

impl<T: Read + Seek + Send> Bytes for T {}

/// Where bytes come from. It stands at its beginning.
pub type Input = Box<dyn Bytes>;

/// What a reader gives for one record of the source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// A whole record.
    Row(Row),
    /// A record that is refused, with everything that is wrong with it. The ones after it are sound.
    Bad {
        /// Where it stands, counted from 1 as in [`Row::line`].
        line: u64,
        /// At least one; each says its column where it has one.
        findings: Vec<Finding>,
    },
}

/// What a reader has met so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows given.
    pub rows: u64,
    /// Records refused.
    pub bad: u64,
    /// Records the source itself had marked as deleted; they are not given.
    pub deleted: u64,
}

/// Rows out of bytes, one after the other.
pub trait RowReader: Send {
    /// The field names of every row, known once the reader is open.
    fn header(&self) -> &Header;

    /// The next record; `None` once the end was reached and the end is as it must be.
    ///
    /// # Errors
    /// A finding about the file as a whole. Nothing more comes after it: later calls answer `None`, so that a caller
    /// who goes on asking ends too. Rows given before it must not take effect.
    fn next(&mut self) -> Result<Option<Taken>, Finding>;

    /// Warnings since the last call, each with its row and column; after `None`, those about the file as a whole.
    /// A caller that asks after every row misses none; one that does not loses what exceeds [`limits::WARNINGS_KEPT`].
    fn warnings(&mut self) -> Vec<Finding>;

    /// What was met so far.
    fn counts(&self) -> Counts;

    /// How many records there should be, where the file says so before them.
    fn expected(&self) -> Option<u64> {
        None
    }
}

/// Bytes out of rows. Deterministic: the same rows and options give the same bytes.
///
/// Call `begin` once, `row` for every row, `end` once; each appends to `out`, which the caller may empty in between.
pub trait RowWriter: Send {
    /// What stands before the first row.
    ///
    /// # Errors
    /// Where the field names cannot be written.
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Finding>;

    /// One row; its cells stand in the order of the header the writer was made with.
    ///
    /// # Errors
    /// Everything that is wrong with the row, with row and column. `out` is then as it was, and the writer goes on.
    fn row(&mut self, row: &Row, out: &mut Vec<u8>) -> Result<(), Vec<Finding>>;

    /// What stands after the last row.
    ///
    /// # Errors
    /// Where the number of rows differs from the one announced.
    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Finding>;
}
