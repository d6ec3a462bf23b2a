//! A case 办件: everything known under one case number, item by item.

use crate::{CaseNo, DeptId, ItemNo, MatterId, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One item's value as a case holds it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Held {
    /// The value.
    pub value: Value,
    /// Which department said so.
    pub source: DeptId,
    /// Which matter gave it; absent where the hub did.
    pub matter: Option<MatterId>,
    /// Counted up by each new value from the owner, from 1.
    pub version: u32,
    /// When the ledger took it, milliseconds since 1970 UTC.
    pub at: i64,
    /// Sent by the hub for an item that a matter of this case's flow gives: goes only to that matter.
    pub proposal: bool,
}

/// A value that another one took the place of.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Replaced {
    /// The item.
    pub item: ItemNo,
    /// The value it had.
    pub value: Value,
    /// Its last version with that value.
    pub version: u32,
}

/// A value from somebody who does not own the item: kept, changes nothing, listed as a conflict.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Claimed {
    /// The item.
    pub item: ItemNo,
    /// What was claimed.
    pub value: Value,
    /// By whom.
    pub source: DeptId,
    /// When, milliseconds since 1970 UTC.
    pub at: i64,
}

/// A file that belongs to a case. Its bytes travel beside the batch, never in it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attachment {
    /// File name as given.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Digest, lower-case hexadecimal.
    pub digest: String,
}

/// Everything known under one case number.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Case {
    /// The number every department echoes.
    pub no: CaseNo,
    /// 企业类别: decides which matters apply.
    pub ent_class: Box<str>,
    /// Items with owner, source, version and time.
    pub items: BTreeMap<ItemNo, Held>,
    /// What items had before, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<Replaced>,
    /// Conflicting claims.
    pub claims: Vec<Claimed>,
    /// Files that belong to it.
    pub attachments: Vec<Attachment>,
    /// When it was first taken, milliseconds since 1970 UTC.
    pub opened_at: i64,
    /// Withdrawn by the hub, with the reason given.
    pub withdrawn: Option<String>,
}

impl Case {
    /// Whether an item has the value still that a version of it had. Given once more, it is another version, and no other
    /// value.
    pub fn holds_still(&self, item: ItemNo, version: u32) -> bool {
        self.items.contains_key(&item) && !self.replaced.iter().any(|r| r.item == item && r.version >= version)
    }
}
