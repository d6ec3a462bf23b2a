//! Attempts reach their end: by receipt, result, query or person; never by a blind resend.

use crate::desk::{Desk, Done, no};
use crate::transition::dissolve;
use ledger::event::{Cause, NewAttempt, Person};
use ledger::{Books, Event};
use model::{AttemptId, AttemptState, CaseNo, Code, MatterId, ObligationKey, Op};

/// Where an attempt of a batch is now.
pub fn state_of(books: &mut Books, record: &NewAttempt) -> Option<AttemptState> {
    Some(books.case(&record.key.case_no)?.attempt(record.id)?.2.state)
}

/// Moves one attempt, if the move is one that exists.
pub fn move_attempt(desk: &mut Desk<'_>, id: AttemptId, case_no: &CaseNo, to: AttemptState, cause: Cause) -> Done {
    let from = desk
        .books()
        .case(case_no)
        .and_then(|f| f.attempt(id))
        .map(|(_, _, a)| a.state);
    if from.is_some_and(|from| from.may_become(to)) {
        desk.say(Event::AttemptsMoved {
            attempts: vec![(id, case_no.clone())],
            to,
            cause,
        })?;
    }
    Ok(())
}

/// A result proves receipt: the hand-over that opened the obligation was booked. It says nothing of an amendment or a
/// withdrawal that is still under way.
pub fn prove(desk: &mut Desk<'_>, key: &ObligationKey, cause: Cause) -> Done {
    let Some(o) = desk.books().obligation(key) else {
        return Ok(());
    };
    let open: Vec<(AttemptId, AttemptState, Option<model::BatchId>)> = o
        .deliveries
        .iter()
        .flat_map(|d| &d.attempts)
        .filter(|a| a.state.is_open() && matches!(a.op, Op::Submit | Op::Supplement))
        .map(|a| (a.id, a.state, a.batch))
        .collect();
    for (id, state, batch) in open {
        if let (AttemptState::Prepared, Some(batch)) = (state, batch) {
            // It was told another way. Its bytes must not leave as well.
            dissolve::without(desk, batch, id)?;
        }
        move_attempt(desk, id, &key.case_no, AttemptState::Acknowledged, cause.clone())?;
    }
    Ok(())
}

/// Forms of an obligation are no longer expected.
pub fn close_forms(desk: &mut Desk<'_>, key: &ObligationKey) -> Done {
    let Some(file) = desk.books().case(&key.case_no) else {
        return Ok(());
    };
    let tasks: Vec<_> = file
        .forms
        .iter()
        .filter(|f| f.matter == key.matter && f.round == key.round && f.closed.is_none())
        .map(|f| f.task)
        .collect();
    for task in tasks {
        desk.say(Event::FormClosed {
            task,
            case_no: key.case_no.clone(),
            person: None,
            digest: None,
        })?;
    }
    Ok(())
}

/// A person says what became of an attempt that nobody else can settle.
pub fn settle(
    desk: &mut Desk<'_>,
    case_no: &CaseNo,
    matter: &MatterId,
    booked: bool,
    person: Person,
    reason: String,
) -> Done<usize> {
    let Some(file) = desk.books().case(case_no) else {
        return no(Code::VNotFound, "what", case_no);
    };
    let open: Vec<(AttemptId, ObligationKey, u32)> = file
        .obligations
        .iter()
        .filter(|o| o.matter == *matter)
        .flat_map(|o| {
            let key = ObligationKey {
                case_no: case_no.clone(),
                matter: matter.clone(),
                round: o.round,
            };
            o.deliveries.iter().flat_map(move |d| {
                let key = key.clone();
                d.attempts
                    .iter()
                    .filter(|a| a.state.is_open() && a.state != AttemptState::Prepared)
                    .map(move |a| (a.id, key.clone(), d.n))
            })
        })
        .collect();
    if open.is_empty() {
        return no(Code::VState, "detail", "没有待认定的 nothing of it is unsettled");
    }
    for (id, key, n) in &open {
        let to = if booked {
            AttemptState::Acknowledged
        } else {
            AttemptState::Recalled
        };
        let cause = Cause::Person {
            person: person.clone(),
            reason: reason.clone(),
            receipt_no: None,
        };
        move_attempt(desk, *id, case_no, to, cause)?;
        if !booked {
            again(desk, key, *n)?;
        }
    }
    crate::transition::advance::advance(desk, case_no)?;
    Ok(open.len())
}

/// A recalled delivery is wanted again, unless the obligation has ended.
pub fn again(desk: &mut Desk<'_>, key: &ObligationKey, n: u32) -> Done {
    let Some(o) = desk.books().obligation(key) else {
        return Ok(());
    };
    let superseded = o
        .deliveries
        .iter()
        .find(|d| d.n == n)
        .is_none_or(|d| d.superseded.is_some());
    if o.ended.is_some() || superseded {
        return Ok(());
    }
    let at = desk.now;
    desk.say(Event::DeliveryDue {
        key: key.clone(),
        n,
        at,
        person: None,
        substitute: Default::default(),
        reason: String::new(),
    })?;
    Ok(())
}
