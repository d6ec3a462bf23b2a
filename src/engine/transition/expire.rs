//! Time passed: leases run out, and what left without proof becomes unconfirmed. A jump back grants nothing.

use crate::desk::{Desk, Done};
use crate::transition::release;
use ledger::Event;
use ledger::apply::ATTEMPT_TASK;
use ledger::event::Cause;
use model::{AttemptId, AttemptState, CaseNo, TaskId};

/// Looks at everything open.
pub fn expire(desk: &mut Desk<'_>) -> Done {
    let now = desk.now;
    let plan = desk.plan;
    let mut leases: Vec<(TaskId, CaseNo)> = Vec::new();
    let mut late: Vec<(AttemptId, CaseNo)> = Vec::new();
    for case_no in desk.books().open_cases() {
        let Some(file) = desk.books().case(&case_no) else {
            continue;
        };
        for form in &file.forms {
            if form.claim.as_ref().is_some_and(|c| c.until <= now) {
                leases.push((form.task, case_no.clone()));
            }
        }
        for o in &file.obligations {
            for attempt in o.deliveries.iter().flat_map(|d| &d.attempts) {
                if attempt.state.is_open() && attempt.claim.as_ref().is_some_and(|c| c.until <= now) {
                    leases.push((TaskId(ATTEMPT_TASK + attempt.id.0), case_no.clone()));
                }
                let limit = plan
                    .dept(&o.matter.dept())
                    .and_then(|d| d.channel(&attempt.channel))
                    .and_then(|c| c.unconfirmed_after)
                    .map(|ms| i64::try_from(ms).unwrap_or(i64::MAX));
                let overdue = limit.is_some_and(|limit| attempt.since.saturating_add(limit) <= now);
                if attempt.state == AttemptState::HandedOver && attempt.batch.is_some() && overdue {
                    late.push((attempt.id, case_no.clone()));
                }
            }
        }
    }
    for (task, case_no) in leases {
        release::release(desk, task, case_no, true)?;
    }
    for late in late {
        let (to, cause) = (AttemptState::Unconfirmed, Cause::Time);
        desk.say(Event::AttemptsMoved {
            attempts: vec![late],
            to,
            cause,
        })?;
    }
    Ok(())
}
