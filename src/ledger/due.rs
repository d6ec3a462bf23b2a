//! Hand-overs that are due, in the order of time.

use crate::books::Books;
use model::{CaseNo, DeptId, MatterId, ObligationKey};

/// Keys looked at in one go.
const PAGE: usize = 4_096;

/// A due hand-over, ordered by instant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Due {
    /// Not before, milliseconds since 1970.
    pub at: i64,
    /// Whose.
    pub key: ObligationKey,
    /// Which delivery.
    pub n: u32,
}

impl Books {
    /// The first due hand-over of a department.
    pub fn first_due(&mut self, dept: &DeptId) -> Option<Due> {
        self.due_after(dept, None, 1).pop()
    }

    /// Due hand-overs of a department after this one, or its first, in order, `most` at most.
    pub fn due_after(&mut self, dept: &DeptId, after: Option<&Due>, most: usize) -> Vec<Due> {
        let prefix = format!("{dept}/");
        let keys = match after {
            Some(after) => self.due.page(&prefix, &due_key(dept, after), most),
            None => {
                let keys = self.due.page(&prefix, self.none_due_until(dept), most);
                // Sorts behind every instant.
                let until = keys.first().map_or(format!("{prefix}~"), |first| before(first));
                self.none_due.insert(dept.clone(), until);
                keys
            }
        };
        keys.iter()
            .filter_map(|key| named(key.strip_prefix(&prefix)?))
            .collect()
    }

    /// No hand-over of a department has a key up to this one: those that had one are not to be passed again each time.
    fn none_due_until(&self, dept: &DeptId) -> &str {
        self.none_due.get(dept).map_or("", String::as_str)
    }

    /// A hand-over is due from now on.
    pub(crate) fn put_due(&mut self, dept: &DeptId, due: &Due) {
        let key = due_key(dept, due);
        if let Some(until) = self.none_due.get_mut(dept)
            && key <= *until
        {
            *until = before(&key);
        }
        self.due.insert(&key, true);
    }

    /// How many hand-overs of a department are due by this instant, as far as it is worth counting.
    pub fn count_due(&self, dept: &DeptId, now: i64, most: usize) -> u64 {
        let (prefix, end) = (format!("{dept}/"), due_prefix(dept, now.saturating_add(1)));
        let mut after = self.none_due_until(dept).to_owned();
        let mut count = 0;
        while count < most {
            let keys = self.due.page(&prefix, &after, PAGE.min(most - count));
            let due = keys.iter().take_while(|key| **key < end).count();
            count += due;
            match keys.into_iter().next_back() {
                Some(key) if due == PAGE => after = key,
                _ => break,
            }
        }
        count as u64
    }
}

/// Where a department's hand-overs that are due from this instant on begin. Instants before 1970 count as 1970.
fn due_prefix(dept: &DeptId, at: i64) -> String {
    format!("{dept}/{:019}", at.max(0))
}

/// The key of a due hand-over: sorts by department and instant.
pub(crate) fn due_key(dept: &DeptId, due: &Due) -> String {
    let (key, prefix) = (&due.key, due_prefix(dept, due.at));
    format!("{prefix}/{}/{}/{:06}/{:06}", key.case_no, key.matter, key.round, due.n)
}

/// The hand-over that a key names, its department taken off: the key says all there is to say.
fn named(key: &str) -> Option<Due> {
    let (at, rest) = key.split_once('/')?;
    let mut parts = rest.rsplitn(4, '/');
    let (n, round, matter, case_no) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    Some(Due {
        at: at.parse().ok()?,
        key: ObligationKey {
            case_no: CaseNo::new(case_no),
            matter: MatterId::new(matter),
            round: round.parse().ok()?,
        },
        n: n.parse().ok()?,
    })
}

/// What sorts before a key of a due hand-over and behind all that may come before it: its last digit is left out.
fn before(key: &str) -> String {
    let mut key = key.to_owned();
    key.pop();
    key
}

#[cfg(test)]
mod tests;
