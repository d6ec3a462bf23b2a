//! `tanghulu.toml`: this node.

use super::{Key, SecretTable};
use crate::units::{Days, Duration, Limit, Offset, Size, Syslog};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use toml::Spanned;

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeFile {
    /// Who this node is. Required.
    pub node: Key<NodeTable>,
    /// Where it listens. Required.
    pub listen: Key<ListenTable>,
    /// Who may call the platform's interface.
    pub hub: Key<HubTable>,
    /// Bounds on what comes from outside.
    pub limits: Key<LimitsTable>,
    /// People who act on this node while nobody has an account (`user add`): name to operating-system account number (uid).
    /// Whoever calls a changing verb over the local socket must be one of them, and the uid must be the caller's.
    #[serde(default)]
    pub people: BTreeMap<Spanned<String>, Spanned<u32>>,
    /// The technical log.
    pub log: Key<LogTable>,
    /// Pauses between attempts at a channel that is down.
    pub retry: Key<RetryTable>,
    /// The clerks' queue.
    pub queue: Key<QueueTable>,
    /// For how long what is kept. Without it everything is kept for ever.
    pub keep: Key<KeepTable>,
}

/// `[node]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeTable {
    /// Name of the node, in claims, message numbers and headers. Never change it while files are claimed. Required.
    pub name: Key<String>,
    /// The data directory: ledger, spool, work files. Relative to the configuration directory, or absolute. Required.
    pub data_dir: Key<PathBuf>,
    /// The node key: opens the ledger. Keep it outside the data directory, and a copy elsewhere. Required.
    pub key: Key<SecretTable>,
    /// A file outside the data directory in which the node writes now and then how far its ledger has come, so that data
    /// copied back from yesterday is noticed. Its directory must be there. Default: beside the node key's file, and none
    /// where the key is no file.
    pub witness: Key<PathBuf>,
    /// Digest of the journal's chain: `sha256` (default) or `sm3`. Fixed once the ledger exists.
    pub suite: Key<SuiteWord>,
    /// Civil time of departments and deadlines, as offset from UTC. Default `"+08:00"`.
    pub offset: Key<Offset>,
}

/// The digest of the journal's chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SuiteWord {
    /// SHA-256.
    #[default]
    Sha256,
    /// SM3.
    Sm3,
}

/// `[listen]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListenTable {
    /// Address and port of the one HTTP listener. Required.
    pub http: Key<String>,
    /// The local socket for the command line, relative to the data directory. Default `"node.sock"`.
    pub socket: Key<PathBuf>,
}

/// `[hub]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubTable {
    /// How long a used nonce is remembered, and how far a caller's clock may be off. Default `"5m"`.
    pub nonce_window: Key<Duration>,
    /// Systems that may call.
    #[serde(default)]
    pub client: Vec<Spanned<ClientTable>>,
}

/// `[[hub.client]]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientTable {
    /// Name the caller signs with. Required.
    pub id: Key<String>,
    /// The shared key its requests are signed with. Required.
    pub secret: Key<SecretTable>,
}

/// `[limits]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsTable {
    /// The most bytes of one batch. Default `"64 MiB"`.
    pub batch_bytes: Key<Size>,
    /// The most rows of one batch coming in. Default 200000.
    pub batch_rows: Key<u32>,
    /// The most bytes of one HTTP request. Default `"8 MiB"`.
    pub body_bytes: Key<Size>,
}

/// `[log]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogTable {
    /// What is written: `error`, `warn`, `info` (default), `debug`, `trace`.
    pub level: Key<LogLevel>,
    /// How: `text` (default) for people, `json` for collectors.
    pub format: Key<LogFormat>,
    /// Where a copy of every audit entry goes by syslog: `"unix:/dev/log"` or `"udp:10.1.2.3:514"`. The ledger has it in
    /// any case. Default: nowhere.
    pub audit: Key<Syslog>,
}

/// How much is logged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Only what failed.
    Error,
    /// And what is doubtful.
    Warn,
    /// And what happened.
    #[default]
    Info,
    /// And why.
    Debug,
    /// Everything.
    Trace,
}

impl LogLevel {
    /// The word, as a log filter takes it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// How the log is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// `[retry]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetryTable {
    /// The first pause; each next one is twice as long. Default `"5s"`.
    pub first: Key<Duration>,
    /// The longest pause. Default `"10m"`.
    pub max: Key<Duration>,
}

/// `[queue]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueueTable {
    /// How long a claimed task stays with its clerk without a sign of work. Default `"30m"`.
    pub lease: Key<Duration>,
    /// Within how long the source of a value answers a review (校核); later it is listed as overdue. Default
    /// `"10 working days"`.
    pub review: Key<Limit>,
    /// After how long the same person may key again a field with `verify = "rekey_later"`. Default `"12h"`.
    pub rekey_later: Key<Duration>,
    /// Of a hundred forms, so many are keyed again whole by another person, drawn by chance. Default 0: none.
    pub rekey_share: Key<u32>,
    /// Wrong entries of ten thousand above which a clerk or a field is drawn more often. Default 20.
    pub rekey_above: Key<u32>,
    /// How many of a hundred are drawn then. Default 25; without `rekey_share`, none.
    pub rekey_raised: Key<u32>,
    /// Hours a day in which a clerk keys: what the forecast counts on. Default 6.
    pub hours: Key<u32>,
}

/// `[keep]`: what leaves the journal by itself, once its term is over. What was owed, booked and decided, and by whom (the
/// account) never does, nor do acts on the ledger itself, doubts about it and what was trusted: they explain the chain, which
/// stays whole. Nothing goes without its final receipt, and nothing while the ledger is in doubt or finds no room.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeepTable {
    /// For how long the data of a case (its rows, what a person wrote instead, the bytes of the batches it left in) are kept
    /// after it was finished: `"1095 days"`. Default: for ever.
    pub data: Key<Days>,
    /// A directory outside the data directory in which they are put into archives before they are erased; absolute, and there.
    /// Default: none, they are erased.
    pub archive: Key<PathBuf>,
    /// For how long evidence (audit entries: who looked, who changed, who logged in) is kept: `"1095 days"`, at least
    /// `"180 days"`. Default: for ever.
    pub evidence: Key<Days>,
}
