//! One test binary: a module per mode, crash, command line.

#![allow(
    clippy::disallowed_methods,
    reason = "tests arrange the world around the node by hand"
)]

mod clerks;
mod cli;
mod console;
mod crash;
mod demo;
mod drill;
mod flow;
mod full;
mod hardship;
mod large;
mod media;
mod packaging;
mod play;
mod recalled;
mod synced;
mod two_gateways;
mod two_nodes;
mod worker;
