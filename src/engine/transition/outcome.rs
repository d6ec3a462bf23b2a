//! A hand-over answered, record by record; or the other side was asked and said something.

use crate::desk::{Desk, Done};
use crate::transition::{advance, retry, settle};
use ledger::Event;
use ledger::event::{Cause, NewAttempt, Person};
use model::{AttemptState, BatchId, Proof};
use port::{Outcome, Said};

/// Takes the outcomes of one completed hand-over.
pub fn delivered(
    desk: &mut Desk<'_>,
    batch: BatchId,
    outcomes: Vec<Outcome>,
    place: Option<String>,
    person: Option<Person>,
) -> Done {
    let Some((records, copies)) = desk.books().out_batch(batch).map(|b| (b.attempts.clone(), b.copies)) else {
        return Ok(());
    };
    desk.say(Event::BatchLeft {
        batch,
        place,
        copy: copies + 1,
        person,
    })?;
    for (record, outcome) in records.iter().zip(outcomes) {
        match outcome {
            Outcome::Pending => {}
            Outcome::Unknown => settle_one(desk, record, AttemptState::Unknown, answer(None, None, None))?,
            Outcome::Acknowledged(receipt_no) => {
                settle_one(desk, record, AttemptState::Acknowledged, answer(None, None, receipt_no))?;
            }
            Outcome::Refused { code, reason } => {
                let cause = answer(Some(code.clone()), Some(reason), None);
                settle_one(desk, record, AttemptState::Refused, cause)?;
                retry::after_refusal(desk, record, &code)?;
            }
        }
    }
    Ok(())
}

fn answer(code: Option<String>, reason: Option<String>, receipt_no: Option<String>) -> Cause {
    Cause::Answer {
        code,
        reason,
        receipt_no,
    }
}

fn settle_one(desk: &mut Desk<'_>, record: &NewAttempt, to: AttemptState, cause: Cause) -> Done {
    settle::move_attempt(desk, record.id, &record.key.case_no, to, cause)
}

/// Takes what the other side says of a batch's records.
pub fn queried(desk: &mut Desk<'_>, batch: BatchId, said: Vec<Said>) -> Done {
    let plan = desk.plan;
    let Some(out) = desk.books().out_batch(batch) else {
        return Ok(());
    };
    let (records, channel) = (
        out.attempts.clone(),
        plan.dept(&out.dept).and_then(|d| d.channel(&out.channel)),
    );
    let taken_settles = channel.is_some_and(|c| c.proof == Proof::Taken);
    for (record, said) in records.iter().zip(said) {
        let state = settle::state_of(desk.books(), record);
        let asked = match state {
            Some(AttemptState::Unknown | AttemptState::Unconfirmed) => true,
            Some(AttemptState::HandedOver) => said == Said::Taken,
            _ => false,
        };
        if !asked {
            continue;
        }
        match said {
            Said::CannotSay => {}
            Said::Taken if taken_settles => settle_one(desk, record, AttemptState::Acknowledged, Cause::Taken)?,
            Said::Taken => {}
            Said::Booked(receipt_no) => {
                settle_one(desk, record, AttemptState::Acknowledged, answer(None, None, receipt_no))?;
            }
            Said::NotBooked => {
                settle_one(desk, record, AttemptState::Recalled, Cause::Query)?;
                settle::again(desk, &record.key, record.delivery)?;
            }
        }
        advance::advance(desk, &record.key.case_no)?;
    }
    Ok(())
}
