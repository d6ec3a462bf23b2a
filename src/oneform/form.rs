//! Forms as they are counted: complete and judged.

use crate::tables::Kind;
use serde::Serialize;

/// A form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Form {
    /// Its name, once among all.
    pub id: String,
    /// Who asks.
    pub dept: String,
    /// Its name for people.
    pub title: String,
    /// The occasion.
    pub group: String,
    /// What it asks, in its order.
    pub items: Vec<Item>,
}

/// One thing that a form asks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// Its number, once in its form.
    pub no: String,
    /// What stands on the paper.
    pub label: String,
    /// The canonical item that it is; without it the form's own.
    pub canonical: Option<String>,
    /// What may be written there.
    pub shape: Shape,
    /// It must be filled in.
    pub required: bool,
}

/// What may be written into an item. What is not said is something else than any value that is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Shape {
    /// The kind.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// `100`, `16.6`.
    pub len: Option<String>,
    /// 万元.
    pub unit: Option<String>,
    /// A code table.
    pub code: Option<String>,
}
