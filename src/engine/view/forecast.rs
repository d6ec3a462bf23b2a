//! Whether the queue can be done in time: what one task took so far, the hours a day in which a clerk keys, and the clerks
//! there are, against the last days of all that waits.

use jiff::civil::Date;
use model::calendar::Calendar;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// Working days that are looked ahead.
const AHEAD: usize = 10;

/// Who is there to do it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Team {
    /// Clerks.
    pub clerks: u32,
    /// Hours a day in which one keys.
    pub hours: u32,
    /// What one task takes, seconds; absent where nobody knows yet.
    pub seconds: Option<u64>,
}

/// One day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ForecastLine {
    /// The day.
    pub day: Date,
    /// Tasks whose last day it is, or was before.
    pub tasks: u64,
    /// Minutes that they take.
    pub needed: u64,
    /// Minutes that all clerks have until the end of that day.
    pub there: u64,
    /// So many more clerks would have to be there from today on.
    pub short: u64,
}

/// Whether the queue can be done in time.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct ForecastView {
    /// What one task takes, seconds; absent where nobody knows yet, and then there are no lines.
    pub seconds: Option<u64>,
    /// Hours a day in which a clerk keys.
    pub hours: u32,
    /// Clerks.
    pub clerks: u32,
    /// The next working days.
    pub lines: Vec<ForecastLine>,
}

/// Looks ahead. A day of a year without a calendar ends it: nobody knows whether that is a working day.
pub fn forecast(due: &BTreeMap<Option<Date>, u64>, team: Team, calendar: &Calendar, today: Date) -> ForecastView {
    let mut view = ForecastView {
        seconds: team.seconds,
        hours: team.hours,
        clerks: team.clerks,
        lines: Vec::new(),
    };
    let Some(seconds) = team.seconds else { return view };
    let minutes = u64::from(team.hours) * 60;
    let (mut day, mut days) = (today, 0);
    while view.lines.len() < AHEAD {
        match calendar.is_working(day) {
            Ok(true) => {
                days += 1;
                let tasks = due.iter().filter(|(last, _)| last.is_some_and(|last| last <= day));
                let tasks: u64 = tasks.map(|(_, count)| count).sum();
                let (needed, each) = (tasks * seconds / 60, minutes * days);
                let there = u64::from(team.clerks) * each;
                view.lines.push(ForecastLine {
                    day,
                    tasks,
                    needed,
                    there,
                    short: needed.saturating_sub(there).div_ceil(each.max(1)),
                });
            }
            Ok(false) => {}
            Err(_) => break,
        }
        match day.tomorrow() {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    view
}
