//! What `[channel.settings]` of a disk channel says, and what is wrong with it.

mod secrecy;

use crate::cap::Cap;
use crate::keys::Verifier;
use crate::names::{Names, Style};
use crate::peer::Peer;
use crate::suite::Suite;
use crate::{table, workbook};
use model::define::{Channel, Feed, FeedRole, Layout, Meaning};
use model::{Code, DeptId, Finding};
use port::Secret;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What a set carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Carried {
    /// A dBase table.
    #[default]
    Dbf,
    /// A workbook; what comes back may also be an `.xls` or `.ods`.
    Xlsx,
}

impl Carried {
    /// The decimals of a field's kind, where it has a number of them.
    pub(crate) fn scale(self, kind: &str) -> Option<u8> {
        match self {
            Self::Dbf => table::scale(kind),
            Self::Xlsx => workbook::scale(kind),
        }
    }
}

/// Keys that vouch for one sender: while a new one is taken into use, sets signed with the old one are still on their way.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a public key, or a list of such")]
pub enum PublicKeys {
    /// One.
    One(String),
    /// Any of these.
    Any(Vec<String>),
}

impl PublicKeys {
    /// All of them; nothing where one is no key, or where there is none.
    pub(crate) fn verifiers(&self, suite: Suite) -> Option<Vec<Verifier>> {
        let texts = match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Any(texts) => texts,
        };
        let all: Vec<Verifier> = texts
            .iter()
            .map(|text| Verifier::from_text(suite, text))
            .collect::<Option<_>>()?;
        (!all.is_empty()).then_some(all)
    }
}

/// Settings of a disk channel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How sets are signed and encrypted: `age`, the default, or `sm`.
    #[serde(default)]
    pub suite: Option<Suite>,
    /// Who may open the sets we send: `age1…` each, with `sm` an SM2 public key each. Either these or `plain`.
    #[serde(default)]
    pub recipients: Vec<String>,
    /// Why sets are carried in clear: somebody must have accepted that.
    #[serde(default)]
    pub plain: Option<String>,
    /// What opens returns that come encrypted: `AGE-SECRET-KEY-1…`, one on a line, or SM2 private keys; the first is the one to
    /// encrypt for.
    #[serde(default)]
    pub identity: Option<Secret>,
    /// Why returns come in clear where sets go encrypted.
    #[serde(default)]
    pub plain_returns: Option<String>,
    /// The key every set is signed with. Ed25519: 64 hexadecimal digits (the seed), or PKCS#8 as PEM or base64; with `sm` an
    /// SM2 private key, as OpenSSL writes it or 64 hexadecimal digits.
    pub signing_key: Secret,
    /// How sets name us as sender, and returns as recipient. The node's name unless given.
    #[serde(default)]
    pub sender: Option<String>,
    /// How sets name the department, and returns their sender. The department's short name unless given.
    #[serde(default)]
    pub recipient: Option<String>,
    /// What a set carries: `dbf` or `xlsx`.
    #[serde(default)]
    pub format: Carried,
    /// The line above the table of a workbook. Required there.
    #[serde(default)]
    pub title: Option<String>,
    /// How names of files we send begin: `SW` for tables, `HUB_DEPT_` for workbooks unless given.
    #[serde(default)]
    pub out_prefix: Option<String>,
    /// How names of files that come back begin, `HP` or `DEPT_HUB_RET_`: the rest says which of ours they answer.
    #[serde(default)]
    pub return_prefix: Option<String>,
    /// The column whose sum is declared in the set (控制总额).
    #[serde(default)]
    pub control_sum: Option<String>,
    /// The most bytes a payload may have, as it lies on the medium. A batch that would be larger becomes several.
    #[serde(default)]
    pub max_bytes: Cap,
    /// Public keys by sender, Ed25519 of 64 hexadecimal digits or SM2: a bag from such a sender must be signed.
    #[serde(default)]
    pub public_keys: BTreeMap<String, PublicKeys>,
    /// Another gateway is on the other side: its sets are numbered by itself, and it says what it took of ours.
    #[serde(default)]
    pub peer: Option<Peer>,
}

fn wrong(setting: &str, detail: &str) -> Finding {
    Finding::new(Code::SChannelSetting)
        .with("setting", setting)
        .with("detail", detail)
}

