//! A task's claim ends without an answer. An outbound one stays handed over: somebody must say whether it was keyed.

use crate::desk::{Desk, Done};
use ledger::Event;
use model::{CaseNo, TaskId};

/// Ends a claim.
pub fn release(desk: &mut Desk<'_>, task: TaskId, case_no: CaseNo, expired: bool) -> Done {
    desk.say(Event::TaskReleased { task, case_no, expired })?;
    Ok(())
}
