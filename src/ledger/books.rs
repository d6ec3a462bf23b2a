//! What the events add up to: cases with their obligations, batches with their answers, channels with their numbers.
//!
//! Plain data and questions about it. How an event changes it stands in `apply`.

use crate::arriving::{InBatch, Past, Pending, RefusedRow};
use crate::brief::{BriefForm, Untold};
use crate::case_file::{CaseFile, Obligation};
use crate::codes::{MappedCode, Proposal};
use crate::custody::CustodyLine;
use crate::day::{ClosedDay, DayFlow};
use crate::doubt::Doubt;
use crate::event::{NewAttempt, PartRecord, Pos, Stray};
use crate::keying::Keying;
use crate::lapse::Lapsed;
use crate::reviews::FeedLine;
use crate::shelf::{Change, Cold, Kept, Shelf};
use crate::tally::Tally;
use crate::trust::TrustedKey;
use crate::under_way::{Listed, UnderWay};
use model::{AttemptId, BatchId, CaseNo, DeptId, MatterId, ObligationKey, Standing, TaskId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Records of one kind that stay in memory after a checkpoint, though nobody waits for them: what is asked for again
/// soon need not be read again.
const WARM: usize = 1_000;
/// Cases looked at in one go.
const PAGE: usize = 256;
/// Batches of the other side that are told of again and again: a message of ours may be lost, so many in a row are not.
pub(crate) const CAME: usize = 64;

/// A batch of ours.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct OutBatch {
    /// The last event that is in it.
    pub at: Pos,
    /// Its number here.
    pub batch: BatchId,
    /// For.
    pub dept: DeptId,
    /// Over.
    pub channel: String,
    /// Civil date.
    pub day: jiff::civil::Date,
    /// Of that day, from 1.
    pub seq: u32,
    /// What answers call it.
    pub number: String,
    /// Its parts.
    pub parts: Vec<PartRecord>,
    /// Where their bytes stand in the journal: part and place, in order.
    pub spool: Vec<(u32, Pos)>,
    /// Its attempts, in the order of the records.
    pub attempts: Vec<NewAttempt>,
    /// When it was prepared, milliseconds since 1970.
    pub since: i64,
    /// A hand-over may have begun.
    pub begun: bool,
    /// How often a person began to write it somewhere.
    #[serde(default)]
    pub begins: u32,
    /// How often its hand-over was completed.
    pub copies: u32,
    /// When last, and where.
    pub left: Option<(i64, Option<String>)>,
    /// Dissolved before anything left, or taken back.
    pub dissolved: bool,
    /// Who had the media it is on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custody: Vec<CustodyLine>,
    /// It was open when the ledger was in doubt: nobody but a person sends it again.
    #[serde(default)]
    pub doubted: bool,
    /// Attempts that are not settled.
    pub open: BTreeSet<AttemptId>,
}

/// A channel's numbers.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ChannelBook {
    /// The last event that is in it.
    pub at: Pos,
    /// Position of the source.
    pub position: Option<String>,
    /// The day of the last batch and its number of that day.
    pub last: Option<(jiff::civil::Date, u32)>,
    /// The last batch that went this way: the next one names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<SentBatch>,
    /// The last batches that came with a number of the other side's and with rows, the oldest first, at most `CAME`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub came: Vec<BatchId>,
    /// The newest of these when a batch of ours was last made, which tells of all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<BatchId>,
    /// The host key that a person trusts in place of the configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted: Option<TrustedKey>,
}

/// A batch of ours, as the one after it names it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SentBatch {
    /// Its number here.
    pub batch: BatchId,
    /// What answers call it.
    pub number: String,
    /// The digest on its slip, else SHA-256 of its bytes, part after part; hexadecimal.
    pub digest: String,
}

/// A row that matched nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Unmatched {
    /// From.
    pub dept: DeptId,
    /// Batch and line.
    pub row: (BatchId, u64),
    /// The case it names.
    pub case_no: Option<CaseNo>,
    /// What kind.
    pub what: Stray,
    /// When, milliseconds since 1970.
    pub at: i64,
}

/// One line of the change feed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Change1 {
    /// The case.
    pub case_no: CaseNo,
    /// The matter.
    pub matter: MatterId,
    /// The round.
    pub round: u32,
    /// Its standing.
    pub standing: Standing,
    /// Why.
    pub reason: Option<String>,
    /// When, milliseconds since 1970.
    pub at: i64,
}

