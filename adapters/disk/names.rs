//! What files are called, and which of ours a name answers: `SW0302A1` goes, `HP0302A1.DBF` comes back for it;
//! `HUB_HRSS_20260302_01` goes, `HRSS_HUB_RET_20260302_01.xlsx` comes back.
//!
//! A table has eight characters and three, as the oldest systems have them; a workbook comes from systems that can spell.

use crate::suite::Suite;
use jiff::civil::Date;

/// How a number says day and sequence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Style {
    /// `0302A1`: month, day, letter and digit. A day holds 234 batches: A1 to A9, B1 … Z9.
    Short,
    /// `20260302_01`. A day holds 99.
    Dated,
}

/// The first letters of what goes and what comes back, and how they go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) out: String,
    pub(crate) back: String,
    pub(crate) style: Style,
}

impl Style {
    fn most_per_day(self) -> u32 {
        match self {
            Self::Short => 26 * 9,
            Self::Dated => 99,
        }
    }

    /// How the file that goes ends.
    pub(crate) fn ending(self) -> &'static str {
        match self {
            Self::Short => "DBF",
            Self::Dated => "xlsx",
        }
    }

    /// How files that come back may end: people save a workbook in what their program likes best.
    fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Short => &[".DBF"],
            Self::Dated => &[".XLSX", ".XLS", ".ODS"],
        }
    }

    fn pattern(self) -> &'static str {
        match self {
            Self::Short => "{mmdd}{A-Z}{1-9}",
            Self::Dated => "{yyyymmdd}_{01-99}",
        }
    }
}

impl Names {
    /// The number of the batch of that day and sequence (from 1), or nothing where the day is full.
    pub(crate) fn number(&self, day: Date, seq: u32) -> Option<String> {
        let nth = seq.checked_sub(1).filter(|nth| *nth < self.style.most_per_day())?;
        let (year, month, of_month) = (day.year(), day.month(), day.day());
        Some(match self.style {
            Style::Short => {
                let letter = char::from(b'A' + u8::try_from(nth / 9).ok()?);
                format!("{}{month:02}{of_month:02}{letter}{}", self.out, nth % 9 + 1)
            }
            Style::Dated => format!("{}{year:04}{month:02}{of_month:02}_{seq:02}", self.out),
        })
    }

    /// Which of our batches a file or bag of this name answers. Case does not matter: media change it.
    pub(crate) fn answers(&self, name: &str) -> Option<String> {
        let name = name.to_ascii_uppercase();
        let stem = self.stem(&name);
        let rest = stem.unwrap_or(&name).strip_prefix(self.back.as_str())?;
        self.is_rest(rest).then(|| format!("{}{rest}", self.out))
    }

    /// The same for a file: it must have an ending.
    pub(crate) fn answers_as_file(&self, name: &str) -> Option<String> {
        let ends = self.stem(&name.to_ascii_uppercase()).is_some();
        self.answers(name).filter(|_| ends)
    }

    /// A name in capitals without the ending of a file, encrypted or not; `None` where it has none.
    fn stem<'a>(&self, name: &'a str) -> Option<&'a str> {
        // Of either suite: one that is not this channel's is refused by name, and not overlooked.
        let sealed = Suite::ALL.iter().find(|suite| suite.is_ending(name));
        let end = name.len() - sealed.map_or(0, |suite| suite.ending().len());
        let file = name.get(..end).unwrap_or(name);
        self.style.endings().iter().find_map(|ending| file.strip_suffix(ending))
    }

    /// Whether this is a number of ours.
    pub(crate) fn is_ours(&self, name: &str) -> bool {
        name.strip_prefix(self.out.as_str())
            .is_some_and(|rest| self.is_rest(rest))
    }

    /// The return's own name for a batch of ours.
    pub(crate) fn back_of(&self, number: &str) -> String {
        format!(
            "{}{}",
            self.back,
            number.strip_prefix(self.out.as_str()).unwrap_or(number)
        )
    }

    /// The day of a batch of ours, where its number says the whole of it.
    pub(crate) fn day(&self, number: &str) -> Option<Date> {
        let rest = number
            .strip_prefix(self.out.as_str())
            .filter(|_| self.style == Style::Dated)?;
        dated(rest)
    }

    /// Whether a number written in a file, in whatever words (`HRSS20260302-01`), is the one of this batch of ours.
    pub(crate) fn is_same(&self, number: &str, written: &str) -> bool {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let rest = number.strip_prefix(self.out.as_str()).unwrap_or(number);
        digits(written) == digits(rest)
    }

    /// The pattern of what comes back, for people.
    pub(crate) fn pattern(&self) -> String {
        format!("{}{}.{}", self.back, self.style.pattern(), self.style.ending())
    }

    /// Why a day has no more numbers, for people.
    pub(crate) fn full(&self) -> String {
        format!("{}{} ≤ {}", self.out, self.style.pattern(), self.style.most_per_day())
    }

    fn is_rest(&self, rest: &str) -> bool {
        match self.style {
            Style::Short => is_short(rest),
            Style::Dated => dated(rest).is_some(),
        }
    }
}

/// A number of two digits at a place.
fn two(text: &str, at: usize) -> Option<u8> {
    text.get(at..at + 2)
        .filter(|t| t.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|t| t.parse::<u8>().ok())
}

/// `mmddLn`.
fn is_short(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    bytes.len() == 6
        && two(rest, 0).is_some_and(|m| (1..=12).contains(&m))
        && two(rest, 2).is_some_and(|d| (1..=31).contains(&d))
        && bytes.get(4).is_some_and(u8::is_ascii_uppercase)
        && bytes.get(5).is_some_and(|b| (b'1'..=b'9').contains(b))
}

/// The day of `yyyymmdd_nn`, where it is one of those and there is such a day.
fn dated(rest: &str) -> Option<Date> {
    let year = rest.get(..4).filter(|y| y.bytes().all(|b| b.is_ascii_digit()))?;
    let (month, of_month) = (two(rest, 4)?, two(rest, 6)?);
    let day = Date::new(year.parse().ok()?, month.try_into().ok()?, of_month.try_into().ok()?).ok()?;
    let whole = rest.len() == 11 && rest.as_bytes().get(8) == Some(&b'_') && two(rest, 9).is_some_and(|nth| nth > 0);
    whole.then_some(day)
}

#[cfg(test)]
mod tests;
