//! A channel's turn to send: what was begun is finished, what is due becomes batches.

use crate::action::Action;
use crate::command::Way;
use crate::run::Engine;
use crate::runtime::ChannelKey;
use crate::transition::{hand_over, prepare};
use ledger::LedgerError;
use model::schedule::Schedule;
use model::{BatchId, DeptId};
use port::Starts;

/// Rows of batches that are made in one go, about.
const TURN_ROWS: usize = 2_000;

impl Engine {
    /// Channels that send as soon as something is due, and tasks that are due for clerks.
    pub(crate) fn turns_at_once(&mut self) -> Result<(), LedgerError> {
        if !self.scheduled || self.runtime.halted.is_some() || !self.ledger.books().is_trusted() {
            return Ok(());
        }
        let keys: Vec<ChannelKey> = self
            .shared
            .plan
            .depts
            .iter()
            .flat_map(|(id, dept)| dept.ladder.iter().map(move |c| (id, c)))
            .filter(|(id, c)| c.out == Schedule::AtOnce || self.starts(id, &c.name) == Some(Starts::Claim))
            .map(|(id, c)| (id.clone(), c.name.clone()))
            .collect();
        for key in keys {
            self.turn_out(&key)?;
        }
        Ok(())
    }

    fn starts(&self, dept: &DeptId, channel: &str) -> Option<Starts> {
        self.shared.adapter(dept, channel).map(|a| a.abilities().starts)
    }

    /// One turn of sending: what was begun is finished before anything new is prepared.
    pub(crate) fn turn_out(&mut self, key: &ChannelKey) -> Result<(), LedgerError> {
        let (dept, name) = key;
        let now = self.now();
        if !self.ledger.books().is_trusted() {
            return Ok(());
        }
        let Some(adapter) = self.shared.adapter(dept, name) else {
            return Ok(());
        };
        let Some(channel) = self.shared.plan.dept(dept).and_then(|d| d.channel(name)).cloned() else {
            return Ok(());
        };
        let has_due = self.ledger.books().first_due(dept).is_some_and(|due| due.at <= now);
        match adapter.abilities().starts {
            Starts::Claim | Starts::Medium => {
                if !has_due {
                    return Ok(());
                }
                let mut rows = 0;
                while let Ok(Some(batch)) = self.decide(|desk| prepare::prepare(desk, dept, &channel, &*adapter))? {
                    let made = self.ledger.books().out_batch(batch);
                    rows += made.map_or(0, |made| made.attempts.len());
                    if rows >= TURN_ROWS {
                        // The rest of a long queue has its turn after whoever waits by now.
                        let rest = Action::Turn(dept.clone(), name.clone(), Way::Out);
                        if !self.actions.contains(&rest) {
                            self.actions.push(rest);
                        }
                        break;
                    }
                }
            }
            Starts::Node => {
                if !self.runtime.may(key, Way::Out, now) {
                    return Ok(());
                }
                let mut next = self.unfinished(key);
                if next.is_none() && has_due {
                    next = self
                        .decide(|desk| prepare::prepare(desk, dept, &channel, &*adapter))?
                        .ok()
                        .flatten();
                }
                if let Some(batch) = next {
                    match self.decide(|desk| hand_over::hand_over(desk, batch, None))? {
                        Ok(()) => {
                            self.runtime.flights.insert((key.clone(), Way::Out));
                        }
                        Err(finding) => self.note(key.clone(), Way::Out, Some(&port::Fault::person(finding))),
                    }
                }
            }
        }
        Ok(())
    }

    /// The oldest batch of a channel whose hand-over was not completed.
    fn unfinished(&mut self, key: &ChannelKey) -> Option<BatchId> {
        self.ledger.books().unfinished.get(key)?.first().copied()
    }
}
