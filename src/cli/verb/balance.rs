//! `balance`: opened = booked + refused + waiting. A difference is a no.

mod day;
mod verify;

use crate::args::BalanceArgs;
use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::Label;
use crate::outcome::Outcome;
use crate::page::Column::{Number, Words};
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::{Balance, BalanceLine};

pub(super) async fn run(host: &dyn Host, cx: &Context, args: BalanceArgs) -> Result<Outcome, Refusal> {
    if let Some(day) = args.day {
        return day::run(host, cx, day).await;
    }
    if !args.verify.is_empty() {
        return verify::run(cx, &args.verify, args.public_key.as_deref());
    }
    let reply = ask(host, cx, Request::Balance).await?;
    let Reply::Balance(balance) = &reply else {
        return Err(super::other(&reply));
    };
    Ok(Outcome::answer(
        cx,
        balance.unexplained == 0,
        text(cx, balance),
        balance,
    ))
}

fn text(cx: &Context, balance: &Balance) -> String {
    let mut page = Page::new(cx);
    let lines = balance.lines.iter().chain([&balance.total]);
    page.table(
        [
            Words(Label::Dept),
            Words(Label::Mode),
            Number(Label::OpenedCount),
            Number(Label::Booked),
            Number(Label::Unproved),
            Number(Label::Refused),
            Number(Label::Waiting),
        ],
        lines.map(|l| row(cx, l)).collect(),
    );
    page.gap();
    page.pairs([
        (Label::Unexplained, balance.unexplained.to_string()),
        (Label::RefusedRows, balance.refused_rows.to_string()),
        (Label::ParkedRows, balance.parked_rows.to_string()),
        (Label::Unmatched, balance.unmatched.to_string()),
    ]);
    page.gap();
    for finding in &balance.doubted {
        page.finding(finding, "");
    }
    page.done()
}

fn row(cx: &Context, line: &BalanceLine) -> [String; 7] {
    [
        // A department may be called like one of our words; only the mark of the total is read out.
        if line.dept == "=" {
            cx.word("=")
        } else {
            line.dept.clone()
        },
        cx.word(&line.mode),
        line.opened.to_string(),
        line.booked.to_string(),
        line.unproved.to_string(),
        line.refused.to_string(),
        line.waiting.to_string(),
    ]
}
