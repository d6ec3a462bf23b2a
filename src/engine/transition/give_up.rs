//! A long batch was accepted, and then its feed was taken out of the configuration: nobody can say any more what its rows
//! mean. It is named until the feed is there again or a person gives the rest up; then each row that had no effect is
//! refused by that name.

use crate::desk::{Desk, Done, no};
use ledger::Event;
use ledger::arriving::{InBatch, Judged, PendingRow};
use ledger::event::{Person, RowVerdict};
use model::{BatchId, Code, Finding};

#[cfg(test)]
mod tests;

/// The id by which people speak of what waits.
pub fn id(batch: BatchId) -> String {
    format!("{batch}:{}", ledger::apply::WHOLE)
}

/// What is said of it.
pub fn named(batch: &InBatch) -> Finding {
    Finding::new(Code::CFeedGone)
        .with("name", &batch.name)
        .with("feed", format!("{}/{}/{}", batch.dept, batch.channel, batch.feed))
        .with("id", id(batch.batch))
}

/// What a person said who gave the rest of a batch up.
pub fn given_up(judged: &Judged) -> Option<&Finding> {
    judged.findings.iter().find(|f| f.code == Code::CFeedGone)
}

/// Batches that are accepted, have rows without effect, and no feed; oldest first.
pub fn all(desk: &mut Desk<'_>) -> Vec<InBatch> {
    let mut found = Vec::new();
    for id in desk.books().arriving() {
        found.extend(one(desk, id));
    }
    found
}

/// The same of one, where it is one.
pub fn one(desk: &mut Desk<'_>, id: BatchId) -> Option<InBatch> {
    let batch = desk.books().in_batch(id)?.clone();
    let waits = batch.end.is_none() && batch.judged.as_ref().is_some_and(|j| given_up(j).is_none());
    let feed = desk.plan.dept(&batch.dept).and_then(|d| d.channel(&batch.channel));
    let known = feed.is_some_and(|c| c.feeds.iter().any(|f| f.name == batch.feed));
    (waits && !known).then_some(batch)
}

/// A person gives up what is left of such a batch.
pub fn give_up(desk: &mut Desk<'_>, id: BatchId, person: Person, reason: String) -> Done {
    let Some(batch) = one(desk, id) else {
        return no(Code::VNotFound, "what", self::id(id));
    };
    let Some(judged) = batch.judged.clone() else {
        return no(Code::VNotFound, "what", self::id(id));
    };
    let mut findings = judged.findings;
    findings.push(named(&batch));
    desk.say(Event::Audit {
        person,
        action: "refused drop".to_owned(),
        object: self::id(id),
        result: reason,
    })?;
    // Its judgement once more, with what is known now: what follows from it survives a crash.
    desk.say(Event::BatchJudged {
        batch: id,
        last: judged.last,
        findings,
        position: judged.position,
    })?;
    desk.actions.push(crate::action::Action::Take { batch: id });
    Ok(())
}

/// What becomes of the next row of a batch that was given up: it is refused, by what is wrong with it or by that name.
pub fn refuse(desk: &mut Desk<'_>, batch: BatchId, row: &PendingRow, why: &Finding) -> Done<(RowVerdict, String)> {
    let wrong = row.findings.iter().find(|f| !f.code.is_warning());
    let code = wrong.map_or(Code::CFeedGone, |f| f.code);
    if wrong.is_none() {
        desk.say(Event::RowRefused {
            batch,
            line: row.line,
            finding: why.clone().row(row.line),
        })?;
    }
    Ok((RowVerdict::Refused, code.return_code().to_owned()))
}
