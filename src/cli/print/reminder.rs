//! The reminder: what a department has had for too long, a page for each.

use super::{called, page, text};
use crate::context::Context;
use crate::labels::{self, Label};
use engine::view::BatchLine;
use model::define::Title;
use std::collections::BTreeMap;

/// All pages, in the order of the departments.
pub(crate) fn reminder(cx: &Context, late: &[&BatchLine], titles: &BTreeMap<String, Title>) -> String {
    let mut by_dept: BTreeMap<&str, Vec<&BatchLine>> = BTreeMap::new();
    for line in late {
        by_dept.entry(&line.dept).or_default().push(line);
    }
    let title = labels::reminder_title(cx.lang);
    let mut body = String::new();
    for (dept, lines) in by_dept {
        body.push_str(&format!(
            "<section>\n<h1>{}</h1>\n<p>{}</p>\n<p>{}</p>\n{}<p>{}</p>\n</section>\n",
            text(&title),
            labels::reminder_to(cx.lang, &called(titles, dept, cx.lang)),
            text(&labels::reminder_says(cx.lang)),
            table(cx, &lines),
            text(&labels::reminder_signed(cx.lang)),
        ));
    }
    page(cx, &title, &body)
}

fn table(cx: &Context, lines: &[&BatchLine]) -> String {
    let heads = [
        Label::Number,
        Label::Records,
        Label::Open,
        Label::Left,
        Label::Copy,
        Label::TakenBy,
        Label::BackBy,
    ];
    let mut table = "<table>\n<tr>".to_owned();
    for head in heads {
        table.push_str(&format!("<th>{}</th>", text(cx.label(head))));
    }
    table.push_str("</tr>\n");
    for line in lines {
        let late: Vec<_> = line.media.iter().filter(|medium| medium.late).map(Some).collect();
        // Where only the answer is late, nothing is known of the medium.
        let late = if late.is_empty() { vec![None] } else { late };
        for medium in late {
            let back_by = medium.and_then(|m| m.back_by).map(|day| day.to_string());
            let cells = [
                line.number.clone(),
                line.records.to_string(),
                line.open.to_string(),
                cx.time_or_none(line.left),
                medium.map_or(line.copies, |m| m.copy).to_string(),
                medium.and_then(|m| m.by.clone()).unwrap_or_default(),
                back_by.unwrap_or_default(),
            ];
            let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", text(cell))).collect();
            table.push_str(&format!("<tr>{cells}</tr>\n"));
        }
    }
    table.push_str("</table>\n");
    table
}
