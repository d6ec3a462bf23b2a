//! TOML to typed settings; every error at once, with place, cause and remedy.
//!
//! The way of a configuration: files are read (`files`), parsed and laid into the tables of `tables` (`read`: a wrong
//! key costs that key, not the file), judged piece by piece and across files (`checks`), and only where nothing is
//! wrong turned into the plain data of `model::define` (`lower`). What is wrong is said by [`Diagnostic`]s, which
//! `render` shows with the line and a caret.
//!
//! Adapters own their `[channel.settings]`: they are read and judged through [`ChannelReader`], which the binary puts
//! over the port, so that nothing here knows a mode.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests arrange the world around the code by hand"
    )
)]

pub mod diagnostic;
pub mod files;
pub mod render;
pub mod tables;
pub mod units;
pub mod words;

mod checks;
mod load;
mod lower;
mod read;
mod serde_errors;
mod single;
mod suggest;

#[cfg(test)]
mod broken_tests;
#[cfg(test)]
mod config_tests;
#[cfg(test)]
mod testing;

pub use diagnostic::{Diagnostic, Source, Sources};
pub use files::{Embedded, Files, OnDisk};
pub use load::{load, load_from};
pub use lower::{ChannelSettings, ClientSettings, NodeSettings, SecretRef, Settings, Suite, YearCalendar};
pub use render::{Show, render, report};
pub use single::Reading;

use model::define::{Channel, Layout};
use model::{Finding, Mode};

/// Reads and judges what only the adapter of a mode understands: the `[channel.settings]` of a channel.
pub trait ChannelReader {
    /// Reads the table of a channel of this mode. The error carries the span, as `toml` sets it.
    ///
    /// # Errors
    /// Where the table is not what the mode expects.
    fn read(&self, mode: Mode, table: toml::de::ValueDeserializer<'_>) -> Result<ChannelSettings, toml::de::Error>;

    /// Judges settings that `read` gave. A finding whose place names a column stands at that key of the table.
    fn judge(
        &self,
        mode: Mode,
        settings: &(dyn std::any::Any + Send + Sync),
        channel: &Channel,
        layouts: &[Layout],
    ) -> Vec<Finding>;
}

/// What loading depends on besides the files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Today {
    /// The civil date at the node: for agreements and calendars.
    pub date: jiff::civil::Date,
    /// Look at nothing outside the configuration directory (`check --offline`): key files are not inspected.
    pub offline: bool,
}

/// What loading gives. `settings` is there unless a diagnostic is an error; warnings do not prevent it.
pub struct Loaded {
    /// The settings, where nothing is wrong.
    pub settings: Option<Settings>,
    /// Everything that is wrong or should be known, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// The texts that the diagnostics point into.
    pub sources: Sources,
}

impl Loaded {
    /// True where at least one diagnostic is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|d| !d.is_warning())
    }
}
