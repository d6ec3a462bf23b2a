//! `dictionary.toml`, `codes/*.toml`, `calendar/*.toml`: what all departments share.

use super::{Day, Key, Words};
use crate::units::ItemType;
use model::item::Mask;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// `dictionary.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DictionaryFile {
    /// Which classes of enterprise there are: for each of the six places of `ent_class` the characters that can stand
    /// there. Choreography is checked for every class they make. Required.
    pub ent_class: Key<Words>,
    /// Items that departments share. Required.
    #[serde(default)]
    pub item: Vec<Spanned<ItemTable>>,
    /// Items that come out of matters.
    #[serde(default)]
    pub result: Vec<Spanned<ItemTable>>,
    /// Items that mean one thing, whichever department gives them: a result that contradicts the other is refused (2013).
    #[serde(default)]
    pub same: Vec<Words>,
}

/// `[[item]]`, `[[result]]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemTable {
    /// Its number. The ledger stores it: never give it to another item, never change it. Required.
    pub no: Key<u16>,
    /// Its name in files. Required.
    pub id: Key<String>,
    /// Its name for people, Chinese. Required.
    pub zh: Key<String>,
    /// Its name for people, English. Required.
    pub en: Key<String>,
    /// `C100`: up to so many characters. `N16.6`: digits in all, decimals. `D`: a date. Required.
    #[serde(rename = "type")]
    pub type_: Key<ItemType>,
    /// Several values, one per investor or seal.
    #[serde(default)]
    pub repeating: bool,
    /// Personal: how it is masked where it need not be read.
    pub mask: Key<Mask>,
    /// Which check judges its values.
    pub check: Key<String>,
    /// Which code table its values come from.
    pub codes: Key<String>,
    /// 长期 and 99991231 mean "no end" here.
    #[serde(default)]
    pub open_end: bool,
}

/// `codes/NAME.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodesFile {
    /// Its name, as the file is called. Required.
    pub name: Key<String>,
    /// Its version, as its owner counts. Required.
    pub version: Key<String>,
    /// Since when it holds. Required.
    pub date: Key<Day>,
    /// Where it comes from, for whoever has to renew it. Required.
    pub source: Key<String>,
    /// The department's code or word on the left, the canonical code on the right; each side unique. Required.
    #[serde(default)]
    pub pairs: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// `calendar/YEAR.toml`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarFile {
    /// The year, as the file is called. Required.
    pub year: Key<u16>,
    /// The notice it was taken from. Required.
    pub source: Key<String>,
    /// Days off, beside ordinary weekends.
    #[serde(default)]
    pub off: Vec<Spanned<Day>>,
    /// Days of work that fall on a weekend (调休).
    #[serde(default)]
    pub work: Vec<Spanned<Day>>,
}
