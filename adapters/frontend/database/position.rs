//! Which of our rows were answered, as a position: the database keeps no mark for us, and its times say nothing of when
//! a row was decided.
//!
//! Numbers are gapless per day, so what was answered is a few ranges: `20260316:1-40,42,43.2;20260317:1!0a1b2c3d`. A row
//! whose state nobody agreed on stands with a digest of what was offered: it comes again only when it has changed.

use super::key::Mark;
use port::Position;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is known of one day.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
struct Day {
    /// Batches of one row, from and to.
    ranges: Vec<(u32, u32)>,
    /// Rows of batches with several, and rows that may come again.
    rows: BTreeMap<(u32, u32), Option<String>>,
}

/// What was answered.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answered {
    days: BTreeMap<String, Day>,
}

impl Answered {
    /// From a position. One that does not read as such says nothing: rows offered again are known by their content.
    pub fn parse(position: Option<&Position>) -> Self {
        let text = position.map_or("", |p| p.0.as_str());
        let days = text.split(';').filter(|d| !d.is_empty()).map(|day| {
            let (name, entries) = day.split_once(':')?;
            let mut found = Day::default();
            for entry in entries.split(',') {
                found.read(entry)?;
            }
            Some((name.to_owned(), found))
        });
        Self {
            days: days.collect::<Option<_>>().unwrap_or_default(),
        }
    }

    /// As a position. Where there is no room for all, the oldest days go.
    pub fn position(&self) -> Position {
        let mut days: Vec<String> = self.days.iter().map(|(name, day)| day.write(name)).collect();
        let room = |days: &[String]| days.iter().map(|d| d.len() + 1).sum::<usize>() <= Position::MAX_BYTES;
        while !room(&days) && !days.is_empty() {
            days.remove(0);
        }
        Position(days.join(";"))
    }

    /// Whether a row was answered for good; or, while its state is odd, in exactly this content.
    pub fn has(&self, mark: &Mark, odd: Option<&str>) -> bool {
        let Some(day) = self.days.get(&mark.day) else {
            return false;
        };
        match day.rows.get(&(mark.seq, mark.row)) {
            Some(None) => true,
            Some(Some(digest)) => odd == Some(digest),
            None => mark.row == 0 && day.ranges.iter().any(|(from, to)| (*from..=*to).contains(&mark.seq)),
        }
    }

    /// Notes an answer.
    pub fn add(&mut self, mark: &Mark, odd: Option<&str>) {
        let day = self.days.entry(mark.day.clone()).or_default();
        if mark.row == 0 && odd.is_none() {
            day.rows.remove(&(mark.seq, 0));
            day.cover(mark.seq);
        } else {
            day.rows.insert((mark.seq, mark.row), odd.map(str::to_owned));
        }
    }

    /// Forgets days before this one: their rows are not looked at any more.
    pub fn forget_before(&mut self, day: &str) {
        self.days.retain(|name, _| name.as_str() >= day);
    }
}

impl Day {
    fn read(&mut self, entry: &str) -> Option<()> {
        let (place, odd) = match entry.split_once('!') {
            Some((place, digest)) => (place, Some(digest.to_owned())),
            None => (entry, None),
        };
        if let Some((seq, row)) = place.split_once('.') {
            self.rows.insert((seq.parse().ok()?, row.parse().ok()?), odd);
        } else if odd.is_some() {
            self.rows.insert((place.parse().ok()?, 0), odd);
        } else {
            let (from, to) = place.split_once('-').unwrap_or((place, place));
            self.ranges.push((from.parse().ok()?, to.parse().ok()?));
        }
        Some(())
    }

    fn write(&self, name: &str) -> String {
        let mut text = format!("{name}:");
        for (from, to) in &self.ranges {
            let _ = match from == to {
                true => write!(text, "{from},"),
                false => write!(text, "{from}-{to},"),
            };
        }
        for ((seq, row), odd) in &self.rows {
            let _ = match row {
                0 => write!(text, "{seq}"),
                row => write!(text, "{seq}.{row}"),
            };
            if let Some(digest) = odd {
                let _ = write!(text, "!{digest}");
            }
            text.push(',');
        }
        text.truncate(text.len() - 1);
        text
    }

    fn cover(&mut self, seq: u32) {
        self.ranges.push((seq, seq));
        self.ranges.sort_unstable();
        let mut joined: Vec<(u32, u32)> = Vec::with_capacity(self.ranges.len());
        for (from, to) in self.ranges.drain(..) {
            match joined.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => joined.push((from, to)),
            }
        }
        self.ranges = joined;
    }
}

#[cfg(test)]
mod tests;
