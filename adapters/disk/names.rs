//! What files are called, and which of ours a name answers: `SW0302A1` goes, `HP0302A1.DBF` comes back for it.
//!
//! Eight characters and three, as the oldest systems have them. A day holds 234 batches: A1 to A9, B1 … Z9.

use jiff::civil::Date;

/// The first letters of what goes and what comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) out: String,
    pub(crate) back: String,
}

/// The most batches a day has names for.
pub(crate) const MOST_PER_DAY: u32 = 26 * 9;

impl Names {
    /// The number of the batch of that day and sequence (from 1), or nothing where the day is full.
    pub(crate) fn number(&self, day: Date, seq: u32) -> Option<String> {
        let nth = seq.checked_sub(1).filter(|nth| *nth < MOST_PER_DAY)?;
        let letter = char::from(b'A' + u8::try_from(nth / 9).ok()?);
        Some(format!(
            "{}{:02}{:02}{letter}{}",
            self.out,
            day.month(),
            day.day(),
            nth % 9 + 1
        ))
    }

    /// Which of our batches a file or bag of this name answers. Case does not matter: media change it.
    pub(crate) fn answers(&self, name: &str) -> Option<String> {
        let name = name.to_ascii_uppercase();
        let rest = name
            .strip_suffix(".DBF")
            .unwrap_or(&name)
            .strip_prefix(self.back.as_str())?;
        is_rest(rest).then(|| format!("{}{rest}", self.out))
    }

    /// Whether this is a number of ours.
    pub(crate) fn is_ours(&self, name: &str) -> bool {
        name.strip_prefix(self.out.as_str()).is_some_and(is_rest)
    }

    /// The pattern, for people.
    pub(crate) fn pattern(&self) -> String {
        format!("{}{{mmdd}}{{A-Z}}{{1-9}}.DBF", self.back)
    }
}

/// `mmddLn`.
fn is_rest(rest: &str) -> bool {
    let bytes = rest.as_bytes();
    let two = |at: usize| {
        rest.get(at..at + 2)
            .filter(|t| t.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|t| t.parse::<u8>().ok())
    };
    bytes.len() == 6
        && two(0).is_some_and(|m| (1..=12).contains(&m))
        && two(2).is_some_and(|d| (1..=31).contains(&d))
        && bytes.get(4).is_some_and(u8::is_ascii_uppercase)
        && bytes.get(5).is_some_and(|b| (b'1'..=b'9').contains(b))
}

#[cfg(test)]
mod tests;
