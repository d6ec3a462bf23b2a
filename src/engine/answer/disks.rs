//! Verbs about disks: which one is meant, who has it, what goes with it on paper.

use crate::desk::{Desk, Done, no};
use crate::fetch::fetch;
use crate::run::Shared;
use crate::transition::carry;
use crate::verb::{Carried, Reply};
use crate::view;
use ledger::Custody;
use ledger::event::Person;
use model::{BatchId, Code, Mode};

/// The disk that a person means: by the number on it, or by the ledger's where two departments' disks bear the same.
pub(crate) fn named(desk: &mut Desk<'_>, text: &str) -> Done<BatchId> {
    let plan = desk.plan;
    let is_disk = |dept: &model::DeptId, channel: &str| {
        let found = plan.dept(dept).and_then(|d| d.channel(channel));
        found.is_some_and(|c| c.mode == Mode::Disk)
    };
    if let Ok(batch) = text.parse::<BatchId>()
        && let Some(out) = desk.books().out_batch(batch)
    {
        let (dept, channel) = (out.dept.clone(), out.channel.clone());
        return if is_disk(&dept, &channel) {
            Ok(batch)
        } else {
            no(Code::VNotFound, "what", text)
        };
    }
    let mut found = Vec::new();
    for dept in plan.depts.keys() {
        let Some(batch) = desk.books().sent_number(dept, text) else {
            continue;
        };
        let channel = desk.books().out_batch(batch).map(|out| out.channel.clone());
        if channel.is_some_and(|channel| is_disk(dept, &channel)) {
            found.push((batch, dept));
        }
    }
    match found.as_slice() {
        [(batch, _)] => Ok(*batch),
        [] => no(Code::VNotFound, "what", text),
        several => {
            let each = several.iter().map(|(batch, dept)| format!("{batch} ({dept})"));
            let detail = format!(
                "几个部门的盘同号，请用账本批次号 several disks bear this number, use the ledger's: {}",
                each.collect::<Vec<_>>().join(", ")
            );
            no(Code::VState, "detail", detail)
        }
    }
}

/// Notes of media who has them.
pub(super) fn carried(desk: &mut Desk<'_>, disks: &[String], said: Carried, person: &Person) -> Done<Reply> {
    let Carried { copy, custody, note } = said;
    if let Custody::Taken { by, .. } = &custody
        && by.trim().is_empty()
    {
        return no(Code::VCall, "detail", "--taken-by");
    }
    if custody == Custody::Lost && note.trim().is_empty() {
        return Err(model::Finding::new(Code::VReason).into());
    }
    // All or none: a slip of the pen in the third number must not leave the first two noted.
    let batches: Vec<BatchId> = disks.iter().map(|disk| named(desk, disk)).collect::<Done<_>>()?;
    for batch in &batches {
        carry::may(desk, *batch, copy, &custody)?;
    }
    for batch in &batches {
        carry::carry(desk, *batch, copy, custody.clone(), note.clone(), person.clone())?;
    }
    Ok(Reply::Receipts(view::disks(desk, &batches)))
}

/// What goes with a disk on paper.
pub(super) fn slip(desk: &mut Desk<'_>, shared: &Shared, disk: &str) -> Done<Reply> {
    let batch = named(desk, disk)?;
    let fetched = fetch(desk, batch)?;
    let dept = &fetched.prepared.numbers.dept;
    let slip = shared
        .adapter(dept, &fetched.channel)
        .and_then(|a| a.slip(&fetched.prepared.encoded));
    let Some(slip) = slip else {
        return no(Code::CNotPossible, "detail", fetched.channel);
    };
    match view::slip(desk, batch, &fetched, slip) {
        Some(slip) => Ok(Reply::Slip(Box::new(slip))),
        None => no(Code::VNotFound, "what", disk),
    }
}
