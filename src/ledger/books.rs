//! What the events add up to: cases with their obligations, batches with their answers, channels with their numbers.
//!
//! Plain data and questions about it. How an event changes it stands in `apply`.

use crate::codes::{MappedCode, ParkedRow, Proposal};
use crate::event::{About, Cause, Ending, NewAttempt, PartRecord, Person, Pos, RowVerdict, Stray};
use crate::shelf::{Change, Cold, Shelf};
use model::{
    AttemptId, AttemptState, BatchId, Case, CaseNo, DeptId, Finding, Incoming, ItemNo, MatterId, ObligationKey, Op,
    Standing, TaskId, UnmappedCode,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A case with all that is owed for it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CaseFile {
    /// The last event that is in it: replay is idempotent by this.
    pub at: Pos,
    /// Its items.
    pub case: Case,
    /// What departments owe it, by matter and round.
    pub obligations: Vec<Obligation>,
    /// Forms that clerks are expected to fill in.
    pub forms: Vec<Form>,
    /// Where its story stands in the journal.
    pub story: Vec<Pos>,
}

/// What a department owes a case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Obligation {
    /// The matter.
    pub matter: MatterId,
    /// The round, from 1.
    pub round: u32,
    /// When it opened, milliseconds since 1970.
    pub opened_at: i64,
    /// Where it is in the law's terms.
    pub standing: Option<StandingNote>,
    /// How it ended without booking.
    pub ended: Option<(Ending, String)>,
    /// Its hand-overs.
    pub deliveries: Vec<Delivery>,
}

/// A result as last heard.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StandingNote {
    /// What it says.
    pub standing: Standing,
    /// Why.
    pub reason: Option<String>,
    /// Date of the result.
    pub date: Option<String>,
    /// When we took it, milliseconds since 1970.
    pub at: i64,
    /// Digest of what it said.
    pub digest: String,
}

/// One hand-over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// Which, from 1.
    pub n: u32,
    /// What it asks.
    pub op: Op,
    /// Digest of the projection.
    pub projection: String,
    /// Which items the projection has.
    pub items: Vec<ItemNo>,
    /// What it reports on.
    pub about: Option<About>,
    /// Wanted from this instant on; absent where an attempt is under way or it is over.
    pub due: Option<i64>,
    /// Taken over by a later one.
    pub superseded: Option<u32>,
    /// What a person wrote instead.
    pub substitute: BTreeMap<ItemNo, String>,
    /// Codes that its last attempt could not be written without.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parked: Vec<UnmappedCode>,
    /// Its attempts, oldest first.
    pub attempts: Vec<Attempt>,
}

/// One attempt.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Attempt {
    /// Its number.
    pub id: AttemptId,
    /// What it asks, as decided when it was prepared.
    pub op: Op,
    /// Its own number for ever.
    pub token: String,
    /// In which batch; absent where it was refused before one.
    pub batch: Option<BatchId>,
    /// Over which channel.
    pub channel: String,
    /// Where it is.
    pub state: AttemptState,
    /// Since when, milliseconds since 1970.
    pub since: i64,
    /// What moved it last.
    pub cause: Cause,
    /// The department's number for it.
    pub receipt_no: Option<String>,
    /// Who holds the task, and until when.
    pub claim: Option<Claim>,
    /// It was claimed before: it may already be keyed.
    pub claimed_before: bool,
    /// The attempt it repeats.
    pub parent: Option<AttemptId>,
}

/// A clerk's claim.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// Who.
    pub person: Person,
    /// Until, milliseconds since 1970.
    pub until: i64,
}

/// A form that waits for a clerk.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Form {
    /// The task.
    pub task: TaskId,
    /// For this matter.
    pub matter: MatterId,
    /// And round.
    pub round: u32,
    /// Over which channel.
    pub channel: String,
    /// Since when, milliseconds since 1970.
    pub since: i64,
    /// Who holds it.
    pub claim: Option<Claim>,
    /// Done, or no longer expected; the digest of what was entered, empty where nothing was.
    pub closed: Option<String>,
}

