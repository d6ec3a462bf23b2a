//! Changes inside one case: a proposal adopted, an attempt made or moved, a task claimed.

use super::ATTEMPT_TASK;
use crate::case_file::{Attempt, CaseFile, Claim, Delivery};
use crate::event::{Cause, NewAttempt};
use model::{AttemptId, AttemptState, BatchId, ItemNo, ObligationKey, TaskId};

pub(super) fn adopt(file: &mut CaseFile, matter: &model::MatterId, items: &[ItemNo]) {
    for no in items {
        if let Some(held) = file.case.items.get_mut(no) {
            held.proposal = false;
            held.matter = Some(matter.clone());
        }
    }
}

pub(super) fn made(
    attempt: &NewAttempt,
    channel: &str,
    batch: Option<BatchId>,
    state: AttemptState,
    at: i64,
    cause: Cause,
) -> Attempt {
    Attempt {
        id: attempt.id,
        op: attempt.op,
        token: attempt.token.clone(),
        batch,
        channel: channel.to_owned(),
        state,
        since: at,
        cause,
        receipt_no: None,
        claim: None,
        claimed_before: false,
        parent: attempt.parent,
        rank: 0,
    }
}

pub(super) fn delivery_of<'a>(file: &'a mut CaseFile, key: &ObligationKey, n: u32) -> Option<&'a mut Delivery> {
    file.obligations
        .iter_mut()
        .find(|o| o.matter == key.matter && o.round == key.round)?
        .deliveries
        .iter_mut()
        .find(|d| d.n == n)
}

pub(super) fn attempt_of(file: &mut CaseFile, id: AttemptId) -> Option<(&mut Delivery, usize)> {
    file.obligations
        .iter_mut()
        .flat_map(|o| o.deliveries.iter_mut())
        .find_map(|d| {
            let index = d.attempts.iter().position(|a| a.id == id)?;
            Some((d, index))
        })
}

pub(super) fn move_one(delivery: &mut Delivery, index: usize, at: i64, to: AttemptState, cause: &Cause) {
    let Some(attempt) = delivery.attempts.get_mut(index) else {
        return;
    };
    attempt.state = to;
    attempt.since = at;
    attempt.cause = cause.clone();
    attempt.receipt_no = match cause {
        Cause::Answer { receipt_no, .. } | Cause::Receipt { receipt_no, .. } | Cause::Person { receipt_no, .. } => {
            receipt_no.clone().or(attempt.receipt_no.take())
        }
        _ => attempt.receipt_no.take(),
    };
    if !to.is_open() {
        attempt.claim = None;
    }
}

pub(super) fn claim_task(file: &mut CaseFile, task: TaskId, claim: Option<Claim>) {
    if let Some(form) = file.forms.iter_mut().find(|f| f.task == task) {
        form.claim = renewed(form.claim.take(), claim);
        return;
    }
    let Some(id) = task.0.checked_sub(ATTEMPT_TASK).map(AttemptId) else {
        return;
    };
    if let Some((delivery, index)) = attempt_of(file, id)
        && let Some(attempt) = delivery.attempts.get_mut(index)
    {
        attempt.claimed_before |= attempt.claim.is_some();
        attempt.claim = renewed(attempt.claim.take(), claim);
    }
}

/// A claim in the place of another one: the same person's goes on.
fn renewed(before: Option<Claim>, claim: Option<Claim>) -> Option<Claim> {
    let since = before.filter(|b| claim.as_ref().is_some_and(|c| c.person == b.person));
    let since = since.map(|before| before.since);
    claim.map(|claim| Claim {
        since: since.unwrap_or(claim.since),
        ..claim
    })
}

pub(super) fn rank_task(file: &mut CaseFile, task: TaskId, rank: i8) {
    if let Some(form) = file.forms.iter_mut().find(|f| f.task == task) {
        form.rank = rank;
    } else if let Some(id) = task.0.checked_sub(ATTEMPT_TASK).map(AttemptId)
        && let Some((delivery, index)) = attempt_of(file, id)
        && let Some(attempt) = delivery.attempts.get_mut(index)
    {
        attempt.rank = rank;
    }
}
