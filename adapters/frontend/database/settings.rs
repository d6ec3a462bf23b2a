//! `[channel.settings.database]`: how a front-end database is reached, and what its tables and columns are called.
//!
//! Every name ends in a statement, where it cannot be bound: so it is one identifier and nothing else, or refused here.

use super::key::Numbering;
use super::tls::{self, Tls};
use crate::units::Period;
use model::define::{Channel, FeedRole, Layout, Meaning};
use port::Secret;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

/// No lock is held longer: other systems use these tables too.
const LOCK_MAX: Duration = Duration::from_secs(2);
/// The longest identifier that all three engines take.
const NAME_MAX: usize = 63;
/// The longest state value.
const STATE_MAX: usize = 16;

/// Whose database it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Engine {
    /// One file.
    Sqlite,
    /// PostgreSQL and what speaks its protocol.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
}

/// The database and its two tables.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSettings {
    /// Whose database it is.
    pub engine: Engine,
    /// The file; sqlite only. It must be there: none is made.
    pub path: Option<PathBuf>,
    /// Name or address; postgres and mysql.
    pub host: Option<String>,
    /// Port; 5432 or 3306 unless said.
    pub port: Option<u16>,
    /// The database's name.
    pub name: Option<String>,
    /// Account.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// Whether the connection is encrypted, and the server's certificate checked: `verify-full`, `require` (encrypted, not
    /// checked) or `disable`. Unless said `verify-full`, and `disable` where the server is this machine itself.
    pub tls: Option<Tls>,
    /// A file with the certificate of the authority that signed the server's, PEM; with `tls = "verify-full"`, beside the
    /// public authorities. A relative path begins at the configuration.
    pub ca: Option<PathBuf>,
    /// How long connecting and logging in may take together.
    #[serde(default = "seconds::<5>")]
    pub connect_timeout: Period,
    /// How long one statement or one transaction may take, at most two seconds.
    #[serde(default = "seconds::<2>")]
    pub timeout: Period,
    /// Where our rows go.
    pub out: Option<OutTable>,
    /// Where the department's rows come from.
    #[serde(rename = "in")]
    pub in_: Option<InTable>,
}

/// What the state column says. Five different values; any other one means something that was never agreed.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct States {
    /// Nobody has taken the row.
    pub new: String,
    /// Its reader has it.
    pub claimed: String,
    /// Its reader has booked it.
    pub done: String,
    /// Its reader refused it.
    pub failed: String,
    /// It does not count: taken back, or a later version stands for it.
    pub void: String,
}

impl States {
    /// All five.
    pub fn all(&self) -> [&String; 5] {
        [&self.new, &self.claimed, &self.done, &self.failed, &self.void]
    }
}

/// The table that we write and the department reads.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutTable {
    /// Its name; a schema may stand before it, with a dot.
    pub table: String,
    /// A batch's number, with `{date}` and `{seq4}`: it stands in `key`, and receipts are found by it. Where several
    /// nodes write one table, each needs its own.
    pub number: String,
    /// Column of the row's own number. With `version` it must be unique in the table.
    pub key: String,
    /// Column of the version: 1, and one more for every later row about the same thing.
    pub version: String,
    /// Columns that together say which thing a row is about: case and matter. The layout writes them.
    pub same: Vec<String>,
    /// Column of the state.
    pub state: String,
    /// Column of the time at which the row was made, `yyyy-mm-dd hh:mm:ss` in the configured zone.
    pub made: String,
    /// Its values.
    pub states: States,
    /// How long a row surely stays there: a batch older than this that is not there may have been booked.
    #[serde(default = "seconds::<2_592_000>")]
    pub keeps: Period,
    /// The feed as which the states of our own rows come back.
    pub feed: Option<String>,
    /// At most so many rows are read at once.
    #[serde(default = "rows_max")]
    pub rows_max: usize,
}

/// The table that the department writes and we read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InTable {
    /// Its name; a schema may stand before it, with a dot.
    pub table: String,
    /// The feed that its rows are.
    pub feed: String,
    /// Columns that together name one row.
    pub key: Vec<String>,
    /// Column of the state.
    pub state: String,
    /// Column of the time at which a row was made; rows are offered in its order.
    pub made: String,
    /// Its values.
    pub states: States,
    /// Column for the reason beside `failed`, where there is one.
    pub reason: Option<String>,
    /// At most so many characters of it.
    #[serde(default = "reason_max")]
    pub reason_max: usize,
    /// Column for the name of the node that claimed a row. Without it only one node may use the table.
    pub node: Option<String>,
    /// Column for the claim's own number; with `node` only.
    pub token: Option<String>,
    /// Column for the time of the claim; with `node` only.
    pub claimed: Option<String>,
    /// Another node's claim older than this is an alarm, and so is a row older than this in a state nobody agreed on.
    #[serde(default = "seconds::<7_200>")]
    pub claim_alarm: Period,
}

