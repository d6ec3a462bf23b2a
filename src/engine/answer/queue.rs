//! What people say of tasks.

use super::{audit, known, number, required, reviews};
use crate::board::Board;
use crate::desk::{Desk, Done, no};
use crate::handle::person;
use crate::transition::decide_form::{self, Word};
use crate::transition::{claim, complete, hand_on, key_again, send_back};
use crate::verb::{Caller, Reply, Request};
use crate::view::{self, Team};
use ledger::event::Person;
use ledger::keying::Stage;
use model::calendar::Calendar;
use model::{Code, Finding, TaskId};

/// Carries out an order about a task.
pub(super) fn order(desk: &mut Desk<'_>, request: Request, who: Person) -> Done<Reply> {
    let done = Ok(Reply::Done { count: 1 });
    match request {
        Request::QueueClaim { task, verify } => {
            let task = task_of(&task)?;
            let (case_no, _) = claim::find(desk, task)?;
            // A claim that ran out between two ticks is not released yet; what was done under it nobody knows.
            let now = desk.now;
            let look_first = view::queue_line(desk, &case_no, task)
                .is_some_and(|l| l.look_first || l.until.is_some_and(|until| until <= now));
            let until = claim::claim(desk, task, who, verify)?;
            Ok(Reply::Claimed { until, look_first })
        }
        Request::QueueComplete { task, acceptance, .. } => {
            complete_task(desk, &task, acceptance.unwrap_or_default(), who)
        }
        Request::QueueRefuse { task, reason } => {
            complete::refused(desk, task_of(&task)?, who, required(reason)?)?;
            done
        }
        Request::QueueNotKeyed { task, reason } => {
            complete::not_keyed(desk, task_of(&task)?, who, required(reason)?)?;
            done
        }
        Request::QueueVerify { task, fields } => {
            let stage = key_again::again(desk, task_of(&task)?, who, fields)?;
            Ok(checked(stage))
        }
        Request::QueueDecide { task, fields, reason } => {
            let word = Word {
                task: task_of(&task)?,
                person: who,
                fields,
                reason: required(reason)?,
            };
            decide_form::decide(desk, word).map(checked)
        }
        Request::QueueBack { task, reason } => {
            send_back::send_back(desk, task_of(&task)?, Some(who), required(reason)?)?;
            done
        }
        Request::QueueRelease { task } => {
            hand_on::give_back(desk, task_of(&task)?, &who)?;
            done
        }
        Request::QueueAssign { task, to, reason } => {
            // Nobody but the account that does it vouches for the name: it has no user number here.
            let to = to.map(|name| Person {
                name,
                uid: u32::MAX - 1,
            });
            hand_on::assign(desk, task_of(&task)?, to, who, required(reason)?)?;
            done
        }
        Request::QueueRank { task, rank, reason } => {
            hand_on::rank(desk, task_of(&task)?, rank, who, required(reason)?)?;
            done
        }
        _ => no(Code::CNotPossible, "detail", "not an order about a task"),
    }
}

/// Answers from the queue that is kept in order.
pub(crate) fn board(
    board: &Board,
    desk: &mut Desk<'_>,
    calendar: &Calendar,
    request: &Request,
    caller: &Caller,
) -> Done<Reply> {
    match request {
        Request::QueueBoard { dept, most } => {
            let dept = known(desk, dept.as_deref())?;
            let person = caller.name.as_deref().unwrap_or_default();
            Ok(Reply::Board(board.page(
                desk,
                calendar,
                person,
                dept,
                (*most).min(MOST),
            )))
        }
        Request::QueueForecast { clerks } => {
            let (seconds, hours, today) = (view::seconds_each(desk), desk.plan.rules.hours, desk.today());
            let team = Team {
                clerks: *clerks,
                hours,
                seconds,
            };
            Ok(Reply::Forecast(view::forecast(&board.due(), team, calendar, today)))
        }
        _ => no(Code::CNotPossible, "detail", "not a question for the queue"),
    }
}

/// Tasks of one list on one page.
const MOST: usize = 200;

/// The word for what a form waits for.
pub(crate) fn checked(stage: Stage) -> Reply {
    let stage = match stage {
        Stage::Key => "key",
        Stage::Rekey => "rekey",
        Stage::Decide => "decide",
        Stage::Agreed => "done",
    };
    Reply::Checked {
        stage: stage.to_owned(),
    }
}

fn task_of(task: &str) -> Done<TaskId> {
    reviews::is_no_task(task)?;
    number(task)
}

pub(super) fn show(desk: &mut Desk<'_>, calendar: &Calendar, task: &str, caller: &Caller) -> Done<Reply> {
    let reader = person(desk.plan, caller).ok();
    let reads = reader.as_ref().map(|p| p.name.as_str());
    let shown = view::queue_show(desk, calendar, number(task)?, reads)?;
    if let Some(reader) = reader.filter(|r| shown.line.claimed_by.as_deref() == Some(&r.name)) {
        audit(desk, reader, "view task", task, &shown.line.case_no)?;
    }
    Ok(Reply::Task(shown))
}

fn complete_task(desk: &mut Desk<'_>, task: &str, acceptance: String, who: Person) -> Done<Reply> {
    reviews::is_no_task(task)?;
    let id: TaskId = number(task)?;
    if id.0 >= ledger::apply::ATTEMPT_TASK {
        if acceptance.trim().is_empty() {
            return Err(Finding::new(Code::ERequired).with("column", "acceptance").into());
        }
        complete::keyed(desk, id, who, acceptance)?;
    } else if let Some(case_no) = desk.books().case_of_form(id).cloned() {
        // The form's result was taken in a moment ago; where it left the matter open, the form stays expected.
        let decided = desk.books().case(&case_no).is_some_and(|f| {
            f.forms.iter().filter(|form| form.task == id).any(|form| {
                f.obligation(&form.matter, form.round)
                    .is_some_and(|o| o.standing.is_some())
            })
        });
        if !decided || !acceptance.trim().is_empty() {
            return no(
                Code::VState,
                "detail",
                "结果登记须填字段 a form is completed with its fields",
            );
        }
        complete::form(desk, id, &case_no, who, String::new())?;
    } else {
        return no(Code::VNotFound, "what", task);
    }
    Ok(Reply::Done { count: 1 })
}
