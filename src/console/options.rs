//! What the console is told by whoever builds it.

use accounts::Accounts;
use journal::NodeKey;
use seams::{Clock, Rng};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// What the console is told.
pub struct Options {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance, for session and form tokens.
    pub rng: Arc<dyn Rng>,
    /// Who may log in.
    pub accounts: Arc<Accounts>,
    /// Where drafts lie.
    pub drafts: PathBuf,
    /// What they are sealed under.
    pub key: NodeKey,
    /// Offset of civil time from UTC, minutes.
    pub offset_minutes: i32,
    /// How long a claim holds, milliseconds: one that is worked on is renewed when half of it is over.
    pub lease_ms: i64,
    /// True from when the node is asked to end: open pages are told, and no stream waits for a browser.
    pub stopping: watch::Receiver<bool>,
    /// The listener speaks TLS: cookies are for it alone.
    pub tls: bool,
}
