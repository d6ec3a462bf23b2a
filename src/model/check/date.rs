//! Dates as departments write them, read into civil dates. Canonical writing is `yyyy-mm-dd`.
//!
//! Year first or not at all: `02/03/2026` and `260302` can be read in two ways and are refused as such.

use super::{Checked, Options, Verdict, all_digits, width};
use crate::Code;
use jiff::civil::{Date, DateTime, Time, date as civil_date};
use jiff::tz::Offset;

/// The canonical text of "no end", where a field allows it.
pub const OPEN_END: &str = "9999-12-31";

/// Earlier years are fillers (`0001-01-01`), not dates of enterprises or living people.
pub const FIRST_YEAR: i16 = 1800;

/// Writings of "nothing".
const EMPTY: [&str; 5] = ["", "00000000", "0000-00-00", "NULL", "-"];
/// Writings of "no end".
const OPEN: [&str; 2] = ["长期", "永久"];

/// What a date field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parsed {
    /// Nothing: blanks, zeros, `NULL`.
    Empty,
    /// No end; only where `open_end` allows it.
    Open,
    /// A day.
    Day {
        /// The day, in the configured zone where the source gave an offset.
        date: Date,
        /// A time of day other than midnight stood beside it.
        time_dropped: bool,
    },
}

/// Judges a date. Nothing is written as `""`, no end as [`OPEN_END`].
pub fn check(text: &str, options: &Options) -> Verdict {
    Ok(match parse(text, options)? {
        Parsed::Empty => Checked::clean(""),
        Parsed::Open => Checked::clean(OPEN_END),
        Parsed::Day {
            date,
            time_dropped: false,
        } => Checked::clean(date.to_string()),
        Parsed::Day {
            date,
            time_dropped: true,
        } => Checked::clean(date.to_string()).warn(Code::WTimeDropped),
    })
}

/// Reads a date field.
pub fn parse(text: &str, options: &Options) -> Result<Parsed, Code> {
    let text = width::code(text);
    if EMPTY.contains(&text.as_str()) {
        return Ok(Parsed::Empty);
    }
    if OPEN.contains(&text.as_str()) {
        return if options.open_end {
            Ok(Parsed::Open)
        } else {
            Err(Code::EDate)
        };
    }
    if text.contains('*') {
        return Err(Code::EMasked);
    }
    let (day, time) = match text.split_once(['T', ' ']) {
        Some((day, time)) if !text.contains('年') => (day, Some(time.trim())),
        _ => (text.as_str(), None),
    };
    let written = civil(day)?;
    let (date, time_dropped) = match time {
        None => (written, false),
        Some(time) => at(written, time, options.zone)?,
    };
    if date.year() < FIRST_YEAR {
        return Err(Code::EDate);
    }
    let far = date.month() == 12 && date.day() == 31 && matches!(date.year(), 9999 | 2099);
    Ok(if options.open_end && far {
        Parsed::Open
    } else {
        Parsed::Day { date, time_dropped }
    })
}

/// `yyyymmdd`, as it stands inside other numbers.
pub(crate) fn compact(digits: &str) -> Option<Date> {
    if digits.len() != 8 || !all_digits(digits) {
        return None;
    }
    day(number(&digits[..4])?, number(&digits[4..6])?, number(&digits[6..])?)
}

/// The date part in any of its writings.
fn civil(text: &str) -> Result<Date, Code> {
    if all_digits(text) {
        // Six digits are yymmdd, ddmmyy or yyyymm.
        return if text.len() == 6 {
            Err(Code::EAmbiguous)
        } else {
            compact(text).ok_or(Code::EDate)
        };
    }
    if text.contains('年') {
        return han(text).ok_or(Code::EDate);
    }
    let separator = text.chars().find(|c| "-/.".contains(*c)).ok_or(Code::EDate)?;
    let parts: Vec<&str> = text.split(separator).collect();
    let [first, second, third] = parts[..] else {
        return Err(Code::EDate);
    };
    if !parts.iter().all(|part| all_digits(part)) {
        return Err(Code::EDate);
    }
    match (first.len(), second.len(), third.len()) {
        (4, 1..=2, 1..=2) => {}
        (1..=2, 1..=2, 4 | 1..=2) => return Err(Code::EAmbiguous),
        _ => return Err(Code::EDate),
    }
    let parsed = || day(number(first)?, number(second)?, number(third)?);
    parsed().ok_or(Code::EDate)
}

/// `2026年3月2日` and `二〇二六年三月二日`.
fn han(text: &str) -> Option<Date> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let (year, rest) = text.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let day_of_month = rest.strip_suffix('日')?;
    let year = match all_digits(year) {
        true if year.len() == 4 => number(year)?,
        true => return None,
        false => han_year(year)?,
    };
    day(year, one_or_two(month)?, one_or_two(day_of_month)?)
}

fn one_or_two(text: &str) -> Option<i16> {
    if all_digits(text) {
        number(text).filter(|_| text.len() <= 2)
    } else {
        han_number(text)
    }
}

