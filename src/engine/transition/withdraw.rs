//! A case, or what it rests on, is withdrawn: what has not left ends, what was booked is told.

use crate::choreography;
use crate::desk::{Desk, Done};
use crate::doubt;
use crate::transition::{advance, answer_review, dissolve, settle};
use ledger::Event;
use ledger::event::{Cause, Ending};
use model::{AttemptState, CaseNo, MatterId, ObligationKey, Op};
use std::collections::BTreeSet;

/// The hub withdraws a case.
pub fn withdraw_case(desk: &mut Desk<'_>, case_no: &CaseNo, reason: String) -> Done {
    desk.say(Event::CaseWithdrawn {
        case_no: case_no.clone(),
        reason: reason.clone(),
    })?;
    answer_review::withdrawn(desk, case_no)?;
    let keys = keys(desk, case_no, None);
    for key in keys {
        end_or_tell(desk, &key, &reason)?;
    }
    Ok(())
}

/// A decision against the applicant: what rests on it and is open already ends.
pub fn close_successors(desk: &mut Desk<'_>, of: &ObligationKey) -> Done {
    let plan = desk.plan;
    let Some(class) = desk.books().case(&of.case_no).map(|f| f.case.ent_class.clone()) else {
        return Ok(());
    };
    let mut reached = BTreeSet::new();
    let mut frontier = vec![of.matter.clone()];
    while let Some(matter) = frontier.pop() {
        for successor in choreography::successors(plan, &class, &matter) {
            if reached.insert(successor.id.clone()) {
                frontier.push(successor.id.clone());
            }
        }
    }
    for key in keys(desk, &of.case_no, Some(&reached)) {
        end_or_tell(desk, &key, of.matter.as_str())?;
    }
    Ok(())
}

fn keys(desk: &mut Desk<'_>, case_no: &CaseNo, only: Option<&BTreeSet<MatterId>>) -> Vec<ObligationKey> {
    let plan = desk.plan;
    let Some(file) = desk.books().case(case_no) else {
        return Vec::new();
    };
    file.obligations
        .iter()
        .filter(|o| o.ended.is_none() && file.latest(&o.matter).is_some_and(|l| l.round == o.round))
        .filter(|o| only.is_none_or(|set| set.contains(&o.matter)))
        .filter(|o| plan.matter(&o.matter).is_none_or(|m| !m.reports))
        .map(|o| ObligationKey {
            case_no: case_no.clone(),
            matter: o.matter.clone(),
            round: o.round,
        })
        .collect()
}

fn end_or_tell(desk: &mut Desk<'_>, key: &ObligationKey, reason: &str) -> Done {
    let (plan, now, doubt) = (desk.plan, desk.now, desk.books().doubt());
    let Some(file) = desk.books().case(&key.case_no) else {
        return Ok(());
    };
    let Some(o) = file.obligation(&key.matter, key.round) else {
        return Ok(());
    };
    // What was not settled when it was trusted again may be booked as well.
    let gone = !o.deliveries.is_empty() && doubt::may_have_gone(plan, &doubt, file, o, now);
    let told = o
        .deliveries
        .iter()
        .any(|d| d.op == Op::Withdraw && d.superseded.is_none());
    let refused_by_law = o.standing.as_ref().is_some_and(|s| s.standing.is_negative());
    let may_be_booked = gone || o.booked() || o.deliveries.iter().any(|d| d.may_have_left());
    let prepared: Vec<_> = o
        .deliveries
        .iter()
        .flat_map(|d| &d.attempts)
        .filter(|a| a.state == AttemptState::Prepared)
        .map(|a| (a.id, a.batch))
        .collect();
    for (attempt, batch) in prepared {
        if let Some(batch) = batch {
            dissolve::without(desk, batch, attempt)?;
        }
        settle::move_attempt(desk, attempt, &key.case_no, AttemptState::Recalled, Cause::Dissolved)?;
    }
    if told || refused_by_law {
        return Ok(());
    }
    settle::close_forms(desk, key)?;
    if !may_be_booked {
        desk.say(Event::ObligationEnded {
            key: key.clone(),
            how: Ending::Withdrawn,
            reason: reason.to_owned(),
            person: None,
        })?;
        return Ok(());
    }
    // It was told, or may have been: it must be told this as well, once what went before is settled.
    supersede_waiting(desk, key)?;
    advance::queue(desk, key.clone(), Op::Withdraw, None)
}

/// Hand-overs that wait behind an earlier one are overtaken by the withdrawal.
fn supersede_waiting(desk: &mut Desk<'_>, key: &ObligationKey) -> Done {
    let Some(o) = desk.books().obligation(key) else {
        return Ok(());
    };
    let by = o.deliveries.len() as u32 + 1;
    let waiting: Vec<u32> = o
        .deliveries
        .iter()
        .filter(|d| d.superseded.is_none() && d.due.is_some() && d.open_attempt().is_none())
        .map(|d| d.n)
        .collect();
    for n in waiting {
        desk.say(Event::DeliverySuperseded {
            key: key.clone(),
            n,
            by,
        })?;
    }
    Ok(())
}
