#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! The adapters against living counterparts.

mod hub;
mod park;
mod park_faults;
pub mod qts;
mod qts_faults;
pub mod support;
