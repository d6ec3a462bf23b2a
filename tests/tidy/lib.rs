//! Layout and dependency rules that fail like any other test: they read the source tree as a newcomer would.
//!
//! Every exception is a named waiver with its reason, and a waiver that nothing needs any more fails too.
#![cfg(test)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

mod faults;
mod imports;
mod links;
mod manifests;
mod modes;
mod places;
mod points;
mod shipped;
mod sources;
mod tables;
mod tree;
