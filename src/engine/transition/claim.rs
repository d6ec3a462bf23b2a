//! A clerk takes a task. An outbound task that was claimed counts as handed over: it may be keyed from now on.

use crate::desk::{Desk, Done, no};
use crate::doubt;
use crate::transition::forms;
use crate::transition::key_again::NOTHING;
use ledger::Event;
use ledger::apply::ATTEMPT_TASK;
use ledger::case_file::Claim;
use ledger::event::{Cause, Person};
use ledger::keying::Stage;
use model::{AttemptId, AttemptState, CaseNo, Code, Finding, TaskId};

/// What a task is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Task {
    /// A worksheet to key into the department's system.
    Outbound(AttemptId),
    /// A form to fill in with what the department decided.
    Form(TaskId),
}

/// Which case a task belongs to, and what it is.
pub fn find(desk: &mut Desk<'_>, task: TaskId) -> Done<(CaseNo, Task)> {
    let found = match task.0.checked_sub(ATTEMPT_TASK).map(AttemptId) {
        Some(id) => desk.books().case_of(id).cloned().map(|no| (no, Task::Outbound(id))),
        None => desk
            .books()
            .case_of_form(task)
            .cloned()
            .map(|no| (no, Task::Form(task))),
    };
    match found {
        Some(found) => Ok(found),
        None => no(Code::VNotFound, "what", task),
    }
}

/// The claim that holds a task now.
pub fn holder(desk: &mut Desk<'_>, case_no: &CaseNo, task: &Task) -> Option<Claim> {
    let file = desk.books().case(case_no)?;
    match task {
        Task::Outbound(id) => file.attempt(*id)?.2.claim.clone(),
        Task::Form(id) => file.forms.iter().find(|f| f.task == *id)?.claim.clone(),
    }
}

/// Whether this person may take a form for what it waits for; `verify` where that is to prove what somebody keyed.
fn may_take(desk: &mut Desk<'_>, task: TaskId, person: &Person, verify: bool) -> Done {
    let form = forms::of(desk, task).map(|(_, form)| form);
    let check = form.as_ref().and_then(|form| form.check.as_ref());
    match (form.as_ref().map(|form| form.stage()), check) {
        (Some(Stage::Rekey | Stage::Decide), Some(check)) if verify => {
            if check.is_for(&person.name, desk.now) {
                Ok(())
            } else {
                no(Code::VSamePerson, "person", &person.name)
            }
        }
        (Some(Stage::Key), _) if !verify => Ok(()),
        (Some(Stage::Rekey | Stage::Decide), _) => no(
            Code::VState,
            "detail",
            "等待复核，按复核领取 it waits for a second person: take it to verify it",
        ),
        _ => no(Code::VState, "detail", NOTHING),
    }
}

/// Takes a task; the same person again renews the lease. `verify`: to prove what somebody else keyed.
pub fn claim(desk: &mut Desk<'_>, task: TaskId, person: Person, verify: bool) -> Done<i64> {
    let (case_no, what) = find(desk, task)?;
    match what {
        Task::Form(task) => may_take(desk, task, &person, verify)?,
        Task::Outbound(_) if verify => return no(Code::VState, "detail", NOTHING),
        Task::Outbound(_) => {}
    }
    if let Some(held) = holder(desk, &case_no, &what)
        && held.person.name != person.name
        && held.until > desk.now
    {
        let until = crate::plan::civil(held.until, desk.plan.rules.offset_minutes)
            .strftime("%Y-%m-%d %H:%M")
            .to_string();
        return Err(Finding::new(Code::VClaimed)
            .with("person", held.person.name)
            .with("until", until)
            .into());
    }
    if let Task::Outbound(id) = what {
        let found = desk
            .books()
            .case(&case_no)
            .and_then(|f| f.attempt(id))
            .map(|(o, _, a)| (o.matter.dept(), a.state, a.cause == Cause::Doubt));
        let state = found.as_ref().map(|(_, state, _)| *state);
        // Settled or taken back since it was listed: whoever keyed it now would key it twice.
        if !state.is_some_and(AttemptState::is_open) {
            return no(Code::VState, "detail", "已不需办理 no longer to be done");
        }
        doubt::need_trust(desk)?;
        if found.as_ref().is_some_and(|(_, _, doubted)| *doubted) {
            // Whoever keyed it now might key it for the second time.
            return no(
                Code::VState,
                "detail",
                "可能已办，先查再认定（settle）it may have been done: look, then settle it",
            );
        }
        if let Some((dept, AttemptState::Prepared, _)) = found {
            // A claim is a clerk's hand-over: what may not leave by wire may not leave on a worksheet.
            if let Some(expired) = desk.plan.expired(&dept, desk.now) {
                return Err(expired.into());
            }
            let attempts = vec![(id, case_no.clone())];
            let cause = Cause::Person {
                person: person.clone(),
                reason: "claimed".to_owned(),
                receipt_no: None,
            };
            desk.say(Event::AttemptsMoved {
                attempts,
                to: AttemptState::HandedOver,
                cause,
            })?;
        }
    }
    let until = desk.now.saturating_add(desk.plan.rules.lease_ms);
    desk.say(Event::TaskClaimed {
        task,
        case_no,
        person,
        until,
    })?;
    Ok(until)
}
