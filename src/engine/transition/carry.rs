//! What a person says of a medium: who took it, and that it came back, was wiped, or is lost.

use crate::desk::{Desk, Done, no};
use ledger::event::Person;
use ledger::{Custody, Event, custody};
use model::{BatchId, Code};

/// Which copy is meant, the last one where none is named; nothing, where the same was said of it last.
pub fn may(desk: &mut Desk<'_>, batch: BatchId, copy: Option<u32>, custody: &Custody) -> Done<Option<u32>> {
    let Some(out) = desk.books().out_batch(batch) else {
        return no(Code::VNotFound, "what", batch);
    };
    let (copies, copy) = (out.copies, copy.unwrap_or(out.copies));
    if copy == 0 || copy > copies {
        let detail = format!("做过{copies}份，没有第{copy}份 {copies} copies were cut; there is no copy {copy}");
        return no(Code::VState, "detail", detail);
    }
    let before = custody::last(&out.custody, copy).map(|line| &line.custody);
    if before == Some(custody) {
        return Ok(None);
    }
    if !custody.may_follow(before) {
        let detail = stands(before);
        return no(Code::VState, "detail", detail);
    }
    Ok(Some(copy))
}

/// Says it of one copy. The same again changes nothing.
pub fn carry(
    desk: &mut Desk<'_>,
    batch: BatchId,
    copy: Option<u32>,
    custody: Custody,
    note: String,
    person: Person,
) -> Done {
    if let Some(copy) = may(desk, batch, copy, &custody)? {
        desk.say(Event::BatchCarried {
            batch,
            copy,
            custody,
            person,
            note,
        })?;
    }
    Ok(())
}

/// How a copy stands, as the reason why something cannot be said of it.
fn stands(before: Option<&Custody>) -> String {
    match before {
        None => "没有人领走过 nobody took it".to_owned(),
        Some(Custody::Taken { by, .. }) => format!("在{by}手中，尚未归还 {by} has it"),
        Some(Custody::Returned) => "已归还 it is back".to_owned(),
        Some(Custody::Wiped) => "已清除，盘上不再有这一批 it was wiped: the batch is on it no more".to_owned(),
        Some(Custody::Lost) => "已登记遗失；找到了先登记归还 it was lost: say first that it is back".to_owned(),
    }
}

#[cfg(test)]
mod tests;
