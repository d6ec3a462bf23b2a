//! How fast and how well is keyed: by clerk and by field, and how much of the queue can be done by when.

use crate::desk::Desk;
use ledger::keying::Keying;
use serde::{Deserialize, Serialize};

/// What one clerk, or one field of a department, was counted for.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct KeyingLine {
    /// The clerk, or the field.
    pub name: String,
    /// Of a field, the department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dept: Option<String>,
    /// Tasks that were finished.
    pub tasks: u64,
    /// What one took, seconds; absent where none was.
    pub seconds: Option<u64>,
    /// Characters keyed.
    pub marks: u64,
    /// Entries that somebody keyed again.
    pub checked: u64,
    /// Of these, wrong.
    pub wrong: u64,
    /// Wrong ones of ten thousand; absent where too few were keyed again to say so.
    pub rate: Option<u64>,
    /// That is more than the rule bears: it is drawn more often.
    pub often: bool,
}

/// Both.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct KeyingView {
    /// By clerk.
    pub clerks: Vec<KeyingLine>,
    /// By field.
    pub fields: Vec<KeyingLine>,
}

/// What one task takes, seconds, over all clerks; absent where none was finished.
pub fn seconds_each(desk: &mut Desk<'_>) -> Option<u64> {
    let all = desk.books().keyings();
    let people = all.iter().filter(|(key, _)| key.starts_with("person/"));
    let (ms, tasks) = people.fold((0, 0), |(ms, tasks), (_, k)| (ms + k.ms, tasks + k.tasks));
    (ms / 1_000).checked_div(tasks)
}

/// Everything that was counted.
pub fn keying(desk: &mut Desk<'_>) -> KeyingView {
    let above = u64::from(desk.plan.rules.rekey.above);
    let mut view = KeyingView::default();
    for (key, keying) in desk.books().keyings() {
        if let Some(name) = key.strip_prefix("person/") {
            view.clerks.push(line(name, None, &keying, above));
        } else if let Some((dept, name)) = key.strip_prefix("field/").and_then(|rest| rest.split_once('/')) {
            view.fields.push(line(name, Some(dept.to_owned()), &keying, above));
        }
    }
    view
}

fn line(name: &str, dept: Option<String>, keying: &Keying, above: u64) -> KeyingLine {
    let rate = keying.rate();
    KeyingLine {
        name: name.to_owned(),
        dept,
        tasks: keying.tasks,
        seconds: (keying.ms / 1_000).checked_div(keying.tasks),
        marks: keying.marks,
        checked: keying.checked,
        wrong: keying.wrong,
        rate,
        often: rate.is_some_and(|rate| rate > above),
    }
}
