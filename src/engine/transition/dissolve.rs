//! A prepared batch is dissolved before anything left: its records are wanted again, in another batch.

use crate::desk::{Desk, Done};
use crate::transition::settle;
use ledger::Event;
use ledger::event::Cause;
use model::{AttemptId, AttemptState, BatchId};

/// Dissolves a batch from which nothing can have left; `out` is not wanted again. Does nothing once it may have left.
pub fn without(desk: &mut Desk<'_>, batch: BatchId, out: AttemptId) -> Done<bool> {
    let Some(records) = desk
        .books()
        .out_batch(batch)
        .filter(|b| !b.begun && !b.dissolved)
        .map(|b| b.attempts.clone())
    else {
        return Ok(false);
    };
    desk.say(Event::BatchDissolved {
        batch,
        reason: "a record of it changed".to_owned(),
    })?;
    for record in records {
        if settle::state_of(desk.books(), &record) != Some(AttemptState::Prepared) || record.id == out {
            continue;
        }
        let attempts = vec![(record.id, record.key.case_no.clone())];
        desk.say(Event::AttemptsMoved {
            attempts,
            to: AttemptState::Recalled,
            cause: Cause::Dissolved,
        })?;
        settle::again(desk, &record.key, record.delivery)?;
    }
    Ok(true)
}
