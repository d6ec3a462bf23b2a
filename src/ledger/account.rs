//! What is true of an obligation: what it counts as, whether anything is still to be done for it, and how its attempts
//! may move.

use crate::case_file::{Attempt, Delivery, Obligation};
use crate::event::Cause;
use model::{AttemptState, Op};
use serde::{Deserialize, Serialize};

/// What an obligation counts as in `balance`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// The department has it, with proof.
    Booked,
    /// Taken for booked, without proof.
    Unproved,
    /// Refused by name, withdrawn or dropped.
    Refused,
    /// Waits for something.
    Waiting,
}

impl Obligation {
    /// The latest hand-over that still counts.
    pub fn last_delivery(&self) -> Option<&Delivery> {
        self.deliveries.iter().rfind(|d| d.superseded.is_none())
    }

    /// What it counts as.
    pub fn account(&self) -> Account {
        if self.booked() {
            return if self.proved() {
                Account::Booked
            } else {
                Account::Unproved
            };
        }
        if self.ended.is_some() || self.taken_back() {
            return Account::Refused;
        }
        match self.last_delivery() {
            Some(d) if d.is_refused() && !d.is_parked() => Account::Refused,
            _ => Account::Waiting,
        }
    }

    /// Any hand-over was booked, or is taken for booked. That a withdrawal was taken note of is no booking.
    pub fn booked(&self) -> bool {
        self.deliveries.iter().any(|d| d.op != Op::Withdraw && d.booked())
    }

    /// The department has taken note of its withdrawal.
    fn taken_back(&self) -> bool {
        self.deliveries.iter().any(|d| d.op == Op::Withdraw && d.booked())
    }

    /// Somebody who knows has said of any hand-over that it was booked.
    pub fn proved(&self) -> bool {
        let handed = self.deliveries.iter().filter(|d| d.op != Op::Withdraw);
        let mut attempts = handed.flat_map(|d| &d.attempts);
        attempts.any(|a| a.state == AttemptState::Acknowledged && a.cause.proves())
    }

    /// Nothing more is expected of it.
    pub fn is_over(&self) -> bool {
        let decided = self.standing.as_ref().is_some_and(|s| s.standing.is_final());
        let moot = self.ended.is_some() || (self.taken_back() && !self.booked());
        self.is_idle() && (moot || (self.booked() && decided))
    }

    /// Nothing is due and nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.deliveries
            .iter()
            .all(|d| d.due.is_none() && d.open_attempt().is_none())
    }
}

impl Attempt {
    /// Settled for the order of things, though nobody who knows has said that it was booked.
    pub fn unproved(&self) -> bool {
        self.state == AttemptState::Acknowledged && !self.cause.proves()
    }

    /// A receipt, a result or a person may still say what became of it.
    pub fn is_unsettled(&self) -> bool {
        self.state.is_open() || self.unproved()
    }

    /// Whether it may move so, by that cause. What is only taken for booked can still be proved, refused or recalled; a
    /// list says more than that it was taken; nothing takes a proof back.
    pub fn may_become(&self, to: AttemptState, cause: &Cause) -> bool {
        use AttemptState::{Acknowledged, Recalled, Refused};
        if !self.unproved() {
            return self.state.may_become(to);
        }
        let listed = self.cause == Cause::Taken && matches!(cause, Cause::Listed { .. });
        matches!(to, Refused | Recalled) || to == Acknowledged && (cause.proves() || listed)
    }
}

impl Delivery {
    /// The attempt that is under way.
    pub fn open_attempt(&self) -> Option<&Attempt> {
        self.attempts.iter().rfind(|a| a.state.is_open())
    }
    /// An attempt of it was acknowledged, with proof or without.
    pub fn booked(&self) -> bool {
        self.attempts.iter().any(|a| a.state == AttemptState::Acknowledged)
    }
    /// Its last attempt was refused and nobody wants another yet.
    pub fn is_refused(&self) -> bool {
        self.due.is_none()
            && self.superseded.is_none()
            && self.attempts.last().is_some_and(|a| a.state == AttemptState::Refused)
    }
    /// It waits for codes that no table knows.
    pub fn is_parked(&self) -> bool {
        self.is_refused() && !self.parked.is_empty()
    }
    /// Something of it may have left and is not settled.
    pub fn may_have_left(&self) -> bool {
        self.open_attempt().is_some_and(|a| a.state != AttemptState::Prepared)
    }
}

#[cfg(test)]
mod tests;
