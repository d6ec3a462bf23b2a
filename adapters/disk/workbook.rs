//! Layouts as workbooks: kinds out of their words, rows into a titled form, a form that came back into rows.

use crate::table;
use formats::sheet::{CellKind, Seen, SheetColumn, SheetReadOptions};
use formats::xlsx::{XlsxWriteOptions, XlsxWriter};
use formats::{Limits, RowWriter as _};
use jiff::civil::Date;
use model::define::{Layout, Meaning};
use model::{Finding, Row};
use port::{Misfit, Outgoing};
use std::collections::BTreeMap;

/// The sheet of what we send.
const SHEET: &str = "导盘";

/// `text`, `id` or `id12` (an identifier of so many digits), `date`, `number` or `number.2` (of so many decimals).
pub(crate) fn kind(word: &str) -> Option<CellKind> {
    match word {
        "text" => Some(CellKind::Text),
        "id" => Some(CellKind::Id { digits: None }),
        "date" => Some(CellKind::Date),
        "number" => Some(CellKind::Number),
        _ => match word.strip_prefix("id") {
            Some(digits) => small(digits).map(|digits| CellKind::Id { digits: Some(digits) }),
            None => scale(word).map(|_| CellKind::Number),
        },
    }
}

/// The decimals of a kind that says them.
pub(crate) fn scale(word: &str) -> Option<u8> {
    small(word.strip_prefix("number.")?).filter(|scale| *scale <= 12)
}

fn small(text: &str) -> Option<u8> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|n| digits && (1..=99).contains(n))
}

/// The form of a batch, or every row that does not fit it.
pub(crate) fn write(out: &Outgoing, title: &str, number: &str, day: Date) -> Result<Vec<u8>, Vec<Misfit>> {
    let whole = |finding: Finding| table::all(out.rows.len(), &finding);
    let options = XlsxWriteOptions {
        sheet: SHEET.to_owned(),
        titles: vec![title.to_owned(), format!("批次号：{number}")],
        day,
    };
    let mut writer = XlsxWriter::new(out.header.clone(), options).map_err(whole)?;
    let (mut bytes, mut misfits) = (Vec::new(), Vec::new());
    writer.begin(&mut bytes).map_err(whole)?;
    for (record, row) in out.rows.iter().enumerate() {
        if let Err(findings) = writer.row(row, &mut bytes) {
            misfits.push(Misfit { record, findings });
        }
    }
    if !misfits.is_empty() {
        return Err(misfits);
    }
    writer.end(&mut bytes).map_err(whole)?;
    Ok(bytes)
}

/// How a 回盘 is read. What must be in its header is what every row must say; a column of a kind is judged even where
/// nobody maps it: an identifier that lost digits on the way is a bad sign for the whole row.
pub(crate) fn options(layout: &Layout, max_bytes: u64) -> SheetReadOptions {
    let column = |field: &model::define::Field| SheetColumn {
        name: field.name.as_str().into(),
        aliases: field.aliases.iter().map(|a| a.as_str().into()).collect(),
        required: field.meaning != Meaning::Ignored && field.required,
        kind: field.kind.as_deref().and_then(kind).unwrap_or_default(),
        check: field.check.as_deref().map(Into::into),
    };
    let usual = Limits::default();
    let limits = Limits {
        file_bytes: max_bytes.min(usual.file_bytes),
        body_bytes: usize::try_from(max_bytes).unwrap_or(usize::MAX).min(usual.body_bytes),
        ..usual
    };
    // A column whose parts mean two things is one column here.
    let first =
        |(at, field): &(usize, &model::define::Field)| !layout.fields.iter().take(*at).any(|f| f.name == field.name);
    let columns = layout
        .fields
        .iter()
        .enumerate()
        .filter(first)
        .map(|(_, field)| column(field))
        .collect();
    SheetReadOptions { columns, limits }
}

/// The department's own form, every row as it stood there, with what became of it. `None` where there is nothing to say
/// or no form to say it in.
pub(crate) fn answered(seen: Seen, answers: &port::RowAnswers, day: Date) -> Option<Vec<u8>> {
    const CODE: &str = "返回码";
    const REASON: &str = "原因";
    let names = seen.names.iter().map(String::as_str);
    // A form that is answered a second time has these columns already.
    let own: Vec<usize> = (0..seen.names.len())
        .filter(|at| ![CODE, REASON].contains(&seen.names[*at].as_str()))
        .collect();
    let header = model::Header::new(names.filter(|n| ![CODE, REASON].contains(n)).chain([CODE, REASON]));
    let options = XlsxWriteOptions {
        sheet: "回执".to_owned(),
        titles: seen.titles.into_iter().filter(|t| !t.is_empty()).collect(),
        day,
    };
    let mut writer = XlsxWriter::new(header, options).ok()?;
    let mut bytes = Vec::new();
    writer.begin(&mut bytes).ok()?;
    let answers: BTreeMap<u64, port::RowAnswer> = answers.iter().map(|row| (row.line, row)).collect();
    for (line, cells) in seen.rows {
        let answer = answers.get(&line);
        let (code, message) = answer.map_or(("", ""), |row| (&*row.code, &*row.message));
        let own = own.iter().map(|at| cells.get(*at).map_or("", String::as_str));
        let cells = own.chain([code, message]).map(|text| Some(text.into())).collect();
        writer.row(&Row { line, cells }, &mut bytes).ok()?;
    }
    writer.end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests;