/// A batch that came.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct InBatch {
    /// The last event that is in it.
    pub at: Pos,
    /// Its number here.
    pub batch: BatchId,
    /// From.
    pub dept: DeptId,
    /// Over.
    pub channel: String,
    /// Which feed.
    pub feed: String,
    /// What people call it.
    pub name: String,
    /// SHA-256 of its content.
    pub digest: String,
    /// Its declared number.
    pub number: Option<String>,
    /// Our batch that it answers.
    pub answers: Option<String>,
    /// When it began, milliseconds since 1970.
    pub since: i64,
    /// What became of it; absent while it arrives.
    pub end: Option<InEnd>,
    /// What is wrong with it as a whole, or should be known.
    pub findings: Vec<Finding>,
    /// One per row: line, verdict, return code told.
    pub rows: Vec<(u64, RowVerdict, String)>,
    /// Rows refused or parked, by line; line 0 stands for the whole batch.
    pub refused: BTreeMap<u64, RefusedRow>,
}

/// What became of a batch that came.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InEnd {
    /// Taken.
    Accepted,
    /// Refused as a whole.
    Refused,
    /// Its number had other content before.
    Quarantined,
}

/// An incoming row that was refused or parked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RefusedRow {
    /// The case it names.
    pub case_no: Option<CaseNo>,
    /// Why.
    pub findings: Vec<Finding>,
    /// Dealt with by whom and why.
    pub settled: Option<(String, String)>,
    /// Not refused: it waits for codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parked: Option<ParkedRow>,
}

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
    /// How often its hand-over was completed.
    pub copies: u32,
    /// When last, and where.
    pub left: Option<(i64, Option<String>)>,
    /// Dissolved before anything left.
    pub dissolved: bool,
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

/// Counters; each is the next free number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Counters {
    /// Batches in and out.
    pub batch: u64,
    /// Attempts.
    pub attempt: u64,
    /// Tasks of forms.
    pub task: u64,
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            batch: 1,
            attempt: 1,
            task: 1,
        }
    }
}

/// A row of an arriving batch, kept until its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PendingRow {
    /// Its place.
    pub line: u64,
    /// What it says.
    pub incoming: Option<Incoming>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// Where it stands in the journal.
    pub pos: Pos,
    /// It waits for codes; the case it names.
    pub parked: Option<(ParkedRow, Option<CaseNo>)>,
}

/// A due hand-over, ordered by instant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Due {
    /// Not before, milliseconds since 1970.
    pub at: i64,
    /// Whose.
    pub key: ObligationKey,
    /// Which delivery.
    pub n: u32,
}

/// Everything the events add up to.
pub struct Books {
    /// Cases; open ones are always hot.
    pub cases: Shelf<CaseFile>,
    /// Which cases are open.
    pub(crate) open: Shelf<bool>,
    /// Batches that came.
    pub inbound: Shelf<InBatch>,
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
    pub feed: Shelf<Change1>,
    /// Extensions of code tables, in the order in which they were made.
    pub(crate) codes: Shelf<MappedCode>,
    /// What was proposed and not yet confirmed, by table and code.
    pub(crate) proposals: Shelf<Proposal>,
    /// Incoming batches with refused rows not dealt with.
    pub refused_in: BTreeSet<BatchId>,
    /// Our batches with unsettled attempts.
    pub open_out: BTreeSet<BatchId>,
    pub(crate) attempts: Shelf<CaseNo>,
    pub(crate) forms: Shelf<CaseNo>,
    /// Our batches whose hand-over was never completed, by department and channel.
    pub unfinished: BTreeMap<(DeptId, String), BTreeSet<BatchId>>,
    /// Due hand-overs per department.
    pub due: BTreeMap<DeptId, BTreeSet<Due>>,
    pub(crate) due_of: HashMap<CaseNo, Vec<(DeptId, Due)>>,
    /// Rows of batches that have not ended.
    pub pending: HashMap<BatchId, Vec<PendingRow>>,
    pub(crate) pending_since: HashMap<BatchId, u64>,
    /// Next numbers.
    pub counters: Counters,
    /// The last entry that was folded in.
    pub last: Pos,
    /// Its time, milliseconds since 1970.
    pub last_time: i64,
}

impl Books {
    /// Books over an index that reflects the journal up to some watermark; open work is made hot.
    pub fn over(cold: Arc<dyn Cold>) -> Self {
        let mut books = Self {
            cases: Shelf::new("case/", cold.clone()),
            open: Shelf::new("open/", cold.clone()),
            inbound: Shelf::new("in/", cold.clone()),
            outbound: Shelf::new("out/", cold.clone()),
            seen: Shelf::new("seen/", cold.clone()),
            numbers: Shelf::new("number/", cold.clone()),
            sent: Shelf::new("sent/", cold.clone()),
            channels: Shelf::new("channel/", cold.clone()),
            unmatched: Shelf::new("stray/", cold.clone()),
            feed: Shelf::new("feed/", cold.clone()),
            codes: Shelf::new("code/", cold.clone()),
            proposals: Shelf::new("proposal/", cold.clone()),
            refused_in: BTreeSet::new(),
            open_out: BTreeSet::new(),
            attempts: Shelf::new("attempt/", cold.clone()),
            forms: Shelf::new("form/", cold.clone()),
            unfinished: BTreeMap::new(),
            due: BTreeMap::new(),
            due_of: HashMap::new(),
            pending: HashMap::new(),
            pending_since: HashMap::new(),
            counters: Counters::default(),
            last: Pos::default(),
            last_time: 0,
        };
        books.warm_open_work();
        books
    }

