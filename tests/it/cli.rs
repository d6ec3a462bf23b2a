//! The command line as people use it: the real program on a real ledger, golden as text in both languages and as JSON.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod backup;
mod check;
mod codes;
pub mod daemon;
mod days;
mod desk;
mod erased;
mod evidence;
mod forms;
mod help;
mod kept;
mod normal;
mod oneform;
mod personal;
mod played;
mod preview;
pub(crate) mod say;
