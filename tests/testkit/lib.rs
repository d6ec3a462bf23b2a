//! What the suites share.

#![allow(
    clippy::disallowed_methods,
    reason = "a test bench: it holds the world still and ends it by hand"
)]

pub mod behaviour;
pub mod ledger_suite;

pub mod sim;
