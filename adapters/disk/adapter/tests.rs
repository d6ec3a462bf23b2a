//! The adapter against media: leaving, coming back, and what can happen to a disk in between.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod both_suites;
mod capped;
mod coming;
mod encoding;
mod forms;
mod leaving;
mod living;
mod peers;
mod sealed;
mod sealed_sm;
mod strangers;
