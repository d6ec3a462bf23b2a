//! Working days. The State Council lists days off and make-up workdays, year by year; other days follow the week.
//!
//! A year without a list is an error, never a guess: its deadlines are unknown until the list is there.
//! Day 1 of a limit is the next working day.

use crate::Code;
use crate::define::LimitUnit;
use jiff::civil::{Date, Weekday};
use jiff::{Span, ToSpan};
use std::collections::{BTreeMap, BTreeSet};

#[cfg(test)]
mod tests;

/// Working days in which a person must be told what is missing; after that a paper counts as accepted.
pub const NOTICE_DAYS: u32 = 5;

/// The lists of the years that are covered.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Calendar {
    years: BTreeSet<i16>,
    listed: BTreeMap<Date, bool>,
}

/// A time in which the clock stands: working days after `from`, up to and including `resumed`, do not count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Suspension {
    /// The last day before it that counts.
    pub from: Date,
    /// The day it ends; none while it lasts.
    pub resumed: Option<Date>,
}

impl Suspension {
    /// True for a day that does not count.
    fn holds(&self, day: Date) -> bool {
        day > self.from && self.resumed.is_none_or(|resumed| day <= resumed)
    }
}

impl Calendar {
    /// A calendar that covers no year yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Covers a year with its list of (date, is off): `false` is a make-up workday. A later list replaces the year's earlier one.
    /// Gives back the date that lies in another year or stands twice with different words; then nothing is covered.
    pub fn cover(&mut self, year: i16, list: impl IntoIterator<Item = (Date, bool)>) -> Result<(), Date> {
        let mut days = BTreeMap::new();
        for (date, off) in list {
            if date.year() != year || days.insert(date, off).is_some_and(|known| known != off) {
                return Err(date);
            }
        }
        self.listed.retain(|date, _| date.year() != year);
        self.listed.extend(days);
        self.years.insert(year);
        Ok(())
    }

    /// The covered years, in order.
    pub fn years(&self) -> impl Iterator<Item = i16> {
        self.years.iter().copied()
    }

    /// Whether people work on this day. `E_CALENDAR` for a year without a list.
    pub fn is_working(&self, day: Date) -> Result<bool, Code> {
        if !self.years.contains(&day.year()) {
            return Err(Code::ECalendar);
        }
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        Ok(self.listed.get(&day).map_or(!weekend, |off| !off))
    }

    /// The `days`-th working day after `start`; `start` itself for 0.
    pub fn add(&self, start: Date, days: u32) -> Result<Date, Code> {
        // Without a suspension there is always a day.
        self.due(start, days, &[])?.ok_or(Code::ECalendar)
    }

    /// The last day of a limit in its own unit.
    pub fn limit(&self, start: Date, limit: u32, unit: LimitUnit) -> Result<Date, Code> {
        match unit {
            LimitUnit::WorkingDay => self.add(start, limit),
            LimitUnit::CalendarDay => {
                let span = Span::new().try_days(limit).map_err(|_| Code::ERange)?;
                start.checked_add(span).map_err(|_| Code::ERange)
            }
        }
    }

    /// Working days after `from`, up to and including `to`; 0 where `to` is not later.
    pub fn count(&self, from: Date, to: Date) -> Result<u32, Code> {
        let (mut day, mut count) = (from, 0);
        while day < to {
            day = next(day)?;
            count += u32::from(self.is_working(day)?);
        }
        Ok(count)
    }

    /// The last day of a limit in working days, with the times taken out in which the clock stood.
    /// None where a suspension still lasts before the limit is used up.
    pub fn due(&self, start: Date, days: u32, suspensions: &[Suspension]) -> Result<Option<Date>, Code> {
        let (mut day, mut left) = (start, days);
        while left > 0 {
            day = next(day)?;
            match suspensions.iter().find(|s| s.holds(day)) {
                Some(Suspension { resumed: None, .. }) => return Ok(None),
                Some(_) => {}
                None => left -= u32::from(self.is_working(day)?),
            }
        }
        Ok(Some(day))
    }

    /// Working days of a limit used after `start`, up to and including `today`, with suspensions taken out.
    pub fn used(&self, start: Date, today: Date, suspensions: &[Suspension]) -> Result<u32, Code> {
        let (mut day, mut used) = (start, 0);
        while day < today {
            day = next(day)?;
            let stands = suspensions.iter().any(|s| s.holds(day));
            used += u32::from(!stands && self.is_working(day)?);
        }
        Ok(used)
    }

    /// Since when a paper counts as accepted, none while that is open.
    ///
    /// Told in time that something is missing: from the day it is complete. Not told within [`NOTICE_DAYS`]:
    /// from the day it was received.
    pub fn deemed_acceptance(
        &self,
        received: Date,
        notice_sent: Option<Date>,
        supplement_received: Option<Date>,
        today: Date,
    ) -> Result<Option<Date>, Code> {
        let deadline = self.add(received, NOTICE_DAYS)?;
        Ok(match notice_sent {
            Some(sent) if sent <= deadline => supplement_received,
            Some(_) => Some(received),
            None => (today > deadline).then_some(received),
        })
    }
}

fn next(day: Date) -> Result<Date, Code> {
    day.checked_add(1.day()).map_err(|_| Code::ECalendar)
}
