//! An adapter that breaks off: its channel stands still and says so, the others go on. Nothing that was under way counts as
//! done: it is looked at before it is sent again, as after a restart.

use crate::action::Action;
use crate::command::Command;
use crate::perform;
use crate::run::Shared;
use model::{Code, Finding};
use port::Fault;
use seams::Ended;
use std::sync::Arc;

/// Does an action in a task of its own, and tells the loop if that breaks off.
pub(crate) fn perform(shared: &Arc<Shared>, action: Action) {
    // At once: nobody is waited for, and the order of acts is kept.
    if let Action::Mirror(act) = &action {
        return perform::mirror(shared, act);
    }
    let end = end_of(&action);
    let task = shared
        .spawn
        .spawn("perform", Box::pin(perform::perform(shared.clone(), action)));
    let loop_of = shared.clone();
    let watch = async move {
        if task.join().await == Ended::Panicked
            && let Some(end) = end
        {
            loop_of.tell(end).await;
        }
    };
    shared.spawn.spawn("watch", Box::pin(watch));
}

/// What the loop is told in place of the end that did not come; nothing where it waits for none.
fn end_of(action: &Action) -> Option<Command> {
    let fault = Fault::person(Finding::new(Code::CBroken));
    match action {
        Action::Deliver { batch, place, .. } => Some(Command::Delivered {
            batch: *batch,
            result: Err(fault),
            place: place.clone(),
            person: None,
            tell: None,
        }),
        Action::Query { batch } => Some(Command::Queried(*batch, Err(fault))),
        Action::Collect { dept, channel, .. } => Some(Command::Collected(dept.clone(), channel.clone(), Err(fault))),
        Action::Lapse { .. } => Some(Command::Lapsed(Err(fault.finding))),
        Action::Turn(..)
        | Action::Take { .. }
        | Action::Enter { .. }
        | Action::LayOut
        | Action::Acknowledge { .. }
        | Action::Mirror(_) => None,
    }
}
