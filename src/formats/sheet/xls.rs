//! XLS (Excel 97 to 2003), read as a whole: its records say where cells are, not in what order, so nothing can be
//! streamed. That is why it is measured first (`biff`) and bounded in bytes.

use super::biff;
use super::grid::{HeldBook, Value};
use crate::fault::structure;
use crate::limits::Limits;
use calamine::{Data, Reader as _, SheetType, SheetVisible};
use model::{Code, Finding};
use std::io::Cursor;

/// Reads a workbook.
pub(crate) fn open(bytes: &[u8], limits: &Limits) -> Result<HeldBook, Finding> {
    let biff::Surveyed { bytes, hidden } = biff::survey(bytes, limits)?;
    let mut book = calamine::Xls::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
    let is_hidden =
        |sheet: &calamine::Sheet| sheet.visible != SheetVisible::Visible || sheet.typ != SheetType::WorkSheet;
    let sheets = HeldBook::read(&mut book, is_hidden, &hidden, value, limits, broken)?;
    Ok(HeldBook {
        since_1904: book.has_1904_epoch(),
        sheets,
    })
}

pub(crate) fn value(held: &Data) -> Option<Value> {
    Some(match held {
        Data::Empty => return None,
        Data::String(text) => Value::Text(text.clone()),
        #[allow(
            clippy::cast_precision_loss,
            reason = "judged against 1e15 before its digits are used"
        )]
        Data::Int(number) => Value::Number(*number as f64),
        Data::Float(number) => Value::Number(*number),
        Data::Bool(truth) => Value::Truth(*truth),
        Data::DateTime(day) if day.is_datetime() => Value::Day(day.as_f64()),
        Data::DateTime(span) => Value::Span(span.as_f64().to_string()),
        Data::DateTimeIso(text) => Value::Written(text.clone()),
        Data::DurationIso(text) => Value::Span(text.clone()),
        Data::Error(error) => Value::Wrong(error.to_string()),
    })
}

/// The library's words may hold values of the file: only that it failed is told.
fn broken(error: &calamine::XlsError) -> Finding {
    match error {
        calamine::XlsError::Password => Finding::new(Code::EEncrypted),
        _ => structure("工作簿 workbook", "XLS"),
    }
}