impl Settings {
    /// The suite of all its sets, and of all that comes back.
    pub(crate) fn suite(&self) -> Suite {
        self.suite.unwrap_or_default()
    }

    /// How files are named.
    pub(crate) fn names(&self, dept: &DeptId) -> Names {
        let dept = dept.as_str().to_ascii_uppercase();
        let (style, out, back) = match self.format {
            Carried::Dbf => (Style::Short, "SW".to_owned(), "HP".to_owned()),
            Carried::Xlsx => (Style::Dated, format!("HUB_{dept}_"), format!("{dept}_HUB_RET_")),
        };
        Names {
            out: self.out_prefix.clone().unwrap_or(out),
            back: self.return_prefix.clone().unwrap_or(back),
            style,
        }
    }

    /// The feed a 回盘 belongs to: the first that is not cases, nor what another gateway numbers.
    pub(crate) fn return_feed<'a>(&self, channel: &'a Channel) -> Option<&'a Feed> {
        let own = |feed: &&Feed| self.peer.as_ref().is_none_or(|peer| !peer.has(&feed.name));
        channel
            .feeds
            .iter()
            .filter(own)
            .find(|feed| feed.role != FeedRole::Cases)
    }

    /// Contradictions and missing pairs.
    pub(crate) fn judge(&self, channel: &Channel, layouts: &[Layout]) -> Vec<Finding> {
        let mut findings = Vec::new();
        findings.extend(self.judge_secrecy());
        findings.extend(self.judge_prefixes());
        findings.extend(self.judge_title());
        let names = self.names(&DeptId::new("x"));
        if names.out == names.back {
            findings.push(wrong("return_prefix", "与 out_prefix 相同 same as out_prefix"));
        }
        for (setting, name) in [("sender", &self.sender), ("recipient", &self.recipient)] {
            if name.as_deref().is_some_and(|n| !is_label(n)) {
                findings.push(wrong(setting, "不能含控制字符或为空 no control characters, not empty"));
            }
        }
        for (sender, keys) in &self.public_keys {
            if keys.verifiers(self.suite()).is_none() {
                let detail = secrecy::no_verifier(self.suite());
                findings.push(wrong(&format!("public_keys.{sender}"), detail));
            }
        }
        if !self.max_bytes.is_sound() {
            findings.push(wrong("max_bytes", "须在 4 KiB 与 31 MiB 之间 between 4 KiB and 31 MiB"));
        }
        findings.extend(self.judge_peer(channel, &names));
        if self.return_feed(channel).is_none() && self.peer.is_none() {
            findings.push(wrong("feeds", "没有回盘 no feed takes the return file"));
        }
        let going = layouts
            .iter()
            .filter(|l| channel.layouts.values().any(|name| *name == l.name));
        let coming = layouts
            .iter()
            .filter(|l| channel.feeds.iter().any(|feed| feed.layout == l.name));
        for layout in going.clone() {
            findings.extend(self.judge_going(layout));
        }
        for layout in going.chain(coming) {
            if self.format == Carried::Xlsx {
                findings.extend(judge_form(layout));
                continue;
            }
            if formats::Encoding::from_word(&layout.encoding).is_some_and(formats::Encoding::is_wide) {
                let place = format!("layouts.{}.encoding", layout.name);
                findings.push(wrong(&place, "DBF不能用UTF-16 a DBF cannot be UTF-16"));
            }
            let odd = layout
                .fields
                .iter()
                .filter(|f| f.meaning != Meaning::Ignored && !table::is_name(&f.name));
            findings.extend(odd.map(|f| Finding::new(Code::SFieldName).with("name", &f.name)));
        }
        findings
    }

    /// What is wrong with the first letters of a number.
    fn odd_prefix(&self, prefix: &str) -> Option<&'static str> {
        match self.format {
            Carried::Dbf => (prefix.len() != 2 || !prefix.bytes().all(|b| b.is_ascii_uppercase()))
                .then_some("须为两个大写字母 two capital letters (8.3)"),
            Carried::Xlsx => {
                let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
                (!(1..=32).contains(&prefix.len()) || !prefix.bytes().all(plain) || prefix.starts_with('_'))
                    .then_some("须为大写字母、数字和下划线 capital letters, digits, underscores")
            }
        }
    }

    fn judge_prefixes(&self) -> Vec<Finding> {
        let given = [("out_prefix", &self.out_prefix), ("return_prefix", &self.return_prefix)];
        let told = |(setting, prefix): (&str, &Option<String>)| {
            let detail = self.odd_prefix(prefix.as_deref()?)?;
            Some(wrong(setting, detail))
        };
        given.into_iter().filter_map(told).collect()
    }

    /// Its feeds exist, each is told by its own letters, and what it sends is signed: nobody looks at it before it counts.
    fn judge_peer(&self, channel: &Channel, names: &Names) -> Vec<Finding> {
        let Some(peer) = &self.peer else {
            return Vec::new();
        };
        let mut findings = Vec::new();
        let mut taken = vec![names.out.as_str(), names.back.as_str()];
        for (feed, prefix) in &peer.feeds {
            let setting = format!("peer.feeds.{feed}");
            if !channel.feeds.iter().any(|known| known.name == *feed) {
                findings.push(wrong(&setting, "没有这个数据流 there is no such feed"));
            }
            match self.odd_prefix(prefix) {
                Some(detail) => findings.push(wrong(&setting, detail)),
                None if taken.contains(&prefix.as_str()) => findings.push(wrong(
                    &setting,
                    "与别的编号同首 another number begins so: out_prefix, return_prefix",
                )),
                None => taken.push(prefix),
            }
        }
        if let Some(took) = &peer.took {
            let role = channel
                .feeds
                .iter()
                .find(|feed| feed.name == *took)
                .map(|feed| feed.role);
            if role != Some(FeedRole::Receipts) || peer.feeds.contains_key(took) {
                findings.push(wrong(
                    "peer.took",
                    "须为另一个 receipts 数据流 a feed of its own, of role receipts",
                ));
            }
        }
        let them = self.recipient.as_deref();
        if self.public_keys.is_empty() || them.is_some_and(|them| !self.public_keys.contains_key(them)) {
            findings.push(wrong(
                "public_keys",
                "对方网关的包须验签：写上它的公钥 sets of another gateway must be signed: give its key",
            ));
        }
        findings
    }

    fn judge_title(&self) -> Option<Finding> {
        match (self.format, self.title.as_deref()) {
            (Carried::Dbf, Some(_)) => Some(wrong("title", "只用于 format = \"xlsx\"; only with xlsx")),
            (Carried::Xlsx, title) if !title.is_some_and(is_label) => Some(wrong(
                "title",
                "工作簿须有表题，不超过60字节 a workbook needs a title of at most 60 bytes",
            )),
            _ => None,
        }
    }

    fn judge_going(&self, layout: &Layout) -> Vec<Finding> {
        let mut findings = Vec::new();
        for field in layout.fields.iter().filter(|_| self.format == Carried::Dbf) {
            if field.kind.as_deref().is_none_or(|kind| table::kind(kind).is_none()) {
                let place = format!("layouts.{}.{}.kind", layout.name, field.name);
                findings.push(wrong(&place, "须为 C宽度、N宽度.小数位 或 D; C80, N16.2 or D"));
            }
        }
        if let Some(column) = &self.control_sum {
            let decimal = layout
                .fields
                .iter()
                .any(|f| f.name == *column && f.kind.as_deref().and_then(|kind| self.format.scale(kind)).is_some());
            if !decimal {
                findings.push(wrong("control_sum", "不是数字列 not a column of kind N"));
            }
        }
        findings
    }
}

/// A layout of a workbook: its kinds are known, its text is what workbooks have.
fn judge_form(layout: &Layout) -> Vec<Finding> {
    let mut findings = Vec::new();
    if formats::Encoding::from_word(&layout.encoding) != Some(formats::Encoding::Utf8) {
        let place = format!("layouts.{}.encoding", layout.name);
        findings.push(wrong(&place, "工作簿只有 utf-8; a workbook is utf-8"));
    }
    for field in &layout.fields {
        if field.kind.as_deref().is_some_and(|word| workbook::kind(word).is_none()) {
            let place = format!("layouts.{}.{}.kind", layout.name, field.name);
            findings.push(wrong(
                &place,
                "须为 text、id、id位数、date、number 或 number.小数位; text, id, id12, date, number or number.2",
            ));
        }
    }
    findings
}

/// Whether a name can stand behind a label of `bag-info.txt`.
pub(crate) fn is_label(name: &str) -> bool {
    !name.trim().is_empty() && name.trim() == name && name.len() <= 60 && !name.chars().any(char::is_control)
}
