//! The clerks' queue in the order in which it should be done, kept beside the books: nobody looks through a hundred thousand
//! cases to show the hundred that come first.
//!
//! It holds keys, never contents: whatever is shown is asked of the case anew. It is laid out slice by slice, between
//! other work, the first time anybody asks; from then on each case that changes is looked at once. A limit is counted by
//! the day, so each new day it is laid out again.

use crate::desk::Desk;
use crate::view::{self, TaskLine};
use jiff::civil::Date;
use model::CaseNo;
use model::calendar::Calendar;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

#[cfg(test)]
mod tests;

/// Cases looked at in one go while it is laid out.
const SLICE: usize = 4;
/// Free tasks that are looked at for one page: some may not be for whoever asks.
const LOOKED: usize = 400;

/// The place of a task, the least first: what a person put first; then what has the nearest limit, and what has none behind
/// that; of one day what is to be keyed before what its result will be; then whatever waits longest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Place {
    rank: i8,
    no_limit: bool,
    last: Option<Date>,
    kind: usize,
    since: i64,
    task: u64,
}

impl Place {
    fn of(line: &TaskLine) -> Self {
        let last: Option<Date> = line.due.as_deref().and_then(|due| due.parse().ok());
        Self {
            rank: -line.rank,
            no_limit: last.is_none(),
            last,
            kind: KINDS.iter().position(|kind| *kind == line.kind).unwrap_or(KINDS.len()),
            since: line.since,
            task: line
                .task
                .trim_start_matches(char::is_alphabetic)
                .parse()
                .unwrap_or(u64::MAX),
        }
    }
}

/// Kinds of tasks, as they follow each other on one day.
const KINDS: [&str; 5] = ["worksheet", "decide", "rekey", "form", "review"];

/// What the board knows of one task.
#[derive(Clone, Debug)]
struct Slot {
    case_no: CaseNo,
    task: String,
    held_by: Option<String>,
    dept: Box<str>,
}

/// The board.
#[derive(Default)]
pub struct Board {
    /// Up to which case it is laid out; nothing once it is whole.
    after: Option<String>,
    day: Option<Date>,
    tasks: BTreeMap<Place, Slot>,
    held: BTreeSet<Place>,
    arrived: u64,
    of_case: HashMap<CaseNo, Vec<Place>>,
    /// By last day and department: how many.
    counts: BTreeMap<(Option<Date>, Box<str>), u64>,
}

/// A page of the queue for one person.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct BoardView {
    /// In the person's hands.
    pub mine: Vec<TaskLine>,
    /// Free, as far as they are for this person, the most urgent first.
    pub free: Vec<TaskLine>,
    /// In others' hands.
    pub others: Vec<TaskLine>,
    /// Free ones in all.
    pub free_count: u64,
    /// In others' hands in all.
    pub others_count: u64,
    /// Whose last day is over.
    pub overdue: u64,
    /// How many came to the board since it was begun: what is more than before is new.
    pub arrived: u64,
    /// It is still being laid out: there may be more, and more urgent ones.
    pub partial: bool,
}

impl Board {
    /// Takes in what changed, and lays out another slice where it is not whole. Whether there is more to do.
    pub fn refresh(&mut self, desk: &mut Desk<'_>, calendar: &Calendar) -> bool {
        let (today, changed) = (desk.today(), desk.books().watch());
        match changed.filter(|_| self.day == Some(today)) {
            Some(changed) => changed.iter().for_each(|case_no| self.look_at(desk, calendar, case_no)),
            // A new day, or books that nobody watched so far.
            None => {
                *self = Self {
                    day: Some(today),
                    after: Some(String::new()),
                    ..Self::default()
                }
            }
        }
        for _ in 0..SLICE {
            let Some(after) = self.after.take() else { return false };
            let numbers = desk.books().open_after(&after);
            self.after = numbers.last().map(ToString::to_string);
            for case_no in &numbers {
                self.look_at(desk, calendar, case_no);
            }
        }
        self.after.is_some()
    }

    fn look_at(&mut self, desk: &mut Desk<'_>, calendar: &Calendar, case_no: &CaseNo) {
        let before = self.of_case.remove(case_no).unwrap_or_default();
        for key in &before {
            self.held.remove(key);
            if let Some(slot) = self.tasks.remove(key) {
                let count = (key.last, slot.dept);
                match self.counts.get_mut(&count) {
                    Some(n) if *n > 1 => *n -= 1,
                    _ => drop(self.counts.remove(&count)),
                }
            }
        }
        let lines = view::queue_lines(desk, calendar, case_no);
        let mut keys = Vec::with_capacity(lines.len());
        for line in lines {
            let key = Place::of(&line);
            self.arrived += u64::from(!before.iter().any(|known| known.task == key.task));
            let slot = Slot {
                case_no: case_no.clone(),
                dept: line.dept.into(),
                task: line.task,
                held_by: line.claimed_by,
            };
            *self.counts.entry((key.last, slot.dept.clone())).or_default() += 1;
            if slot.held_by.is_some() {
                self.held.insert(key);
            }
            self.tasks.insert(key, slot);
            keys.push(key);
        }
        if !keys.is_empty() {
            self.of_case.insert(case_no.clone(), keys);
        }
    }

    /// A page for a person: `most` of what is free and of what others have. `dept`: only of this department.
    pub fn page(
        &self,
        desk: &mut Desk<'_>,
        calendar: &Calendar,
        person: &str,
        dept: Option<&str>,
        most: usize,
    ) -> BoardView {
        let of = |slot: &&Slot| dept.is_none_or(|dept| *slot.dept == *dept);
        let mut view = BoardView {
            partial: self.after.is_some(),
            arrived: self.arrived,
            ..BoardView::default()
        };
        for slot in self.held.iter().filter_map(|key| self.tasks.get(key)).filter(of) {
            let mine = slot.held_by.as_deref() == Some(person);
            view.others_count += u64::from(!mine);
            if (mine || view.others.len() < most)
                && let Some(line) = line(desk, calendar, slot)
            {
                if mine {
                    view.mine.push(line)
                } else {
                    view.others.push(line)
                }
            }
        }
        let free = self.tasks.iter().filter(|(key, _)| !self.held.contains(key));
        let free = free.map(|(_, slot)| slot).filter(of);
        for slot in free.take(LOOKED) {
            if view.free.len() >= most {
                break;
            }
            let line = line(desk, calendar, slot);
            view.free
                .extend(line.filter(|line| !line.not_for.iter().any(|name| name == person)));
        }
        let today = desk.today();
        for ((due, of), n) in &self.counts {
            if dept.is_none_or(|dept| **of == *dept) {
                view.free_count += n;
                view.overdue += if due.is_some_and(|due| due < today) { *n } else { 0 };
            }
        }
        view.free_count -= (view.mine.len() as u64 + view.others_count).min(view.free_count);
        view
    }

    /// How many tasks must be done by which day.
    pub fn due(&self) -> BTreeMap<Option<Date>, u64> {
        let mut due = BTreeMap::new();
        for ((day, ..), count) in &self.counts {
            *due.entry(*day).or_default() += count;
        }
        due
    }
}

fn line(desk: &mut Desk<'_>, calendar: &Calendar, slot: &Slot) -> Option<TaskLine> {
    let lines = view::queue_lines(desk, calendar, &slot.case_no);
    lines.into_iter().find(|line| line.task == slot.task)
}
