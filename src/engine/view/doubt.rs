//! Whether the ledger is in doubt, and what is known of the time it may have lost: what a person reads before trusting it.

use crate::desk::Desk;
use ledger::doubt::Trusted;
use model::Finding;
use serde::{Deserialize, Serialize};

/// Hand-overs counted as due, of one department, at most.
const COUNTED: usize = 100_000;

/// What is known.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DoubtView {
    /// Why it is in doubt; empty where it is trusted.
    pub findings: Vec<Finding>,
    /// Since when it sends nothing, milliseconds since 1970.
    pub since: Option<i64>,
    /// When the last entry before that was written: of what came later it may know nothing.
    pub known_until: Option<i64>,
    /// Batches of ours of which some record is not settled.
    pub open_batches: u64,
    /// Hand-overs due now.
    pub due: u64,
    /// Cases open.
    pub open_cases: u64,
    /// When it was trusted last, and by whom.
    pub trusted: Option<Trusted>,
}

/// What is known.
pub fn doubt(desk: &mut Desk<'_>) -> DoubtView {
    let (plan, now) = (desk.plan, desk.now);
    let books = desk.books();
    let doubt = books.doubt();
    let told = |at: i64| (!doubt.is_trusted()).then_some(at);
    DoubtView {
        since: told(doubt.since),
        known_until: told(doubt.known_until),
        open_batches: books.open_out().len() as u64,
        due: plan.depts.keys().map(|dept| books.count_due(dept, now, COUNTED)).sum(),
        open_cases: books.counters.open,
        trusted: doubt.trusted.clone(),
        findings: doubt.findings,
    }
}
