//! Days as a spreadsheet counts them: `46083` is 2026-03-02 in the system of 1900, `44621` in that of 1904.
//!
//! Whole days only. The time of day that a cell may carry is judged where cells are read, which can say that it was
//! dropped; here a fraction is refused.

use super::date::ymd;
use jiff::civil::{Date, date};
use jiff::{Span, Unit};
use model::Code;

/// The day after 9999-12-31 would be this much past the last one a spreadsheet knows.
const LAST_1900: i64 = 2_958_465;
/// The 29th of February 1900, which never was.
const PHANTOM: i64 = 60;

/// From which day a spreadsheet counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Base {
    /// 1900-01-01 is day 1.
    Y1900,
    /// 1904-01-01 is day 0.
    Y1904,
}

impl Base {
    /// Reads `1900` or `1904`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "1900" => Some(Self::Y1900),
            "1904" => Some(Self::Y1904),
            _ => None,
        }
    }

    /// The day number of a canonical date.
    pub(super) fn write(self, canonical: &str) -> Result<String, Code> {
        let (year, month, day) = ymd(canonical).ok_or(Code::EDate)?;
        let month = i8::try_from(month).map_err(|_| Code::EDate)?;
        let day = i8::try_from(day).map_err(|_| Code::EDate)?;
        let wanted = Date::new(year, month, day).map_err(|_| Code::EDate)?;
        let since = |from: Date| -> Result<i64, Code> {
            let span = from.until((Unit::Day, wanted)).map_err(|_| Code::EDate)?;
            Ok(i64::from(span.get_days()))
        };
        let serial = match self {
            Self::Y1904 => since(date(1904, 1, 1))?,
            Self::Y1900 => match since(date(1899, 12, 31))? {
                before @ ..PHANTOM => before,
                after => after + 1,
            },
        };
        let least = if self == Self::Y1900 { 1 } else { 0 };
        if serial < least {
            return Err(Code::EDate);
        }
        Ok(serial.to_string())
    }

    /// The canonical date of a day number.
    pub(super) fn read(self, text: &str) -> Result<String, Code> {
        let plain = (1..=7).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let canonical = plain && (text == "0" || !text.starts_with('0'));
        let serial: i64 = text.parse().ok().filter(|_| canonical).ok_or(Code::EDate)?;
        let (from, days) = match self {
            Self::Y1904 => (date(1904, 1, 1), serial),
            Self::Y1900 if serial == 0 || serial == PHANTOM => return Err(Code::EDate),
            Self::Y1900 if serial < PHANTOM => (date(1899, 12, 31), serial),
            Self::Y1900 => (date(1899, 12, 30), serial),
        };
        if serial > LAST_1900 {
            return Err(Code::EDate);
        }
        let span = Span::new().try_days(days).map_err(|_| Code::EDate)?;
        let day = from.checked_add(span).map_err(|_| Code::EDate)?;
        Ok(day.to_string())
    }
}
