//! `[channel.settings]` of a channel with mode `frontend`.

use crate::database::{self, DatabaseSettings};
use crate::ferry::{self, ManifestSettings};
use crate::fixed::{self, FixedSettings};
use crate::names;
use crate::sftp::NameEncoding;
use crate::units::Period;
use crate::xml::XmlSettings;
use formats::Encoding;
use model::define::{Channel, FeedRole, Layout, Meaning};
use model::{Code, Finding};
use port::Secret;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// What the place is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// A directory tree behind SFTP.
    Sftp,
    /// A directory tree of this machine.
    Directory,
    /// Tables in a front-end database.
    Database,
}

/// How a file is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileFormat {
    /// CSV with a header line, every field quoted, CRLF, in the layout's encoding.
    Csv,
    /// JSON Lines: one object on each line, UTF-8.
    Jsonl,
    /// Fixed width, in bytes of the layout's encoding, between a head and a tail record.
    Fixed,
    /// XML, one document per record going out.
    Xml,
}

/// How one sees that a file is complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ready {
    /// A marker stands beside it, with its length and digest.
    #[default]
    Marker,
    /// It stands alone in a numbered directory, and an empty file `END` was put there last.
    End,
    /// Its name: it was written under another and renamed.
    Rename,
    /// It looked the same for a while, and the format's own tail is at its end. Only coming in.
    Stable,
    /// A manifest that lists it with its digest was put there last. Only going out, and only XML.
    Manifest,
}

/// The whole table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What the place is.
    pub transport: Transport,
    /// How files are written; needed where the place holds files.
    pub format: Option<FileFormat>,
    /// The records of `format = "fixed"`; needed with it.
    pub fixed: Option<FixedSettings>,
    /// The documents of `format = "xml"`; needed with it.
    pub xml: Option<XmlSettings>,
    /// How the SFTP server is reached; needed with `transport = "sftp"`.
    pub sftp: Option<SftpSettings>,
    /// The directory all paths begin at; needed with `transport = "directory"`. Nothing above it and nothing behind a
    /// link is ever touched.
    pub root: Option<PathBuf>,
    /// The database and its tables; needed with `transport = "database"`.
    pub database: Option<DatabaseSettings>,
    /// Where files go.
    pub out: Option<OutSettings>,
    /// Where files come from.
    #[serde(rename = "in")]
    pub in_: Option<InSettings>,
}

/// An SFTP server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SftpSettings {
    /// Name or address.
    pub host: String,
    /// Port, 22 unless said.
    #[serde(default = "port_22")]
    pub port: u16,
    /// Account.
    pub user: String,
    /// Its password. Either this or `key`.
    pub password: Option<Secret>,
    /// A private key in OpenSSH or PEM form. Either this or `password`.
    pub key: Option<Secret>,
    /// What opens the key, where it is locked.
    pub passphrase: Option<Secret>,
    /// Fingerprint of the server's key as `ssh-keygen -lf` prints it: `SHA256:` and 43 characters. Pinned: there is no
    /// trusting on first use.
    pub host_key: String,
    /// Also offers the algorithms of servers from before 2014, after all others. Loud, per server, never the default.
    #[serde(default)]
    pub legacy: bool,
    /// How the server writes file names: `utf-8`, or `gb18030` for servers on a Chinese Windows or an old Unix.
    #[serde(default)]
    pub filename_encoding: NameEncoding,
    /// How long connecting and logging in may take together.
    #[serde(default = "seconds::<15>")]
    pub connect_timeout: Period,
    /// How long one request may wait for its answer.
    #[serde(default = "seconds::<60>")]
    pub timeout: Period,
    /// How often a silent connection is asked whether it lives; three silences end it.
    #[serde(default = "seconds::<15>")]
    pub keepalive: Period,
    /// After a refused login nothing is tried again for so long, so as not to lock the account.
    #[serde(default = "seconds::<1800>")]
    pub auth_pause: Period,
}

