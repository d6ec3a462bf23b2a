//! When a channel takes its next turn.
//!
//! A turn that fell while the node was down is not made up: what was due then goes with the next turn. Taking a turn
//! twice does no harm, since only what is due is sent.

use chrono::{Datelike, TimeZone};
use model::calendar::Calendar;
use model::schedule::Schedule;
use std::str::FromStr;

/// The next turn strictly after an instant, milliseconds since 1970. `None` where nobody but a person calls it.
pub fn next_after(schedule: &Schedule, after_ms: i64, offset_minutes: i32, calendar: &Calendar) -> Option<i64> {
    match schedule {
        Schedule::AtOnce | Schedule::OnRequest => None,
        Schedule::Every(ms) => after_ms.checked_add(i64::try_from(*ms).ok()?),
        Schedule::Cron { fields, workdays_only } => {
            let zone = chrono::FixedOffset::east_opt(offset_minutes * 60)?;
            let from = zone.timestamp_millis_opt(after_ms).single()?;
            // The crate wants seconds first; ours are the standard five.
            let schedule = cron::Schedule::from_str(&format!("0 {fields}")).ok()?;
            schedule
                .after(&from)
                .take(800)
                .find(|at| !workdays_only || is_working(at, calendar))
                .map(|at| at.timestamp_millis())
        }
    }
}

/// A year without a calendar goes by the week: exchange goes on, and `check` warns of the missing year.
fn is_working(at: &chrono::DateTime<chrono::FixedOffset>, calendar: &Calendar) -> bool {
    let (Ok(year), Ok(month), Ok(day)) = (
        i16::try_from(at.year()),
        i8::try_from(at.month()),
        i8::try_from(at.day()),
    ) else {
        return true;
    };
    let Ok(date) = jiff::civil::Date::new(year, month, day) else {
        return true;
    };
    calendar
        .is_working(date)
        .unwrap_or_else(|_| at.weekday().number_from_monday() < 6)
}

/// The next turns, for people.
pub fn next_runs(
    schedule: &Schedule,
    from_ms: i64,
    offset_minutes: i32,
    calendar: &Calendar,
    count: usize,
) -> Vec<i64> {
    let mut runs = Vec::new();
    let mut at = from_ms;
    while runs.len() < count {
        let Some(next) = next_after(schedule, at, offset_minutes, calendar) else {
            break;
        };
        runs.push(next);
        at = next;
    }
    runs
}
