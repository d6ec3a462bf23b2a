//! One row that came in, in the canonical items: what mapping makes of it and what the ledger keeps as one body.

use crate::case::Attachment;
use crate::{CaseNo, ItemNo, Items, MatterId, Op, Standing};
use serde::{Deserialize, Serialize};

/// What one incoming row says. Which parts are there depends on the feed's role.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Incoming {
    /// The case it is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub case_no: Option<CaseNo>,
    /// Class of enterprise (hub).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ent_class: Option<Box<str>>,
    /// What the hub asks.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub op: Option<Op>,
    /// The matter it is about; absent where the feed knows.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub matter: Option<MatterId>,
    /// Items it brings, canonical.
    #[serde(skip_serializing_if = "Items::is_empty", default)]
    pub items: Items,
    /// What the result means.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub standing: Option<Standing>,
    /// Return code of a receipt row.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub return_code: Option<Box<str>>,
    /// Its reason or message.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<Box<str>>,
    /// The department's own number of the result.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub source_seq: Option<Box<str>>,
    /// The department's acceptance or receipt number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub receipt_no: Option<Box<str>>,
    /// The number of the batch of ours that the row answers as a whole.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub batch_no: Option<Box<str>>,
    /// Date of the result, `yyyy-mm-dd`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub result_date: Option<Box<str>>,
    /// Our number of the row in the batch it answers, where the row repeats it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub row_no: Option<u64>,
    /// Items it says are wrong: a request for review 校核 of each, with `reason`.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub review: Vec<ItemNo>,
    /// Files that belong to the case (hub).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub attachments: Vec<Attachment>,
}
