//! A clerk says what became of an outbound task: keyed with a number, refused, or not keyed at all.

use crate::desk::{Desk, Done, no};
use crate::transition::claim::{Task, find, holder};
use crate::transition::{advance, settle};
use ledger::Event;
use ledger::event::{Cause, Person};
use model::{AttemptId, AttemptState, CaseNo, Code, Finding, ObligationKey, TaskId};

/// Keyed: the department's own acceptance number is the proof. The same again is answered the same.
pub fn keyed(desk: &mut Desk<'_>, task: TaskId, person: Person, acceptance: String) -> Done {
    let id = AttemptId(task.0.saturating_sub(ledger::apply::ATTEMPT_TASK));
    if let Some(known) = settled(desk, task)? {
        return if known.as_deref() == Some(acceptance.as_str()) {
            Ok(())
        } else {
            no(Code::VState, "detail", "已另有结论 settled before with another answer")
        };
    }
    let (case_no, _) = held_outbound(desk, task, &person)?;
    let cause = Cause::Person {
        person,
        reason: "keyed".to_owned(),
        receipt_no: Some(acceptance),
    };
    settle::move_attempt(desk, id, &case_no, AttemptState::Acknowledged, cause)?;
    advance::advance(desk, &case_no)
}

/// The department's system does not take it.
pub fn refused(desk: &mut Desk<'_>, task: TaskId, person: Person, reason: String) -> Done {
    let (case_no, id) = held_outbound(desk, task, &person)?;
    let cause = Cause::Person {
        person,
        reason,
        receipt_no: None,
    };
    settle::move_attempt(desk, id, &case_no, AttemptState::Refused, cause)?;
    advance::advance(desk, &case_no)
}

/// It was looked for and is not there: the attempt is taken back and wanted again.
pub fn not_keyed(desk: &mut Desk<'_>, task: TaskId, person: Person, reason: String) -> Done {
    let (case_no, id) = held_outbound(desk, task, &person)?;
    let found = desk.books().case(&case_no).and_then(|f| {
        let (o, d, _) = f.attempt(id)?;
        Some((
            ObligationKey {
                case_no: case_no.clone(),
                matter: o.matter.clone(),
                round: o.round,
            },
            d.n,
        ))
    });
    let cause = Cause::Person {
        person,
        reason,
        receipt_no: None,
    };
    settle::move_attempt(desk, id, &case_no, AttemptState::Recalled, cause)?;
    if let Some((key, n)) = found {
        settle::again(desk, &key, n)?;
    }
    advance::advance(desk, &case_no)
}

/// The acceptance number of an outbound task that is acknowledged already.
fn settled(desk: &mut Desk<'_>, task: TaskId) -> Done<Option<Option<String>>> {
    let Some(id) = task.0.checked_sub(ledger::apply::ATTEMPT_TASK).map(AttemptId) else {
        return no(
            Code::VState,
            "detail",
            "结果登记须填字段 a form is completed with its fields",
        );
    };
    let Some(case_no) = desk.books().case_of(id).cloned() else {
        return no(Code::VNotFound, "what", task);
    };
    let settled = desk
        .books()
        .case(&case_no)
        .and_then(|f| f.attempt(id))
        .map(|(_, _, a)| (a.state, a.receipt_no.clone()));
    Ok(settled
        .filter(|(state, _)| *state == AttemptState::Acknowledged)
        .map(|(_, receipt_no)| receipt_no))
}

/// An outbound task that this person may answer: its own, or one whose claim ran out.
fn held_outbound(desk: &mut Desk<'_>, task: TaskId, person: &Person) -> Done<(CaseNo, AttemptId)> {
    let (case_no, what) = find(desk, task)?;
    let Task::Outbound(id) = what else {
        return no(
            Code::VState,
            "detail",
            "结果登记须填字段 a form is completed with its fields",
        );
    };
    may_act(desk, &case_no, &what, person)?;
    match desk
        .books()
        .case(&case_no)
        .and_then(|f| f.attempt(id))
        .map(|(_, _, a)| a.state)
    {
        Some(AttemptState::Prepared) => no(Code::VState, "detail", "先领取 claim it first"),
        Some(state) if state.is_open() => Ok((case_no, id)),
        _ => no(Code::VState, "detail", "已另有结论 settled before with another answer"),
    }
}

/// Somebody else's living claim stands in the way.
pub fn may_act(desk: &mut Desk<'_>, case_no: &CaseNo, task: &Task, person: &Person) -> Done {
    match holder(desk, case_no, task) {
        Some(held) if held.person.name != person.name && held.until > desk.now => {
            let until = crate::plan::civil(held.until, desk.plan.rules.offset_minutes)
                .strftime("%Y-%m-%d %H:%M")
                .to_string();
            Err(Finding::new(Code::VClaimed)
                .with("person", held.person.name)
                .with("until", until)
                .into())
        }
        _ => Ok(()),
    }
}

/// A form was taken in: it is closed with the digest of what was entered.
pub fn form(desk: &mut Desk<'_>, task: TaskId, case_no: &CaseNo, person: Person, digest: String) -> Done {
    let open = desk
        .books()
        .case(case_no)
        .is_some_and(|f| f.forms.iter().any(|form| form.task == task && form.closed.is_none()));
    if open {
        desk.say(Event::FormClosed {
            task,
            case_no: case_no.clone(),
            person: Some(person),
            digest: Some(digest),
        })?;
    }
    Ok(())
}
