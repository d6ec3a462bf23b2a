//! A ledger without room: what is taken in or changed is refused by name until there is room again, questions are answered,
//! and what was under way is written down as long as the reserve lasts. Nobody restarts anything.
//!
//! A group that found no room is as if the node had died before it: nothing of it was told or done, and what it stood for
//! comes again by itself, as after a restart.

use crate::command::{Command, Tell};
use crate::run::Engine;
use crate::verb::{Caller, Reply, Request};
use ledger::LedgerError;
use model::{Code, Finding, Lang};

#[cfg(test)]
mod tests;

/// Says the answer, or what stands in its place where its reasons were not written down; gives back what is to be asked
/// again.
type Say = Box<dyn FnOnce(Option<&Finding>) -> Option<Command> + Send>;

/// Something to say once the group is durable.
pub(crate) struct Later {
    /// The last group whose events it may rest on.
    group: u64,
    say: Say,
}

impl Later {
    pub(crate) fn new(group: u64, say: impl FnOnce(Option<&Finding>) -> Option<Command> + Send + 'static) -> Self {
        Self {
            group,
            say: Box::new(say),
        }
    }

    /// An answer, or why there is none.
    pub(crate) fn answer<T: Send + 'static>(group: u64, tell: Tell<T>, answer: Result<T, Finding>) -> Self {
        Self::new(group, move |no| {
            drop(tell.send(no.map_or(answer, |no| Err(no.clone()))));
            None
        })
    }

    /// The answer to a verb. One that changes nothing (`again`) may have seen what never was: it is asked again.
    pub(crate) fn question(
        group: u64,
        again: Option<(Box<Request>, Caller)>,
        tell: Tell<Reply>,
        answer: Result<Reply, Finding>,
    ) -> Self {
        Self::new(group, move |no| match (no, again) {
            (Some(_), Some((request, caller))) => Some(Command::Ask(request, caller, tell)),
            (no, _) => {
                drop(tell.send(no.map_or(answer, |no| Err(no.clone()))));
                None
            }
        })
    }

    /// Says it. `no`: the group found no room; what rests on one that is durable is said all the same.
    pub(crate) fn say(self, no: Option<&Finding>, durable: u64) -> Option<Command> {
        (self.say)(no.filter(|_| self.group > durable))
    }
}

fn refuse<T>(tell: Tell<T>, why: &Finding) {
    drop(tell.send(Err(why.clone())));
}

impl Engine {
    /// From now on nothing is taken in or changed. What to say to those who wanted to.
    pub(crate) fn halt(&mut self, detail: String) -> Finding {
        let finding = Finding::new(Code::LFull).with("detail", detail);
        if self.runtime.halted.is_none() {
            let why = finding.sentence(Lang::En);
            tracing::error!(code = %finding.code, why, "intake stops");
        }
        self.runtime.halted = Some(finding.clone());
        finding
    }

    /// What is left of a command while there is no room.
    pub(crate) fn admit(&mut self, command: Command) -> Result<Option<Command>, LedgerError> {
        let Some(why) = self.runtime.halted.clone() else {
            return Ok(Some(command));
        };
        match command {
            Command::Begin(_, tell) => refuse(tell, &why),
            Command::Rows(_, _, tell) | Command::Abandon(_, tell) | Command::Advance(_, _, _, tell) => {
                refuse(tell, &why);
            }
            Command::End(_, _, tell) | Command::Take(_, tell) => refuse(tell, &why),
            Command::Export { tell, .. } => refuse(tell, &why),
            Command::ExportNext { tell, .. } => refuse(tell, &why),
            Command::Leave { tell, .. } | Command::Cancel { tell, .. } => refuse(tell, &why),
            Command::Trust { tell, .. } => refuse(tell, &why),
            Command::Erase(_, _, tell) => refuse(tell, &why),
            Command::Forget(_, _, tell) => refuse(tell, &why),
            Command::Snapshot(_, tell) => refuse(tell, &why),
            Command::KeyForm(_, tell) => refuse(tell, &why),
            Command::Entered(_, _, tell) => refuse(tell, &why),
            Command::Ask(request, _, tell) if request.changes() => refuse(tell, &why),
            Command::Turn(..) => {}
            Command::Tick => self.go_on()?,
            // Questions, and how what was under way ended.
            other => return Ok(Some(other)),
        }
        Ok(None)
    }

    /// A question is answered by what is, now that what never was is forgotten.
    pub(crate) fn ask_again(&mut self, question: Command) -> Result<(), LedgerError> {
        let mut laters = Vec::new();
        let no = match self.take(question, &mut laters).and_then(|()| self.ledger.commit()) {
            Ok(()) => None,
            Err(LedgerError::Full(detail)) => Some(self.halt(detail)),
            Err(error) => return Err(error),
        };
        let durable = self.ledger.books().last.group;
        for later in laters {
            drop(later.say(no.as_ref(), durable));
        }
        Ok(())
    }

    /// Work goes on where there is room again, as after a restart: what was being read is offered again by its source.
    fn go_on(&mut self) -> Result<(), LedgerError> {
        if !self.ledger.has_room() {
            return Ok(());
        }
        self.runtime.halted = None;
        self.recover()?;
        tracing::warn!("there is room again: work goes on");
        Ok(())
    }
}
