//! `disk log`: which disks went out, who has them, and what should be back by now.

use crate::args::DiskLogArgs;
use crate::context::Context;
use crate::host::Refusal;
use crate::labels::Label;
use crate::outcome::Outcome;
use crate::page::Column::{Number, Words};
use crate::page::Page;
use engine::verb::{Carried, Custody, Reply, Request};
use engine::view::{BatchLine, MediumLine};

/// What is asked for or noted.
pub(super) fn request(args: DiskLogArgs) -> Request {
    let DiskLogArgs {
        disks,
        copy,
        taken_by,
        back_by,
        returned,
        wiped,
        note,
        overdue,
        ..
    } = args;
    if disks.is_empty() {
        return Request::DiskLog { overdue };
    }
    let custody = match taken_by {
        Some(by) => Custody::Taken { by, back_by },
        None if returned => Custody::Returned,
        None if wiped => Custody::Wiped,
        None => Custody::Lost,
    };
    let note = note.unwrap_or_default();
    let said = Carried { copy, custody, note };
    Request::DiskCarried { disks, said }
}

/// Disks as an answer.
pub(super) fn shown(cx: &Context, reply: &Reply) -> Result<Outcome, Refusal> {
    let Reply::Receipts(lines) = reply else {
        return Err(crate::verb::other(reply));
    };
    Ok(Outcome::answer(cx, true, text(cx, lines), lines))
}

fn text(cx: &Context, lines: &[BatchLine]) -> String {
    let mut page = Page::new(cx);
    let rows = lines.iter().flat_map(|line| rows(cx, line)).collect();
    page.table(
        [
            Words(Label::Number),
            Words(Label::Dept),
            Words(Label::Batch),
            Number(Label::Records),
            Number(Label::Open),
            Words(Label::Left),
            Words(Label::To),
            Number(Label::Copy),
            Words(Label::Custody),
            Words(Label::TakenBy),
            Words(Label::Since),
            Words(Label::BackBy),
            Words(Label::Overdue),
            Words(Label::Note),
        ],
        rows,
    );
    page.done()
}

/// A line for each copy of which anything was said, else one for all.
fn rows(cx: &Context, line: &BatchLine) -> Vec<[String; 14]> {
    let row = |medium: Option<&MediumLine>| {
        let of = |text: fn(&MediumLine) -> String| medium.map(text).unwrap_or_default();
        let stands = match medium {
            Some(medium) => cx.word(&medium.custody),
            None if line.cancelled => cx.word("cancelled"),
            None => String::new(),
        };
        [
            line.number.clone(),
            line.dept.clone(),
            line.batch.clone(),
            line.records.to_string(),
            line.open.to_string(),
            cx.time_or_none(line.left),
            line.place.clone().unwrap_or_default(),
            medium.map_or(line.copies, |m| m.copy).to_string(),
            stands,
            of(|m| m.by.clone().unwrap_or_default()),
            cx.time_or_none(medium.map(|m| m.since)),
            of(|m| m.back_by.map(|day| day.to_string()).unwrap_or_default()),
            cx.yes(line.overdue || medium.is_some_and(|m| m.late)),
            of(|m| m.note.clone()),
        ]
    };
    if line.media.is_empty() {
        return vec![row(None)];
    }
    line.media.iter().map(|medium| row(Some(medium))).collect()
}
