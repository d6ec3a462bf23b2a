//! Where numbers go on once a ledger that has forgotten some is trusted again.

use model::{AttemptId, BatchId, DeptId, ReviewId, TaskId};
use serde::{Deserialize, Serialize};

/// The first numbers of a ledger that has forgotten some: none of those is given again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Jump {
    /// Batches.
    pub batch: BatchId,
    /// Attempts.
    pub attempt: AttemptId,
    /// Forms.
    pub task: TaskId,
    /// Reviews.
    pub review: ReviewId,
    /// The day on which channels go on behind the numbers below.
    pub day: jiff::civil::Date,
    /// Department, channel, and the last number of that day.
    pub seqs: Vec<(DeptId, String, u32)>,
}
