//! What the suites share.

pub mod behaviour;
