//! Time passed: leases run out, and what left without proof becomes unconfirmed. A jump back grants nothing.

use crate::desk::{Desk, Done};
use crate::transition::release;
use ledger::Event;
use ledger::apply::ATTEMPT_TASK;
use ledger::case_file::Claim;
use ledger::event::Cause;
use model::{AttemptId, AttemptState, CaseNo, TaskId};

/// Looks at what somebody claims, and at what left and is not settled.
pub fn expire(desk: &mut Desk<'_>) -> Done {
    let now = desk.now;
    let mut leases: Vec<(TaskId, CaseNo)> = Vec::new();
    for case_no in desk.books().claimed_cases() {
        let Some(file) = desk.books().case(&case_no) else {
            continue;
        };
        let ran_out = |claim: &Option<Claim>| claim.as_ref().is_some_and(|c| c.until <= now);
        let forms = file.forms.iter().filter(|form| ran_out(&form.claim));
        leases.extend(forms.map(|form| (form.task, case_no.clone())));
        let attempts = file
            .obligations
            .iter()
            .flat_map(|o| &o.deliveries)
            .flat_map(|d| &d.attempts);
        let attempts = attempts.filter(|a| a.state.is_open() && ran_out(&a.claim));
        leases.extend(attempts.map(|a| (TaskId(ATTEMPT_TASK + a.id.0), case_no.clone())));
    }
    let late = late(desk);
    for (task, case_no) in leases {
        desk.room()?;
        release::release(desk, task, case_no, true)?;
    }
    for late in late {
        desk.room()?;
        let (to, cause) = (AttemptState::Unconfirmed, Cause::Time);
        desk.say(Event::AttemptsMoved {
            attempts: vec![late],
            to,
            cause,
        })?;
    }
    Ok(())
}

/// Attempts that left so long ago that nothing may be heard of them any more.
fn late(desk: &mut Desk<'_>) -> Vec<(AttemptId, CaseNo)> {
    let (now, plan) = (desk.now, desk.plan);
    let mut late = Vec::new();
    for batch in desk.books().open_out() {
        let Some(out) = desk.books().out_batch(batch) else {
            continue;
        };
        let channel = plan.dept(&out.dept).and_then(|d| d.channel(&out.channel));
        let Some(limit) = channel.and_then(|c| c.unconfirmed_after) else {
            continue;
        };
        let overdue = |since: i64| since.saturating_add(i64::try_from(limit).unwrap_or(i64::MAX)) <= now;
        // No attempt of it left before it was prepared.
        if !overdue(out.since) {
            continue;
        }
        for record in out.attempts.clone() {
            let case_no = record.key.case_no;
            let file = desk.books().case(&case_no);
            if let Some((_, _, attempt)) = file.and_then(|file| file.attempt(record.id))
                && attempt.state == AttemptState::HandedOver
                && overdue(attempt.since)
            {
                late.push((record.id, case_no));
            }
        }
    }
    late
}
