//! Moves cases: decides, then does.
//!
//! One loop takes commands, lets transitions decide on the books, makes what they said durable as one group, and only
//! then answers and acts. Adapters and stores are behind their ports; time, chance and tasks come in through seams.

pub mod action;
mod acts;
pub mod answer;
mod board;
mod broken;
pub mod brought;
pub mod choreography;
mod clear;
pub mod command;
pub mod desk;
pub mod doubt;
#[cfg(test)]
mod explored;
mod fetch;
mod halt;
pub mod handle;
pub mod lapse;
pub mod perform;
pub mod plan;
pub mod progress;
pub mod projection;
mod recover;
pub mod run;
pub mod runtime;
pub mod schedule;
mod sending;
mod sweep;
#[cfg(test)]
mod testing;
mod time;
pub mod transition;
mod turns;
mod unknown;
pub mod verb;
pub mod view;

pub use handle::Handle;
pub use lapse::Keep;
pub use plan::{Plan, Rekey, Retry, Rules};
pub use run::{Parts, start, start_from};
