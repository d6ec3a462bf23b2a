//! Whether the ledger is the latest there is. One that may be older than what others have seen of this node, or that
//! went another way, has forgotten what it gave away: until a person trusts it again it sends nothing.
//!
//! What was once a reason is remembered by its mark, so that the same reason is not raised again after a person has
//! judged it.

use crate::books::{Books, padded};
use crate::event::{Event, Jump, Person, Pos};
use model::{AttemptId, Finding};
use serde::{Deserialize, Serialize};

/// The one key of its shelf.
const KEY: &str = "ledger";
/// Marks that are remembered, at most.
const MARKS: usize = 256;

/// What is known of the doubt there is, and of those there were.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Doubt {
    /// The last event that is in it.
    pub at: Pos,
    /// Why the ledger is in doubt; empty where it is trusted.
    pub findings: Vec<Finding>,
    /// Since when, milliseconds since 1970.
    pub since: i64,
    /// When the last entry before the first doubt was written, milliseconds since 1970.
    pub known_until: i64,
    /// The last group that every course of this ledger has in common; `None` where it was never in doubt.
    pub common: Option<u64>,
    /// The highest group that others have seen of another course.
    pub seen: u64,
    /// Reasons that were raised, by their marks.
    pub marks: Vec<String>,
    /// When a person trusted it last, and what follows from that.
    pub trusted: Option<Trusted>,
    /// The machine it last ran on.
    pub machine: Option<String>,
}

/// A person trusts the ledger again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Trusted {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Since when it had been in doubt.
    pub since: i64,
    /// The first attempt that was made after that. Absent where nothing had been lost.
    pub first: Option<AttemptId>,
    /// Who.
    pub person: Person,
    /// How that is known.
    pub reason: String,
}

impl Doubt {
    /// Whether anything may leave.
    pub fn is_trusted(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether a reason was raised before, and may have been judged.
    pub fn knows(&self, mark: &str) -> bool {
        self.marks.iter().any(|known| known == mark)
    }
}

impl Books {
    /// Whether the ledger is in doubt, and why.
    pub fn doubt(&mut self) -> Doubt {
        self.doubts.get(KEY).cloned().unwrap_or_default()
    }

    /// Whether anything may leave.
    pub fn is_trusted(&mut self) -> bool {
        self.doubts.get(KEY).is_none_or(Doubt::is_trusted)
    }

    fn doubt_mut(&mut self, pos: Pos, change: impl FnOnce(&mut Doubt)) {
        let doubt = self.doubts.or_default(KEY);
        if doubt.at < pos {
            change(doubt);
            doubt.at = pos;
        }
    }

    pub(crate) fn ran_on(&mut self, pos: Pos, machine: &str) {
        self.doubt_mut(pos, |doubt| doubt.machine = Some(machine.to_owned()));
    }

    pub(crate) fn doubted(&mut self, pos: Pos, at: i64, event: &Event) {
        let Event::LedgerDoubted {
            finding,
            mark,
            common,
            seen,
            machine,
        } = event
        else {
            return;
        };
        let known_until = self.last_time;
        self.doubt_mut(pos, |doubt| {
            if doubt.findings.is_empty() {
                (doubt.since, doubt.known_until) = (at, known_until);
            }
            doubt.findings.push(finding.clone());
            let common = common.unwrap_or(0);
            doubt.common = Some(doubt.common.map_or(common, |before| before.min(common)));
            doubt.seen = doubt.seen.max(seen.unwrap_or(0));
            doubt.machine = machine.clone().or(doubt.machine.take());
            doubt.marks.extend(mark.clone());
            let many = doubt.marks.len().saturating_sub(MARKS);
            doubt.marks.drain(..many);
        });
    }

    pub(crate) fn trusted(&mut self, pos: Pos, at: i64, person: &Person, reason: &str, jump: Option<&Jump>) {
        self.doubt_mut(pos, |doubt| {
            doubt.findings.clear();
            let before = doubt.trusted.as_ref().and_then(|t| t.first);
            doubt.trusted = Some(Trusted {
                at,
                since: doubt.since,
                first: jump.map(|j| j.attempt).or(before),
                person: person.clone(),
                reason: reason.to_owned(),
            });
        });
        let Some(jump) = jump else { return };
        let counters = &mut self.counters;
        counters.batch = counters.batch.max(jump.batch.0);
        counters.attempt = counters.attempt.max(jump.attempt.0);
        counters.task = counters.task.max(jump.task.0);
        counters.review = counters.review.max(jump.review.0);
        for (dept, channel, seq) in &jump.seqs {
            self.channel_mut(&format!("{dept}/{channel}"), pos, |book| {
                book.last = Some((jump.day, *seq))
            });
        }
        // What these held may have left since, under their numbers or under others.
        for batch in self.open_out() {
            if let Some(out) = self.outbound.get_mut(&padded(batch)) {
                (out.begun, out.doubted) = (true, true);
            }
            self.index_batch(batch);
        }
    }
}
