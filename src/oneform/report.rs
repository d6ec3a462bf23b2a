//! What the counting found, as `--json` prints it.

use crate::form::Shape;
use serde::Serialize;

/// Everything that was found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Report {
    /// Forms.
    pub forms: usize,
    /// Forms that are left when nothing is asked twice.
    pub forms_after: usize,
    /// How many of 100 forms fall away: `62.1`. Negative where there are more than before.
    pub forms_saved_pct: String,
    /// Items on all forms, each as often as it is asked.
    pub items: usize,
    /// How many of those are shared items.
    pub shared_occurrences: usize,
    /// Different shared items.
    pub shared_items: usize,
    /// Items that name no shared item, each its form's own.
    pub own_items: usize,
    /// Items that are left when nothing is asked twice.
    pub items_after: usize,
    /// Items that ask again what was asked.
    pub repeated: usize,
    /// How many of 100 items ask again: `37.6`.
    pub repeated_pct: String,
    /// The same by department, in the order of their names.
    pub departments: Vec<Department>,
    /// Shared items that are asked more than once, the most often asked first.
    pub duplicates: Vec<Duplicate>,
    /// Shared items that forms want written in different ways.
    pub conflicts: Vec<Conflict>,
    /// Items that look like one and are not called one.
    pub suggestions: Vec<Suggestion>,
    /// The forms that are left: the core form, if there is one, then what remains of each department's occasions.
    pub merged: Vec<Merged>,
}

/// One department's share.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Department {
    /// Who.
    pub dept: String,
    /// Forms.
    pub forms: usize,
    /// Shared items, each as often as asked.
    pub shared_occurrences: usize,
    /// Own items.
    pub own_items: usize,
    /// Forms that are left, without the core form.
    pub forms_after: usize,
}

/// A shared item that is asked more than once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Duplicate {
    /// The canonical item.
    pub item: String,
    /// Its label where it is asked first.
    pub label: String,
    /// How often it is asked.
    pub times: usize,
    /// On which forms, each once.
    pub forms: Vec<String>,
}

/// A shared item with more than one shape.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Conflict {
    /// The canonical item.
    pub item: String,
    /// Its label where it is asked first.
    pub label: String,
    /// Its shapes, the most often asked first.
    pub shapes: Vec<Asked>,
}

/// One shape, and who asks for it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Asked {
    /// What may be written.
    #[serde(flatten)]
    pub shape: Shape,
    /// On which forms, each once.
    pub forms: Vec<String>,
}

/// Items with one label, but for width and spaces, that are not one item.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Suggestion {
    /// The label without width and spaces.
    pub label: String,
    /// Where it stands.
    pub places: Vec<Similar>,
}

/// One of them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Similar {
    /// The form.
    pub form: String,
    /// The item's number on it.
    pub no: String,
    /// The label as it stands.
    pub label: String,
    /// The canonical item, if it names one.
    pub item: Option<String>,
}

/// A form that is left.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Merged {
    /// Whose it is; `None` for the core form, which all fill in once.
    pub dept: Option<String>,
    /// Its occasion.
    pub group: Option<String>,
    /// The forms that it takes items from.
    pub from: Vec<String>,
    /// What it asks, each once.
    pub items: Vec<MergedItem>,
}

/// An item of such a form.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MergedItem {
    /// The canonical item, if it is a shared one.
    pub item: Option<String>,
    /// The form where it is asked first, and its number there.
    pub form: String,
    /// Its number there.
    pub no: String,
    /// Its label there.
    pub label: String,
    /// Some form demands it.
    pub required: bool,
    /// Its forms want it written in different ways: a person must decide.
    pub conflict: bool,
}