/// Where files go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutSettings {
    /// The directory.
    pub dir: String,
    /// The name, with `{date}` and `{seq4}`; without its extension it is the batch's number. Where the head record has
    /// the number and a numbered directory keeps names apart, `{seq4}` may be left out.
    pub name: String,
    /// How the department sees that a file is complete. With `"manifest"` the name holds `{seq6}`, the hand-over's own
    /// number, instead of `{seq4}`.
    #[serde(default)]
    pub ready: Ready,
    /// The manifest; needed with `ready = "manifest"`.
    pub manifest: Option<ManifestSettings>,
    /// What the marker's name adds.
    #[serde(default = "dot_ok")]
    pub marker: String,
    /// What a file's name adds while it is being written. With `ready = "rename"` the department must leave such names
    /// alone.
    #[serde(default = "dot_part")]
    pub aside: String,
    /// Where the department moves what it took, by one rename straight out of `dir`. Without it nobody can say whether
    /// a file that is gone was taken, and nothing can be recalled.
    pub taken: Option<String>,
    /// How long a file surely stays in `taken`. A batch older than this that is nowhere to be seen may have been taken.
    #[serde(default = "seconds::<604_800>")]
    pub taken_keeps: Period,
}

/// Where files come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InSettings {
    /// The directory.
    pub dir: String,
    /// What the marker's name adds.
    #[serde(default = "dot_ok")]
    pub marker: String,
    /// How one sees that a file is complete.
    #[serde(default)]
    pub ready: Ready,
    /// Where files go that were taken; `done` in `dir` unless said. Same file system as `dir`.
    pub done: Option<String>,
    /// Where files go that were refused or set aside; `error` in `dir` unless said. Same file system as `dir`.
    pub error: Option<String>,
    /// Whether every file gets a receipt, with code and reason for each row.
    #[serde(default)]
    pub answer: bool,
    /// Where receipts go, an agreed directory that must be there; beside the file, in `done` or `error`, unless said.
    pub receipts: Option<String>,
    /// A file that is smaller than its marker says is looked at again after so long; only if it has not changed it is
    /// refused. With `ready = "stable"`: how long a file must look the same.
    #[serde(default = "seconds::<5>")]
    pub stable: Period,
    /// How names end that are still being written; capitals or not.
    #[serde(default = "unfinished")]
    pub unfinished: Vec<String>,
    /// Another node's claim older than this is an alarm.
    #[serde(default = "seconds::<7_200>")]
    pub claim_alarm: Period,
    /// A file that lies there incomplete for longer is an alarm.
    #[serde(default = "seconds::<7_200>")]
    pub wait_alarm: Period,
    /// At most so many names of the directory are looked at in one pass.
    #[serde(default = "names_max")]
    pub names_max: usize,
    /// Which names belong to which feed, the first that fits; the order is also the order of taking.
    pub feeds: Vec<FeedSettings>,
}

/// One feed's names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedSettings {
    /// The feed, as the channel names it.
    pub feed: String,
    /// Its names, with `*` and `?`.
    pub pattern: String,
    /// What the number of ours, which a receipt names, has after it: `_RET`.
    pub answers: Option<String>,
    /// The element of a record, where it is not that of `xml.records`.
    pub records: Option<String>,
    /// The last digits of the names count without gaps, whatever the day: what is skipped is an alarm.
    #[serde(default)]
    pub numbered: bool,
    /// With `numbered`: what comes after a missing number waits for it so long, and is taken then all the same; what is
    /// missing then and comes later is not. Everything is taken as it comes unless said.
    pub hold: Option<Period>,
    /// Whether a file without rows is one like others, or an error of its sender.
    #[serde(default)]
    pub empty: Empty,
}

/// What a file without rows is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Empty {
    /// A day on which nothing happened.
    #[default]
    Ok,
    /// Refused: its sender never has nothing to say.
    Err,
}

impl OutSettings {
    /// Where a file is written before it gets its name.
    pub fn aside_of(&self, path: &str) -> String {
        format!("{path}{}", self.aside)
    }
}

impl Settings {
    /// How files are written. `judge` has seen to it that a place with files says so.
    pub fn format(&self) -> FileFormat {
        self.format.unwrap_or(FileFormat::Csv)
    }
}

