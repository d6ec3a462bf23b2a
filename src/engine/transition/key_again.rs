//! A form is keyed again by somebody who did not see what was keyed first. Alike, it has effect next; else a third person
//! looks.

use crate::desk::{Desk, Done, no};
use crate::transition::claim::Task;
use crate::transition::{complete, forms};
use ledger::Event;
use ledger::event::Person;
use ledger::keying::{Rekeyed, Stage};
use model::{Code, TaskId};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// Keys it again. The same again is answered the same.
pub fn again(desk: &mut Desk<'_>, task: TaskId, person: Person, fields: BTreeMap<String, String>) -> Done<Stage> {
    let Some((case_no, form)) = forms::of(desk, task) else {
        return no(Code::VNotFound, "what", task);
    };
    let Some(check) = form.check.clone() else {
        return no(Code::VState, "detail", NOTHING);
    };
    let Some(layout) = forms::layout(desk.plan, &form.matter).map(|found| found.layout) else {
        return no(Code::VNotFound, "what", task);
    };
    let fields = forms::by_name(layout, fields);
    if let Some((hand, _)) = &check.second
        && hand.person.name == person.name
        && forms::read(desk, hand.pos)?.as_ref() == Some(&fields)
    {
        return Ok(check.stage());
    }
    if form.stage() != Stage::Rekey {
        return no(Code::VState, "detail", NOTHING);
    }
    if !check.is_for(&person.name, desk.now) {
        return no(Code::VSamePerson, "person", person.name);
    }
    complete::may_act(desk, &case_no, &Task::Form(task), &person)?;
    if let Some(name) = fields.keys().find(|name| !check.again.contains(name)) {
        return no(Code::EUnknownField, "column", name);
    }
    let Some(first) = forms::read(desk, check.first.pos)? else {
        return no(Code::VState, "detail", NOTHING);
    };
    let text = |entries: &BTreeMap<String, String>, name: &str| entries.get(name).cloned().unwrap_or_default();
    let differ = check
        .again
        .iter()
        .filter(|name| text(&first, name) != text(&fields, name));
    let differ: Vec<String> = differ.cloned().collect();
    let stage = if differ.is_empty() {
        Stage::Agreed
    } else {
        Stage::Decide
    };
    desk.say(Event::FormRekeyed(Rekeyed {
        task,
        case_no,
        person,
        fields,
        differ,
    }))?;
    Ok(stage)
}

/// Said where there is nothing to key again.
pub const NOTHING: &str = "没有待复核的录入 nothing waits to be keyed again";
