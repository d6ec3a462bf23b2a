//! What was keyed into a form is to be keyed anew: somebody saw that it is wrong, or the node cannot take it. Nothing that
//! was keyed is lost; it stays in the journal.

use crate::desk::{Desk, Done, no};
use crate::transition::claim::Task;
use crate::transition::key_again::NOTHING;
use crate::transition::{complete, forms};
use ledger::Event;
use ledger::event::Person;
use ledger::keying::{SentBack, Stage};
use model::{Code, TaskId};

/// Sends it back; `None` where no person does.
pub fn send_back(desk: &mut Desk<'_>, task: TaskId, person: Option<Person>, reason: String) -> Done {
    let Some((case_no, form)) = forms::of(desk, task) else {
        return no(Code::VNotFound, "what", task);
    };
    let may = match (form.stage(), &person) {
        (Stage::Rekey | Stage::Decide, _) | (Stage::Agreed, None) => true,
        (Stage::Key | Stage::Agreed, _) => false,
    };
    if !may {
        return no(Code::VState, "detail", NOTHING);
    }
    if let Some(person) = &person {
        complete::may_act(desk, &case_no, &Task::Form(task), person)?;
    }
    desk.say(Event::FormSentBack(SentBack {
        task,
        case_no,
        person,
        reason,
    }))?;
    Ok(())
}
