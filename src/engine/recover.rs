//! What is said before anything else: at a start, and where there is room again. It may be said twice.

use crate::action::Action;
use crate::doubt;
use crate::run::Engine;
use crate::transition::{enter_form, take_up};
use ledger::{Event, LedgerError};

/// What is agreed on and had no effect is tried again so often, milliseconds.
const ENTER_EVERY: i64 = 60_000;

impl Engine {
    /// What must be said before anything else: batches that were arriving are abandoned, the source offers them again.
    /// Those that were accepted go on.
    pub(crate) fn recover(&mut self) -> Result<(), LedgerError> {
        if !self.ledger.has_room() {
            return Err(LedgerError::Full("没有余量 no reserve".to_owned()));
        }
        let origin = self.origin.clone();
        if let Err(finding) = self.decide(|desk| doubt::at_start(desk, &origin))? {
            tracing::error!(code = %finding.code, "what was found at the start could not be judged");
            return Err(LedgerError::Read(finding.what(model::Lang::En)));
        }
        self.ledger.books().hold(self.shared.plan.rules.whole_rows);
        for batch in self.ledger.books().arriving() {
            if self.ledger.books().in_batch(batch).is_some_and(|b| b.judged.is_some()) {
                self.actions.push(Action::Take { batch });
            } else {
                self.say(Event::BatchAbandoned { batch })?;
            }
        }
        self.trust_again();
        // What two people mapped and the node did not live to take up.
        if let Err(finding) = self.decide(take_up::all)? {
            tracing::warn!(code = %finding.code, "what waits for codes could not be taken up");
        }
        // What two people agree on and the node did not live to take in.
        if let Err(finding) = self.decide(|desk| enter_form::all(desk, 0))? {
            tracing::warn!(code = %finding.code, "what was agreed on could not be taken in");
        }
        if let Some(version) = self.start.clone().filter(|_| self.scheduled) {
            let machine = self.origin.machine.clone();
            self.say(Event::NodeStarted { version, machine })?;
        }
        self.ledger.commit()?;
        self.start = None;
        Ok(())
    }

    /// Whoever was to bring in what was agreed on may have failed over it: it is tried again, from time to time.
    pub(crate) fn enter_again(&mut self) -> Result<(), LedgerError> {
        let now = self.now();
        if now - self.runtime.entered < ENTER_EVERY {
            return Ok(());
        }
        self.runtime.entered = now;
        let _ = self.decide(|desk| enter_form::all(desk, ENTER_EVERY))?;
        Ok(())
    }

    /// Says something that no decision is needed for.
    fn say(&mut self, event: Event) -> Result<(), LedgerError> {
        if let Err(finding) = self.decide(|desk| desk.say(event))? {
            return Err(LedgerError::Read(finding.sentence(model::Lang::En)));
        }
        Ok(())
    }

    /// Tells adapters which keys people trust in place of configured ones.
    fn trust_again(&mut self) {
        for (key, adapter) in &self.shared.adapters {
            let Some(pinned) = adapter.pinned() else { continue };
            let trusted = self.ledger.books().channel(&key.0, &key.1).trusted;
            if let Some(trusted) = trusted.filter(|t| t.holds_beside(&pinned)) {
                adapter.trust(&trusted.fingerprint);
            }
        }
    }
}
