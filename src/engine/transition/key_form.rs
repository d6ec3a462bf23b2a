//! A clerk filled a form in. Whether it has effect at once, or waits until somebody keyed it again, is decided here.

use crate::desk::{Desk, Done, no};
use crate::plan::Rekey;
use crate::transition::claim::Task;
use crate::transition::{complete, forms};
use ledger::Event;
use ledger::event::Person;
use ledger::keying::{Keyed, Of, Stage};
use model::define::{Layout, Meaning, Verify};
use model::{Code, TaskId};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// What was keyed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The task.
    pub task: TaskId,
    /// Who.
    pub person: Person,
    /// Text by field.
    pub fields: BTreeMap<String, String>,
    /// A number below 10,000, by chance: whether it is drawn.
    pub draw: u32,
}

/// Which fields are keyed again, and by whom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Again {
    /// The fields, in the order of the screen.
    pub fields: Vec<String>,
    /// The same person may do it later.
    pub later: bool,
    /// All of them, because it was drawn.
    pub drawn: bool,
}

/// Keys a form. It waits where the stage is not [`Stage::Key`]; else it goes its way. The same again is answered the same.
pub fn key(desk: &mut Desk<'_>, mut entry: Entry) -> Done<Stage> {
    let Some((case_no, form)) = forms::of(desk, entry.task) else {
        return no(Code::VNotFound, "what", entry.task);
    };
    let plan = desk.plan;
    let Some(found) = forms::layout(plan, &form.matter) else {
        return no(Code::VNotFound, "what", entry.task);
    };
    entry.fields = forms::by_name(found.layout, entry.fields);
    match (form.stage(), &form.check) {
        (Stage::Key, _) => {}
        (stage, Some(check)) if check.first.person.name == entry.person.name => {
            let before = forms::read(desk, check.first.pos)?;
            return if before.as_ref() == Some(&entry.fields) {
                Ok(stage)
            } else {
                no(Code::VState, "detail", WAITS)
            };
        }
        _ => return no(Code::VState, "detail", WAITS),
    }
    complete::may_act(desk, &case_no, &Task::Form(entry.task), &entry.person)?;
    let rule = plan.rules.rekey;
    let often = often(desk, &form.matter.dept(), &entry);
    let Some(again) = decide(rule, found.layout, &entry.fields, entry.draw, often) else {
        return Ok(Stage::Key);
    };
    let later = again.later.then(|| desk.now.saturating_add(rule.later_ms));
    desk.say(Event::FormKeyed(Keyed {
        task: entry.task,
        case_no,
        person: entry.person,
        fields: entry.fields,
        again: again.fields,
        later,
        drawn: again.drawn,
    }))?;
    Ok(Stage::Rekey)
}

const WAITS: &str = "已录入，等待复核 it was keyed, and waits for a second person";

/// Whether the clerk, or one of the fields, was wrong more often than the rule bears.
fn often(desk: &mut Desk<'_>, dept: &model::DeptId, entry: &Entry) -> bool {
    let above = u64::from(desk.plan.rules.rekey.above);
    let over = |keying: ledger::keying::Keying| keying.rate().is_some_and(|rate| rate > above);
    let books = desk.books();
    over(books.keying(Of::Person(&entry.person.name)))
        || entry
            .fields
            .keys()
            .any(|name| over(books.keying(Of::Field(dept, name))))
}

/// What is keyed again of these entries, if anything is. `draw` is a number below 10,000.
pub fn decide(
    rule: Rekey,
    layout: &Layout,
    entries: &BTreeMap<String, String>,
    draw: u32,
    often: bool,
) -> Option<Again> {
    let keyed = |name: &str| entries.get(name).is_some_and(|text| !text.is_empty());
    let marked: Vec<_> = layout.fields.iter().filter(|f| f.verify.is_some()).collect();
    // Where the marked ones let the same person look again later, nobody else may be there for the drawn ones either.
    let later = !marked.is_empty() && marked.iter().all(|f| f.verify == Some(Verify::RekeyLater));
    let share = match (rule.share, often) {
        (0, _) => 0,
        (share, true) => share.max(rule.raised),
        (share, false) => share,
    };
    if draw < share.saturating_mul(100) {
        let typed = |f: &&model::define::Field| forms::is_typed(&f.meaning);
        let fields = layout.fields.iter().filter(typed).map(|f| f.name.clone());
        let fields: Vec<String> = fields.collect();
        return fields.iter().any(|name| keyed(name)).then_some(Again {
            fields,
            later,
            drawn: true,
        });
    }
    // One that was left empty is keyed again as well: that it is empty may be the error.
    marked.iter().any(|f| keyed(&f.name)).then(|| Again {
        fields: marked.iter().map(|f| f.name.clone()).collect(),
        later,
        drawn: false,
    })
}

/// Whether anything of a form may have to be keyed again.
pub fn may_wait(rule: Rekey, layout: &Layout) -> bool {
    let marked = |f: &model::define::Field| f.verify.is_some() && f.meaning != Meaning::Ignored;
    rule.share > 0 || layout.fields.iter().any(marked)
}