    fn warm_open_work(&mut self) {
        for key in self.codes.keys() {
            self.codes.get(&key);
        }
        for no in self.open.keys() {
            let case_no = CaseNo::new(&no);
            if self.cases.get(&no).is_some() {
                self.index_case(&case_no);
            }
        }
        for key in self.outbound.keys() {
            if let Some(batch) = self.outbound.get(&key).map(|b| b.batch) {
                self.index_batch(batch);
            }
        }
        for key in self.inbound.keys() {
            let batch = self.inbound.get(&key).map(|b| (b.batch, b.has_open_refusals()));
            if let Some((batch, true)) = batch {
                self.refused_in.insert(batch);
            }
        }
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

    /// A batch of ours.
    pub fn out_batch(&mut self, batch: BatchId) -> Option<&OutBatch> {
        self.outbound.get(&padded(batch))
    }

    /// The first batch of that content from a department.
    pub fn seen_digest(&mut self, dept: &DeptId, digest: &str) -> Option<BatchId> {
        self.seen.get(&format!("{dept}/{digest}")).copied()
    }

    /// The first batch of that declared number in a feed.
    pub fn seen_number(&mut self, dept: &DeptId, feed: &str, number: &str) -> Option<BatchId> {
        self.numbers.get(&format!("{dept}/{feed}/{number}")).copied()
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

    /// All case numbers known, in order.
    pub fn case_numbers(&self) -> Vec<CaseNo> {
        self.cases.keys().iter().map(CaseNo::new).collect()
    }

    /// Open case numbers, in order.
    pub fn open_cases(&self) -> Vec<CaseNo> {
        self.open.iter_hot().map(|(no, _)| CaseNo::new(no)).collect()
    }

    /// The group from which replay must begin for what is not in a checkpoint taken now.
    pub fn watermark(&self) -> u64 {
        self.pending_since
            .values()
            .min()
            .map_or(self.last.group, |first| self.last.group.min(first.saturating_sub(1)))
    }

    /// What a checkpoint must write, content only, sorted within each kind.
    pub fn changes(&mut self) -> Vec<Change> {
        let mut changes = self.cases.changes();
        changes.extend(self.open.changes());
        changes.extend(self.inbound.changes());
        changes.extend(self.outbound.changes());
        changes.extend(self.seen.changes());
        changes.extend(self.numbers.changes());
        changes.extend(self.sent.changes());
        changes.extend(self.channels.changes());
        changes.extend(self.unmatched.changes());
        changes.extend(self.feed.changes());
        changes.extend(self.codes.changes());
        changes.extend(self.proposals.changes());
        changes.extend(self.attempts.changes());
        changes.extend(self.forms.changes());
        changes
    }

    /// Lets go of what a checkpoint has written and nobody waits for.
    pub fn cool(&mut self) {
        let open: BTreeSet<String> = self.open.iter_hot().map(|(k, _)| k.clone()).collect();
        self.cases.cool(|file| open.contains(file.case.no.as_str()));
        let (refused, out) = (self.refused_in.clone(), self.open_out.clone());
        self.inbound.cool(|b| b.end.is_none() || refused.contains(&b.batch));
        self.outbound.cool(|b| out.contains(&b.batch));
        self.seen.cool(|_| false);
        self.numbers.cool(|_| false);
        self.sent.cool(|_| false);
        self.feed.cool(|_| false);
        self.attempts.cool(|_| false);
        self.forms.cool(|_| false);
    }
}

/// A batch number as a key that sorts.
pub fn padded(batch: BatchId) -> String {
    format!("{:012}", batch.0)
}

impl InBatch {
    /// Rows that a person has not dealt with.
    pub fn has_open_refusals(&self) -> bool {
        self.refused.values().any(|r| r.settled.is_none())
    }
}

impl CaseFile {
    /// The obligation of a matter and round.
    pub fn obligation(&self, matter: &MatterId, round: u32) -> Option<&Obligation> {
        self.obligations
            .iter()
            .find(|o| &o.matter == matter && o.round == round)
    }

    /// The latest round of a matter.
    pub fn latest(&self, matter: &MatterId) -> Option<&Obligation> {
        self.obligations
            .iter()
            .filter(|o| &o.matter == matter)
            .max_by_key(|o| o.round)
    }

    /// An attempt by number, with where it belongs.
    pub fn attempt(&self, id: AttemptId) -> Option<(&Obligation, &Delivery, &Attempt)> {
        self.obligations.iter().find_map(|o| {
            o.deliveries
                .iter()
                .find_map(|d| d.attempts.iter().find(|a| a.id == id).map(|a| (o, d, a)))
        })
    }
}

/// What an obligation counts as in `balance`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// The department has it, with proof.
    Booked,
    /// Taken for booked, without proof.
    Unproved,
    /// Refused by name, withdrawn or dropped.
    Refused,
    /// Waits for something.
    Waiting,
}

impl Obligation {
    /// The latest hand-over that still counts.
    pub fn last_delivery(&self) -> Option<&Delivery> {
        self.deliveries.iter().rfind(|d| d.superseded.is_none())
    }