/// Counters: the next free numbers, and how many cases there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Counters {
    /// Batches in and out.
    pub batch: u64,
    /// Attempts.
    pub attempt: u64,
    /// Tasks of forms.
    pub task: u64,
    /// Cases known.
    pub cases: u64,
    /// Of these, open.
    pub open: u64,
    /// Reviews; an index from before there were any does not say.
    #[serde(default = "crate::reviews::first")]
    pub review: u64,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            batch: 1,
            attempt: 1,
            task: 1,
            cases: 0,
            open: 0,
            review: 1,
        }
    }
}

/// Everything the events add up to.
pub struct Books {
    /// Cases.
    pub cases: Shelf<CaseFile>,
    /// Which cases are open.
    pub(crate) open: Shelf<bool>,
    /// Which cases have somebody's claim on them.
    pub(crate) claimed: Shelf<bool>,
    /// Which cases have a hand-over that waits for codes.
    pub(crate) parked: Shelf<bool>,
    /// Which cases have a form that is agreed on and had no effect yet.
    pub(crate) agreed: Shelf<bool>,
    /// Due hand-overs: `DEPT/INSTANT/…`, so that a department's stand in the order of time.
    pub(crate) due: Shelf<bool>,
    /// Up to which key a department has none that is due.
    pub(crate) none_due: BTreeMap<DeptId, String>,
    /// Batches that came.
    pub inbound: Shelf<InBatch>,
    /// Their rows that were refused or parked, by batch and line; line 0 stands for the whole batch.
    pub(crate) refused: Shelf<RefusedRow>,
    /// Our batches.
    pub outbound: Shelf<OutBatch>,
    /// `DEPT/DIGEST` to the first batch of that content.
    pub(crate) seen: Shelf<BatchId>,
    /// `DEPT/FEED/NUMBER` to the first batch of that number.
    pub(crate) numbers: Shelf<BatchId>,
    /// `DEPT/NUMBER` to our batch of that number.
    pub(crate) sent: Shelf<BatchId>,
    /// `DEPT/CHANNEL` to its numbers.
    pub channels: Shelf<ChannelBook>,
    /// Rows that matched nothing, by batch and line.
    pub unmatched: Shelf<Unmatched>,
    /// The change feed by position.
    pub feed: Shelf<FeedLine>,
    /// Extensions of code tables, in the order in which they were made.
    pub(crate) codes: Shelf<MappedCode>,
    /// What was proposed and not yet confirmed, by table and code.
    pub(crate) proposals: Shelf<Proposal>,
    /// Batches that came and have not ended. All of them are hot, as is the one below.
    pub(crate) arriving: Shelf<BatchId>,
    /// Incoming batches with refused rows not dealt with.
    pub(crate) refused_in: Shelf<BatchId>,
    /// Our batches that are not done with.
    pub(crate) open_out: Shelf<Listed>,
    pub(crate) attempts: Shelf<CaseNo>,
    pub(crate) forms: Shelf<CaseNo>,
    pub(crate) reviews: Shelf<CaseNo>,
    /// What was counted of each clerk and each field.
    pub(crate) keying: Shelf<Keying>,
    /// `DEPT/CHANNEL` to how many obligations count as what.
    pub(crate) tallies: Shelf<Tally>,
    /// How many obligations of a department were opened.
    pub(crate) opened: Shelf<u64>,
    /// `DEPT/CHANNEL` to what came to wait and what ceased to since the last day was closed.
    pub(crate) flows: Shelf<DayFlow>,
    /// Days that were closed.
    pub(crate) days: Shelf<ClosedDay>,
    /// Whether the ledger is in doubt: one record.
    pub(crate) doubts: Shelf<Doubt>,
    /// What each rule of retention did last.
    pub(crate) lapses: Shelf<Lapsed>,
    /// Our batches whose hand-over was never completed, by department and channel.
    pub unfinished: BTreeMap<(DeptId, String), BTreeSet<BatchId>>,
    pub(crate) under_way: UnderWay,
    /// What is at hand of batches that have not ended.
    pub(crate) pending: BTreeMap<BatchId, Pending>,
    pub(crate) past: Arc<dyn Past>,
    untold: Untold,
    /// Rows of an arriving batch that are kept in memory; of a longer one, none.
    pub(crate) held: usize,
    /// Cases that changed since somebody who watches looked; nothing where nobody does.
    pub(crate) touched: Option<BTreeSet<CaseNo>>,
    /// Next numbers.
    pub counters: Counters,
    /// The last entry that was folded in.
    pub last: Pos,
    /// Its time, milliseconds since 1970.
    pub last_time: i64,
}

