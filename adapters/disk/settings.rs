//! What `[channel.settings]` of a disk channel says, and what is wrong with it.

use crate::keys::Verifier;
use crate::names::Names;
use crate::table;
use model::define::{Channel, Feed, FeedRole, Layout, Meaning};
use model::{Code, Finding};
use port::Secret;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Settings of a disk channel.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Why sets are carried unencrypted. Required: this version does not encrypt, and somebody must have accepted that.
    #[serde(default)]
    pub plain: Option<String>,
    /// The Ed25519 key every set is signed with: 64 hexadecimal digits (the seed), or PKCS#8 as PEM or base64.
    pub signing_key: Secret,
    /// How sets name us as sender, and returns as recipient. The node's name unless given.
    #[serde(default)]
    pub sender: Option<String>,
    /// How sets name the department, and returns their sender. The department's short name unless given.
    #[serde(default)]
    pub recipient: Option<String>,
    /// First two letters of the files we send.
    #[serde(default = "out_prefix")]
    pub out_prefix: String,
    /// First two letters of the files that come back: the rest of the name says which of ours they answer.
    #[serde(default = "return_prefix")]
    pub return_prefix: String,
    /// The column whose sum is declared in the set (控制总额).
    #[serde(default)]
    pub control_sum: Option<String>,
    /// Public keys by sender, 64 hexadecimal digits each: a bag from such a sender must be signed.
    #[serde(default)]
    pub public_keys: BTreeMap<String, String>,
}

fn out_prefix() -> String {
    "SW".to_owned()
}

fn return_prefix() -> String {
    "HP".to_owned()
}

fn wrong(setting: &str, detail: &str) -> Finding {
    Finding::new(Code::SChannelSetting)
        .with("setting", setting)
        .with("detail", detail)
}

/// The feed a 回盘 belongs to: the first that is not cases.
pub(crate) fn return_feed(channel: &Channel) -> Option<&Feed> {
    channel.feeds.iter().find(|feed| feed.role != FeedRole::Cases)
}

impl Settings {
    /// How files are named.
    pub(crate) fn names(&self) -> Names {
        Names {
            out: self.out_prefix.clone(),
            back: self.return_prefix.clone(),
        }
    }

    /// Contradictions and missing pairs.
    pub(crate) fn judge(&self, channel: &Channel, layouts: &[Layout]) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.plain.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
            findings.push(Finding::new(Code::SPlain).with("setting", "plain"));
        }
        for (setting, prefix) in [("out_prefix", &self.out_prefix), ("return_prefix", &self.return_prefix)] {
            if prefix.len() != 2 || !prefix.bytes().all(|b| b.is_ascii_uppercase()) {
                findings.push(wrong(setting, "须为两个大写字母 two capital letters (8.3)"));
            }
        }
        if self.out_prefix == self.return_prefix {
            findings.push(wrong("return_prefix", "与 out_prefix 相同 same as out_prefix"));
        }
        for (setting, name) in [("sender", &self.sender), ("recipient", &self.recipient)] {
            if name.as_deref().is_some_and(|n| !is_label(n)) {
                findings.push(wrong(setting, "不能含控制字符或为空 no control characters, not empty"));
            }
        }
        for (sender, key) in &self.public_keys {
            if Verifier::from_hex(key).is_none() {
                findings.push(wrong(
                    &format!("public_keys.{sender}"),
                    "须为64位十六进制 64 hexadecimal digits",
                ));
            }
        }
        if return_feed(channel).is_none() {
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
            let odd = layout
                .fields
                .iter()
                .filter(|f| f.meaning != Meaning::Ignored && !table::is_name(&f.name));
            findings.extend(odd.map(|f| Finding::new(Code::SFieldName).with("name", &f.name)));
        }
        findings
    }

    fn judge_going(&self, layout: &Layout) -> Vec<Finding> {
        let mut findings = Vec::new();
        for field in &layout.fields {
            if field.kind.as_deref().is_none_or(|kind| table::kind(kind).is_none()) {
                let place = format!("layouts.{}.{}.kind", layout.name, field.name);
                findings.push(wrong(&place, "须为 C宽度、N宽度.小数位 或 D; C80, N16.2 or D"));
            }
        }
        if let Some(column) = &self.control_sum {
            let decimal = layout
                .fields
                .iter()
                .any(|f| f.name == *column && f.kind.as_deref().and_then(table::scale).is_some());
            if !decimal {
                findings.push(wrong("control_sum", "不是数字列 not a column of kind N"));
            }
        }
        findings
    }
}

/// Whether a name can stand behind a label of `bag-info.txt`.
pub(crate) fn is_label(name: &str) -> bool {
    !name.trim().is_empty() && name.trim() == name && name.len() <= 60 && !name.chars().any(char::is_control)
}
