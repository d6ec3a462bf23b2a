//! Proof of keying 复核: what a clerk keyed into a form waits until somebody else keyed it again without seeing it; where
//! the two differ, a third person looks, and both entries are kept. How often each clerk and each field was wrong is
//! counted beside it.

use crate::books::Books;
use crate::case_file::{CaseFile, Form};
use crate::event::{Event, Person, Pos};
use model::{CaseNo, DeptId, TaskId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A pause longer than this is no keying: nobody sits over one task for so long, milliseconds.
const LONGEST: i64 = 30 * 60 * 1000;

/// What a clerk keyed, as it is journalled. It has no effect before somebody keyed it again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Keyed {
    /// The task.
    pub task: TaskId,
    /// Its case.
    pub case_no: CaseNo,
    /// Who.
    pub person: Person,
    /// Text by field.
    pub fields: BTreeMap<String, String>,
    /// Fields that are keyed again.
    pub again: Vec<String>,
    /// From when on the same person may key them again, milliseconds since 1970; absent where it must be another one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub later: Option<i64>,
    /// It was drawn: all fields are keyed again, whatever their layout says.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub drawn: bool,
}

/// It was keyed again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Rekeyed {
    /// The task.
    pub task: TaskId,
    /// Its case.
    pub case_no: CaseNo,
    /// Who.
    pub person: Person,
    /// Text by field.
    pub fields: BTreeMap<String, String>,
    /// Fields in which it differs from what was keyed first.
    pub differ: Vec<String>,
}

/// Where two entries differed, a third person looked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decided {
    /// The task.
    pub task: TaskId,
    /// Its case.
    pub case_no: CaseNo,
    /// Who.
    pub person: Person,
    /// What is right, by field.
    pub fields: BTreeMap<String, String>,
    /// How that is known.
    pub reason: String,
    /// Fields in which the first entry was wrong.
    pub first_wrong: Vec<String>,
    /// Fields in which the second was.
    pub second_wrong: Vec<String>,
}

/// What was keyed has no effect and is to be keyed anew. It stays in the journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SentBack {
    /// The task.
    pub task: TaskId,
    /// Its case.
    pub case_no: CaseNo,
    /// Who; absent where the node found that it cannot be taken.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub person: Option<Person>,
    /// Why.
    pub reason: String,
}

/// A person put a task before others, or behind them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ranked {
    /// The task.
    pub task: TaskId,
    /// Its case.
    pub case_no: CaseNo,
    /// Who.
    pub person: Person,
    /// 1 before all others, 0 by its time limit, -1 behind all others.
    pub rank: i8,
    /// Why.
    pub reason: String,
}

/// Who keyed something, when, and where it stands in the journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Hand {
    /// Who.
    pub person: Person,
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Where.
    pub pos: Pos,
}

/// How far the proof of a form's entries is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Check {
    /// Who keyed it first.
    pub first: Hand,
    /// Fields that are keyed again.
    pub again: Vec<String>,
    /// See [`Keyed::later`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<i64>,
    /// Who keyed it again, and in which fields it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second: Option<(Hand, Vec<String>)>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub third: Option<Hand>,
}

/// What a form waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// To be keyed.
    Key,
    /// To be keyed again by somebody else.
    Rekey,
    /// To be decided by a third person.
    Decide,
    /// Nothing more: it has effect next.
    Agreed,
}

impl Check {
    /// What it waits for.
    pub fn stage(&self) -> Stage {
        match (&self.second, &self.third) {
            (None, _) => Stage::Rekey,
            (Some((_, differ)), None) if !differ.is_empty() => Stage::Decide,
            _ => Stage::Agreed,
        }
    }

    /// When anything last became of it, milliseconds since 1970.
    pub fn last(&self) -> i64 {
        let second = self.second.as_ref().map(|(hand, _)| hand);
        let hands = [Some(&self.first), second, self.third.as_ref()];
        hands
            .into_iter()
            .flatten()
            .map(|hand| hand.at)
            .max()
            .unwrap_or_default()
    }

