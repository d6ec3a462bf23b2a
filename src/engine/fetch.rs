//! What stands in the journal and is asked for while a batch is under way: its bytes, and what vouches for its end.

use crate::command::Fetched;
use crate::desk::{Desk, Done, no};
use crate::transition::hand_over;
use ledger::Event;
use model::{BatchId, Code};
use port::{Encoded, Numbers, Part, Prepared, Record};

/// A batch of ours with its bytes from the journal.
pub fn fetch(desk: &mut Desk<'_>, batch: BatchId) -> Done<Fetched> {
    let Some(out) = desk.books().out_batch(batch).cloned() else {
        return no(Code::VNotFound, "what", batch);
    };
    // What was prepared in this very group is not readable before it is durable.
    desk.ledger.commit()?;
    if out.spool.is_empty() && out.parts.iter().any(|part| part.bytes > 0) {
        return no(Code::VState, "detail", "批次内容已抹去 its bytes were erased");
    }
    let mut parts: Vec<Part> = out
        .parts
        .iter()
        .map(|p| Part {
            name: p.name.clone(),
            bytes: Vec::new(),
            records: p.from..p.to,
        })
        .collect();
    for (part, pos) in &out.spool {
        if let Some(Event::Spooled { bytes, .. }) = desk.ledger.read(*pos)?
            && let Some(part) = parts.get_mut(*part as usize)
        {
            part.bytes.extend_from_slice(&bytes);
        }
    }
    let records = out
        .attempts
        .iter()
        .map(|a| Record {
            attempt: a.id,
            case_no: a.key.case_no.clone(),
            matter: a.key.matter.clone(),
            op: a.op,
            token: a.token.clone(),
        })
        .collect();
    let numbers = Numbers {
        batch,
        dept: out.dept.clone(),
        day: out.day,
        seq: out.seq,
        at: out.since,
    };
    let encoded = Encoded {
        number: out.number.clone(),
        parts,
    };
    let prepared = Prepared {
        numbers,
        encoded,
        records,
        place: None,
        again: out.begun,
        copy: out.copies + 1,
    };
    Ok(Fetched {
        prepared,
        channel: out.channel,
    })
}

/// A batch leaves by a person's hand: journalled before its first byte is written.
pub fn leave(desk: &mut Desk<'_>, batch: BatchId) -> Done<Fetched> {
    let again = desk.books().out_batch(batch).is_some_and(|b| b.begun);
    let kept = desk.actions.len();
    hand_over::hand_over(desk, batch, None)?;
    // The person's own call does the hand-over; nobody else must.
    desk.actions.truncate(kept);
    // Whoever dies over it leaves a medium behind that may hold the whole: that much must be known of it.
    let copy = desk.books().out_batch(batch).map_or(0, |b| b.copies) + 1;
    desk.say(Event::BatchLeaving { batch, copy })?;
    let mut fetched = fetch(desk, batch)?;
    fetched.prepared.again = again;
    Ok(fetched)
}

/// The signed head of the chain after the group that says what became of a batch that came.
pub fn anchor(desk: &mut Desk<'_>, batch: BatchId) -> Done<Option<String>> {
    let ended = desk.books().in_batch(batch).map_or(0, |b| b.ended);
    if ended == 0 {
        return Ok(None);
    }
    Ok(desk.ledger.signed_head(ended)?)
}