impl Books {
    /// Books over an index that reflects the journal up to some watermark, and over that journal.
    pub fn over(cold: Arc<dyn Cold>, past: Arc<dyn Past>) -> Self {
        let untold = Untold::default();
        let mut books = Self {
            cases: Shelf::formed("case/", cold.clone(), BriefForm::over(past.clone(), untold.clone())),
            open: Shelf::new("open/", cold.clone()),
            claimed: Shelf::new("claimed/", cold.clone()),
            parked: Shelf::new("parked/", cold.clone()),
            agreed: Shelf::new("agreed/", cold.clone()),
            due: Shelf::new("due/", cold.clone()),
            none_due: BTreeMap::new(),
            inbound: Shelf::new("in/", cold.clone()),
            refused: Shelf::new("refused/", cold.clone()),
            outbound: Shelf::new("out/", cold.clone()),
            seen: Shelf::new("seen/", cold.clone()),
            numbers: Shelf::new("number/", cold.clone()),
            sent: Shelf::new("sent/", cold.clone()),
            channels: Shelf::new("channel/", cold.clone()),
            unmatched: Shelf::new("stray/", cold.clone()),
            feed: Shelf::new("feed/", cold.clone()),
            codes: Shelf::new("code/", cold.clone()),
            proposals: Shelf::new("proposal/", cold.clone()),
            arriving: Shelf::new("arriving/", cold.clone()),
            refused_in: Shelf::new("refused-in/", cold.clone()),
            open_out: Shelf::new("open-out/", cold.clone()),
            attempts: Shelf::new("attempt/", cold.clone()),
            forms: Shelf::new("form/", cold.clone()),
            reviews: Shelf::new("review/", cold.clone()),
            keying: Shelf::new("keying/", cold.clone()),
            tallies: Shelf::new("tally/", cold.clone()),
            opened: Shelf::new("opened/", cold.clone()),
            flows: Shelf::new("flow/", cold.clone()),
            days: Shelf::new("day/", cold.clone()),
            doubts: Shelf::new("doubt/", cold.clone()),
            lapses: Shelf::new("lapse/", cold.clone()),
            unfinished: BTreeMap::new(),
            under_way: UnderWay::default(),
            pending: BTreeMap::new(),
            past,
            untold,
            held: crate::arriving::HELD,
            touched: None,
            counters: Counters::default(),
            last: Pos::default(),
            last_time: 0,
        };
        books.codes.warm_all();
        books.refused_in.warm_all();
        for batch in books.arriving.warm_all() {
            if let Some(begun) = books.in_batch(batch) {
                let pending = Pending::resumed(begun);
                books.pending.insert(batch, pending);
            }
        }
        books.list_under_way();
        books
    }

    /// The journal, as far as it is looked back into.
    pub fn past(&self) -> Arc<dyn Past> {
        self.past.clone()
    }

    /// How many rows of an arriving batch are kept in memory.
    pub fn held(&self) -> usize {
        self.held
    }

    /// How many rows of an arriving batch are kept in memory from now on; of a longer one, none are.
    pub fn hold(&mut self, rows: usize) {
        self.held = rows;
    }

    /// Why a case that is known could not be told again. What was decided since may rest on its absence.
    pub fn untold(&self) -> Option<String> {
        self.untold.why()
    }

    /// A case, hot or not.
    pub fn case(&mut self, no: &CaseNo) -> Option<&CaseFile> {
        self.cases.get(no.as_str())
    }

    /// The obligation of a key.
    pub fn obligation(&mut self, key: &ObligationKey) -> Option<&Obligation> {
        self.case(&key.case_no)?.obligation(&key.matter, key.round)
    }

    /// A batch that came.
    pub fn in_batch(&mut self, batch: BatchId) -> Option<&InBatch> {
        self.inbound.get(&padded(batch))
    }

    /// The first batch of that content from a department.
    pub fn seen_digest(&mut self, dept: &DeptId, digest: &str) -> Option<BatchId> {
        self.seen.get(&format!("{dept}/{digest}")).copied()
    }

    /// The first batch of that declared number in a feed.
    pub fn seen_number(&mut self, dept: &DeptId, feed: &str, number: &str) -> Option<BatchId> {
        self.numbers.get(&format!("{dept}/{feed}/{number}")).copied()
    }

    /// A number that was given to a department and sorts after this text, the first of them.
    pub fn sent_after(&self, dept: &DeptId, text: &str) -> Option<String> {
        let prefix = format!("{dept}/");
        let next = self.sent.page(&prefix, &format!("{prefix}{text}"), 1).pop()?;
        next.strip_prefix(&prefix).map(str::to_owned)
    }

    /// Our batch of that number.
    pub fn sent_number(&mut self, dept: &DeptId, number: &str) -> Option<BatchId> {
        self.sent.get(&format!("{dept}/{number}")).copied()
    }

