//! Rows in a department's own field names, as they cross the port.
//!
//! A header is shared by all rows of a batch; a row is slots, not a map.

use std::sync::Arc;

/// One value: `None` is absent, `Some("")` is present and empty. The two are never confused.
pub type Cell = Option<Box<str>>;

/// The field names of a batch, in order. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header(Arc<[Box<str>]>);

impl Header {
    /// Names in the order of the cells.
    pub fn new<I, S>(names: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<Box<str>>,
    {
        Self(names.into_iter().map(Into::into).collect())
    }
    /// The names.
    pub fn names(&self) -> &[Box<str>] {
        &self.0
    }
    /// The slot of a name.
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|n| &**n == name)
    }
    /// How many slots a row has.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// True where there is no field at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One record of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it stands in its source, counted from 1: the data row, not the line of text.
    pub line: u64,
    /// One cell per slot of the header.
    pub cells: Vec<Cell>,
}

impl Row {
    /// The cell's text; absent is `None`.
    pub fn get(&self, slot: usize) -> Option<&str> {
        self.cells.get(slot).and_then(|c| c.as_deref())
    }
}
