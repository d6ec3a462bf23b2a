//! The hand-over slip of a disk: what it is, how to see that it is the one, and who gave and who took it.

use super::qr::qr;
use super::{called, page, text};
use crate::context::Context;
use crate::labels;
use engine::view::SlipView;
use model::Lang;
use model::define::Title;
use std::collections::BTreeMap;

/// The digest that only a program one installs can take.
const SM3: &str = "SM3";
/// Digits of the digest that are read aloud.
const ALOUD: usize = 16;

/// The slip as a page.
pub(crate) fn slip(cx: &Context, slip: &SlipView, titles: &BTreeMap<String, Title>) -> String {
    let (lang, batch) = (cx.lang, &slip.batch);
    // What a scanner gives back, so that nobody has to key it.
    let scanned = format!(
        "{} {} {} {} {}",
        batch.number, batch.batch, batch.dept, batch.records, slip.digest
    );
    let title = labels::slip_title(lang);
    let mut body = qr(&scanned).unwrap_or_default();
    body.push_str(&format!("<h1>{}</h1>\n<table>\n", text(&title)));
    let mut row = |head: &str, class: &str, value: &str| {
        body.push_str(&format!(
            "<tr><th>{}</th><td class=\"{class}\">{value}</td></tr>\n",
            text(head)
        ));
    };
    row(&labels::slip_number(lang), "big code", &text(&batch.number));
    row(&labels::slip_from(lang), "", &text(&slip.node));
    row(&labels::slip_to(lang), "", &called(titles, &batch.dept, lang));
    row(&labels::slip_records(lang), "", &batch.records.to_string());
    row(&labels::slip_copy(lang), "", &batch.copies.to_string());
    row(&labels::slip_cut(lang), "", &text(&cx.time_or_none(batch.left)));
    row(&labels::slip_bytes(lang), "", &slip.bytes.to_string());
    row(&labels::slip_batch(lang), "", &text(&batch.batch));
    row(&labels::slip_aloud(lang), "big code", &text(&aloud(&slip.digest)));
    if let Some(answer) = &slip.answer {
        row(&labels::slip_answer(lang), "big code", &text(answer));
    }
    body.push_str("</table>\n<ol>\n");
    for step in [
        labels::slip_step_number(lang, &text(&batch.number)),
        step_digest(lang, slip),
        match &slip.answer {
            Some(answer) => labels::slip_step_answer(lang, &text(answer)),
            None => labels::slip_step_import(lang),
        },
    ] {
        body.push_str(&format!("<li>{step}</li>\n"));
    }
    body.push_str("</ol>\n<table class=\"sign\">\n");
    for (left, right) in [
        (labels::slip_given(lang), labels::slip_taken(lang)),
        (labels::slip_returned(lang), labels::slip_took_back(lang)),
    ] {
        body.push_str(&format!("<tr><td>{}</td><td>{}</td></tr>\n", text(&left), text(&right)));
    }
    body.push_str(&format!(
        "</table>\n<p class=\"small code\">{} {} {}</p>\n",
        text(&slip.digest_kind),
        text(&slip.file),
        text(&slip.digest)
    ));
    page(cx, &format!("{title} {}", batch.number), &body)
}

/// How to see that it is the one, with what the other side's system has.
fn step_digest(lang: Lang, slip: &SlipView) -> String {
    let file = text(&slip.file);
    if slip.digest_kind == SM3 {
        return labels::slip_step_sm3(lang, &file);
    }
    let windows = slip.file.replace('/', "\\");
    labels::slip_step_digest(lang, &file, &text(&windows))
}

/// The first digits of a digest in fours, as two people compare them by telephone.
pub(super) fn aloud(digest: &str) -> String {
    let digits: Vec<char> = digest.chars().take(ALOUD).collect();
    let fours = digits.chunks(4).map(|four| four.iter().collect::<String>());
    fours.collect::<Vec<_>>().join(" ")
}
