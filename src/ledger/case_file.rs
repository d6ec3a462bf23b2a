//! A case as the books have it: its items, what departments owe it, and every hand-over and attempt made for that.

use crate::brief::Brief;
use crate::event::{About, Cause, Ending, Person, Pos};
use crate::keying::Check;
use crate::reviews::Review;
use model::{AttemptId, AttemptState, BatchId, Case, ItemNo, MatterId, Op, Standing, TaskId, UnmappedCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// What receivers said is wrong with it, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<Review>,
    /// Where its story stands in the journal.
    pub story: Vec<Pos>,
    /// When its data were erased, milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<i64>,
    /// From where it can be told again, as long as that is not much.
    #[serde(skip)]
    pub brief: Option<Brief>,
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
    /// Put before other tasks by a person, or behind them: see [`Event::TaskRanked`](crate::Event::TaskRanked).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rank: i8,
}

/// A clerk's claim.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Claim {
    /// Who.
    pub person: Person,
    /// Until, milliseconds since 1970.
    pub until: i64,
    /// Since when the same person has it, milliseconds since 1970; 0 where that was not noted.
    #[serde(default)]
    pub since: i64,
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
    /// How far the proof of what was keyed is; absent where nothing waits for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// Put before other tasks by a person, or behind them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rank: i8,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(n: &i8) -> bool {
    *n == 0
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
