//! What nobody could settle is asked about: at growing pauses, by channels whose other side can say.

use crate::action::Action;
use crate::run::Engine;
use ledger::LedgerError;
use model::AttemptState;

impl Engine {
    /// Asks the other side what it knows of records nobody could settle.
    pub(crate) fn ask_about_unknown(&mut self) -> Result<(), LedgerError> {
        let now = self.now();
        let shared = self.shared.clone();
        let asks = |open: &ledger::Open<'_>| {
            let adapter = shared.adapter(open.dept, open.channel);
            adapter.is_some_and(|a| a.abilities().queries) && (open.left || open.doubted)
        };
        let batches = self.ledger.books().under_way().filter(asks).map(|open| open.batch);
        let batches: Vec<_> = batches.collect();
        for batch in batches {
            let retry = self.shared.plan.rules.retry;
            let (last, times) = self.runtime.asked.get(&batch).copied().unwrap_or((i64::MIN / 2, 0));
            let pause = retry.first_ms.saturating_mul(1 << times.min(20)).min(retry.max_ms);
            if now.saturating_sub(last) < i64::try_from(pause).unwrap_or(i64::MAX) {
                continue;
            }
            let Some(out) = self.ledger.books().out_batch(batch).cloned() else {
                continue;
            };
            let channel = shared.plan.dept(&out.dept).and_then(|d| d.channel(&out.channel));
            let taken_settles = channel.is_some_and(|c| c.proof == model::Proof::Taken);
            let unknown = out.attempts.iter().any(|record| {
                let state = crate::transition::settle::state_of(self.ledger.books(), record);
                matches!(state, Some(AttemptState::Unknown | AttemptState::Unconfirmed))
                    || taken_settles && state == Some(AttemptState::HandedOver)
            });
            if unknown {
                self.runtime.asked.insert(batch, (now, times.saturating_add(1)));
                self.actions.push(Action::Query { batch });
            }
        }
        Ok(())
    }
}