    /// A channel's numbers.
    pub fn channel(&mut self, dept: &DeptId, channel: &str) -> ChannelBook {
        self.channels
            .get(&format!("{dept}/{channel}"))
            .cloned()
            .unwrap_or_default()
    }

    /// The case of an attempt.
    pub fn case_of(&mut self, attempt: AttemptId) -> Option<&CaseNo> {
        self.attempts.get(&format!("{:012}", attempt.0))
    }

    /// The case of a form.
    pub fn case_of_form(&mut self, form: TaskId) -> Option<&CaseNo> {
        self.forms.get(&format!("{:012}", form.0))
    }

    /// All case numbers known, in order: to be asked of a small ledger only.
    pub fn case_numbers(&self) -> Vec<CaseNo> {
        named(self.cases.keys())
    }

    /// Some case numbers after this one, in order; none where there are no more. Lets go of cases that were only read.
    pub fn cases_after(&mut self, after: &str) -> Vec<CaseNo> {
        self.cases.trim(WARM);
        named(self.cases.page("", after, PAGE))
    }

    /// The same of cases that are open.
    pub fn open_after(&mut self, after: &str) -> Vec<CaseNo> {
        self.cases.trim(WARM);
        named(self.open.page("", after, PAGE))
    }

    /// Cases that changed since this was asked last; nothing where it was not asked before: they are noted from now on.
    pub fn watch(&mut self) -> Option<BTreeSet<CaseNo>> {
        self.touched.replace(BTreeSet::new())
    }

    /// Cases with somebody's claim on them.
    pub fn claimed_cases(&self) -> Vec<CaseNo> {
        named(self.claimed.keys())
    }

    /// Cases with a hand-over that waits for codes.
    pub fn parked_cases(&self) -> Vec<CaseNo> {
        named(self.parked.keys())
    }

    /// Batches that came and have not ended.
    pub fn arriving(&self) -> Vec<BatchId> {
        self.arriving.iter_hot().map(|(_, batch)| *batch).collect()
    }

    /// Incoming batches with refused or parked rows that nobody has dealt with.
    pub fn refused_in(&self) -> Vec<BatchId> {
        self.refused_in.iter_hot().map(|(_, batch)| *batch).collect()
    }

    /// Every kind of record, and how many of it stay at hand after a checkpoint; none is let go of where all are wanted.
    fn kinds(&mut self) -> [(&mut dyn Kept, Option<usize>); 30] {
        [
            (&mut self.cases, Some(WARM)),
            (&mut self.open, Some(WARM)),
            (&mut self.claimed, Some(WARM)),
            (&mut self.parked, Some(WARM)),
            (&mut self.agreed, Some(WARM)),
            (&mut self.due, Some(WARM)),
            (&mut self.inbound, Some(WARM)),
            (&mut self.refused, Some(WARM)),
            (&mut self.outbound, Some(WARM)),
            (&mut self.seen, Some(0)),
            (&mut self.numbers, Some(0)),
            (&mut self.sent, Some(0)),
            (&mut self.channels, None),
            (&mut self.unmatched, None),
            (&mut self.feed, Some(0)),
            (&mut self.codes, None),
            (&mut self.proposals, None),
            (&mut self.arriving, None),
            (&mut self.refused_in, None),
            (&mut self.open_out, Some(WARM)),
            (&mut self.attempts, Some(WARM)),
            (&mut self.forms, Some(WARM)),
            (&mut self.reviews, Some(WARM)),
            (&mut self.keying, None),
            (&mut self.tallies, None),
            (&mut self.opened, None),
            (&mut self.flows, None),
            (&mut self.days, Some(0)),
            (&mut self.doubts, None),
            (&mut self.lapses, None),
        ]
    }

    /// What a checkpoint must write, content only, sorted by key.
    pub fn changes(&mut self) -> Vec<Change> {
        let mut changes: Vec<Change> = self.kinds().into_iter().flat_map(|(kind, _)| kind.changes()).collect();
        changes.sort();
        changes
    }

    /// A checkpoint has written all that changed.
    pub fn written(&mut self) {
        for (kind, _) in self.kinds() {
            kind.written();
        }
    }

    /// Lets go of what a checkpoint has written, but for some of what was used last and what is always wanted.
    pub fn cool(&mut self) {
        self.cool_outbound();
        for (kind, most) in self.kinds() {
            if let Some(most) = most {
                kind.trim(most);
            }
        }
    }
}

fn named(keys: Vec<String>) -> Vec<CaseNo> {
    keys.into_iter().map(CaseNo::new).collect()
}

/// A batch number as a key that sorts.
pub fn padded(batch: BatchId) -> String {
    format!("{:012}", batch.0)
}