    /// What it counts as.
    pub fn account(&self) -> Account {
        if self.booked() {
            return if self.proved() {
                Account::Booked
            } else {
                Account::Unproved
            };
        }
        if self.ended.is_some() {
            return Account::Refused;
        }
        match self.last_delivery() {
            Some(d) if d.is_refused() && !d.is_parked() => Account::Refused,
            _ => Account::Waiting,
        }
    }

    /// Any hand-over was booked, or is taken for booked.
    pub fn booked(&self) -> bool {
        self.deliveries.iter().any(Delivery::booked)
    }

    /// Somebody who knows has said of any hand-over that it was booked.
    pub fn proved(&self) -> bool {
        let mut attempts = self.deliveries.iter().flat_map(|d| &d.attempts);
        attempts.any(|a| a.state == AttemptState::Acknowledged && a.cause.proves())
    }

    /// Nothing more is expected of it.
    pub fn is_over(&self) -> bool {
        let decided = self.standing.as_ref().is_some_and(|s| s.standing.is_final());
        self.is_idle() && (self.ended.is_some() || (self.booked() && decided))
    }
    /// Nothing is due and nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.deliveries
            .iter()
            .all(|d| d.due.is_none() && d.open_attempt().is_none())
    }
}

impl Attempt {
    /// Settled for the order of things, though nobody who knows has said that it was booked.
    pub fn unproved(&self) -> bool {
        self.state == AttemptState::Acknowledged && !self.cause.proves()
    }

    /// A receipt, a result or a person may still say what became of it.
    pub fn is_unsettled(&self) -> bool {
        self.state.is_open() || self.unproved()
    }

    /// Whether it may move so, by that cause. What is only taken for booked can still be proved, refused or recalled; a
    /// list says more than that it was taken; nothing takes a proof back.
    pub fn may_become(&self, to: AttemptState, cause: &Cause) -> bool {
        use AttemptState::{Acknowledged, Recalled, Refused};
        if !self.unproved() {
            return self.state.may_become(to);
        }
        let listed = self.cause == Cause::Taken && matches!(cause, Cause::Listed { .. });
        matches!(to, Refused | Recalled) || to == Acknowledged && (cause.proves() || listed)
    }
}

impl Delivery {
    /// The attempt that is under way.
    pub fn open_attempt(&self) -> Option<&Attempt> {
        self.attempts.iter().rfind(|a| a.state.is_open())
    }
    /// An attempt of it was acknowledged, with proof or without.
    pub fn booked(&self) -> bool {
        self.attempts.iter().any(|a| a.state == AttemptState::Acknowledged)
    }
    /// Its last attempt was refused and nobody wants another yet.
    pub fn is_refused(&self) -> bool {
        self.due.is_none()
            && self.superseded.is_none()
            && self.attempts.last().is_some_and(|a| a.state == AttemptState::Refused)
    }
    /// It waits for codes that no table knows.
    pub fn is_parked(&self) -> bool {
        self.is_refused() && !self.parked.is_empty()
    }
    /// Something of it may have left and is not settled.
    pub fn may_have_left(&self) -> bool {
        self.open_attempt().is_some_and(|a| a.state != AttemptState::Prepared)
    }
}
