//! By when a department must have decided: its limit, counted by the calendar from the day its papers were complete.
//!
//! The clock runs while the department has the papers and has not decided; it stands while a 补正 is open. A year without
//! a calendar makes the day unknown and says which year is missing: a day counted by guess would be a promise by guess.

use crate::plan::Plan;
use jiff::civil::Date;
use ledger::case_file::{CaseFile, Obligation};
use model::calendar::Calendar;
use model::{AttemptState, Code, Finding, Op, Standing};
use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// The last day of a limit.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Due {
    /// `2026-03-13`; absent where it cannot be known.
    pub day: Option<String>,
    /// It has passed.
    pub overdue: bool,
    /// Why it cannot be known.
    pub finding: Option<Finding>,
}

/// The last day of an obligation's limit; nothing while its clock does not run.
pub fn due(plan: &Plan, calendar: &Calendar, now: i64, file: &CaseFile, o: &Obligation) -> Option<Due> {
    let waits = o.standing.as_ref().is_none_or(|s| {
        let stands = s.standing == Standing::SupplementRequested;
        !stands && !s.standing.is_final()
    });
    if o.ended.is_some() || !waits {
        return None;
    }
    // A report asks for no decision.
    let matter = plan.matter(&o.matter).filter(|m| !m.reports)?;
    let today = plan.day(now);
    let first = begun(plan, calendar, today, file, o)?;
    let last = first.and_then(|first| Ok((first, calendar.limit(first, matter.limit, matter.limit_unit)?)));
    Some(match last {
        Ok((_, day)) => Due {
            day: Some(day.to_string()),
            overdue: today > day,
            finding: None,
        },
        Err(code) => Due {
            day: None,
            overdue: false,
            finding: Some(unknown(code, calendar, plan, o)),
        },
    })
}

/// The day a round's limit is counted from; nothing while the department does not have its papers. One that asked for
/// more after the time for asking was over cannot begin anew.
fn begun(plan: &Plan, calendar: &Calendar, today: Date, file: &CaseFile, o: &Obligation) -> Option<Result<Date, Code>> {
    let own = received(plan, o)?;
    let before = o
        .round
        .checked_sub(1)
        .and_then(|round| file.obligation(&o.matter, round));
    let asked = before.and_then(|before| Some((received(plan, before)?, before.standing.as_ref()?)));
    let Some((first, note)) = asked.filter(|(_, note)| note.standing == Standing::SupplementRequested) else {
        return Some(Ok(own));
    };
    calendar
        .deemed_acceptance(first, Some(plan.day(note.at)), Some(own), today)
        .transpose()
}

/// The day we know a department to have had what opened a round.
fn received(plan: &Plan, o: &Obligation) -> Option<Date> {
    let attempts = o.deliveries.iter().flat_map(|d| &d.attempts);
    let mut booked =
        attempts.filter(|a| a.state == AttemptState::Acknowledged && matches!(a.op, Op::Submit | Op::Supplement));
    booked.next().map(|a| plan.day(a.since))
}

/// Which year is missing: the first one at or after the day the counting starts.
fn unknown(code: Code, calendar: &Calendar, plan: &Plan, o: &Obligation) -> Finding {
    let from = received(plan, o).map_or(0, Date::year);
    let missing = (from..).find(|year| calendar.years().all(|known| known != *year));
    Finding::new(code).with("year", missing.unwrap_or(from))
}