fn han_year(text: &str) -> Option<i16> {
    let digits: Option<Vec<i16>> = text.chars().map(han_digit).collect();
    let digits = digits.filter(|d| d.len() == 4)?;
    Some(digits.iter().fold(0, |year, digit| year * 10 + digit))
}

/// 一 to 九十九.
fn han_number(text: &str) -> Option<i16> {
    let single = |part: &str| {
        let mut chars = part.chars();
        let digit = han_digit(chars.next()?)?;
        (chars.next().is_none() && digit > 0).then_some(digit)
    };
    match text.split_once('十') {
        None => single(text),
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { 1 } else { single(tens)? };
            let ones = if ones.is_empty() { 0 } else { single(ones)? };
            Some(tens * 10 + ones)
        }
    }
}

fn han_digit(c: char) -> Option<i16> {
    "〇一二三四五六七八九"
        .chars()
        .position(|d| d == c)
        .or_else(|| matches!(c, '○' | '零').then_some(0))?
        .try_into()
        .ok()
}

fn number(digits: &str) -> Option<i16> {
    digits.parse().ok()
}

fn day(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

/// The day of a date with a time. With an offset it is an instant, and the day is that of the configured zone; where the
/// clocks of that summer would have shown the next day already, nobody knows which one was meant.
fn at(date: Date, time: &str, zone: Offset) -> Result<(Date, bool), Code> {
    let (clock, offset) = split_offset(time).ok_or(Code::EDate)?;
    let clock = clock_time(clock).ok_or(Code::EDate)?;
    let mut moment = DateTime::from_parts(date, clock);
    if let Some(offset) = offset {
        let instant = offset.to_timestamp(moment).map_err(|_| Code::EDate)?;
        moment = zone.to_datetime(instant);
        let summer = Offset::from_seconds(zone.seconds() + 3600).map_or(moment, |o| o.to_datetime(instant));
        if summer.date() != moment.date() && is_summer_time(summer.date(), zone) {
            return Err(Code::EAmbiguous);
        }
    }
    Ok((moment.date(), moment.time() != Time::midnight()))
}

/// Whether clocks of China stood an hour ahead on this day, its ends included: programs that know of it write midnight
/// as 23:00 of the day before, and those that do not write 23:00 where they mean it.
fn is_summer_time(date: Date, zone: Offset) -> bool {
    const SUMMERS: [[Date; 2]; 6] = [
        [civil_date(1986, 5, 4), civil_date(1986, 9, 14)],
        [civil_date(1987, 4, 12), civil_date(1987, 9, 13)],
        [civil_date(1988, 4, 17), civil_date(1988, 9, 11)],
        [civil_date(1989, 4, 16), civil_date(1989, 9, 17)],
        [civil_date(1990, 4, 15), civil_date(1990, 9, 16)],
        [civil_date(1991, 4, 14), civil_date(1991, 9, 15)],
    ];
    zone.seconds() == 8 * 3600 && SUMMERS.iter().any(|[first, last]| *first <= date && date <= *last)
}

/// `08:00:00+08:00` into its clock and its offset.
fn split_offset(time: &str) -> Option<(&str, Option<Offset>)> {
    if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        return Some((clock, Some(Offset::UTC)));
    }
    let Some(at) = time.find(['+', '-']) else {
        return Some((time, None));
    };
    let (clock, offset) = time.split_at(at);
    let (hours, minutes) = offset[1..].split_once(':')?;
    let whole = |text: &str| {
        (text.len() == 2 && all_digits(text))
            .then(|| text.parse::<i32>().ok())
            .flatten()
    };
    let (hours, minutes) = (whole(hours)?, whole(minutes).filter(|m| *m < 60)?);
    let seconds = (hours * 60 + minutes) * 60;
    let signed = if offset.starts_with('-') { -seconds } else { seconds };
    Some((clock, Some(Offset::from_seconds(signed).ok()?)))
}

/// `8:00`, `08:00:00`, `08:00:00.000`.
fn clock_time(text: &str) -> Option<Time> {
    let (clock, fraction) = text.split_once('.').map_or((text, None), |(clock, f)| (clock, Some(f)));
    let fraction_is_zero = match fraction {
        None => true,
        Some(digits) if all_digits(digits) && digits.len() <= 9 => digits.bytes().all(|b| b == b'0'),
        Some(_) => return None,
    };
    let parts: Vec<&str> = clock.split(':').collect();
    if !parts.iter().all(|p| all_digits(p) && p.len() <= 2) {
        return None;
    }
    let (hour, minute, second) = match parts[..] {
        [h, m] if fraction.is_none() => (h, m, "0"),
        [h, m, s] => (h, m, s),
        _ => return None,
    };
    // Whether a fraction stood there matters only for "other than midnight".
    let nanosecond = i32::from(!fraction_is_zero);
    Time::new(
        hour.parse().ok()?,
        minute.parse().ok()?,
        second.parse().ok()?,
        nanosecond,
    )
    .ok()
}
