//! A supervisor hands a task on: away from whoever has it, to somebody or to the queue; or puts it before others. A clerk
//! gives back what is the clerk's own.

use crate::desk::{Desk, Done, no};
use crate::transition::claim::{self, Task, find};
use crate::transition::release;
use ledger::Event;
use ledger::event::Person;
use ledger::keying::Ranked;
use model::{Code, TaskId};

/// Gives back one's own task. One that is keyed into another system must be looked for by whoever takes it next.
pub fn give_back(desk: &mut Desk<'_>, task: TaskId, person: &Person) -> Done {
    let (case_no, what) = find(desk, task)?;
    match claim::holder(desk, &case_no, &what) {
        Some(held) if held.person.name == person.name => release::release(desk, task, case_no, false),
        _ => no(Code::VState, "detail", "不在您手中 it is not yours"),
    }
}

/// Takes a task from whoever has it; `to` has it from now on, or whoever takes it. Why is journalled.
pub fn assign(desk: &mut Desk<'_>, task: TaskId, to: Option<Person>, by: Person, reason: String) -> Done {
    let (case_no, what) = find(desk, task)?;
    let held = claim::holder(desk, &case_no, &what);
    let from = held.as_ref().map_or("-", |claim| claim.person.name.as_str());
    let result = format!("{from} > {}: {reason}", to.as_ref().map_or("-", |p| p.name.as_str()));
    desk.say(Event::Audit {
        person: by,
        action: "queue assign".to_owned(),
        object: task.to_string(),
        result,
    })?;
    if held.is_some() {
        release::release(desk, task, case_no.clone(), false)?;
    }
    if let Some(to) = to {
        let proof = matches!(&what, Task::Form(id) if is_proof(desk, &case_no, *id));
        claim::claim(desk, task, to, proof)?;
    }
    Ok(())
}

fn is_proof(desk: &mut Desk<'_>, case_no: &model::CaseNo, task: TaskId) -> bool {
    let form = desk.books().case(case_no).and_then(|file| file.form(task));
    form.is_some_and(|form| form.stage() != ledger::keying::Stage::Key)
}

/// Puts a task before all others (1), behind them (-1), or where its limit puts it (0).
pub fn rank(desk: &mut Desk<'_>, task: TaskId, rank: i8, person: Person, reason: String) -> Done {
    let (case_no, _) = find(desk, task)?;
    if !(-1..=1).contains(&rank) {
        return no(Code::VCall, "detail", format!("rank {rank}"));
    }
    desk.say(Event::TaskRanked(Ranked {
        task,
        case_no,
        person,
        rank,
        reason,
    }))?;
    Ok(())
}
