//! For how long what is kept, and what went by that rule last.

use crate::desk::{Desk, Done};
use crate::runtime::Runtime;
use ledger::{Lapsed, Lapsing, Stats};
use model::Finding;
use serde::{Deserialize, Serialize};

/// The ledger: how big it is, and what leaves it by rule.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct LedgerView {
    /// Its size.
    #[serde(flatten)]
    pub stats: Stats,
    /// The rule; absent where everything is kept for ever and always was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep: Option<KeepView>,
}

/// The rule, and what it did last.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct KeepView {
    /// For how many days a finished case's data are kept; absent: for ever.
    pub data: Option<u32>,
    /// Where their archives go.
    pub archive: Option<String>,
    /// For how many days evidence is kept; absent: for ever.
    pub evidence: Option<u32>,
    /// What went last, of each kind.
    pub last: Vec<Lapsed>,
    /// Why the last turn failed.
    pub trouble: Option<Finding>,
}

/// Shows both.
pub fn stats(desk: &mut Desk<'_>, runtime: &Runtime) -> Done<LedgerView> {
    let keep = &desk.plan.keep;
    let view = KeepView {
        data: keep.data,
        archive: keep.archive.as_ref().map(|dir| dir.display().to_string()),
        evidence: keep.evidence,
        last: [Lapsing::Data, Lapsing::Evidence]
            .into_iter()
            .filter_map(|what| desk.books().lapsed(what))
            .collect(),
        trouble: runtime.lapse.trouble.clone(),
    };
    let stats = desk.ledger.stats()?;
    let keep = (view != KeepView::default()).then_some(view);
    Ok(LedgerView { stats, keep })
}