    /// Whether this person may do what it waits for at this instant: nobody proves their own work.
    pub fn is_for(&self, name: &str, now: i64) -> bool {
        let first = self.first.person.name == name;
        match self.stage() {
            Stage::Key => true,
            Stage::Rekey => !first || self.later.is_some_and(|from| from <= now),
            Stage::Decide => !first && self.second.as_ref().is_none_or(|(hand, _)| hand.person.name != name),
            Stage::Agreed => false,
        }
    }
}

impl Form {
    /// What it waits for.
    pub fn stage(&self) -> Stage {
        match &self.check {
            Some(check) if self.closed.is_none() => check.stage(),
            _ => Stage::Key,
        }
    }
}

impl CaseFile {
    /// A form by its task.
    pub fn form(&self, task: TaskId) -> Option<&Form> {
        self.forms.iter().find(|form| form.task == task)
    }

    /// Whether a form of it is agreed on, and had no effect yet.
    pub fn has_agreed(&self) -> bool {
        self.forms.iter().any(|form| form.stage() == Stage::Agreed)
    }
}

/// What was counted of one clerk, or of one field of a department.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Keying {
    /// The last event that is in it.
    pub at: Pos,
    /// Tasks that were finished.
    pub tasks: u64,
    /// What they took from being taken to being sent, milliseconds; pauses are cut off.
    pub ms: u64,
    /// Characters keyed.
    pub marks: u64,
    /// Entries that somebody keyed again.
    pub checked: u64,
    /// Of these, wrong.
    pub wrong: u64,
}

impl Keying {
    /// Wrong entries of ten thousand; absent where too few were keyed again to say so.
    pub fn rate(&self) -> Option<u64> {
        (self.checked >= ENOUGH).then(|| self.wrong * 10_000 / self.checked)
    }
}

/// So many entries must have been keyed again before a rate is spoken of.
const ENOUGH: u64 = 100;

/// What is counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of<'a> {
    /// A clerk.
    Person(&'a str),
    /// A field, by department and name.
    Field(&'a DeptId, &'a str),
}

impl Of<'_> {
    fn key(self) -> String {
        match self {
            Self::Person(name) => format!("person/{name}"),
            Self::Field(dept, name) => format!("field/{dept}/{name}"),
        }
    }
}

/// What one task took.
struct Work {
    ms: u64,
    marks: u64,
}

impl Work {
    fn new(at: i64, since: i64, fields: &BTreeMap<String, String>) -> Self {
        let ms = at.saturating_sub(since).clamp(0, LONGEST);
        Self {
            ms: u64::try_from(ms).unwrap_or_default(),
            marks: fields.values().map(|text| text.chars().count() as u64).sum(),
        }
    }
}

impl Books {
    /// What was counted.
    pub fn keying(&mut self, of: Of<'_>) -> Keying {
        self.keying.get(&of.key()).cloned().unwrap_or_default()
    }

    /// Everything that was counted, by `person/NAME` and `field/DEPT/NAME`.
    pub fn keyings(&mut self) -> Vec<(String, Keying)> {
        let keys = self.keying.keys();
        let found = keys.into_iter().map(|key| (self.keying.get(&key).cloned(), key));
        found.filter_map(|(keying, key)| Some((key, keying?))).collect()
    }

    /// Cases of which a form is agreed on and had no effect yet.
    pub fn agreed_cases(&self) -> Vec<CaseNo> {
        self.agreed.keys().iter().map(CaseNo::new).collect()
    }

    fn count(&mut self, of: Of<'_>, pos: Pos, count: impl FnOnce(&mut Keying)) {
        let keying = self.keying.or_default(&of.key());
        if keying.at < pos {
            count(keying);
            keying.at = pos;
        }
    }

    /// A clerk finished a task that was taken then; so many of its entries were held against another's.
    fn count_work(&mut self, pos: Pos, person: &Person, work: Work, checked: u64) {
        self.count(Of::Person(&person.name), pos, |keying| {
            keying.tasks += 1;
            keying.ms += work.ms;
            keying.marks += work.marks;
            keying.checked += checked;
        });
    }

    /// The same of a task whose entries nobody proves.
    pub(crate) fn count_task(&mut self, pos: Pos, at: i64, person: &Person, since: i64) {
        self.count_work(pos, person, Work::new(at, since, &BTreeMap::new()), 0);
    }

