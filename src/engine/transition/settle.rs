//! Attempts reach their end: by receipt, result, query or person; never by a blind resend.

use crate::desk::{Desk, Done, no};
use crate::transition::{dissolve, forms};
use ledger::case_file::Delivery;
use ledger::event::{Cause, NewAttempt, Person};
use ledger::{Books, Event};
use model::{AttemptId, AttemptState, CaseNo, Code, MatterId, ObligationKey, Op, Proof};

/// Where an attempt of a batch is now.
pub fn state_of(books: &mut Books, record: &NewAttempt) -> Option<AttemptState> {
    Some(books.case(&record.key.case_no)?.attempt(record.id)?.2.state)
}

/// Whether a receipt, a result or a person may still say what became of an attempt of a batch.
pub fn is_unsettled(books: &mut Books, record: &NewAttempt) -> bool {
    let file = books.case(&record.key.case_no);
    file.and_then(|f| f.attempt(record.id))
        .is_some_and(|(_, _, a)| a.is_unsettled())
}

/// Moves one attempt, if the move is one that exists.
pub fn move_attempt(desk: &mut Desk<'_>, id: AttemptId, case_no: &CaseNo, to: AttemptState, cause: Cause) -> Done {
    let file = desk.books().case(case_no);
    let may = file
        .and_then(|f| f.attempt(id))
        .is_some_and(|(_, _, a)| a.may_become(to, &cause));
    if may {
        desk.say(Event::AttemptsMoved {
            attempts: vec![(id, case_no.clone())],
            to,
            cause,
        })?;
    }
    Ok(())
}

/// Moves all attempts of these records that may, as one thing that happened.
pub fn move_all(desk: &mut Desk<'_>, records: &[NewAttempt], to: AttemptState, cause: Cause) -> Done {
    let mut attempts = Vec::with_capacity(records.len());
    for record in records {
        let file = desk.books().case(&record.key.case_no);
        let attempt = file.and_then(|f| f.attempt(record.id));
        if attempt.is_some_and(|(_, _, a)| a.may_become(to, &cause)) {
            attempts.push((record.id, record.key.case_no.clone()));
        }
    }
    if !attempts.is_empty() {
        desk.say(Event::AttemptsMoved { attempts, to, cause })?;
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
        .filter(|a| a.is_unsettled() && matches!(a.op, Op::Submit | Op::Supplement))
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

/// What a person says of a hand-over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Word {
    /// It was booked, or it was not.
    pub booked: bool,
    /// It is one of a list: said of a whole batch at once.
    pub listed: bool,
    /// Who.
    pub person: Person,
    /// How that is known.
    pub reason: String,
}

/// A person says what became of an attempt that nobody else can settle.
///
/// A list that says "booked" settles the order of things; where a channel gives no receipts it proves no booking, since
/// nobody looked at each of them.
pub fn settle(desk: &mut Desk<'_>, case_no: &CaseNo, matter: &MatterId, word: &Word) -> Done<usize> {
    let plan = desk.plan;
    let silent = |channel: &str| {
        plan.dept(&matter.dept())
            .and_then(|d| d.channel(channel))
            .is_some_and(|c| c.proof != Proof::Receipt)
    };
    let to = if word.booked {
        AttemptState::Acknowledged
    } else {
        AttemptState::Recalled
    };
    let (person, reason) = (word.person.clone(), word.reason.clone());
    let listed = Cause::Listed {
        person: person.clone(),
        reason: reason.clone(),
    };
    let looked = Cause::Person {
        person,
        reason,
        receipt_no: None,
    };
    let (listed, looked) = (&listed, &looked);
    let Some(file) = desk.books().case(case_no) else {
        return no(Code::VNotFound, "what", case_no);
    };
    let open: Vec<(AttemptId, ObligationKey, u32, Cause, String)> = file
        .obligations
        .iter()
        .filter(|o| o.matter == *matter)
        .flat_map(|o| {
            let key = ObligationKey {
                case_no: case_no.clone(),
                matter: matter.clone(),
                round: o.round,
            };
            let attempts = o
                .deliveries
                .iter()
                .flat_map(|d| d.attempts.iter().map(move |a| (d.n, a)));
            attempts.filter_map(move |(n, a)| {
                let by_list = word.booked && word.listed && silent(&a.channel);
                let cause = if by_list { listed } else { looked };
                let may = a.is_unsettled() && a.state != AttemptState::Prepared && a.may_become(to, cause);
                may.then(|| (a.id, key.clone(), n, cause.clone(), a.channel.clone()))
            })
        })
        .collect();
    if open.is_empty() {
        return no(Code::VState, "detail", "没有待认定的 nothing of it is unsettled");
    }
    let count = open.len();
    for (id, key, n, cause, channel) in open {
        move_attempt(desk, id, case_no, to, cause)?;
        if word.booked {
            forms::after_word(desk, &channel, &key)?;
        } else {
            again(desk, &key, n)?;
        }
    }
    crate::transition::advance::advance(desk, case_no)?;
    Ok(count)
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
    // A later hand-over that is under way or booked carries all that this one carried; and what is to be withdrawn is not
    // begun again.
    let overtakes = |d: &Delivery| d.open_attempt().is_some() || d.booked();
    let withdraws = |d: &Delivery| d.op == Op::Withdraw && d.superseded.is_none();
    let mut later = o.deliveries.iter().filter(|d| d.n > n);
    let overtaken = later.any(|d| overtakes(d) || withdraws(d));
    if o.ended.is_some() || superseded || overtaken {
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

#[cfg(test)]
mod tests;
