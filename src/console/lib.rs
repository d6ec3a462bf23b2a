//! The clerk's console: pages over what the node can be asked. It shows and asks; it never writes the ledger itself.
//!
//! Whoever reads top down follows a request: `routes` (what there is, and which right each path needs), `guard` (who it is,
//! whether they may, whether the form is ours), one file per page under `pages`, and `render` (how a page leaves). Every
//! action works without a script; the script only saves keystrokes and drafts. What is typed lies in `drafts`, sealed,
//! until it is done; everything else a page knows comes from the node at each request.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests arrange the world around the code by hand"
    )
)]

mod code128;
mod drafts;
mod fields;
mod guard;
mod knocks;
mod lanes;
mod list;
mod nav;
mod node;
mod normal;
mod options;
mod pages;
mod presence;
mod render;
mod routes;
mod seals;
mod sessions;
mod stands;
mod streams;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod timeline;
mod words;

pub use node::Node;
pub use options::Options;
pub use routes::{Needs, Route, router, table};
pub use streams::STREAMS;
