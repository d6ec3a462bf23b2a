//! Attempts reach their end: by receipt, result, query or person; never by a blind resend.

use crate::desk::{Desk, Done, no};
use crate::plan::Plan;
use crate::transition::{dissolve, forms};
use ledger::case_file::{Attempt, Delivery};
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
    /// Which one is meant; the only one that can be, unless it is said.
    pub attempt: Option<AttemptId>,
    /// It is one of a list: said of a whole batch at once.
    pub listed: bool,
    /// Who.
    pub person: Person,
    /// How that is known.
    pub reason: String,
}

/// Whether a hand-over stands on the list of what only a person can settle.
pub fn is_for_a_person(plan: &Plan, now: i64, matter: &MatterId, attempt: &Attempt) -> bool {
    let channel = plan.dept(&matter.dept()).and_then(|d| d.channel(&attempt.channel));
    let limit = channel.and_then(|c| c.unconfirmed_after);
    let late = limit.is_some_and(|ms| attempt.since.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX)) <= now);
    matches!(attempt.state, AttemptState::Unknown | AttemptState::Unconfirmed)
        || attempt.unproved() && attempt.cause == Cause::Taken && late
}

/// One hand-over that a person's word may be about.
struct Meant {
    id: AttemptId,
    key: ObligationKey,
    delivery: u32,
    op: Op,
    cause: Cause,
    channel: String,
    for_a_person: bool,
}

/// A person says what became of an attempt that nobody else can settle.
///
/// The word is about one hand-over: the one that is named, else the only one on the list of what waits for a person, else
/// the only one that is open. A withdrawal in a clerk's hands is not settled by saying that the submission was booked.
///
/// A list that says "booked" settles the order of things; where a channel gives no receipts it proves no booking, since
/// nobody looked at each of them.
pub fn settle(desk: &mut Desk<'_>, case_no: &CaseNo, matter: &MatterId, word: &Word) -> Done<usize> {
    let to = if word.booked {
        AttemptState::Acknowledged
    } else {
        AttemptState::Recalled
    };
    let meant = match meant(desk, case_no, matter, word, to) {
        Ok(meant) => meant,
        Err((code, name, detail)) => return no(code, name, detail),
    };
    let count = meant.len();
    for one in meant {
        move_attempt(desk, one.id, case_no, to, one.cause)?;
        if word.booked {
            forms::after_word(desk, &one.channel, &one.key)?;
        } else {
            again(desk, &one.key, one.delivery)?;
        }
    }
    crate::transition::advance::advance(desk, case_no)?;
    Ok(count)
}

/// What a person's word is about, or why that cannot be said.
fn meant(
    desk: &mut Desk<'_>,
    case_no: &CaseNo,
    matter: &MatterId,
    word: &Word,
    to: AttemptState,
) -> Result<Vec<Meant>, (Code, &'static str, String)> {
    let (plan, now) = (desk.plan, desk.now);
    let Some(file) = desk.books().case(case_no) else {
        return Err((Code::VNotFound, "what", case_no.to_string()));
    };
    let mut open: Vec<Meant> = Vec::new();
    for o in file.obligations.iter().filter(|o| o.matter == *matter) {
        for (delivery, a) in o.deliveries.iter().flat_map(|d| d.attempts.iter().map(|a| (d.n, a))) {
            let cause = cause(plan, matter, word, &a.channel);
            if a.is_unsettled() && a.state != AttemptState::Prepared && a.may_become(to, &cause) {
                open.push(Meant {
                    id: a.id,
                    key: ObligationKey {
                        case_no: case_no.clone(),
                        matter: matter.clone(),
                        round: o.round,
                    },
                    delivery,
                    op: a.op,
                    cause,
                    channel: a.channel.clone(),
                    for_a_person: is_for_a_person(plan, now, matter, a),
                });
            }
        }
    }
    if let Some(named) = word.attempt {
        open.retain(|one| one.id == named);
    } else if !word.listed && open.iter().any(|one| one.for_a_person) {
        open.retain(|one| one.for_a_person);
    }
    if open.is_empty() {
        return Err((
            Code::VState,
            "detail",
            "没有待认定的 nothing of it is unsettled".to_owned(),
        ));
    }
    if open.len() > 1 && !word.listed {
        let each: Vec<String> = open.iter().map(|one| format!("{} {}", one.id, one.op)).collect();
        let detail = format!(
            "不止一次发送，须用--attempt指明 more than one, say which by --attempt: {}",
            each.join(", ")
        );
        return Err((Code::VState, "detail", detail));
    }
    Ok(open)
}

/// How a person's word counts on a channel.
fn cause(plan: &Plan, matter: &MatterId, word: &Word, channel: &str) -> Cause {
    let channel = plan.dept(&matter.dept()).and_then(|d| d.channel(channel));
    let silent = channel.is_some_and(|c| c.proof != Proof::Receipt);
    let (person, reason) = (word.person.clone(), word.reason.clone());
    if word.booked && word.listed && silent {
        return Cause::Listed { person, reason };
    }
    Cause::Person {
        person,
        reason,
        receipt_no: None,
    }
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
    // A later hand-over that is wanted, under way or booked carries all that this one carried; and what is to be withdrawn is not
    // begun again.
    let overtakes = |d: &Delivery| d.due.is_some() || d.open_attempt().is_some() || d.booked();
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
