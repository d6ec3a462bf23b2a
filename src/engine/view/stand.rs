//! What has become of a task, for a page that shows it and asks again and again: no row is read and nothing is journalled.

use crate::desk::{Desk, Done, no};
use crate::transition::claim::find;
use ledger::apply::ATTEMPT_TASK;
use ledger::case_file::{CaseFile, Claim};
use ledger::event::{Cause, Ending};
use model::{AttemptId, Code, Op, TaskId};
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// How a task stands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct TaskStand {
    /// It is still to be answered.
    pub waits: bool,
    /// What it rests on is no more.
    pub withdrawn: bool,
    /// A newer hand-over or round has come after it.
    pub superseded: bool,
    /// Who holds it.
    pub claimed_by: Option<String>,
    /// Until, milliseconds since 1970.
    pub until: Option<i64>,
    /// Who answered it, where the ledger says it of the task: a worksheet's.
    pub settled_by: Option<String>,
}

/// How this one stands.
pub fn stand(desk: &mut Desk<'_>, task: TaskId) -> Done<TaskStand> {
    let (case_no, _) = find(desk, task)?;
    let file = desk.books().case(&case_no);
    let stand = file.and_then(|file| match task.0.checked_sub(ATTEMPT_TASK).map(AttemptId) {
        Some(id) => worksheet(file, id),
        None => form(file, task),
    });
    match stand {
        Some(stand) => Ok(stand),
        None => no(Code::VNotFound, "what", task),
    }
}

fn worksheet(file: &CaseFile, id: AttemptId) -> Option<TaskStand> {
    let (o, d, a) = file.attempt(id)?;
    let waits = a.state.is_open();
    let settled_by = match &a.cause {
        Cause::Person { person, .. } if !waits => Some(person.name.clone()),
        _ => None,
    };
    let gone = file.case.withdrawn.is_some() || withdrawn(o.ended.as_ref());
    Some(TaskStand {
        waits,
        // A withdrawal is keyed because the case was withdrawn.
        withdrawn: gone && a.op != Op::Withdraw,
        superseded: d.superseded.is_some() || o.deliveries.iter().any(|later| later.n > d.n),
        settled_by,
        ..held(a.claim.as_ref())
    })
}

fn form(file: &CaseFile, task: TaskId) -> Option<TaskStand> {
    let form = file.forms.iter().find(|form| form.task == task)?;
    let o = file.obligation(&form.matter, form.round);
    let gone = file.case.withdrawn.is_some() || withdrawn(o.and_then(|o| o.ended.as_ref()));
    // Closed with nothing entered: no longer expected.
    let unanswered = form.closed.as_ref().is_some_and(String::is_empty);
    Some(TaskStand {
        waits: form.closed.is_none(),
        withdrawn: gone && unanswered,
        superseded: file.latest(&form.matter).is_some_and(|o| o.round > form.round),
        ..held(form.claim.as_ref())
    })
}

fn withdrawn(ended: Option<&(Ending, String)>) -> bool {
    ended.is_some_and(|(how, _)| *how == Ending::Withdrawn)
}

fn held(claim: Option<&Claim>) -> TaskStand {
    TaskStand {
        claimed_by: claim.map(|c| c.person.name.clone()),
        until: claim.map(|c| c.until),
        ..TaskStand::default()
    }
}
