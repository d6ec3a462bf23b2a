//! What two people agree on, or a third one decided, has effect: it is taken in like any other result.

use crate::action::Action;
use crate::desk::{Desk, Done, no};
use crate::transition::key_again::NOTHING;
use crate::transition::{complete, forms, send_back};
use ledger::case_file::Form;
use ledger::event::Person;
use ledger::keying::Stage;
use model::{Code, Finding, Lang, TaskId};
use std::collections::BTreeMap;

/// What is to be taken in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entries {
    /// Of.
    pub task: TaskId,
    /// Who keyed it first.
    pub person: Person,
    /// Text by field, as agreed.
    pub fields: BTreeMap<String, String>,
    /// Of these, the ones that a form must have twice.
    pub twice: BTreeMap<String, String>,
}

/// What was agreed on; or what would be, where a third person says this.
pub fn entries(desk: &mut Desk<'_>, task: TaskId, said: Option<BTreeMap<String, String>>) -> Done<Entries> {
    let wanted = if said.is_some() { Stage::Decide } else { Stage::Agreed };
    let found = forms::of(desk, task).filter(|(_, form)| form.stage() == wanted);
    let Some((matter, check)) = found.and_then(|(_, form)| Some((form.matter, form.check?))) else {
        return no(Code::VState, "detail", NOTHING);
    };
    let Some(mut fields) = forms::read(desk, check.first.pos)? else {
        return no(Code::VState, "detail", NOTHING);
    };
    if let Some(third) = &check.third {
        fields.extend(forms::read(desk, third.pos)?.unwrap_or_default());
    }
    let layout = forms::layout(desk.plan, &matter).map(|found| found.layout);
    if let (Some(said), Some(layout)) = (said, layout) {
        fields.extend(forms::by_name(layout, said));
    }
    let is_twice = |name: &String| layout.is_some_and(|l| l.fields.iter().any(|f| f.name == *name && f.double_entry));
    let twice = fields.iter().filter(|(name, _)| is_twice(name));
    Ok(Entries {
        task,
        person: check.first.person,
        twice: twice.map(|(name, text)| (name.clone(), text.clone())).collect(),
        fields,
    })
}

/// What came of it: the form is done, or it is to be keyed anew.
pub fn entered(desk: &mut Desk<'_>, entries: &Entries, result: Result<(), Finding>) -> Done {
    let Some((case_no, _)) = forms::of(desk, entries.task).filter(|(_, form)| form.stage() == Stage::Agreed) else {
        // The result closed it.
        return Ok(());
    };
    match result {
        Ok(()) => complete::form(desk, entries.task, &case_no, entries.person.clone(), String::new()),
        Err(finding) => {
            let (zh, en) = (finding.sentence(Lang::Zh), finding.sentence(Lang::En));
            send_back::send_back(desk, entries.task, None, format!("{zh} {en}"))
        }
    }
}

/// Sets going whatever was agreed on so long ago, milliseconds, and had no effect: whoever was to bring it in did not live
/// to.
pub fn all(desk: &mut Desk<'_>, age: i64) -> Done {
    let before = desk.now.saturating_sub(age);
    let mut tasks = Vec::new();
    for case_no in desk.books().agreed_cases() {
        let Some(file) = desk.books().case(&case_no) else {
            continue;
        };
        let old =
            |form: &&Form| form.stage() == Stage::Agreed && form.check.as_ref().is_some_and(|c| c.last() <= before);
        tasks.extend(file.forms.iter().filter(old).map(|form| form.task));
    }
    for task in tasks {
        desk.ask(Action::Enter { task });
    }
    Ok(())
}