fn seconds<const S: u64>() -> Period {
    Period::seconds(S)
}

fn rows_max() -> usize {
    1_000
}

fn reason_max() -> usize {
    100
}

/// Whether a text is one identifier.
pub fn is_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= NAME_MAX
        && bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn is_table(name: &str) -> bool {
    match name.split_once('.') {
        Some((schema, table)) => is_name(schema) && is_name(table),
        None => is_name(name),
    }
}

fn is_state(value: &str) -> bool {
    let fit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    (1..=STATE_MAX).contains(&value.len()) && value.bytes().all(fit)
}

/// What types cannot say; `setting` names what is wrong below `database`.
pub fn judge(settings: &DatabaseSettings, channel: &Channel, layouts: &[Layout], say: &mut impl FnMut(&str, &str)) {
    judge_server(settings, say);
    tls::judge(settings, say);
    if let Some(out) = &settings.out {
        judge_out(out, channel, layouts, say);
    }
    if let Some(in_) = &settings.in_ {
        judge_in(in_, channel, layouts, say);
    }
    if settings.out.is_none() && !channel.layouts.is_empty() {
        say("database.out", "必需：本通道向外发送 needed: this channel sends");
    }
    for feed in &channel.feeds {
        let receipts = settings.out.as_ref().and_then(|o| o.feed.as_ref()) == Some(&feed.name);
        let results = settings.in_.as_ref().is_some_and(|i| i.feed == feed.name);
        if !receipts && !results {
            say(&format!("database {}", feed.name), "没有表 no table brings it");
        }
    }
}

fn judge_server(settings: &DatabaseSettings, say: &mut impl FnMut(&str, &str)) {
    let server = [
        ("database.host", settings.host.is_some()),
        ("database.name", settings.name.is_some()),
        ("database.user", settings.user.is_some()),
        ("database.password", settings.password.is_some()),
    ];
    match settings.engine {
        Engine::Sqlite => {
            if settings.path.is_none() {
                say("database.path", "必需 needed with engine = \"sqlite\"");
            }
            let port = ("database.port", settings.port.is_some());
            for (setting, _) in server.into_iter().chain([port]).filter(|(_, there)| *there) {
                say(setting, "与 sqlite 无关 has no meaning with engine = \"sqlite\"");
            }
        }
        Engine::Postgres | Engine::Mysql => {
            if settings.path.is_some() {
                say("database.path", "仅用于 sqlite only with engine = \"sqlite\"");
            }
            for (setting, _) in server.into_iter().filter(|(_, there)| !there) {
                say(setting, "必需 needed");
            }
        }
    }
    if settings.connect_timeout.0.is_zero() {
        say("database.connect_timeout", "须大于零 must not be zero");
    }
    if settings.timeout.0.is_zero() || settings.timeout.0 > LOCK_MAX {
        say(
            "database.timeout",
            "须大于零，至多2s must be more than zero and at most 2s",
        );
    }
}

fn judge_out(out: &OutTable, channel: &Channel, layouts: &[Layout], say: &mut impl FnMut(&str, &str)) {
    if Numbering::new(&out.number).is_none() {
        say(
            "database.out.number",
            "须含 {date}、{seq4}，其余为字母数字和连字符 must hold {date} and then {seq4}, and letters, digits, '-', '_' around them",
        );
    }
    if out.same.is_empty() {
        say("database.out.same", "至少一列 at least one column");
    }
    if out.rows_max == 0 {
        say("database.out.rows_max", "须大于零 must not be zero");
    }
    // Rows are answered one by one: in a batch of several each answer would miss the others.
    if channel.max_rows != 1 {
        say("max_rows", "须为1：一行一批 must be 1: a row is a batch of its own");
    }
    let own = [&out.key, &out.version, &out.state, &out.made];
    judge_names("database.out", &out.table, own.into_iter().chain(&out.same), say);
    judge_states("database.out.states", &out.states, say);
    for name in channel.layouts.values().collect::<BTreeSet<_>>() {
        let Some(layout) = layouts.iter().find(|l| l.name == *name) else {
            continue;
        };
        let written: Vec<&String> = columns(layout).collect();
        judge_layout(layout, &own, say);
        for column in out.same.iter().filter(|c| !written.contains(c)) {
            say(&format!("layout {name}"), &format!("缺少列 lacks the column {column}"));
        }
    }
    let Some(feed) = &out.feed else { return };
    judge_feed(
        "database.out.feed",
        feed,
        channel,
        layouts,
        |role| role == FeedRole::Receipts,
        say,
    );
    let layout = channel.feeds.iter().find(|f| f.name == *feed);
    let layout = layout.and_then(|f| layouts.iter().find(|l| l.name == f.layout));
    let code = layout.and_then(|l| l.fields.iter().find(|f| f.meaning == Meaning::ReturnCode));
    if code.is_some_and(|field| field.name != out.state) {
        say(
            "database.out.feed",
            "return_code 须为状态列 the layout's return_code must be the state column",
        );
    }
}