impl InSettings {
    /// Where files go that were taken.
    pub fn done(&self) -> String {
        self.done.clone().unwrap_or_else(|| names::join(&self.dir, "done"))
    }
    /// Where files go that were refused.
    pub fn error(&self) -> String {
        self.error.clone().unwrap_or_else(|| names::join(&self.dir, "error"))
    }
    /// Whether a name is of something that is still being written.
    pub fn is_unfinished(&self, name: &str) -> bool {
        self.finished(name).is_none_or(|finished| finished != name)
    }
    /// The name that something will have once it is written: its own, unless it ends as unfinished ones do.
    pub fn finished<'n>(&self, name: &'n str) -> Option<&'n str> {
        let ends = |end: &String| {
            let at = name.len().checked_sub(end.len())?;
            let (head, tail) = name.split_at_checked(at)?;
            tail.eq_ignore_ascii_case(end).then_some(head)
        };
        match self.unfinished.iter().find_map(ends) {
            Some("") => None,
            Some(head) => Some(head),
            None => Some(name),
        }
    }
    /// The feed of a name, and its rank.
    pub fn feed_of(&self, name: &str) -> Option<(usize, &FeedSettings)> {
        self.feeds
            .iter()
            .enumerate()
            .find(|(_, f)| names::follows(&f.pattern, name))
    }
}

fn port_22() -> u16 {
    22
}

fn dot_ok() -> String {
    ".ok".to_owned()
}

fn dot_part() -> String {
    ".part".to_owned()
}

fn unfinished() -> Vec<String> {
    [".part", ".tmp", ".filepart"].map(str::to_owned).into()
}

fn names_max() -> usize {
    20_000
}

fn seconds<const S: u64>() -> Period {
    Period::seconds(S)
}

/// What types cannot say.
pub fn judge(settings: &Settings, channel: &Channel, layouts: &[Layout]) -> Vec<Finding> {
    let mut wrong = Vec::new();
    let mut say = |setting: &str, detail: &str| {
        wrong.push(
            Finding::new(Code::SChannelSetting)
                .with("setting", setting)
                .with("detail", detail),
        );
    };
    if settings.transport == Transport::Database {
        judge_database(settings, channel, layouts, &mut say);
        return wrong;
    }
    if settings.database.is_some() {
        say("database", "仅用于 only with transport = \"database\"");
    }
    if settings.format.is_none() {
        say("format", "必需 needed");
    }
    judge_place(settings, &mut say);
    if let Some(out) = &settings.out {
        match &out.manifest {
            Some(manifest) if out.ready == Ready::Manifest => ferry::judge(out, manifest, settings.format(), &mut say),
            _ => judge_out(out, settings.format(), &mut say),
        }
        if out.manifest.is_some() != (out.ready == Ready::Manifest) {
            say(
                "out.manifest",
                "与 ready = \"manifest\" 同用 goes with ready = \"manifest\"",
            );
        }
    }
    if let Some(xml) = &settings.xml {
        xml.judge(&mut say);
    }
    if settings.xml.is_some() != (settings.format() == FileFormat::Xml) {
        say("xml", "与 format = \"xml\" 同用 goes with format = \"xml\"");
    }
    if let Some(in_) = &settings.in_ {
        judge_in(in_, settings, channel, layouts, &mut say);
    }
    judge_dirs(settings, &mut say);
    if settings.out.is_none() && !channel.layouts.is_empty() {
        say("out", "必需：本通道向外发送 needed: this channel sends");
    }
    if settings.in_.is_none() && !channel.feeds.is_empty() {
        say("in", "必需：本通道有来件 needed: this channel has feeds");
    }
    let used = channel.layouts.values().chain(channel.feeds.iter().map(|f| &f.layout));
    for name in used.collect::<BTreeSet<_>>() {
        match layouts.iter().find(|l| l.name == *name) {
            Some(layout) if Encoding::from_word(&layout.encoding).is_none() => {
                say(&format!("layout {name}"), "未知编码 unknown encoding");
            }
            Some(layout) if settings.format() == FileFormat::Jsonl && layout.encoding != "utf-8" => {
                say(&format!("layout {name}"), "jsonl 须为 must be utf-8");
            }
            Some(layout) if settings.xml.as_ref().is_some_and(|xml| xml.bom) && !has_mark(&layout.encoding) => {
                say(
                    &format!("layout {name}"),
                    "xml.bom: 此编码没有标记 this encoding has no mark",
                );
            }
            Some(layout) => {
                if let Err(why) = fixed::frame_of(settings, layout) {
                    say(&format!("layout {name}"), &why);
                }
            }
            None => {}
        }
    }
    if settings.fixed.is_some() != (settings.format() == FileFormat::Fixed) {
        say("fixed", "与 format = \"fixed\" 同用 goes with format = \"fixed\"");
    }
    wrong
}

