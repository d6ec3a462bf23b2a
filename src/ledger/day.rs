//! The day's sheet: per department and channel, how many obligations waited when the day began, how many came to wait and
//! how many ceased to, and how many waited at its end. What came and went is counted event by event; what waits is counted
//! by what each obligation is now. That the one explains the other is what the sheet shows.

use crate::account::Account;
use crate::books::Books;
use crate::event::Pos;
use crate::tally::{Counted, Tally};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[cfg(test)]
mod tests;

/// What came to wait and what ceased to, of one department whose last attempt went over one channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayFlow {
    /// In: opened.
    pub opened: u64,
    /// In: was booked, refused or given up, and waits again.
    pub again: u64,
    /// In: waited over another channel, or before its first attempt.
    pub moved_in: u64,
    /// Out: booked, with proof.
    pub booked: u64,
    /// Out: taken for booked, without proof.
    pub unproved: u64,
    /// Out: refused by name, withdrawn or dropped.
    pub refused: u64,
    /// Out: waits over another channel.
    pub moved_out: u64,
}

impl DayFlow {
    /// All that came.
    pub fn came(&self) -> u64 {
        self.opened.saturating_add(self.again).saturating_add(self.moved_in)
    }

    /// All that went.
    pub fn went(&self) -> u64 {
        let settled = self.booked.saturating_add(self.unproved).saturating_add(self.refused);
        settled.saturating_add(self.moved_out)
    }

    fn settled(&mut self, account: Account) {
        match account {
            Account::Booked => self.booked += 1,
            Account::Unproved => self.unproved += 1,
            Account::Refused => self.refused += 1,
            Account::Waiting => {}
        }
    }
}

/// One department over one channel.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayLine {
    /// The department.
    pub dept: String,
    /// The channel of the last attempt; empty where none was made.
    pub channel: String,
    /// Its mode; `-` where none was made, or where the channel is no longer configured.
    pub mode: String,
    /// How many waited when the day began: as many as at the end of the sheet before.
    pub opening: u64,
    /// What came and went.
    pub flow: DayFlow,
    /// How many waited at its end.
    pub closing: u64,
}

impl DayLine {
    /// opening + in − out − closing: anything but zero is a defect of this program.
    pub fn unexplained(&self) -> i128 {
        let there = i128::from(self.opening) + i128::from(self.flow.came());
        there - i128::from(self.flow.went()) - i128::from(self.closing)
    }
}

/// The sheet before: sheets are a chain of their own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayBefore {
    /// Its day.
    pub day: Date,
    /// SHA-256 of its form, hexadecimal.
    pub digest: String,
}

/// The account of one day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaySheet {
    /// The form, 1.
    pub form: u32,
    /// The node.
    pub node: String,
    /// The civil day on which the last of it happened.
    pub day: Date,
    /// When it was closed, milliseconds since 1970: before the first entry of another day.
    pub closed_at: i64,
    /// The sheet before; absent in the first. On days between the two the node did nothing.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub before: Option<DayBefore>,
    /// Per department and channel, in order.
    pub lines: Vec<DayLine>,
}

impl DaySheet {
    /// The form written, and the newest that is read.
    pub const FORM: u32 = 1;

    /// Its form: these bytes are digested and signed.
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Over all lines.
    pub fn unexplained(&self) -> i128 {
        self.lines.iter().map(DayLine::unexplained).map(i128::abs).sum()
    }
}

/// A sheet, and where it stands in the journal.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClosedDay {
    /// The sheet.
    pub sheet: DaySheet,
    /// SHA-256 of its form, hexadecimal.
    pub digest: String,
    /// Its place.
    pub at: Pos,
}

/// Under which the last sheet stands beside its day.
const LAST: &str = "last";

/// Department and channel; empty where no attempt was made.
type Place = (String, String);

fn place((dept, channel, _): &Counted) -> Place {
    (dept.to_string(), channel.clone().unwrap_or_default())
}

impl Books {
    /// Notes what came to wait and what ceased to. Both lists are one case's obligations in their order.
    pub(crate) fn note_flow(&mut self, before: &[Counted], now: &[Counted]) {
        for (i, new) in now.iter().enumerate() {
            let old = before.get(i);
            if old == Some(new) {
                continue;
            }
            let (to, account) = (place(new), new.2);
            let waited = match old {
                None => {
                    self.flow(&to, |flow| flow.opened += 1);
                    true
                }
                Some(old) if old.2 == Account::Waiting => {
                    let from = place(old);
                    if from != to {
                        self.flow(&from, |flow| flow.moved_out += 1);
                        self.flow(&to, |flow| flow.moved_in += 1);
                    }
                    true
                }
                Some(_) => false,
            };
            match (waited, account) {
                (true, Account::Waiting) => {}
                (true, settled) => self.flow(&to, |flow| flow.settled(settled)),
                (false, Account::Waiting) => self.flow(&to, |flow| flow.again += 1),
                (false, _) => {}
            }
        }
    }

    fn flow(&mut self, (dept, channel): &Place, note: impl FnOnce(&mut DayFlow)) {
        note(self.flows.or_default(&format!("{dept}/{channel}")));
    }

    /// The account since the last sheet as it stands now, per department and channel; the mode is for the caller to say.
    pub fn day_lines(&mut self) -> Vec<DayLine> {
        let mut lines: BTreeMap<Place, DayLine> = BTreeMap::new();
        let mut line = |place: Place, say: &dyn Fn(&mut DayLine)| {
            let new = || DayLine {
                dept: place.0.clone(),
                channel: place.1.clone(),
                mode: "-".to_owned(),
                opening: 0,
                flow: DayFlow::default(),
                closing: 0,
            };
            say(lines.entry(place.clone()).or_insert_with(new));
        };
        let last = self.last_day().map(|closed| closed.sheet.lines.clone());
        for old in last.unwrap_or_default() {
            line((old.dept.clone(), old.channel.clone()), &|l| l.opening = old.closing);
        }
        for key in self.flows.keys() {
            if let (Some(flow), Some((dept, channel))) = (self.flows.get(&key).copied(), key.split_once('/')) {
                line((dept.to_owned(), channel.to_owned()), &|l| l.flow = flow);
            }
        }
        for (dept, channel, Tally { waiting, .. }) in self.tallies() {
            line((dept.to_string(), channel.unwrap_or_default()), &|l| {
                l.closing = waiting
            });
        }
        let idle = |l: &DayLine| l.opening == 0 && l.closing == 0 && l.flow == DayFlow::default();
        lines.into_values().filter(|l| !idle(l)).collect()
    }

    pub(crate) fn close_day(&mut self, at: Pos, sheet: &DaySheet, digest: &str) {
        for key in self.flows.keys() {
            self.flows.remove(&key);
        }
        let closed = ClosedDay {
            sheet: sheet.clone(),
            digest: digest.to_owned(),
            at,
        };
        self.days.insert(&sheet.day.to_string(), closed.clone());
        self.days.insert(LAST, closed);
    }

    /// The sheet of a day.
    pub fn day(&mut self, day: Date) -> Option<&ClosedDay> {
        self.days.get(&day.to_string())
    }

    /// The last sheet.
    pub fn last_day(&mut self) -> Option<&ClosedDay> {
        self.days.get(LAST)
    }

    /// The days that have a sheet, in order.
    pub fn days(&self) -> Vec<Date> {
        self.days.keys().iter().filter_map(|key| key.parse().ok()).collect()
    }
}
