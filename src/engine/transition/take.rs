//! A stretch of a long batch gets effect. The batch is accepted already: whoever dies in between goes on where the
//! ledger stands, without its source.

use crate::desk::{Desk, Done};
use crate::transition::end::{Ended, answer_of};
use crate::transition::{absorb, take_up};
use ledger::Event;
use ledger::event::runs_of;
use model::{BatchId, Code};

/// Rows that get effect in one group, at most.
const STRETCH: usize = 500;

/// Gives the next rows effect, or answers where there are none left.
pub fn take(desk: &mut Desk<'_>, batch: BatchId) -> Done<Ended> {
    let Some(known) = desk.books().in_batch(batch).cloned() else {
        return crate::desk::no(Code::VNotFound, "what", batch);
    };
    let Some(judged) = known.judged.filter(|_| known.end.is_none()) else {
        return match known.end {
            Some(_) => Ok(Ended::Answered(answer_of(desk.books(), batch))),
            None => crate::desk::no(Code::VState, "detail", "尚未读完 not read to its end"),
        };
    };
    let (dept, plan) = (known.dept, desk.plan);
    let rung = plan.dept(&dept).and_then(|d| d.channel(&known.channel));
    let Some((rung, feed)) = rung.and_then(|c| Some((c, c.feeds.iter().find(|f| f.name == known.feed)?))) else {
        return crate::desk::no(
            Code::VNotFound,
            "what",
            format!("{dept}/{}/{}", known.channel, known.feed),
        );
    };
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
    let source = absorb::Source {
        dept: &dept,
        channel: rung,
        feed,
        batch,
    };
    let mut verdicts = Vec::with_capacity(rows.len());
    for row in &rows {
        let (verdict, code) = absorb::absorb(desk, &source, row, None)?;
        verdicts.push((row.line, verdict, code));
    }
    desk.say(Event::RowsTaken {
        batch,
        rows: runs_of(&verdicts),
    })?;
    Ok(Ended::Underway)
}

#[cfg(test)]
mod tests;
