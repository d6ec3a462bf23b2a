//! Mode `link`: a department's API, called directly.
//!
//! Three transports. `rest` sends one JSON request per record over HTTPS and reads results page by page; `soap` does the
//! same with XML envelopes, where a fault is an answer; `hub` takes the cases the platform posts and pushes signed
//! reports back. What is pure stands apart from what waits: `encode`,
//! `answer`, `rows`, `posted`, `json`, `target` and `judge` decide; `wire` and `auth` do.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests arrange the world around the code by hand"
    )
)]

mod adapter;
mod answer;
mod auth;
#[cfg(test)]
mod behaviour;
mod deliver;
mod encode;
mod error;
mod json;
mod judge;
mod posted;
mod results;
mod rows;
pub mod settings;
mod soap;
mod target;
pub mod units;
mod wire;

#[cfg(test)]
mod tests;

pub use encode::BETWEEN;
pub use settings::Settings;

use model::define::{Channel, Layout};
use model::{Finding, Mode};
use port::{Adapter, Context, TypedMode};
use std::sync::Arc;

/// The mode.
pub struct Link;

impl TypedMode for Link {
    type Settings = Settings;
    const MODE: Mode = Mode::Link;

    fn judge(settings: &Settings, channel: &Channel, layouts: &[Layout]) -> Vec<Finding> {
        judge::judge(settings, channel, layouts)
    }

    fn build(settings: Settings, context: Context) -> Result<Arc<dyn Adapter>, Finding> {
        adapter::build(settings, &context)
    }
}
