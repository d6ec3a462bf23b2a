//! What configuration says, as plain data: departments, matters, layouts, channels.
//!
//! `settings` reads these from TOML, `mapping` compiles the layouts, the engine follows the rest. Nothing here judges.

use crate::schedule::Schedule;
use crate::{DeptId, ItemNo, MatterId, Mode, Op, Proof, Standing};
use std::collections::BTreeMap;

/// A text in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Title {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Title {
    /// The text in a language.
    pub fn get(&self, lang: crate::Lang) -> &str {
        match lang {
            crate::Lang::Zh => &self.zh,
            crate::Lang::En => &self.en,
        }
    }
}

/// 共享协议: which items may go to a department, on what basis, until when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Agreement {
    /// Its number.
    pub id: String,
    /// Legal basis.
    pub basis: String,
    /// Purpose.
    pub purpose: String,
    /// Last day it holds.
    pub expires: jiff::civil::Date,
    /// Items that may leave for this department.
    pub items: Vec<ItemNo>,
}

/// The unit of a time limit is part of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LimitUnit {
    /// Working days, by calendar.
    WorkingDay,
    /// Calendar days.
    CalendarDay,
}

/// One thing a department does for a case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Matter {
    /// Its full name.
    pub id: MatterId,
    /// For people.
    pub title: Title,
    /// Which classes of enterprise it applies to: patterns over `ent_class`, `?` for any character; empty = all.
    pub applies: Vec<String>,
    /// Items without which it does not open.
    pub needs: Vec<ItemNo>,
    /// Items that may come after opening, as a supplement.
    pub needs_before_decision: Vec<ItemNo>,
    /// Matters that must be decided first, where data does not order them.
    pub after: Vec<MatterId>,
    /// Items it gives; it owns them in this case's flow.
    pub gives: Vec<ItemNo>,
    /// Promised time.
    pub limit: u32,
    /// Unit of `limit`.
    pub limit_unit: LimitUnit,
    /// Legal basis.
    pub basis: String,
    /// A report back to the hub: opens a new round for every decision of another matter.
    pub reports: bool,
    /// Its time counts in what is promised for the whole flow; that of an after-service does not.
    pub promised: bool,
}

/// One field of a layout.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Field {
    /// Its name in the department's files.
    pub name: String,
    /// Other names it is found under when read.
    pub aliases: Vec<String>,
    /// What it means.
    pub meaning: Meaning,
    /// Transforms from item to field, in order: `wan_to_yuan`, `date:%Y-%m-%d`.
    pub out: Vec<String>,
    /// Transforms from field to item, in order.
    pub in_: Vec<String>,
    /// Must not be empty.
    pub required: bool,
    /// At most this many bytes in the layout's encoding.
    pub max_bytes: Option<u32>,
    /// A check beyond the item's own.
    pub check: Option<String>,
    /// Keyed twice in a form.
    pub double_entry: bool,
    /// Proved by a second look at the source: see [`Verify`].
    pub verify: Option<Verify>,
    /// Format's own word for the type, where it has one (DBF: `C80`, `N16.2`, `D`; fixed width: `A100`, `N16`).
    pub kind: Option<String>,
    /// The expression over items that gives its text, where it is [`Meaning::Computed`].
    pub expr: Option<String>,
}

/// Who keys a form's field again without seeing what was keyed first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verify {
    /// Another person.
    Rekey,
    /// Another person, or the same one some time later: the declared exception where nobody else is there.
    RekeyLater,
}

/// An item that no single field gives: it is worked out from several when a row is read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Computed {
    /// The item.
    pub item: ItemNo,
    /// What the expression calls the fields it reads: name to field name.
    pub from: BTreeMap<String, String>,
    /// The expression over those names.
    pub expr: String,
    /// Must not be empty.
    pub required: bool,
}

