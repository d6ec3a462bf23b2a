//! A refused delivery may go again: by itself where the other side said "later", else when a person says so.

use crate::desk::{Desk, Done, no};
use ledger::Event;
use ledger::event::{Ending, NewAttempt, Person};
use model::{AttemptId, Code, ItemNo, ObligationKey};
use std::collections::BTreeMap;

/// Waits and tries again where the code says so.
pub fn after_refusal(desk: &mut Desk<'_>, record: &NewAttempt, code: &str) -> Done {
    if code != Code::ERetryLater.return_code() {
        return Ok(());
    }
    let tries = desk
        .books()
        .obligation(&record.key)
        .and_then(|o| o.deliveries.iter().find(|d| d.n == record.delivery))
        .map_or(1, |d| d.attempts.len() as u32);
    let retry = desk.plan.rules.retry;
    let pause = retry.first_ms.saturating_mul(1 << tries.min(20)).min(retry.max_ms);
    let at = desk.now.saturating_add(pause as i64);
    desk.say(Event::DeliveryDue {
        key: record.key.clone(),
        n: record.delivery,
        at,
        person: None,
        substitute: BTreeMap::new(),
        reason: String::new(),
    })?;
    Ok(())
}

fn find_refused(desk: &mut Desk<'_>, id: AttemptId) -> Done<(ObligationKey, u32)> {
    let Some(case_no) = desk.books().case_of(id).cloned() else {
        return no(Code::VNotFound, "what", id);
    };
    let Some((o, d, _)) = desk.books().case(&case_no).and_then(|f| f.attempt(id)) else {
        return no(Code::VNotFound, "what", id);
    };
    // A later hand-over carries all that this one carried: both would be booked.
    let overtaken = o.last_delivery().is_some_and(|last| last.n > d.n);
    if overtaken || !d.is_refused() || o.ended.is_some() || d.attempts.last().map(|a| a.id) != Some(id) {
        return no(
            Code::VState,
            "detail",
            "未被拒或已重发 not refused, or tried again already",
        );
    }
    let key = ObligationKey {
        case_no,
        matter: o.matter.clone(),
        round: o.round,
    };
    Ok((key, d.n))
}

/// A person lets a refused attempt go again, with other words where given: a child attempt follows.
pub fn by_person(
    desk: &mut Desk<'_>,
    id: AttemptId,
    person: Person,
    substitute: BTreeMap<ItemNo, String>,
    reason: String,
) -> Done<ObligationKey> {
    let (key, n) = find_refused(desk, id)?;
    let at = desk.now;
    desk.say(Event::DeliveryDue {
        key: key.clone(),
        n,
        at,
        person: Some(person),
        substitute,
        reason,
    })?;
    Ok(key)
}

/// A person gives a refused obligation up.
pub fn drop(desk: &mut Desk<'_>, id: AttemptId, person: Person, reason: String) -> Done<ObligationKey> {
    let (key, _) = find_refused(desk, id)?;
    desk.say(Event::ObligationEnded {
        key: key.clone(),
        how: Ending::Dropped,
        reason,
        person: Some(person),
    })?;
    Ok(key)
}
