//! A case moved: what may open opens, what was queued and no longer fits is replaced, what was booked is amended.

use crate::choreography;
use crate::desk::{Desk, Done};
use crate::plan::Plan;
use crate::projection::{digest_of, is_same, project};
use crate::transition::{answer_review, dissolve, settle};
use ledger::Event;
use ledger::case_file::{Delivery, Obligation};
use ledger::event::{About, Cause};
use model::{AttemptState, BatchId, CaseNo, ItemNo, Items, MatterId, ObligationKey, Op};

/// Opens and amends whatever the case's present state asks for.
pub fn advance(desk: &mut Desk<'_>, case_no: &CaseNo) -> Done {
    answer_review::corrected(desk, case_no)?;
    propagate(desk, case_no)?;
    let plan = desk.plan;
    let Some(file) = desk.books().case(case_no) else {
        return Ok(());
    };
    let matters: Vec<_> = choreography::openable(plan, file)
        .into_iter()
        .map(|m| m.id.clone())
        .collect();
    for matter in matters {
        open(
            desk,
            ObligationKey {
                case_no: case_no.clone(),
                matter,
                round: 1,
            },
            Op::Submit,
        )?;
    }
    Ok(())
}

/// Opens an obligation with its first hand-over.
pub fn open(desk: &mut Desk<'_>, key: ObligationKey, op: Op) -> Done {
    desk.say(Event::ObligationOpened { key: key.clone() })?;
    queue(desk, key, op, None)
}

/// Wants a hand-over of what the case holds now.
pub fn queue(desk: &mut Desk<'_>, key: ObligationKey, op: Op, about: Option<About>) -> Done {
    let plan = desk.plan;
    let Some(file) = desk.books().case(&key.case_no) else {
        return Ok(());
    };
    let projected = project(plan, file, &key.matter);
    let projection = digest_of(gives(plan, &key.matter), &projected, about.as_ref());
    let n = file
        .obligation(&key.matter, key.round)
        .map_or(1, |o| o.deliveries.len() as u32 + 1);
    let items = projected.into_keys().collect();
    desk.say(Event::DeliveryQueued {
        key,
        n,
        op,
        projection,
        items,
        about,
    })?;
    Ok(())
}

/// Reports a decision back to the hub, where the hub has a matter that reports.
pub fn report(desk: &mut Desk<'_>, of: &ObligationKey) -> Done {
    let plan = desk.plan;
    let reporting: Vec<_> = plan
        .matters()
        .filter(|m| m.reports && m.id.dept() != of.matter.dept())
        .map(|m| m.id.clone())
        .collect();
    for matter in reporting {
        let Some(file) = desk.books().case(&of.case_no) else {
            return Ok(());
        };
        let Some(note) = file.obligation(&of.matter, of.round).and_then(|o| o.standing.clone()) else {
            continue;
        };
        let round = file.latest(&matter).map_or(1, |o| o.round + 1);
        let key = ObligationKey {
            case_no: of.case_no.clone(),
            matter,
            round,
        };
        let about = About {
            matter: of.matter.clone(),
            standing: note.standing,
            reason: note.reason,
            date: note.date,
        };
        desk.say(Event::ObligationOpened { key: key.clone() })?;
        queue(desk, key, Op::Submit, Some(about))?;
    }
    Ok(())
}

/// What a change of the case means for one obligation.
enum Change {
    Nothing,
    /// Nothing can have left: a successor takes its place. The batch to dissolve, if it is prepared.
    Supersede {
        n: u32,
        op: Op,
        prepared: Option<(model::AttemptId, Option<BatchId>)>,
    },
    /// It may have left: a successor waits behind it.
    Follow(Op),
}

