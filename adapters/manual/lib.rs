//! Mode `manual` 人工录入: a clerk keys a case from one system into the other, in either direction.
//!
//! Outward this crate writes worksheets, one per record, in the order of the department's own screen; who claims one
//! and what became of it is the engine's. Inward it reads completed forms, in which what matters most stands twice.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests arrange the world around the code by hand"
    )
)]

mod adapter;
#[cfg(test)]
mod behaviour;
mod form;
mod offer;
mod settings;
#[cfg(test)]
mod testing;
mod worksheet;

pub use adapter::Manual;
pub use settings::Settings;
pub use worksheet::{Entry, Worksheet, worksheet};
