//! A disk that never left the house is taken back: what it carried is wanted again, and goes with another batch.
//!
//! Judged here before anything is touched, and again after the set was taken off its medium: an answer may have come in
//! between.

use crate::command::Fetched;
use crate::desk::{Desk, Done, no};
use crate::fetch::fetch;
use crate::transition::{advance, settle};
use ledger::books::OutBatch;
use ledger::event::{Cause, Person};
use ledger::{Custody, Event};
use model::{AttemptState, BatchId, Code};
use port::{Fault, Recalled};
use std::path::PathBuf;

/// A batch whose set may be taken off its medium, as it was written there last.
pub fn may(desk: &mut Desk<'_>, batch: BatchId) -> Done<Fetched> {
    let out = judge(desk, batch)?;
    let mut fetched = fetch(desk, batch)?;
    // Not the copy that would be cut next, but the one that is there.
    fetched.prepared.copy = 1;
    fetched.prepared.place = out.left.and_then(|(_, place)| place).map(PathBuf::from);
    Ok(fetched)
}

/// What came of taking the set off its medium. Only where it is off, nothing of it can be booked any more.
pub fn recalled(
    desk: &mut Desk<'_>,
    batch: BatchId,
    result: Result<Recalled, Fault>,
    person: Person,
    reason: String,
) -> Done {
    let out = judge(desk, batch)?;
    match result {
        Ok(Recalled::Recalled) => {}
        Ok(Recalled::Taken) => {
            return no(
                Code::VState,
                "detail",
                "盘上已有回盘，先导入 an answer lies beside it: import that first",
            );
        }
        Ok(Recalled::Impossible) => {
            let detail = "这里没有这份完整的盘；它在别处就可能送到 the set is not here as it was written: where it is, it may be handed over";
            return no(Code::VState, "detail", detail);
        }
        Err(fault) => return Err(fault.finding.into()),
    }
    let said = reason.clone();
    desk.say(Event::BatchDissolved { batch, reason: said })?;
    for record in out.attempts {
        let cause = Cause::Person {
            person: person.clone(),
            reason: reason.clone(),
            receipt_no: None,
        };
        settle::move_attempt(desk, record.id, &record.key.case_no, AttemptState::Recalled, cause)?;
        settle::again(desk, &record.key, record.delivery)?;
        advance::advance(desk, &record.key.case_no)?;
    }
    Ok(())
}

/// What speaks against it, if anything does.
fn judge(desk: &mut Desk<'_>, batch: BatchId) -> Done<OutBatch> {
    use AttemptState::{HandedOver, Unconfirmed};
    let Some(out) = desk.books().out_batch(batch).cloned() else {
        return no(Code::VNotFound, "what", batch);
    };
    let against = if out.dissolved {
        Some("已撤销 it was taken back".to_owned())
    } else if !out.begun {
        Some("还没有导出过，不必撤销 it was never exported: there is nothing to take back".to_owned())
    } else if out.begins != 1 {
        Some(format!(
            "导出过{n}次，另一份可能在别的介质上 it was exported {n} times: another medium may hold it as well",
            n = out.begins
        ))
    } else if let Some(by) = taken_by(&out) {
        Some(format!(
            "{by}领走过，可能已交给部门 {by} had it: it may have been handed over"
        ))
    } else if out
        .attempts
        .iter()
        .any(|a| !matches!(settle::state_of(desk.books(), a), Some(HandedOver | Unconfirmed)))
    {
        Some("已有回音 something was heard of it".to_owned())
    } else {
        None
    };
    against.map_or(Ok(out), |detail| no(Code::VState, "detail", detail))
}

/// Who took it out of the house, be it back by now.
fn taken_by(out: &OutBatch) -> Option<&str> {
    out.custody.iter().find_map(|line| match &line.custody {
        Custody::Taken { by, .. } => Some(by.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests;
