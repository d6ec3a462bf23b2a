//! Two entries of a form differ, and a third person says what the source says. Both entries are kept.

use crate::desk::{Desk, Done, no};
use crate::transition::claim::Task;
use crate::transition::key_again::NOTHING;
use crate::transition::{complete, forms};
use ledger::Event;
use ledger::event::Person;
use ledger::keying::{Decided, Stage};
use model::{Code, TaskId};
use std::collections::BTreeMap;

/// What a third person says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// Of.
    pub task: TaskId,
    /// Who.
    pub person: Person,
    /// What is right, of each field in which the two differ.
    pub fields: BTreeMap<String, String>,
    /// How that is known.
    pub reason: String,
}

/// Decides.
pub fn decide(desk: &mut Desk<'_>, mut word: Word) -> Done<Stage> {
    let Some((case_no, form)) = forms::of(desk, word.task) else {
        return no(Code::VNotFound, "what", word.task);
    };
    let Some(found) = forms::layout(desk.plan, &form.matter) else {
        return no(Code::VNotFound, "what", word.task);
    };
    word.fields = forms::by_name(found.layout, word.fields);
    let (stage, check) = (form.stage(), form.check);
    if let Some(hand) = check.as_ref().and_then(|check| check.third.as_ref())
        && hand.person.name == word.person.name
        && forms::read(desk, hand.pos)?.as_ref() == Some(&word.fields)
    {
        return Ok(stage);
    }
    let Some((check, (second, differ))) = check.filter(|_| stage == Stage::Decide).and_then(|check| {
        let second = check.second.clone()?;
        Some((check, second))
    }) else {
        return no(Code::VState, "detail", NOTHING);
    };
    if !check.is_for(&word.person.name, desk.now) {
        return no(Code::VSamePerson, "person", word.person.name);
    }
    complete::may_act(desk, &case_no, &Task::Form(word.task), &word.person)?;
    if let Some(name) = differ.iter().find(|name| !word.fields.contains_key(*name)) {
        return no(Code::ERequired, "column", name);
    }
    if let Some(name) = word.fields.keys().find(|name| !differ.contains(name)) {
        return no(Code::EUnknownField, "column", name);
    }
    let (Some(first), Some(again)) = (forms::read(desk, check.first.pos)?, forms::read(desk, second.pos)?) else {
        return no(Code::VState, "detail", NOTHING);
    };
    let said = |name: &str| word.fields.get(name).cloned().unwrap_or_default();
    let wrong = |entries: &BTreeMap<String, String>| {
        let is = |name: &&String| entries.get(*name).cloned().unwrap_or_default() != said(name);
        differ.iter().filter(is).cloned().collect::<Vec<_>>()
    };
    let (first_wrong, second_wrong) = (wrong(&first), wrong(&again));
    desk.say(Event::FormDecided(Decided {
        task: word.task,
        case_no,
        person: word.person,
        fields: word.fields,
        reason: word.reason,
        first_wrong,
        second_wrong,
    }))?;
    Ok(Stage::Agreed)
}