fn judge_in(in_: &InTable, channel: &Channel, layouts: &[Layout], say: &mut impl FnMut(&str, &str)) {
    if in_.key.is_empty() {
        say("database.in.key", "至少一列 at least one column");
    }
    if in_.reason_max == 0 {
        say("database.in.reason_max", "须大于零 must not be zero");
    }
    for (setting, column) in [("database.in.token", &in_.token), ("database.in.claimed", &in_.claimed)] {
        if column.is_some() && in_.node.is_none() {
            say(setting, "须与 node 同用 only together with node");
        }
    }
    let optional = [&in_.reason, &in_.node, &in_.token, &in_.claimed];
    let own = [&in_.state, &in_.made].into_iter().chain(&in_.key);
    judge_names(
        "database.in",
        &in_.table,
        own.chain(optional.into_iter().flatten()),
        say,
    );
    judge_states("database.in.states", &in_.states, say);
    let role = |role| matches!(role, FeedRole::Results | FeedRole::Cases);
    judge_feed("database.in.feed", &in_.feed, channel, layouts, role, say);
}

fn judge_feed(
    setting: &str,
    feed: &str,
    channel: &Channel,
    layouts: &[Layout],
    fits: impl Fn(FeedRole) -> bool,
    say: &mut impl FnMut(&str, &str),
) {
    match channel.feeds.iter().find(|f| f.name == *feed) {
        None => say(setting, "通道没有这个来件 the channel has no such feed"),
        Some(known) if !fits(known.role) => say(setting, "来件的作用不符 the feed's role does not fit this table"),
        Some(known) => {
            if let Some(layout) = layouts.iter().find(|l| l.name == known.layout) {
                judge_layout(layout, &[], say);
            }
        }
    }
}

fn judge_layout(layout: &Layout, own: &[&String], say: &mut impl FnMut(&str, &str)) {
    for column in columns(layout) {
        let setting = format!("layout {}", layout.name);
        if !is_name(column) {
            say(
                &setting,
                &format!("不能作列名 is no column name: {}", column.escape_debug()),
            );
        }
        if own.contains(&column) {
            say(&setting, &format!("由系统填写 is written by the node itself: {column}"));
        }
    }
}

fn judge_names<'n>(
    setting: &str,
    table: &str,
    columns: impl Iterator<Item = &'n String>,
    say: &mut impl FnMut(&str, &str),
) {
    if !is_table(table) {
        say(&format!("{setting}.table"), "不能作表名 is no table name");
    }
    let mut seen = BTreeSet::new();
    for column in columns {
        if !is_name(column) {
            say(
                setting,
                &format!("不能作列名 is no column name: {}", column.escape_debug()),
            );
        } else if !seen.insert(column.to_ascii_lowercase()) {
            say(setting, &format!("同一列用了两次 one column used twice: {column}"));
        }
    }
}

fn judge_states(setting: &str, states: &States, say: &mut impl FnMut(&str, &str)) {
    let all = states.all();
    if !all.iter().all(|s| is_state(s)) {
        say(setting, "1至16个字母、数字 1 to 16 letters, digits, '-', '_'");
    }
    if all.iter().collect::<BTreeSet<_>>().len() < all.len() {
        say(setting, "五个值须各不相同 the five values must differ");
    }
}

/// The columns that rows of a layout have.
pub fn columns(layout: &Layout) -> impl Iterator<Item = &String> {
    let used = layout.fields.iter().filter(|f| f.meaning != Meaning::Ignored);
    used.map(|f| &f.name)
}

#[cfg(test)]
mod tests;