/// Concerns an obligation only if its projection changes.
fn propagate(desk: &mut Desk<'_>, case_no: &CaseNo) -> Done {
    let plan = desk.plan;
    let Some(file) = desk.books().case(case_no) else {
        return Ok(());
    };
    if file.case.withdrawn.is_some() {
        return Ok(());
    }
    let mut changes = Vec::new();
    for o in &file.obligations {
        let newest = file.latest(&o.matter).is_some_and(|l| l.round == o.round);
        let reports = plan.matter(&o.matter).is_none_or(|m| m.reports);
        // A negative decision closed the matter; only an open or positively decided one hears of changes.
        let closed = o.standing.as_ref().is_some_and(|s| s.standing.is_negative());
        if !newest || reports || closed || o.ended.is_some() {
            continue;
        }
        let late = plan
            .matter(&o.matter)
            .map(|m| m.needs_before_decision.as_slice())
            .unwrap_or_default();
        let key = ObligationKey {
            case_no: case_no.clone(),
            matter: o.matter.clone(),
            round: o.round,
        };
        changes.push((
            key,
            concern(o, &project(plan, file, &o.matter), gives(plan, &o.matter), late),
        ));
    }
    for (key, change) in changes {
        match change {
            Change::Nothing => {}
            Change::Supersede { n, op, prepared } => {
                if let Some((attempt, batch)) = prepared {
                    if let Some(batch) = batch {
                        dissolve::without(desk, batch, attempt)?;
                    }
                    settle::move_attempt(desk, attempt, case_no, AttemptState::Recalled, Cause::Dissolved)?;
                }
                let by = desk
                    .books()
                    .obligation(&key)
                    .map_or(1, |o| o.deliveries.len() as u32 + 1);
                desk.say(Event::DeliverySuperseded {
                    key: key.clone(),
                    n,
                    by,
                })?;
                queue(desk, key, op, None)?;
            }
            Change::Follow(op) => queue(desk, key, op, None)?,
        }
    }
    Ok(())
}

/// What a matter gives itself.
fn gives<'a>(plan: &'a Plan, matter: &MatterId) -> &'a [ItemNo] {
    plan.matter(matter).map(|m| m.gives.as_slice()).unwrap_or_default()
}

fn concern(o: &Obligation, now: &Items, gives: &[ItemNo], late: &[ItemNo]) -> Change {
    let projection = digest_of(gives, now, None);
    let decided = o.standing.as_ref().is_some_and(|s| s.standing.is_positive());
    let changed = |d: &&Delivery| !is_same(&d.projection, &projection, decided);
    let Some(last) = o.last_delivery().filter(changed) else {
        return Change::Nothing;
    };
    let following = || following(last, now, gives, late, decided);
    if last.op == Op::Withdraw {
        return Change::Nothing;
    }
    match last.open_attempt() {
        None if last.booked() => Change::Follow(following()),
        None => Change::Supersede {
            n: last.n,
            op: last.op,
            prepared: None,
        },
        Some(a) if a.state == AttemptState::Prepared => Change::Supersede {
            n: last.n,
            op: last.op,
            prepared: Some((a.id, a.batch)),
        },
        Some(_) => Change::Follow(following()),
    }
}

/// Items that were allowed to come later go as a supplement; anything else that changed is an amendment.
fn following(last: &Delivery, now: &Items, gives: &[ItemNo], late: &[ItemNo], decided: bool) -> Op {
    let before: Items = now
        .iter()
        .filter(|(no, _)| last.items.contains(no))
        .map(|(no, v)| (*no, v.clone()))
        .collect();
    let only_late = now.keys().all(|no| last.items.contains(no) || late.contains(no));
    let same_before = is_same(&last.projection, &digest_of(gives, &before, None), decided);
    if only_late && same_before {
        Op::Supplement
    } else {
        Op::Amend
    }
}

/// What a hand-over asks, now that what went before it is settled: what follows on nothing booked opens the round itself.
pub fn effective_op(o: &Obligation, delivery: &Delivery) -> Op {
    let follows = delivery.n > 1 && delivery.op != Op::Withdraw;
    if !follows || o.deliveries.iter().any(|d| d.n < delivery.n && d.booked()) {
        return delivery.op;
    }
    if o.round > 1 { Op::Supplement } else { Op::Submit }
}
