//! How many obligations count as what, by department and the channel of their last attempt: kept beside the cases, so
//! that nobody has to look through all of them to say it.

use crate::account::Account;
use crate::books::Books;
use crate::case_file::Obligation;
use model::DeptId;
use serde::{Deserialize, Serialize};

/// Obligations of one department whose last attempt went over one channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Tally {
    /// Booked, with proof.
    pub booked: u64,
    /// Taken for booked, without proof.
    pub unproved: u64,
    /// Refused by name, withdrawn or dropped.
    pub refused: u64,
    /// Waiting.
    pub waiting: u64,
}

impl Tally {
    fn of(&mut self, account: Account) -> &mut u64 {
        match account {
            Account::Booked => &mut self.booked,
            Account::Unproved => &mut self.unproved,
            Account::Refused => &mut self.refused,
            Account::Waiting => &mut self.waiting,
        }
    }

    /// All of them.
    pub fn sum(&self) -> u64 {
        self.booked + self.unproved + self.refused + self.waiting
    }
}

/// What one obligation counts as, and where: its department, and the channel of its last attempt if it had any.
pub(crate) type Counted = (DeptId, Option<String>, Account);

impl Obligation {
    pub(crate) fn counted(&self) -> Counted {
        let last = self.deliveries.iter().flat_map(|d| &d.attempts).next_back();
        (self.matter.dept(), last.map(|a| a.channel.clone()), self.account())
    }
}

impl Books {
    /// Counts a case's obligations as what they are now instead of as what they were.
    pub(crate) fn count_again(&mut self, before: &[Counted], now: &[Counted]) {
        if before == now {
            return;
        }
        self.note_flow(before, now);
        for (dept, channel, account) in before {
            let count = self.tally_mut(dept, channel.as_deref()).of(*account);
            *count = count.saturating_sub(1);
        }
        for (dept, channel, account) in now {
            *self.tally_mut(dept, channel.as_deref()).of(*account) += 1;
        }
    }

    /// An obligation was opened: counted here and never again, so that the tallies can be held against it.
    pub(crate) fn count_opened(&mut self, dept: &DeptId) {
        *self.opened.or_default(dept.as_str()) += 1;
    }

    fn tally_mut(&mut self, dept: &DeptId, channel: Option<&str>) -> &mut Tally {
        let key = format!("{dept}/{}", channel.unwrap_or_default());
        self.tallies.or_default(&key)
    }

    /// How many obligations count as what, by department and the channel of their last attempt.
    pub fn tallies(&mut self) -> Vec<(DeptId, Option<String>, Tally)> {
        let keys = self.tallies.keys();
        let tally = |key: String| {
            let tally = *self.tallies.get(&key)?;
            let (dept, channel) = key.split_once('/')?;
            let channel = Some(channel.to_owned()).filter(|c| !c.is_empty());
            (tally.sum() > 0).then(|| (DeptId::new(dept), channel, tally))
        };
        keys.into_iter().filter_map(tally).collect()
    }

    /// How many obligations of each department were ever opened.
    pub fn opened(&mut self) -> Vec<(DeptId, u64)> {
        let keys = self.opened.keys();
        let opened = |key: String| Some((DeptId::new(key.as_str()), *self.opened.get(&key)?));
        keys.into_iter().filter_map(opened).collect()
    }
}
