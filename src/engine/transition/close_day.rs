//! Closes a day, once something is about to be said on another: what came and went is written down beside what waits.

use crate::desk::{Desk, Done};
use crate::view::sheet_digest;
use ledger::{DayBefore, DaySheet, Event};

#[cfg(test)]
mod tests;

/// Closes the day of the last entry, if it is over and not closed yet. A day on which nothing was said has no sheet.
pub fn close_day(desk: &mut Desk<'_>) -> Done {
    let last = desk.books().last_time;
    if last == 0 || !desk.plan.is_later_day(last, desk.now) {
        return Ok(());
    }
    let day = desk.plan.day(last);
    let before = desk.books().last_day().map(|closed| DayBefore {
        day: closed.sheet.day,
        digest: closed.digest.clone(),
    });
    // The group may have begun before midnight: its day was closed with its first entry of today.
    if before.as_ref().is_some_and(|before| before.day >= day) {
        return Ok(());
    }
    let mut lines = desk.books().day_lines();
    for line in &mut lines {
        let dept = desk.plan.dept(&model::DeptId::new(line.dept.as_str()));
        if let Some(channel) = dept.and_then(|dept| dept.channel(&line.channel)) {
            channel.mode.word().clone_into(&mut line.mode);
        }
    }
    let sheet = DaySheet {
        form: DaySheet::FORM,
        node: desk.plan.rules.node.clone(),
        day,
        closed_at: desk.now,
        before,
        lines,
    };
    if sheet.unexplained() != 0 {
        tracing::error!(%day, "what came and went does not explain what waits");
    }
    let digest = sheet_digest(&sheet);
    let sheet = Box::new(sheet);
    desk.ledger.stage(desk.now, Event::DayClosed { sheet, digest })?;
    Ok(())
}
