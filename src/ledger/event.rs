//! Everything that can happen, as it is journalled. Format version 1.
//!
//! An event says what was decided, not why it could be: folding it into the books needs no configuration and no clock.
//! Rows are one event each, so that one case version is one body that can be erased.

mod about;
mod attempt;
mod by;
mod filed;
mod jump;
mod person;
mod rows;

pub use about::{About, Ending};
pub use attempt::{Cause, NewAttempt, PartRecord};
pub use jump::Jump;
pub use person::Person;
pub use rows::{RowRun, RowVerdict, Stray, runs_of};

use crate::custody::Custody;
use crate::day::DaySheet;
use crate::erased::Erasure;
use crate::keying::{Decided, Keyed, Ranked, Rekeyed, SentBack};
use crate::lapse::Lapse;
use crate::reviews::{Answered, Asked};
use model::{
    AttemptId, AttemptState, BatchId, CaseNo, DeptId, Finding, Incoming, ItemNo, MatterId, ObligationKey, Op, Standing,
    TaskId, UnmappedCode,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A place in the journal: group and ordinal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
pub struct Pos {
    /// Group, from 1.
    pub group: u64,
    /// Entry within the group, from 0.
    pub ordinal: u32,
}

/// One thing that happened. How it is stored: [`codec`](crate::codec).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The node began to run.
    NodeStarted {
        /// Program version.
        version: String,
        /// On which machine, as a digest; absent where it says nothing of itself.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        machine: Option<String>,
    },
    /// There is a reason to believe that the ledger is not the latest there is: nothing leaves from now on.
    LedgerDoubted {
        /// The reason.
        finding: Finding,
        /// By what the same reason is known again.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        mark: Option<String>,
        /// The last group that the other course has as well, where that is known.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        common: Option<u64>,
        /// A group that others have seen of the other course.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        seen: Option<u64>,
        /// The machine it was found on, where that is the reason.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        machine: Option<String>,
    },
    /// A person trusts the ledger again: work goes on.
    LedgerTrusted {
        /// Who.
        person: Person,
        /// How that is known.
        reason: String,
        /// The first numbers that are given now; absent where nothing was lost.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        jump: Option<Box<Jump>>,
    },
    /// A batch began to arrive. Without its end it has no effect.
    BatchBegun {
        /// Its number here.
        batch: BatchId,
        /// From.
        dept: DeptId,
        /// Over.
        channel: String,
        /// Which feed.
        feed: String,
        /// What people call it.
        name: String,
        /// SHA-256 of its content, hexadecimal.
        digest: String,
        /// Its declared number.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        number: Option<String>,
        /// The number of our batch that it answers.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        answers: Option<String>,
        /// Bytes.
        bytes: u64,
    },
    /// One row of an arriving batch.
    Row {
        /// Its batch.
        batch: BatchId,
        /// Its place, from 1.
        line: u64,
        /// What it says, mapped.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        incoming: Option<Box<Incoming>>,
        /// What is wrong with it, or should be known.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        findings: Vec<Finding>,
    },
    /// A row that reads well cannot be taken.
    RowRefused {
        /// Its batch.
        batch: BatchId,
        /// Its place, from 1.
        line: u64,
        /// Why.
        finding: Finding,
    },
    /// A long batch was read to its end and is accepted: its rows have effect from now on, stretch by stretch.
    BatchJudged {
        /// Its number.
        batch: BatchId,
        /// Its last row.
        last: u64,
        /// Warnings about the whole.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        findings: Vec<Finding>,
        /// Position of the source once all is taken.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        position: Option<String>,
    },
    /// A stretch of a long batch has had effect.
    RowsTaken {
        /// Its batch.
        batch: BatchId,
        /// What became of the rows, in order.
        rows: Vec<RowRun>,
    },
    /// The batch was accepted or refused. Only this, or its judgement before, gives its rows effect.
    BatchEnded {
        /// Its number.
        batch: BatchId,
        /// Taken, or refused as a whole.
        accepted: bool,
        /// Why refused; warnings otherwise.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        findings: Vec<Finding>,
        /// One per row, in order of arrival, with the return code told; of a long batch, none: they are told above.
        rows: Vec<(u64, RowVerdict, String)>,
        /// Position of the source once this is taken.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        position: Option<String>,
    },
    /// A batch that was arriving when the node stopped: its rows never had effect; the source offers it again.
    BatchAbandoned {
        /// Its number.
        batch: BatchId,
    },
    /// A source was read past something that is known already.
    PositionMoved {
        /// From.
        dept: DeptId,
        /// Over.
        channel: String,
        /// Where to.
        position: String,
    },
    /// A declared number came again with other content.
    BatchQuarantined {
        /// Its number here.
        batch: BatchId,
        /// From.
        dept: DeptId,
        /// Over.
        channel: String,
        /// What people call it.
        name: String,
        /// SHA-256 of its content.
        digest: String,
        /// The number.
        number: String,
        /// Where the number was used first.
        first: BatchId,
    },
    /// A case became known.
    CaseOpened {
        /// Its number.
        case_no: CaseNo,
        /// 企业类别.
        ent_class: Box<str>,
    },
    /// Items of a row were taken into the case. The values are the row's.
    Merged {
        /// The case.
        case_no: CaseNo,
        /// From.
        source: DeptId,
        /// By a decision of this matter; absent for the hub.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        matter: Option<MatterId>,
        /// The row: batch and line.
        row: (BatchId, u64),
        /// Items whose value is new.
        take: Vec<ItemNo>,
        /// Of these, the ones that are only proposals to their owner.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        proposals: Vec<ItemNo>,
        /// Items claimed by somebody who does not own them.
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        claims: Vec<ItemNo>,
    },
    /// A positive decision adopted the hub's proposals for items its matter gives.
    Adopted {
        /// The case.
        case_no: CaseNo,
        /// The matter.
        matter: MatterId,
        /// The items.
        items: Vec<ItemNo>,
    },
    /// The hub withdrew the case.
    CaseWithdrawn {
        /// The case.
        case_no: CaseNo,
        /// Why.
        reason: String,
    },
    /// A matter is owed.
    ObligationOpened {
        /// What.
        key: ObligationKey,
    },
    /// An obligation ended without booking: withdrawn or dropped.
    ObligationEnded {
        /// What.
        key: ObligationKey,
        /// `withdrawn` or `dropped`.
        how: Ending,
        /// Why.
        reason: String,
        /// Who, where a person did it.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        person: Option<Person>,
    },
    /// A department's result.
    StandingSet {
        /// What.
        key: ObligationKey,
        /// What it says.
        standing: Standing,
        /// Why.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        reason: Option<String>,
        /// Date of the result.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        date: Option<String>,
        /// The row: batch and line.
        row: (BatchId, u64),
        /// Digest of what the result said, for recognising the same again.
        digest: String,
    },
    /// A hand-over is wanted.
    DeliveryQueued {
        /// For.
        key: ObligationKey,
        /// Which, from 1 within the obligation.
        n: u32,
        /// What it asks.
        op: Op,
        /// Digest of the projection.
        projection: String,
        /// Which items the projection has.
        items: Vec<ItemNo>,
        /// What it reports on, for a report to the hub.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        about: Option<About>,
    },
    /// A later delivery took this one's place before it could have left.
    DeliverySuperseded {
        /// For.
        key: ObligationKey,
        /// Which.
        n: u32,
        /// By which.
        by: u32,
    },
    /// A refused or recalled delivery may go again.
    DeliveryDue {
        /// For.
        key: ObligationKey,
        /// Which.
        n: u32,
        /// Not before, milliseconds since 1970.
        at: i64,
        /// Who said so; absent for the node's own retry.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        person: Option<Person>,
        /// What a person wrote instead, item by item.
        #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
        substitute: BTreeMap<ItemNo, String>,
        /// Why.
        #[serde(skip_serializing_if = "String::is_empty", default)]
        reason: String,
    },
    /// Number and bytes of a batch were fixed.
    BatchPrepared {
        /// Its number here.
        batch: BatchId,
        /// For.
        dept: DeptId,
        /// Over.
        channel: String,
        /// Civil date.
        day: jiff::civil::Date,
        /// Counts from 1 per department, channel and day.
        seq: u32,
        /// What answers will call it.
        number: String,
        /// Parts: name, bytes, records.
        parts: Vec<PartRecord>,
        /// The digest on its slip, else SHA-256 over all parts' bytes.
        digest: String,
        /// Its attempts, in the order of the records.
        attempts: Vec<NewAttempt>,
    },
    /// A piece of a prepared batch's bytes: the spool. Stored raw (see `codec`).
    Spooled {
        /// Its batch.
        batch: BatchId,
        /// Its part, from 0.
        part: u32,
        /// The bytes.
        #[serde(skip)]
        bytes: Vec<u8>,
    },
    /// A delivery that does not fit the interface was refused before it could be encoded.
    AttemptRefused {
        /// The attempt.
        attempt: NewAttempt,
        /// Over.
        channel: String,
        /// Why.
        findings: Vec<Finding>,
    },
    /// Attempts moved.
    AttemptsMoved {
        /// Which.
        attempts: Vec<(AttemptId, CaseNo)>,
        /// To.
        to: AttemptState,
        /// Why.
        cause: Cause,
    },
    /// A person begins to write a batch to a place: from here on it may be there, known to have ended or not.
    BatchLeaving {
        /// Which.
        batch: BatchId,
        /// Which copy.
        copy: u32,
    },
    /// The hand-over of a batch was completed.
    BatchLeft {
        /// Which.
        batch: BatchId,
        /// To which place, where a person named one.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        place: Option<String>,
        /// Which copy.
        copy: u32,
        /// Who carried it out, where a person did.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        person: Option<Person>,
    },
    /// Something happened to a medium that a batch is on.
    BatchCarried {
        /// Which batch.
        batch: BatchId,
        /// Which copy.
        copy: u32,
        /// What.
        custody: Custody,
        /// Who said so.
        person: Person,
        /// What else there was to say.
        #[serde(skip_serializing_if = "String::is_empty", default)]
        note: String,
    },
    /// A prepared batch was dissolved before anything left, or taken back whole.
    BatchDissolved {
        /// Which.
        batch: BatchId,
        /// Why.
        reason: String,
    },
    /// A row matched nothing we sent. Listed; changes nothing.
    Unmatched {
        /// From.
        dept: DeptId,
        /// The row: batch and line.
        row: (BatchId, u64),
        /// The case it names.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        case_no: Option<CaseNo>,
        /// What kind.
        what: Stray,
    },
    /// A form waits to be filled in by a clerk.
    FormOpened {
        /// The task.
        task: TaskId,
        /// For.
        key: ObligationKey,
        /// Over.
        channel: String,
    },
    /// A clerk took a task.
    TaskClaimed {
        /// The task.
        task: TaskId,
        /// Its case.
        case_no: CaseNo,
        /// Who.
        person: Person,
        /// Until, milliseconds since 1970.
        until: i64,
    },
    /// The claim ended without completion.
    TaskReleased {
        /// The task.
        task: TaskId,
        /// Its case.
        case_no: CaseNo,
        /// `true` where the lease ran out.
        expired: bool,
    },
    /// A form was completed or is no longer expected.
    FormClosed {
        /// The task.
        task: TaskId,
        /// Its case.
        case_no: CaseNo,
        /// By whom; absent where the result came another way.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        person: Option<Person>,
        /// Digest of what was entered: the same again is answered the same.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        digest: Option<String>,
    },
    /// A form was filled in, and waits until somebody else keyed it again.
    FormKeyed(Keyed),
    /// It was keyed again.
    FormRekeyed(Rekeyed),
    /// The two differed, and a third person looked.
    FormDecided(Decided),
    /// What was keyed has no effect and is to be keyed anew.
    FormSentBack(SentBack),
    /// A person put a task before others, or behind them.
    TaskRanked(Ranked),
    /// A refused incoming row was dealt with by a person.
    RowSettled {
        /// The row: batch and line.
        row: (BatchId, u64),
        /// Who.
        person: Person,
        /// Why.
        reason: String,
    },
    /// A row of an arriving batch waits for codes that no table knows. It stands here as it came.
    RowParked {
        /// Its batch.
        batch: BatchId,
        /// Its place, from 1.
        line: u64,
        /// The case it names.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        case_no: Option<CaseNo>,
        /// The codes.
        codes: Vec<UnmappedCode>,
        /// Its cells by column, in the department's own words.
        cells: Vec<(Box<str>, Option<Box<str>>)>,
    },
    /// A parked row was taken up again, as a row of a batch of its own; or its cells were erased, and nothing is left.
    RowReleased {
        /// The row: batch and line.
        row: (BatchId, u64),
        /// As which row.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        into: Option<(BatchId, u64)>,
    },
    /// A delivery cannot be written before codes that no table knows are mapped.
    DeliveryParked {
        /// The attempt that ended so.
        attempt: NewAttempt,
        /// Over.
        channel: String,
        /// Why.
        findings: Vec<Finding>,
        /// The codes.
        codes: Vec<UnmappedCode>,
    },
    /// A delivery may have been handed over in the time that the ledger does not know: an attempt stands for that one.
    DeliveryDoubted {
        /// The attempt.
        attempt: NewAttempt,
        /// Over.
        channel: String,
    },
    /// A person says what a code means. It holds once another person says the same.
    CodeProposed {
        /// The table.
        table: String,
        /// The department's code.
        code: String,
        /// The canonical one.
        canonical: String,
        /// Who.
        person: Person,
        /// Why.
        reason: String,
    },
    /// A table was extended by two people.
    CodeMapped {
        /// The table.
        table: String,
        /// The department's code.
        code: String,
        /// The canonical one.
        canonical: String,
        /// Since when.
        date: jiff::civil::Date,
        /// Who proposed it.
        proposed: Person,
        /// Who confirmed it.
        confirmed: Person,
        /// Why.
        reason: String,
    },
    /// A person vouches for the key under which the other side of a channel is known from now on.
    HostKeyTrusted {
        /// Of.
        dept: DeptId,
        /// Over.
        channel: String,
        /// The key's fingerprint.
        fingerprint: String,
        /// The configured fingerprint whose place it takes.
        instead_of: String,
        /// Who.
        person: Person,
    },
    /// A receiver says that an item is wrong. It changes no value and settles nothing.
    ReviewAsked(Asked),
    /// What became of that.
    ReviewAnswered(Answered),
    /// A case's data were erased.
    CaseErased(Erasure),
    /// What was kept for its term went by rule.
    Lapsed(Lapse),
    /// A day was closed: all that was said before belongs to it or to days before, all that follows to later ones.
    DayClosed {
        /// Its sheet.
        sheet: Box<DaySheet>,
        /// SHA-256 of the sheet's form, hexadecimal.
        digest: String,
    },
    /// A security-relevant act.
    Audit {
        /// Who.
        person: Person,
        /// Did what.
        action: String,
        /// To what.
        object: String,
        /// With what result.
        result: String,
    },
}
