//! Mode frontend: a staging place on a front-end machine.
//!
//! We put files there for the department to take and take the files it leaves there. What the place is (SFTP, a directory) and
//! how a file is written (CSV, fixed width) are two separate questions: `place` is the one, `format` the other, and
//! everything between them knows neither. A third is how one sees that a file is complete: `outgoing` and `incoming`
//! for single files, `numbered` for directories with an `END`, `ferry` for a manifest through a one-way gap; `settle`
//! puts all of them away, and `receipt` says row by row what became of them.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests arrange the world around the code by hand"
    )
)]

mod adapter;
mod alarms;
mod backlog;
#[cfg(test)]
mod behaviour;
#[cfg(test)]
mod behaviour_stat;
mod claim;
mod database;
mod directory;
mod ferry;
mod fetch;
mod fixed;
mod format;
mod given;
mod incoming;
mod names;
mod numbered;
mod outgoing;
mod place;
mod receipt;
mod rows;
mod seen;
mod sequence;
mod settings;
mod settle;
mod sftp;
mod units;
mod watch;
mod xml;

pub use adapter::{Frontend, Mode};
pub use database::{Database, DatabaseSettings};
pub use place::{Entry, Kind, Listing, Moved, Place, Sink, Written};
pub use settings::Settings;

#[cfg(test)]
mod tests;
