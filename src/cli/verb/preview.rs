//! `preview`: what a file would bring, before it is taken in. No ledger.

use crate::args::PreviewArgs;
use crate::ask::patiently;
use crate::context::Context;
use crate::host::{Host, Preview, PreviewRow, Refusal};
use crate::labels::Label;
use crate::outcome::Outcome;
use crate::page::Column::Words;
use crate::page::Page;
use serde_json::json;
use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

pub(super) async fn run(host: &dyn Host, cx: &Context, args: PreviewArgs) -> Result<Outcome, Refusal> {
    let file = cx.whole(&args.file);
    let preview = patiently(cx, host.preview(&cx.config, &args.dept, &file, args.all)).await?;
    let good = preview.bad == 0 && preview.batch_findings.iter().all(|f| f.code.is_warning());
    let Some(out) = &args.out else {
        return Ok(Outcome::answer(cx, good, text(cx, &preview), &preview));
    };
    // What is not masked goes to a file of its own and nowhere else.
    let out = cx.whole(out);
    write(&out, &preview.rows).map_err(|e| super::place(&out, &e))?;
    let value = json!({
        "out": out.display().to_string(),
        "batch_findings": preview.batch_findings,
        "good": preview.good,
        "bad": preview.bad,
    });
    let rows = Preview {
        rows: Vec::new(),
        ..preview
    };
    let written = format!("{}  {}\n", cx.label(Label::WrittenTo), out.display());
    Ok(Outcome::answer(cx, good, written + &text(cx, &rows), &value))
}

/// One JSON object a line, in a new file that only its owner reads. A file that is there is left alone.
fn write(path: &Path, rows: &[PreviewRow]) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let mut file = BufWriter::new(file);
    for row in rows {
        serde_json::to_writer(&mut file, row)?;
        file.write_all(b"\n")?;
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn text(cx: &Context, preview: &Preview) -> String {
    let mut page = Page::new(cx);
    page.pairs([
        (Label::RowsGood, preview.good.to_string()),
        (Label::RowsBad, preview.bad.to_string()),
    ]);
    preview.batch_findings.iter().for_each(|f| page.finding(f, ""));
    for row in &preview.rows {
        page.gap();
        page.line(&format!("{} {}", cx.label(Label::Line), row.line));
        sides(&mut page, row);
        row.findings.iter().for_each(|f| page.finding(f, "  "));
    }
    page.done()
}

/// Before on the left, after on the right; they are two lists, and no line claims that one came from the other.
fn sides(page: &mut Page<'_>, row: &PreviewRow) {
    let at = |side: &[(String, String)], i: usize| {
        side.get(i)
            .map_or_else(String::new, |(name, value)| format!("{name} = {value}"))
    };
    let rows = (0..row.before.len().max(row.after.len())).map(|i| [at(&row.before, i), at(&row.after, i)]);
    page.table_at([Words(Label::Before), Words(Label::After)], rows.collect(), "  ");
}