    pub(crate) fn keyed(&mut self, pos: Pos, at: i64, keyed: &Keyed) {
        let since = self.claimed_since(&keyed.case_no, keyed.task).unwrap_or(at);
        self.count_work(pos, &keyed.person, Work::new(at, since, &keyed.fields), 0);
        let hand = hand(&keyed.person, at, pos);
        self.check(&keyed.case_no, keyed.task, pos, |form| {
            // What was entered before is corrected: it waits again.
            form.closed = None;
            form.check = Some(Check {
                first: hand,
                again: keyed.again.clone(),
                later: keyed.later,
                second: None,
                third: None,
            });
        });
    }

    pub(crate) fn rekeyed(&mut self, pos: Pos, at: i64, rekeyed: &Rekeyed) {
        let since = self.claimed_since(&rekeyed.case_no, rekeyed.task).unwrap_or(at);
        if let Some((dept, check)) = self.form_of(&rekeyed.case_no, rekeyed.task) {
            let (entries, work) = (check.again.len() as u64, Work::new(at, since, &rekeyed.fields));
            // The second entry was held against the first as the first was against it.
            self.count_work(pos, &rekeyed.person, work, entries);
            self.count(Of::Person(&check.first.person.name), pos, |k| k.checked += entries);
            for name in &check.again {
                self.count(Of::Field(&dept, name), pos, |keying| keying.checked += 1);
            }
        }
        let hand = hand(&rekeyed.person, at, pos);
        self.check(&rekeyed.case_no, rekeyed.task, pos, |form| {
            if let Some(check) = &mut form.check {
                check.second = Some((hand, rekeyed.differ.clone()));
            }
        });
    }

    pub(crate) fn decided(&mut self, pos: Pos, at: i64, decided: &Decided) {
        if let Some((dept, check)) = self.form_of(&decided.case_no, decided.task) {
            let first = check.first.person.name;
            let second = check.second.map(|(hand, _)| hand.person.name).unwrap_or_default();
            let wrong = |list: &[String]| list.len() as u64;
            if first == second {
                let both = wrong(&decided.first_wrong) + wrong(&decided.second_wrong);
                self.count(Of::Person(&first), pos, |keying| keying.wrong += both);
            } else {
                self.count(Of::Person(&first), pos, |k| k.wrong += wrong(&decided.first_wrong));
                self.count(Of::Person(&second), pos, |k| k.wrong += wrong(&decided.second_wrong));
            }
            for name in &decided.first_wrong {
                self.count(Of::Field(&dept, name), pos, |keying| keying.wrong += 1);
            }
        }
        let hand = hand(&decided.person, at, pos);
        self.check(&decided.case_no, decided.task, pos, |form| {
            if let Some(check) = &mut form.check {
                check.third = Some(hand);
            }
        });
    }

    pub(crate) fn sent_back(&mut self, pos: Pos, back: &SentBack) {
        self.check(&back.case_no, back.task, pos, |form| form.check = None);
    }

    fn form_of(&mut self, case_no: &CaseNo, task: TaskId) -> Option<(DeptId, Check)> {
        let form = self.case(case_no)?.form(task)?;
        Some((form.matter.dept(), form.check.clone()?))
    }

    pub(crate) fn claimed_since(&mut self, case_no: &CaseNo, task: TaskId) -> Option<i64> {
        let claim = self.case(case_no)?.form(task)?.claim.as_ref()?;
        (claim.since > 0).then_some(claim.since)
    }

    /// Changes a form whose entries are proved; whoever held it is done with it.
    fn check(&mut self, case_no: &CaseNo, task: TaskId, pos: Pos, change: impl FnOnce(&mut Form)) {
        self.change(case_no, pos, |file| {
            if let Some(form) = file.forms.iter_mut().find(|form| form.task == task) {
                form.claim = None;
                change(form);
            }
        });
    }
}

fn hand(person: &Person, at: i64, pos: Pos) -> Hand {
    let person = person.clone();
    Hand { person, at, pos }
}

impl Event {
    /// What was keyed of a form, where this says it.
    pub fn entries(self) -> Option<BTreeMap<String, String>> {
        match self {
            Self::FormKeyed(keyed) => Some(keyed.fields),
            Self::FormRekeyed(rekeyed) => Some(rekeyed.fields),
            Self::FormDecided(decided) => Some(decided.fields),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