/// Each kind of place has its own settings, and only those.
fn judge_place(settings: &Settings, say: &mut impl FnMut(&str, &str)) {
    let sftp = settings.transport == Transport::Sftp;
    match &settings.sftp {
        Some(server) if sftp => judge_sftp(server, say),
        None if sftp => say("sftp", "必需 needed with transport = \"sftp\""),
        Some(_) => say("sftp", "只用于 belongs to transport = \"sftp\""),
        None => {}
    }
    let directory = settings.transport == Transport::Directory;
    match &settings.root {
        None if directory => say("root", "必需 needed with transport = \"directory\""),
        Some(root) if directory && !root.is_absolute() => say("root", "须为绝对路径 must be absolute"),
        Some(_) if !directory => say("root", "只用于 belongs to transport = \"directory\""),
        _ => {}
    }
}

/// Tables instead of files: what files need has no meaning there.
fn judge_database(settings: &Settings, channel: &Channel, layouts: &[Layout], say: &mut impl FnMut(&str, &str)) {
    let files = [
        ("format", settings.format.is_some()),
        ("fixed", settings.fixed.is_some()),
        ("xml", settings.xml.is_some()),
        ("sftp", settings.sftp.is_some()),
        ("root", settings.root.is_some()),
        ("out", settings.out.is_some()),
        ("in", settings.in_.is_some()),
    ];
    for (setting, _) in files.into_iter().filter(|(_, there)| *there) {
        say(setting, "前置库不用 has no meaning with transport = \"database\"");
    }
    match &settings.database {
        None => say("database", "必需 needed with transport = \"database\""),
        Some(database) => database::judge(database, channel, layouts, say),
    }
}

fn judge_sftp(sftp: &SftpSettings, say: &mut impl FnMut(&str, &str)) {
    if sftp.password.is_some() == sftp.key.is_some() {
        say("sftp", "password 与 key 须恰有其一 exactly one of password and key");
    }
    if sftp.passphrase.is_some() && sftp.key.is_none() {
        say("sftp.passphrase", "没有 key there is no key");
    }
    let print = sftp.host_key.strip_prefix("SHA256:").unwrap_or_default();
    if print.len() != 43
        || !print
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
    {
        say("sftp.host_key", "应为 must be \"SHA256:\" + 43");
    }
    for (setting, period) in [
        ("sftp.connect_timeout", sftp.connect_timeout),
        ("sftp.timeout", sftp.timeout),
        ("sftp.keepalive", sftp.keepalive),
    ] {
        if period.0.as_millis() == 0 {
            say(setting, "须大于零 must not be zero");
        }
    }
}

fn judge_out(out: &OutSettings, format: FileFormat, say: &mut impl FnMut(&str, &str)) {
    let told_apart = out.ready == Ready::End && format == FileFormat::Fixed;
    if !out.name.contains("{date}") || !(told_apart || out.name.contains("{seq4}")) {
        say("out.name", "须含 must hold {date} and {seq4}");
    }
    if out.ready == Ready::Stable {
        say(
            "out.ready",
            "应为 must be \"marker\", \"rename\", \"end\" or \"manifest\"",
        );
    }
    if !is_ending(&out.aside) || out.aside == out.marker || out.aside == ".recalled" {
        say("out.aside", "应形如 must look like \".part\"");
    }
    if format == FileFormat::Xml && out.ready != Ready::Manifest {
        say("out.ready", "XML须用清单 XML goes with \"manifest\"");
    }
    let sample = names::outgoing(&out.name, jiff::civil::Date::constant(2026, 1, 1), u32::MAX);
    if !names::is_sound(&sample) || sample.contains(['{', '}']) || names::stem(&sample) == sample {
        say("out.name", "不能作为文件名 is no file name with an extension");
    }
    judge_marker("out.marker", &out.marker, say);
}

