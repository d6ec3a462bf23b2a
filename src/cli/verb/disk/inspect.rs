//! `disk inspect`: what lies on a medium, in the words of whoever carries it.

use crate::context::Context;
use crate::host::Refusal;
use crate::labels;
use crate::outcome::Outcome;
use crate::page::Page;
use engine::verb::Reply;
use engine::view::{LyingLine, Stand};

/// Things as an answer. The answer is no where one of them cannot be carried on, imported or wiped as it is.
pub(super) fn shown(cx: &Context, reply: &Reply) -> Result<Outcome, Refusal> {
    let Reply::Lying(lines) = reply else {
        return Err(crate::verb::other(reply));
    };
    let good = lines.iter().all(|line| !asks_for_care(line.stand));
    Ok(Outcome::answer(cx, good, text(cx, lines), lines))
}

fn asks_for_care(stand: Stand) -> bool {
    use Stand::{Dissolved, NoBatch, NotLeft, NotOurs, Refused, Unfinished, Unsound};
    matches!(
        stand,
        Unsound | NotOurs | NotLeft | Dissolved | NoBatch | Refused | Unfinished
    )
}

fn text(cx: &Context, lines: &[LyingLine]) -> String {
    let mut page = Page::new(cx);
    let (strangers, known): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.stand == Stand::Stranger);
    for line in &known {
        page.gap();
        page.line(&what(cx, line));
        for sentence in [stands(cx, line), advice(cx, line)].into_iter().flatten() {
            page.line(&format!("  {sentence}"));
        }
        line.findings.iter().for_each(|finding| page.finding(finding, "  "));
    }
    if known.is_empty() {
        page.line(&labels::lies_nothing(cx.lang));
    }
    if !strangers.is_empty() {
        page.gap();
        let names: Vec<&str> = strangers.iter().map(|line| line.name.as_str()).collect();
        page.line(&labels::lies_beside(cx.lang, &names.join("  ")));
    }
    page.done()
}

fn or_unknown(text: Option<&String>) -> &str {
    text.map_or("?", String::as_str)
}

fn rows(line: &LyingLine) -> String {
    line.rows.map_or_else(|| "?".to_owned(), |rows| rows.to_string())
}

/// What it is, and for whom.
fn what(cx: &Context, line: &LyingLine) -> String {
    let (name, dept, number) = (
        line.name.as_str(),
        or_unknown(line.dept.as_ref()),
        or_unknown(line.number.as_ref()),
    );
    match line.stand {
        Stand::Note => labels::lies_note(cx.lang, name, number),
        Stand::Unfinished => labels::lies_unfinished(cx.lang, name),
        Stand::Elsewhere | Stand::Stranger => labels::lies_elsewhere(
            cx.lang,
            name,
            or_unknown(line.sender.as_ref()),
            or_unknown(line.recipient.as_ref()),
        ),
        _ if line.is_set => labels::lies_set(cx.lang, name, dept, &rows(line)),
        _ if line.is_brought => labels::lies_brought(cx.lang, name, dept, &rows(line)),
        _ => labels::lies_return(cx.lang, name, dept, number),
    }
}

fn stands(cx: &Context, line: &LyingLine) -> Option<String> {
    let (lang, at, open) = (cx.lang, cx.time_or_none(line.at), line.open.unwrap_or(0));
    let batch = or_unknown(line.batch.as_ref());
    Some(match line.stand {
        Stand::Unsound => labels::is_unsound(lang),
        Stand::NotOurs => labels::is_not_ours(lang),
        Stand::NotLeft => labels::is_not_left(lang),
        Stand::Out => labels::is_out(lang, &at, open),
        Stand::Overdue => labels::is_overdue(lang, &at, open),
        Stand::Settled => labels::is_settled(lang),
        Stand::Dissolved => labels::is_dissolved(lang),
        Stand::New => labels::is_new(lang, &rows(line)),
        Stand::NoBatch => labels::is_of_no_batch(lang, or_unknown(line.number.as_ref())),
        Stand::Taken => labels::is_taken(lang, &at, batch),
        Stand::Refused => labels::is_refused(lang, &at, batch),
        Stand::Note | Stand::Unfinished | Stand::Elsewhere | Stand::Stranger => return None,
    })
}

/// What to do with it.
fn advice(cx: &Context, line: &LyingLine) -> Option<String> {
    let (lang, dept) = (cx.lang, or_unknown(line.dept.as_ref()));
    Some(match line.stand {
        Stand::Unsound if line.is_set => labels::do_cut_again(lang, dept, or_unknown(line.number.as_ref())),
        Stand::Unsound => labels::do_ask_again(lang, dept),
        Stand::NotOurs => labels::do_give_back(lang, or_unknown(line.sender.as_ref())),
        Stand::NotLeft | Stand::Unfinished => labels::do_export(lang, dept),
        Stand::Out | Stand::Overdue => match &line.answer {
            Some(answer) => labels::do_hand_over(lang, dept, answer),
            None => labels::do_bring(lang, dept),
        },
        Stand::Settled | Stand::Dissolved | Stand::Taken => labels::do_wipe(lang),
        Stand::New => labels::do_import(lang),
        Stand::NoBatch => labels::do_ask_number(lang, dept),
        Stand::Refused => labels::do_see_receipt(lang, dept),
        Stand::Elsewhere => labels::do_give_to(lang, or_unknown(line.recipient.as_ref())),
        Stand::Note | Stand::Stranger => return None,
    })
}
