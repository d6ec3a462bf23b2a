//! Looks backwards through the journal for what people did, beside the loop: so many groups and entries for one question,
//! and where to go on is part of the answer.

use crate::view::{Acts, act};
use ledger::{LedgerError, Past, Pos};

#[cfg(test)]
mod tests;

/// Lines of one answer, at most.
pub const MOST: usize = 100;
/// Groups looked at for one answer, at most. Of most of them only the footer is read.
const GROUPS: usize = 4_000;
/// Entries opened for one answer, at most.
const OPENED: usize = 2_000;
/// Groups between two turns of others.
const STRETCH: usize = 64;

/// Which acts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Wanted {
    /// Only what stands before this place.
    pub before: Option<Pos>,
    /// Only this person's.
    pub person: Option<String>,
    /// Only from this instant on and before that one, milliseconds since 1970.
    pub between: Option<(i64, i64)>,
    /// So many, and never more than [`MOST`].
    pub most: usize,
}

/// Finds them, the newest first. `last` is the last group there is.
pub async fn look(past: &dyn Past, last: u64, wanted: &Wanted) -> Result<Acts, LedgerError> {
    let (from_ms, until_ms) = wanted.between.unwrap_or((i64::MIN, i64::MAX));
    let end = if until_ms == i64::MAX {
        last + 1
    } else {
        first_at(past, last, until_ms)?
    };
    let end = Pos { group: end, ordinal: 0 };
    let before = wanted.before.map_or(end, |before| before.min(end));
    let most = wanted.most.clamp(1, MOST);
    let mut found = Acts::default();
    let (mut opened, mut looked, mut group) = (0, 0, before.group);
    while group > 0 {
        // Not durable yet, or begun after this question was asked.
        let Some((at, places)) = past.acts(group)? else {
            group -= 1;
            continue;
        };
        if at < from_ms {
            return Ok(found);
        }
        found.back_to = Some(at);
        for pos in places.into_iter().rev().filter(|pos| *pos < before) {
            if found.lines.len() >= most || opened >= OPENED {
                found.next = Some(place(Pos {
                    ordinal: pos.ordinal + 1,
                    ..pos
                }));
                return Ok(found);
            }
            opened += 1;
            let line = past.event(pos)?.and_then(|(at, event)| act(&event, at, pos));
            found
                .lines
                .extend(line.filter(|l| wanted.person.as_ref().is_none_or(|name| l.person == *name)));
        }
        looked += 1;
        if looked >= GROUPS && group > 1 {
            found.next = Some(place(Pos { group, ordinal: 0 }));
            return Ok(found);
        }
        if looked.is_multiple_of(STRETCH) {
            tokio::task::yield_now().await;
        }
        group -= 1;
    }
    Ok(found)
}

/// The first group that was written at this instant or later; times never go back.
fn first_at(past: &dyn Past, last: u64, at: i64) -> Result<u64, LedgerError> {
    let (mut low, mut high) = (1, last + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        match past.time(middle)? {
            Some(time) if time < at => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

fn place(pos: Pos) -> String {
    format!("{}/{}", pos.group, pos.ordinal)
}

/// The place that an answer named.
pub fn placed(text: &str) -> Option<Pos> {
    let (group, ordinal) = text.split_once('/')?;
    Some(Pos {
        group: group.parse().ok()?,
        ordinal: ordinal.parse().ok()?,
    })
}