/// What a field stands for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Meaning {
    /// Read and thrown away; never written.
    #[default]
    Ignored,
    /// The case number.
    CaseNo,
    /// The class of enterprise.
    EntClass,
    /// An item.
    Item(ItemNo),
    /// A fixed text, written; on reading it must be this.
    Const(String),
    /// The row's number in its batch, from 1.
    RowNo,
    /// The message's own number, unique for ever: sender, receiver, date, sequence.
    MessageId,
    /// What a result says: translated by `Layout::status`.
    Status,
    /// The version of the code standard that the row's status words follow: the words of `Layout::status` are then
    /// written `VERSION:WORD`.
    StatusVersion,
    /// A return code (domain notes 3.4).
    ReturnCode,
    /// The reason or message beside it.
    Reason,
    /// The department's own number for the result, for recognising repeats.
    SourceSeq,
    /// The department's acceptance or receipt number.
    ReceiptNo,
    /// The number of the batch of ours that a receipt row answers as a whole.
    BatchNo,
    /// Which hand-over this is: `Op`, by its word.
    Operation,
    /// The date of the result.
    ResultDate,
    /// The matter, by its full name.
    Matter,
    /// Attachments: a JSON list of name, size, digest.
    Attachments,
    /// Which items the row says are wrong: words of `Layout::review`, one after the other. Read only.
    Review,
    /// 密级标识: a row that bears one is refused; never written.
    Secrecy,
    /// Written only: what [`Field::expr`] makes of several items.
    Computed,
}

/// How a department writes one kind of record.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Layout {
    /// Its name within the department: `submit`, `result`.
    pub name: String,
    /// Encoding of its text: `utf-8`, `gbk`, `gb18030`.
    pub encoding: String,
    /// Fields in order.
    pub fields: Vec<Field>,
    /// Items worked out from several fields when read.
    pub computed: Vec<Computed>,
    /// What the department's result words mean; under the version that goes with each, where a field is
    /// [`Meaning::StatusVersion`].
    pub status: BTreeMap<String, Standing>,
    /// Words by which a row asks for a review 校核, and the items they call wrong. A word stands where a result word
    /// stands, or in a field that is [`Meaning::Review`]; one without items leaves naming them to that field.
    pub review: BTreeMap<String, Vec<ItemNo>>,
    /// Words that mean "nothing".
    pub null_words: Vec<String>,
}

/// What the rows of a feed are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FeedRole {
    /// Cases, from the hub.
    Cases,
    /// Results of matters.
    Results,
    /// Receipts for what we sent.
    Receipts,
    /// Receipts that carry the result as well (a 回盘).
    ReceiptsWithResults,
}

/// One kind of batch a channel brings in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Feed {
    /// Its name within the channel.
    pub name: String,
    /// What its rows are.
    pub role: FeedRole,
    /// Layout by name.
    pub layout: String,
    /// Which matter a row is about, where the row does not say.
    pub matter: Option<MatterId>,
}

/// What to do when one bad row refuses a whole file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnBatchRefused {
    /// Send the others again without the named ones.
    #[default]
    WithoutNamed,
    /// Ask a person.
    Person,
}

/// What to do with a batch in which a row is bad.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum OnRowError {
    /// Take the others.
    #[default]
    AcceptRest,
    /// Refuse the whole.
    RejectFile,
}

/// One rung of a ladder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Channel {
    /// Its name within the department; the mode's word unless two rungs share a mode.
    pub name: String,
    /// Its mode.
    pub mode: Mode,
    /// What proves a booking.
    pub proof: Proof,
    /// Which hand-overs it can do; others go down the ladder.
    pub ops: Vec<Op>,
    /// Layout for each matter's outgoing rows, by name.
    pub layouts: BTreeMap<MatterId, String>,
    /// When it sends.
    pub out: Schedule,
    /// When it looks for what came.
    pub in_: Schedule,
    /// What it brings.
    pub feeds: Vec<Feed>,
    /// At most this many rows in a batch.
    pub max_rows: u32,
    /// After how long without proof an attempt is `unconfirmed`, milliseconds.
    pub unconfirmed_after: Option<u64>,
    /// On a refused batch.
    pub on_batch_refused: OnBatchRefused,
    /// On a bad row coming in.
    pub on_row_error: OnRowError,
}

/// One department.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Department {
    /// Its short name.
    pub id: DeptId,
    /// For people.
    pub title: Title,
    /// What may go there.
    pub agreement: Agreement,
    /// What it does.
    pub matters: Vec<Matter>,
    /// How it writes.
    pub layouts: Vec<Layout>,
    /// How it is reached, best first.
    pub ladder: Vec<Channel>,
    /// Why there is no manual rung, where there is none.
    pub no_manual: Option<String>,
}

/// A dated table of codes: the department's code on the left, the canonical one on the right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CodeTable {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Since when.
    pub date: jiff::civil::Date,
    /// Left to right. Both sides unique, so that it can be read both ways.
    pub pairs: Vec<(String, String)>,
}
