//! The platform's HTTP interface: one listener, signed requests, a change feed.
//!
//! Whoever reads top down follows a request: `serve` (connections and their bounds), `routes` (what there is), `admit`
//! (bounds first, then who it is), one file per subject, and `say` (how errors are told). It shows and asks; it never
//! writes the ledger itself. A posted case is answered only when the engine has it durably.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests arrange the world around the code by hand"
    )
)]

mod admit;
mod cases;
mod changes;
mod door;
mod health;
mod node;
mod nonces;
mod openapi;
mod options;
mod patience;
mod reviews;
mod routes;
mod say;
#[cfg(test)]
mod testing;
mod tls;
mod verdict;

pub use door::{Door, serve};
pub use node::Node;
pub use options::{Client, Intake, Options};
pub use routes::router;
pub use tls::Tls;
