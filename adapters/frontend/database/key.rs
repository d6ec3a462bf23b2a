//! What our rows are called: the batch's number, and behind it the row's place where a batch has several.
//!
//! The department echoes nothing but the row itself, so the key must say all that finds it again: day, sequence, row.

use jiff::civil::Date;

/// The most bytes a number may have.
const NUMBER_MAX: usize = 56;
/// The most rows that a key can count.
pub const ROWS_MAX: usize = 999;

/// How batches are numbered: what stands around date and sequence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Numbering {
    before: String,
    between: String,
    after: String,
}

/// A row of ours, in the order of its making.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Mark {
    /// The batch's day, `yyyymmdd`.
    pub day: String,
    /// Its sequence on that day.
    pub seq: u32,
    /// Its row, from 1; 0 where it is the only one.
    pub row: u32,
}

impl Numbering {
    /// From a setting: `{date}` first and `{seq4}` later, once each, and nothing around them that could be read as part
    /// of them. `None` where it is not so.
    pub fn new(pattern: &str) -> Option<Self> {
        let (before, rest) = pattern.split_once("{date}")?;
        let (between, after) = rest.split_once("{seq4}")?;
        let plain = |part: &str| {
            part.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        };
        let apart = !between.is_empty() && !after.starts_with(|c: char| c.is_ascii_digit());
        (plain(before) && plain(between) && plain(after) && apart && pattern.len() <= NUMBER_MAX).then(|| Self {
            before: before.to_owned(),
            between: between.to_owned(),
            after: after.to_owned(),
        })
    }

    /// A batch's number.
    pub fn number(&self, day: Date, seq: u32) -> String {
        let Self { before, between, after } = self;
        format!("{before}{}{between}{seq:04}{after}", day.strftime("%Y%m%d"))
    }

    /// What stands before the keys of that day and of later ones, and after those of earlier ones.
    pub fn before_day(&self, day: &str) -> String {
        format!("{}{day}", self.before)
    }

    /// The key of a row.
    pub fn key(&self, number: &str, row: usize, rows: usize) -> String {
        if rows == 1 {
            number.to_owned()
        } else {
            format!("{number}-{:03}", row + 1)
        }
    }

    /// Which row of ours a key names, and the number of its batch; `None` for rows of others.
    pub fn parse<'k>(&self, key: &'k str) -> Option<(Mark, &'k str)> {
        let rest = key.strip_prefix(&self.before)?;
        let (day, rest) = rest.split_at_checked(8).filter(|(day, _)| is_digits(day))?;
        let rest = rest.strip_prefix(&self.between)?;
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (seq, rest) = rest.split_at_checked(digits).filter(|(seq, _)| seq.len() >= 4)?;
        let rest = rest.strip_prefix(&self.after)?;
        let row = match rest.strip_prefix('-') {
            None if rest.is_empty() => 0,
            Some(row) if row.len() == 3 && is_digits(row) => row.parse().ok()?,
            _ => return None,
        };
        let number = key.split_at_checked(key.len() - rest.len())?.0;
        let mark = Mark {
            day: day.to_owned(),
            seq: seq.parse().ok()?,
            row,
        };
        Some((mark, number))
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests;