fn judge_in(
    in_: &InSettings,
    settings: &Settings,
    channel: &Channel,
    layouts: &[Layout],
    say: &mut impl FnMut(&str, &str),
) {
    judge_marker("in.marker", &in_.marker, say);
    if in_.ready == Ready::Manifest {
        say("in.ready", "只用于发送 only going out");
    }
    if in_.ready == Ready::Stable && (settings.format() == FileFormat::Csv || in_.stable.0.is_zero()) {
        say(
            "in.ready",
            "stable 须配有尾记录的格式和非零的 stable 时长 stable needs a format with a tail and a length of time",
        );
    }
    if in_.unfinished.iter().any(|end| !is_ending(end) || *end == in_.marker) {
        say("in.unfinished", "应形如 must look like \".part\"");
    }
    if in_.receipts.is_some() && !in_.answer {
        say("in.receipts", "与 answer = true 同用 goes with answer = true");
    }
    if in_.names_max == 0 {
        say("in.names_max", "须大于零 must not be zero");
    }
    for feed in &in_.feeds {
        let setting = format!("in.feeds {}", feed.feed);
        match channel.feeds.iter().find(|f| f.name == feed.feed) {
            None => say(&setting, "通道没有这个来件 the channel has no such feed"),
            Some(known) => {
                let receipts = matches!(known.role, FeedRole::Receipts | FeedRole::ReceiptsWithResults);
                let in_head = settings.format() == FileFormat::Fixed;
                if in_head && (feed.answers.is_some() || receipts && !fixed::has_answers(settings)) {
                    say(
                        &setting,
                        "回执答复哪一批由头记录 answers 说明 the head record says with answers what a receipt answers",
                    );
                } else if !in_head && (receipts && !answers_by_row(known, layouts)) != feed.answers.is_some() {
                    say(
                        &setting,
                        "answers 用于且仅用于回执 answers belongs to receipts, and only to them",
                    );
                }
            }
        }
        if feed.hold.is_some_and(|hold| !feed.numbered || hold.0.is_zero()) {
            say(
                &setting,
                "hold 与 numbered = true 同用且不为零 hold goes with numbered = true and is not zero",
            );
        }
        if feed.records.is_some() && settings.format() != FileFormat::Xml {
            say(&setting, "records 只用于 belongs to format = \"xml\"");
        }
        if feed.pattern.contains('/') || names::follows(&feed.pattern, &in_.marker) {
            say(&setting, "pattern 过宽 the pattern takes too much");
        }
    }
    for feed in &channel.feeds {
        if !in_.feeds.iter().any(|f| f.feed == feed.name) {
            say(&format!("in.feeds {}", feed.name), "没有文件名式样 has no pattern");
        }
    }
}

/// Whether the rows of a feed say themselves which batch of ours they answer.
fn answers_by_row(feed: &model::define::Feed, layouts: &[Layout]) -> bool {
    let layout = layouts.iter().find(|l| l.name == feed.layout);
    layout.is_some_and(|l| l.fields.iter().any(|f| f.meaning == Meaning::BatchNo))
}

fn judge_marker(setting: &str, marker: &str, say: &mut impl FnMut(&str, &str)) {
    if !is_ending(marker) || unfinished().iter().any(|end| marker.ends_with(end)) {
        say(setting, "应形如 must look like \".ok\"");
    }
}

/// Whether this can be put after a name, and changes nothing else of it.
fn is_ending(end: &str) -> bool {
    let plain = |c: char| !c.is_control() && c != '/';
    (2..=16).contains(&end.len()) && end.starts_with('.') && end.chars().all(plain)
}

/// Two uses of one directory would take each other's files.
fn has_mark(word: &str) -> bool {
    Encoding::from_word(word).is_some_and(|encoding| !encoding.mark().is_empty())
}

fn judge_dirs(settings: &Settings, say: &mut impl FnMut(&str, &str)) {
    let mut dirs = Vec::new();
    if let Some(out) = &settings.out {
        dirs.push(("out.dir", out.dir.clone()));
        dirs.extend(out.taken.clone().map(|d| ("out.taken", d)));
        dirs.extend(out.manifest.iter().map(|m| ("out.manifest.tmp", m.tmp.clone())));
    }
    if let Some(in_) = &settings.in_ {
        dirs.extend([
            ("in.dir", in_.dir.clone()),
            ("in.done", in_.done()),
            ("in.error", in_.error()),
        ]);
        dirs.extend(in_.receipts.clone().map(|d| ("in.receipts", d)));
    }
    for (at, (setting, dir)) in dirs.iter().enumerate() {
        if dir.is_empty() || dir.split('/').any(|p| p == "..") || dir.chars().any(char::is_control) {
            say(setting, "不能作为目录 is no directory");
        }
        if dirs
            .iter()
            .take(at)
            .any(|(_, other)| other.trim_end_matches('/') == dir.trim_end_matches('/'))
        {
            say(setting, "与另一目录相同 is the same as another directory");
        }
    }
}

#[cfg(test)]
mod tests;
