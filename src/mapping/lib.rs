//! Rows to items and back: layouts compiled once, transforms with their inverses, the agreement.
//!
//! A row in a department's own field names goes in, an [`Incoming`](model::Incoming) in canonical items comes out, or
//! everything that is wrong with it; and the other way round. A layout is compiled once per configuration
//! ([`Compiled`]), its columns are found once per batch ([`Bound`]), and a row costs no lookup by name.
//!
//! Pure: no file, no clock, no ledger. What is not here: which case a row belongs to, whether its state allows it, and
//! the day on which an agreement ends, which the caller compares ([`agreement::holds`]).

pub mod agreement;
pub mod expr;
pub mod rehearse;
pub mod transform;

mod attachments;
mod bind;
mod chain;
mod compile;
mod extensions;
mod fit;
mod judge;
mod read;
mod review;
mod write;

#[cfg(test)]
mod dates;
#[cfg(test)]
mod drift;
#[cfg(test)]
mod scenario;
#[cfg(test)]
mod testing;

pub use bind::Bound;
pub use compile::Compiled;
pub use expr::Expr;
pub use extensions::Extensions;
pub use read::Unread;
pub use transform::Transform;
pub use write::{Facts, Substitutions, Unwritten};

/// Stands between the values of a repeating item where they share one cell (U+001F, the unit separator).
pub const UNIT_SEPARATOR: char = '\u{1F}';
