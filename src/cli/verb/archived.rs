//! `case CASE_NO --archive FILE`: what left the journal, read where it went. Who sees personal values gives the reason to the
//! node or its ledger, as for a case whose data are still there; without a reason neither is needed.

use crate::ask::ask;
use crate::context::Context;
use crate::host::{Host, Refusal};
use crate::labels::Label;
use crate::outcome::Outcome;
use crate::page::Column::Words;
use crate::page::Page;
use engine::verb::{Reply, Request};
use engine::view::{ArchivedItem, ArchivedView};
use model::Lang;
use std::path::Path;

pub(super) async fn run(
    host: &dyn Host,
    cx: &Context,
    case_no: String,
    file: &Path,
    reveal: Option<String>,
) -> Result<Outcome, Refusal> {
    let file = cx.whole(file);
    // Whether there is anything to see is asked first: what cannot be shown is no act.
    let masked = host.archived(&cx.config, &case_no, &file, false)?;
    let Some(reason) = reveal else {
        return Ok(Outcome::answer(cx, true, text(cx, &masked), &masked));
    };
    let name = file.file_name().map(|n| n.to_string_lossy().into_owned());
    let reason = format!("{reason} ({})", name.unwrap_or_default());
    let asked = Request::Case {
        case_no: case_no.clone(),
        reveal: Some(reason),
    };
    let reply = ask(host, cx, asked).await?;
    if !matches!(reply, Reply::Case(_)) {
        return Err(super::other(&reply));
    }
    let shown = host.archived(&cx.config, &case_no, &file, true)?;
    Ok(Outcome::answer(cx, true, text(cx, &shown), &shown))
}

fn text(cx: &Context, view: &ArchivedView) -> String {
    let mut page = Page::new(cx);
    page.pairs([
        (Label::CaseNo, view.case_no.clone()),
        (Label::File, view.archive.clone()),
        (Label::Digest, view.digest.clone()),
    ]);
    for row in &view.rows {
        page.gap();
        let standing = row.standing.as_deref().map(|s| cx.word(s)).unwrap_or_default();
        let words = [
            cx.time(row.at),
            row.pos.clone(),
            cx.word(&row.what),
            row.of.clone(),
            standing,
        ];
        page.line(words.join("  ").trim_end());
        let columns = [Words(Label::Item), Words(Label::Name), Words(Label::Value)];
        page.table_at(columns, row.items.iter().map(|i| item(cx, i)).collect(), "  ");
    }
    page.done()
}

fn item(cx: &Context, item: &ArchivedItem) -> [String; 3] {
    let name = if cx.lang == Lang::Zh { &item.zh } else { &item.en };
    [item.item.clone(), name.clone(), item.value.clone()]
}
