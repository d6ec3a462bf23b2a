//! `balance --day D`: the signed sheet of a day that is over.

use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::Label;
use crate::outcome::Outcome;
use crate::page::Column::{Number, Words};
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::{DayFlow, DayLine, SignedSheet};
use jiff::civil::Date;

pub(super) async fn run(host: &dyn Host, cx: &Context, day: Date) -> Result<Outcome, Refusal> {
    let reply = ask(host, cx, Request::Day { day }).await?;
    let Reply::Day(paper) = &reply else {
        return Err(crate::verb::other(&reply));
    };
    let good = paper.sheet.unexplained() == 0;
    Ok(Outcome::answer(cx, good, text(cx, paper), paper))
}

fn text(cx: &Context, paper: &SignedSheet) -> String {
    let sheet = &paper.sheet;
    let mut page = Page::new(cx);
    let total = sheet.lines.iter().fold(nothing(), add);
    let lines = sheet.lines.iter().chain([&total]);
    page.table(
        [
            Words(Label::Dept),
            Words(Label::Mode),
            Number(Label::Opening),
            Number(Label::OpenedCount),
            Number(Label::Again),
            Number(Label::MovedIn),
            Number(Label::Booked),
            Number(Label::Unproved),
            Number(Label::Refused),
            Number(Label::MovedOut),
            Number(Label::Closing),
        ],
        lines.map(|l| row(cx, l)).collect(),
    );
    page.gap();
    let before = sheet.before.as_ref();
    page.pairs([
        (Label::Unexplained, sheet.unexplained().to_string()),
        (Label::Day, sheet.day.to_string()),
        (Label::ClosedAt, cx.time_or_none(Some(sheet.closed_at))),
        (
            Label::SheetBefore,
            before.map(|b| format!("{} {}", b.day, b.digest)).unwrap_or_default(),
        ),
        (Label::Digest, paper.digest.clone()),
        (Label::Signature, paper.signature.clone()),
        (Label::PublicKey, paper.public_key.clone()),
        (Label::SignedHead, paper.ledger.clone()),
    ]);
    page.done()
}

/// The line of the total.
fn nothing() -> DayLine {
    DayLine {
        dept: "=".to_owned(),
        channel: String::new(),
        mode: "-".to_owned(),
        opening: 0,
        flow: DayFlow::default(),
        closing: 0,
    }
}

fn add(mut sum: DayLine, line: &DayLine) -> DayLine {
    sum.opening += line.opening;
    sum.flow.opened += line.flow.opened;
    sum.flow.again += line.flow.again;
    sum.flow.moved_in += line.flow.moved_in;
    sum.flow.booked += line.flow.booked;
    sum.flow.unproved += line.flow.unproved;
    sum.flow.refused += line.flow.refused;
    sum.flow.moved_out += line.flow.moved_out;
    sum.closing += line.closing;
    sum
}

fn row(cx: &Context, line: &DayLine) -> [String; 11] {
    let mode = cx.word(&line.mode);
    [
        if line.dept == "=" {
            cx.word("=")
        } else {
            line.dept.clone()
        },
        if line.channel.is_empty() || line.channel == line.mode {
            mode
        } else {
            format!("{mode} {}", line.channel)
        },
        line.opening.to_string(),
        line.flow.opened.to_string(),
        line.flow.again.to_string(),
        line.flow.moved_in.to_string(),
        line.flow.booked.to_string(),
        line.flow.unproved.to_string(),
        line.flow.refused.to_string(),
        line.flow.moved_out.to_string(),
        line.closing.to_string(),
    ]
}
