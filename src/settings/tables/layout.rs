//! `[[layout]]`: how a department writes one kind of record.

use super::{Key, Words};
use model::Standing;
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// `[[layout]]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayoutTable {
    /// Its name within the department. Required.
    pub name: Key<String>,
    /// Encoding of its text: `utf-8`, `gbk`, `gb18030`. Required: guessing is how names are lost.
    pub encoding: Key<String>,
    /// Words that mean "nothing" when read: `NULL`, `－`.
    #[serde(default)]
    pub null_words: Words,
    /// The department's result words and what they mean: `"WORD"`, or `"VERSION:WORD"` where a field is
    /// `status_version`.
    pub status: Key<BTreeMap<Spanned<String>, Spanned<Standing>>>,
    /// Words by which a row asks for a review (校核), and the items it calls wrong: `"REG NO WRONG" = ["reg_no"]`. A word
    /// stands where a result word stands, or in a field that is `review`; one without items leaves naming them to that
    /// field.
    pub review: Key<BTreeMap<Spanned<String>, Words>>,
    /// Its fields, in order. Required.
    #[serde(default)]
    pub field: Vec<Spanned<FieldTable>>,
    /// Items that no single field gives, worked out when a row is read.
    #[serde(default)]
    pub computed: Vec<Spanned<ComputedTable>>,
}

/// `[[layout.computed]]`: `{ item = "addr", from = { district = "区", street = "街道" }, expr = "district ~ street" }`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComputedTable {
    /// The item. Required.
    pub item: Key<String>,
    /// What the expression calls the fields it reads, and their names in the department's files. Required.
    #[serde(default)]
    pub from: BTreeMap<Spanned<String>, Spanned<String>>,
    /// The expression over those names. Where all of them are empty, nothing is worked out. Required.
    pub expr: Key<String>,
    /// Must not be empty.
    #[serde(default)]
    pub required: bool,
}

/// `[[layout.field]]`: exactly one of `item`, `const`, `is`, `expr` says what the field means.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldTable {
    /// Its name in the department's files; a dot goes into an inner object (JSON). Required.
    pub name: Key<String>,
    /// Other names it is found under when read.
    #[serde(default)]
    pub aliases: Words,
    /// The item it carries.
    pub item: Key<String>,
    /// A fixed text, written; when read it must be this.
    #[serde(rename = "const")]
    pub constant: Key<String>,
    /// What else it is.
    pub is: Key<MeaningWord>,
    /// Written only: what this expression makes of items, called by their names. All values are text; there is no
    /// arithmetic. An item without a value must be asked for: `fax|default('')`.
    pub expr: Key<String>,
    /// Transforms from item to field, in order.
    #[serde(default)]
    pub out: Words,
    /// Transforms from field to item, in order.
    #[serde(default, rename = "in")]
    pub in_: Words,
    /// Must not be empty.
    #[serde(default)]
    pub required: bool,
    /// At most this many bytes in the layout's encoding; what does not fit is refused, never cut.
    pub max_bytes: Key<u32>,
    /// A check beyond the item's own.
    pub check: Key<String>,
    /// Keyed twice in a form; both must agree.
    #[serde(default)]
    pub double_entry: bool,
    /// A form's field that is keyed again, by somebody who does not see what was keyed first: `rekey`, by another person;
    /// `rekey_later`, also by the same one once `queue.rekey_later` is over. Where the two differ, a third person decides.
    pub verify: Key<VerifyWord>,
    /// The format's own type word (DBF: `C80`, `N16.2`, `D`; fixed width: `A100`, `N16`).
    pub kind: Key<String>,
}

/// Who keys a field again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifyWord {
    /// Another person.
    Rekey,
    /// Another person, or the same one later.
    RekeyLater,
}

/// What a field is that carries no item.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeaningWord {
    /// The case number.
    CaseNo,
    /// The class of enterprise.
    EntClass,
    /// The row's number in its batch, from 1.
    RowNo,
    /// The message's own number.
    MessageId,
    /// The result, by a word of `[layout.status]`.
    Status,
    /// The version of the code standard by which the row's status word is read.
    StatusVersion,
    /// A return code.
    ReturnCode,
    /// The reason beside a result or code.
    Reason,
    /// The department's own number for the result.
    SourceSeq,
    /// The department's acceptance number.
    ReceiptNo,
    /// The number of the batch of ours that a receipt row answers as a whole.
    BatchNo,
    /// Which hand-over this is: submit, supplement, amend, withdraw.
    Operation,
    /// The date of the result.
    ResultDate,
    /// The matter, by its full name.
    Matter,
    /// Which items are wrong, by words of `[layout.review]`, one after the other: `、`, `,` or `;` between them.
    Review,
    /// A JSON list of attachments.
    Attachments,
    /// The secrecy mark (密级标识): a row that bears one is refused and nothing of it is kept. Never written.
    Secrecy,
    /// Read and thrown away; never written.
    Ignored,
}
