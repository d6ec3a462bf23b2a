//! A stretch of a long batch gets effect. The batch is accepted already: whoever dies in between goes on where the
//! ledger stands, without its source.

use crate::desk::{Desk, Done};
use crate::transition::end::{Ended, answer_of};
use crate::transition::{absorb, give_up, take_up};
use ledger::Event;
use ledger::event::runs_of;
use model::{BatchId, Code};

/// Rows that get effect in one group, at most.
pub const STRETCH: usize = 500;

/// Gives the next rows effect, or answers where there are none left.
pub fn take(desk: &mut Desk<'_>, batch: BatchId) -> Done<Ended> {
    let known = desk.books().in_batch(batch).map(|b| {
        let place = (b.dept.clone(), b.channel.clone(), b.feed.clone());
        (b.end.is_some(), b.judged.clone(), place)
    });
    let (judged, (dept, channel, feed)) = match known {
        None => return crate::desk::no(Code::VNotFound, "what", batch),
        Some((true, ..)) => return Ok(Ended::Answered(answer_of(desk.books(), batch))),
        Some((false, None, _)) => return crate::desk::no(Code::VState, "detail", "尚未读完 not read to its end"),
        Some((false, Some(judged), place)) => (judged, place),
    };
    let plan = desk.plan;
    let rung = plan.dept(&dept).and_then(|d| d.channel(&channel));
    let defined = rung.and_then(|c| Some((c, c.feeds.iter().find(|f| f.name == feed)?)));
    let given_up = give_up::given_up(&judged).cloned();
    if let (None, None, Some(waits)) = (&defined, &given_up, give_up::one(desk, batch)) {
        return Err(give_up::named(&waits).into());
    }
    let rows = desk.books().next_rows(batch, STRETCH.min(plan.rules.whole_rows))?;
    if rows.is_empty() {
        desk.say(Event::BatchEnded {
            batch,
            accepted: true,
            findings: judged.findings,
            rows: Vec::new(),
            position: judged.position,
        })?;
        let answer = answer_of(desk.books(), batch);
        if desk.books().in_batch(batch).is_some_and(|b| b.has_parked()) {
            take_up::batch(desk, batch)?;
        }
        return Ok(Ended::Answered(answer));
    }
    let source = defined.map(|(rung, defined)| absorb::Source {
        dept: &dept,
        channel: rung,
        feed: defined,
        batch,
    });
    let mut verdicts = Vec::with_capacity(rows.len());
    for row in &rows {
        let (verdict, code) = match (&given_up, &source) {
            (Some(why), _) => give_up::refuse(desk, batch, row, why)?,
            (None, Some(source)) => absorb::absorb(desk, source, row, None)?,
            (None, None) => return crate::desk::no(Code::VNotFound, "what", format!("{dept}/{channel}/{feed}")),
        };
        verdicts.push((row.line, verdict, code));
        // One row may answer a whole batch of ours.
        if desk.ledger.is_full() {
            break;
        }
    }
    desk.say(Event::RowsTaken {
        batch,
        rows: runs_of(&verdicts),
    })?;
    Ok(Ended::Underway)
}

#[cfg(test)]
mod tests;
