//! The words everyone uses: case, item, matter, obligation, delivery, attempt, receipt.
//!
//! No I/O, no async, no clock: what stands here outlives every adapter and every store.
//! Definitions that come from configuration (`define`) stand beside the facts they rule.

pub mod calendar;
pub mod case;
pub mod check;
pub mod define;
pub mod finding;
pub mod ids;
pub mod incoming;
pub mod item;
pub mod mask;
pub mod messages;
pub mod money;
pub mod row;
pub mod schedule;
pub mod standing;
pub mod state;
pub mod unmapped;
#[cfg(test)]
mod vectors;
pub mod visible;
pub mod words;

pub use case::{Case, Held};
pub use finding::{Code, Finding, Lang, Place};
pub use ids::{AttemptId, BatchId, CaseNo, DeptId, MatterId, ObligationKey, ReviewId, TaskId};
pub use incoming::Incoming;
pub use item::{Dictionary, ItemDef, ItemKind, ItemNo, Items, Value};
pub use row::{Cell, Header, Row};
pub use standing::Standing;
pub use state::{AttemptState, Mode, Op, Proof};
pub use unmapped::{Side, UnmappedCode};
