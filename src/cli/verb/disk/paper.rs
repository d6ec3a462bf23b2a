//! `disk slip` and `disk remind`: pages that are printed, signed and carried along.

use crate::context::Context;
use crate::host::Refusal;
use crate::labels::Label;
use crate::outcome::Outcome;
use crate::{local, print};
use engine::verb::Reply;
use engine::view::BatchLine;
use serde::Serialize;
use std::path::Path;

/// The slip of a disk.
pub(super) fn slip(cx: &Context, reply: &Reply, to: &Path) -> Result<Outcome, Refusal> {
    let Reply::Slip(slip) = reply else {
        return Err(crate::verb::other(reply));
    };
    written(cx, to, &print::slip(cx, slip, &local::titles(&cx.config)), slip)
}

/// The reminder of what is late; no page where nothing is.
pub(super) fn remind(cx: &Context, reply: &Reply, dept: Option<&str>, to: &Path) -> Result<Outcome, Refusal> {
    let Reply::Receipts(lines) = reply else {
        return Err(crate::verb::other(reply));
    };
    let late: Vec<&BatchLine> = lines
        .iter()
        .filter(|l| dept.is_none_or(|dept| l.dept == dept))
        .collect();
    if late.is_empty() {
        return Ok(Outcome::answer(
            cx,
            true,
            format!("{}\n", cx.label(Label::Nothing)),
            &late,
        ));
    }
    written(cx, to, &print::reminder(cx, &late, &local::titles(&cx.config)), &late)
}

#[allow(clippy::disallowed_methods, reason = "a page to print, in the place a person named")]
fn written(cx: &Context, to: &Path, page: &str, value: &impl Serialize) -> Result<Outcome, Refusal> {
    let path = cx.whole(to);
    std::fs::write(&path, page).map_err(|e| crate::verb::place(&path, &e))?;
    let text = format!("{}  {}\n", cx.label(Label::ToPrint), path.display());
    Ok(Outcome::answer(cx, true, text, value))
}
