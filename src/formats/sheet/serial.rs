//! Days as workbooks count them: a number from 1900 or 1904, made into a civil date without a float in between.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use model::Code;

/// The last day a workbook can count to: 9999-12-31 from 1900.
const LAST: f64 = 2_958_465.0;

/// The day of a serial number, and what should be known about it.
///
/// Counted from 1900, day 60 is the 29th of February 1900, which never was; those before it are one off. A number of
/// eight digits that reads as a day is that day, written without hyphens and taken for a number.
pub(crate) fn day(serial: f64, since_1904: bool) -> Result<(Date, Vec<Code>), Code> {
    if !serial.is_finite() {
        return Err(Code::EDate);
    }
    let whole = serial.floor();
    if whole > LAST {
        return compact(serial)
            .map(|day| (day, vec![Code::WNumDate]))
            .ok_or(Code::EDate);
    }
    let first = if since_1904 { 0.0 } else { 1.0 };
    if whole < first {
        return Err(Code::EDate);
    }
    // Between 0 and three million: exact.
    #[allow(clippy::cast_possible_truncation, reason = "bounded just above")]
    let days = whole as i32;
    let from = match days {
        _ if since_1904 => date(1904, 1, 1),
        60 => return Err(Code::EDate),
        1..=59 => date(1899, 12, 31),
        _ => date(1899, 12, 30),
    };
    let day = from.checked_add(days.days()).map_err(|_| Code::EDate)?;
    let warnings = if serial > whole {
        vec![Code::WTimeDropped]
    } else {
        Vec::new()
    };
    Ok((day, warnings))
}

/// `20260302`.
fn compact(number: f64) -> Option<Date> {
    if number.fract() != 0.0 || !(18_000_101.0..=99_991_231.0).contains(&number) {
        return None;
    }
    let digits = format!("{number:.0}");
    let part = |range: std::ops::Range<usize>| digits.get(range).and_then(|t| t.parse::<i16>().ok());
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    Date::new(year, month.try_into().ok()?, day.try_into().ok()?).ok()
}

#[cfg(test)]
mod tests;
