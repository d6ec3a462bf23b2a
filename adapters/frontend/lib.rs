//! Mode frontend: a staging place on a front-end machine.
//!
//! We put files there for the department to take and take the files it leaves there. What the place is (SFTP, a directory) and
//! how a file is written (CSV with a marker here) are two separate questions: `place` is the one, `format` the other,
//! and everything between them (`outgoing`, `incoming`, `settle`) knows neither.

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
mod directory;
mod fetch;
mod format;
mod given;
mod incoming;
mod names;
mod outgoing;
mod place;
mod rows;
mod settings;
mod settle;
mod sftp;
mod units;

pub use adapter::{Frontend, Mode};
pub use place::{Entry, Kind, Listing, Moved, Place, Sink, Written};
pub use settings::Settings;

#[cfg(test)]
mod tests;
