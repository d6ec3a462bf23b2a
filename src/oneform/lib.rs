//! One form 一表制: what departments' forms ask, what they ask twice, and what one form for all would leave.
//!
//! Form files are read into [`tables`], judged into [`Form`]s ([`judge`]), and counted ([`analyse`]). Everything here
//! is computed from the forms at hand; nothing knows the figures that others have published. Reading bytes and showing
//! the answer are somebody else's.
//!
//! Two items are the same if, and only if, both name the same canonical item. Labels decide nothing: where equal labels
//! look like one item, that is a suggestion to a person.

pub mod tables;

mod analyse;
mod fold;
mod form;
mod judge;
mod report;

pub use analyse::analyse;
pub use fold::fold;
pub use form::{Form, Item, Shape};
pub use judge::{Place, Wrong, judge};
pub use report::{Asked, Conflict, Department, Duplicate, Merged, MergedItem, Report, Similar, Suggestion};

/// The most forms that are looked at together.
pub const FORMS_MAX: usize = 4_096;
/// The most items, over all forms.
pub const ITEMS_MAX: usize = 200_000;
/// The most characters of a name, title, label, unit or code.
pub const TEXT_MAX: usize = 200;
