//! `[[channel]]`: one rung of a department's ladder.

use super::Key;
use crate::units::Duration;
use model::{Mode, Op, Proof};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use toml::Spanned;

/// `[[channel]]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelTable {
    /// Its name within the department. The mode's word where it is left out; two rungs of one mode need names.
    pub name: Key<String>,
    /// How the department is reached: `link`, `frontend`, `disk`, `manual`. Required.
    pub mode: Key<Mode>,
    /// What proves that something was booked: `receipt` (default), `taken`, `none`.
    pub proof: Key<Proof>,
    /// Hand-overs it can do. All four where it is left out. What it cannot do goes down the ladder.
    pub ops: Key<Vec<Spanned<Op>>>,
    /// The layout for each matter's rows going out: `{ "park.hitech" = "submit" }`.
    #[serde(default)]
    pub layouts: BTreeMap<Spanned<String>, Spanned<String>>,
    /// When it sends. Required where `layouts` says something.
    pub out: Key<ScheduleTable>,
    /// When it looks for what came. Required where there is a feed.
    #[serde(rename = "in")]
    pub in_: Key<ScheduleTable>,
    /// At most this many rows in a batch going out. Default 1000.
    pub max_rows: Key<u32>,
    /// After how long without proof a person is asked: `"2d"`. Never where it is left out.
    pub unconfirmed_after: Key<Duration>,
    /// When one bad row makes the department refuse a whole file: `without_named` (default), `person`.
    pub on_batch_refused: Key<OnBatchRefusedWord>,
    /// When a row that came in is bad: `accept_rest` (default), `reject_file`.
    pub on_row_error: Key<OnRowErrorWord>,
    /// What it brings.
    #[serde(default)]
    pub feed: Vec<Spanned<FeedTable>>,
    /// What only the adapter of the mode understands: taken out before this table is read, and read by the adapter.
    pub settings: Option<IgnoredAny>,
}

/// `out = { … }`, `in = { … }`: exactly one of `at_once`, `every`, `cron`, `on_request`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleTable {
    /// As soon as something is due.
    pub at_once: Key<bool>,
    /// Again and again, so far apart: `"60s"`.
    pub every: Key<Duration>,
    /// Five fields: minute, hour, day, month, weekday by name: `"30 18 * * MON-FRI"`.
    pub cron: Key<String>,
    /// Only on working days of the calendar; with `cron`.
    pub workdays_only: Key<bool>,
    /// Only when a person asks.
    pub on_request: Key<bool>,
}

/// See `on_batch_refused`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnBatchRefusedWord {
    /// Send the others again without the named ones.
    WithoutNamed,
    /// Ask a person.
    Person,
}

/// See `on_row_error`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnRowErrorWord {
    /// Take the others.
    AcceptRest,
    /// Refuse the whole.
    RejectFile,
}

/// `[[channel.feed]]`: one kind of batch it brings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedTable {
    /// Its name within the channel. Required.
    pub name: Key<String>,
    /// What its rows are: `cases`, `results`, `receipts`, `receipts_with_results`. Required.
    pub role: Key<RoleWord>,
    /// The layout they are in. Required.
    pub layout: Key<String>,
    /// Which matter a row is about, where the row does not say.
    pub matter: Key<String>,
}

/// See `role`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleWord {
    /// Cases, from the hub.
    Cases,
    /// Results of matters.
    Results,
    /// Receipts for what was sent.
    Receipts,
    /// Receipts that carry the result as well (回盘).
    ReceiptsWithResults,
}
