//! Time passed: leases run out, and what left without proof becomes unconfirmed. A jump back grants nothing.

use crate::desk::{Desk, Done};
use crate::transition::release;
use ledger::Event;
use ledger::apply::ATTEMPT_TASK;
use ledger::case_file::Claim;
use ledger::event::Cause;
use model::{AttemptId, AttemptState, BatchId, CaseNo, TaskId};

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
    let limit = |open: &ledger::Open<'_>| {
        let channel = plan.dept(open.dept).and_then(|d| d.channel(open.channel));
        channel.and_then(|c| c.unconfirmed_after)
    };
    // No attempt of a batch left before it was prepared.
    let old = desk.books().under_way().filter_map(|open| {
        let limit = i64::try_from(limit(&open)?).unwrap_or(i64::MAX);
        (open.quiet.max(open.since.saturating_add(limit)) <= now).then_some((open.batch, limit))
    });
    let old: Vec<(BatchId, i64)> = old.collect();
    let mut late = Vec::new();
    for (batch, limit) in old {
        let records = desk.books().out_batch(batch).map(|out| out.attempts.clone());
        let mut quiet = i64::MAX;
        for record in records.unwrap_or_default() {
            let case_no = record.key.case_no;
            let file = desk.books().case(&case_no);
            let Some((_, _, attempt)) = file.and_then(|file| file.attempt(record.id)) else {
                continue;
            };
            if attempt.state != AttemptState::HandedOver {
                continue;
            }
            let until = attempt.since.saturating_add(limit);
            if until <= now {
                late.push((record.id, case_no));
            }
            quiet = quiet.min(until);
        }
        desk.books().is_quiet(batch, quiet);
    }
    late
}
