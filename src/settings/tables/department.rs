//! `departments/ID.toml`: one department.

use super::channel::ChannelTable;
use super::layout::LayoutTable;
use super::test::TestTable;
use super::{Day, Key, Words};
use crate::units::Limit;
use serde::Deserialize;
use toml::Spanned;

/// The whole file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartmentFile {
    /// Short name, as the file is called: small letters and digits. Required.
    pub id: Key<String>,
    /// Name for people, Chinese. Required.
    pub name: Key<String>,
    /// Name for people, English. Required.
    pub name_en: Key<String>,
    /// 共享协议. Required.
    pub agreement: Key<AgreementTable>,
    /// What it does.
    #[serde(default)]
    pub matter: Vec<Spanned<MatterTable>>,
    /// How it writes.
    #[serde(default)]
    pub layout: Vec<Spanned<LayoutTable>>,
    /// How it is reached, best first: the ladder. At least one.
    #[serde(default)]
    pub channel: Vec<Spanned<ChannelTable>>,
    /// Why the last rung is not manual.
    pub no_manual: Key<String>,
    /// Rows that must come out as said here: played by every `check`.
    #[serde(default)]
    pub test: Vec<Spanned<TestTable>>,
}

/// `[agreement]`: what may go there. An item not listed never leaves the node.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementTable {
    /// Its number. Required.
    pub id: Key<String>,
    /// Legal basis. Required.
    pub basis: Key<String>,
    /// Purpose. Required.
    pub purpose: Key<String>,
    /// Last day it holds; afterwards nothing leaves. Required.
    pub expires: Key<Day>,
    /// Items that may leave for this department. Required.
    pub items: Key<Words>,
}

/// `[[matter]]`: one thing the department does for a case.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MatterTable {
    /// Full name: department, dot, matter. Required.
    pub id: Key<String>,
    /// Title, Chinese. Required.
    pub title: Key<String>,
    /// Title, English. Required.
    pub title_en: Key<String>,
    /// Classes of enterprise it applies to: six characters each, `?` for any. All classes where it is left out.
    #[serde(default)]
    pub applies: Words,
    /// Items without which it does not open.
    #[serde(default)]
    pub needs: Words,
    /// Items that may come after opening, as a supplement, but before its decision.
    #[serde(default)]
    pub needs_before_decision: Words,
    /// Matters that must be decided first, where data does not order them.
    #[serde(default)]
    pub after: Words,
    /// Items it gives, and owns.
    #[serde(default)]
    pub gives: Words,
    /// Promised time: `"8 working days"`. Required.
    pub limit: Key<Limit>,
    /// Legal basis. Required.
    pub basis: Key<String>,
    /// A report about other matters, not a step of the case: every decision elsewhere opens a new round of it.
    #[serde(default)]
    pub reports: bool,
}
