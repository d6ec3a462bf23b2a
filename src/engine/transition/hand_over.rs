//! A prepared batch is about to leave: journalled first, because from here on it may have.

use crate::action::Action;
use crate::desk::{Desk, Done, no};
use crate::doubt;
use ledger::Event;
use ledger::event::Cause;
use model::{AttemptState, BatchId, Code};
use std::path::PathBuf;

/// Starts, or starts again, the hand-over of a batch.
pub fn hand_over(desk: &mut Desk<'_>, batch: BatchId, place: Option<PathBuf>) -> Done {
    let plan = desk.plan;
    let Some(out) = desk.books().out_batch(batch).cloned() else {
        return no(Code::VNotFound, "what", batch);
    };
    if out.dissolved {
        return no(Code::VState, "detail", "已撤销 it was taken back");
    }
    doubt::need_trust(desk)?;
    if let Some(expired) = plan.expired(&out.dept, desk.now) {
        return Err(expired.into());
    }
    let mut leaving = Vec::new();
    for record in &out.attempts {
        if crate::transition::settle::state_of(desk.books(), record) == Some(AttemptState::Prepared) {
            leaving.push((record.id, record.key.case_no.clone()));
        }
    }
    if !leaving.is_empty() {
        desk.say(Event::AttemptsMoved {
            attempts: leaving,
            to: AttemptState::HandedOver,
            cause: Cause::Turn,
        })?;
    }
    desk.ask(Action::Deliver {
        batch,
        place,
        again: out.begun,
        copy: out.copies + 1,
    });
    Ok(())
}
