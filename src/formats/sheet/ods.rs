//! ODS (OpenDocument), read as a whole: a cell may say that it repeats a million times, so repeats are multiplied out on
//! paper before the parser does it in memory.

use super::grid::{HeldBook, Value};
use super::parts::judge;
use super::xls::value;
use crate::archive::Archive;
use crate::fault::{structure, too_large};
use crate::limits::Limits;
use calamine::{Data, Reader as _, SheetVisible};
use model::{Code, Finding};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::io::{BufReader, Read, Seek};

#[cfg(test)]
mod tests;

/// Reads a workbook.
pub(crate) fn open<R: Read + Seek>(mut archive: Archive<R>, limits: &Limits) -> Result<HeldBook, Finding> {
    if archive
        .names()
        .any(|name| name.starts_with("Basic/") || name.starts_with("Scripts/"))
    {
        return Err(Finding::new(Code::EMacro));
    }
    let manifest = archive.text("META-INF/manifest.xml")?.unwrap_or_default();
    judge(manifest.as_bytes(), limits)?;
    if manifest.contains("encryption-data") {
        return Err(Finding::new(Code::EEncrypted));
    }
    let content = archive.text("content.xml")?.unwrap_or_default();
    judge(content.as_bytes(), limits)?;
    let hidden = survey(&content, limits)?;
    let mut book = calamine::Ods::new(BufReader::new(archive.into_source())).map_err(|e| broken(&e))?;
    let is_hidden = |sheet: &calamine::Sheet| sheet.visible != SheetVisible::Visible;
    let sheets = HeldBook::read(&mut book, is_hidden, &hidden, held, limits, broken)?;
    Ok(HeldBook {
        since_1904: false,
        sheets,
    })
}

/// Measures every sheet: the rectangle its cells reach with all repeats, and what is hidden in it.
fn survey(content: &str, limits: &Limits) -> Result<Vec<usize>, Finding> {
    let mut events = Reader::from_str(content);
    let (mut sheets, mut sheet, mut total) = (Vec::new(), Measure::default(), 0_u64);
    let mut inside = false;
    loop {
        let event = events.read_event().map_err(|_| structure("XML", "语法 syntax"))?;
        let is_empty = matches!(event, Event::Empty(_));
        match event {
            Event::Eof => return Ok(sheets),
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                // One within another would begin the measure of both anew.
                "table" if inside => return Err(structure("ODS", "表中有表 a table within a table")),
                "table" if is_empty => sheets.push(0),
                "table" => {
                    sheet = Measure::default();
                    inside = true;
                }
                "table-row" => sheet.row(&element),
                "table-column" => sheet.hidden += usize::from(is_hidden(&element)),
                "table-cell" | "covered-table-cell" => sheet.cell(&element, is_empty),
                "dde-link" | "table-source" | "database-source-table" => {
                    return Err(Finding::new(Code::EExternalLink));
                }
                _ => {}
            },
            Event::End(element) if element.local_name().as_ref() == "table" => {
                total = total.saturating_add(sheet.area());
                if total > limits.cells {
                    return Err(too_large(total, limits.cells, "limits.cells"));
                }
                sheets.push(sheet.hidden);
                inside = false;
            }
            _ => {}
        }
    }
}

/// An error is a text in OpenDocument, and only its words tell it from others.
fn held(cell: &Data) -> Option<Value> {
    const ERRORS: [&str; 7] = ["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"];
    match cell {
        Data::String(text) if ERRORS.contains(&text.as_str()) || is_numbered_error(text) => {
            Some(Value::Wrong(text.clone()))
        }
        _ => value(cell),
    }
}

/// `Err:502`: what has no word.
fn is_numbered_error(text: &str) -> bool {
    let digits = text.strip_prefix("Err:").unwrap_or_default();
    digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit())
}

/// How far the cells of one sheet reach.
#[derive(Default)]
struct Measure {
    rows: u64,
    /// Rows up to the last one that says something.
    used: u64,
    /// Places in the present row.
    at: u64,
    width: u64,
    repeat: u64,
    hidden: usize,
}

impl Measure {
    fn row(&mut self, element: &BytesStart<'_>) {
        self.repeat = repeats(element, "number-rows-repeated");
        self.rows = self.rows.saturating_add(self.repeat);
        self.at = 0;
        self.hidden += usize::from(is_hidden(element));
    }
    fn cell(&mut self, element: &BytesStart<'_>, is_empty: bool) {
        self.at = self.at.saturating_add(repeats(element, "number-columns-repeated"));
        let says = ["value-type", "value", "formula"]
            .iter()
            .any(|name| attribute(element, name).is_some());
        if says || !is_empty {
            self.width = self.width.max(self.at);
            self.used = self.rows;
        }
    }
    fn area(&self) -> u64 {
        self.width.saturating_mul(self.used)
    }
}

/// An attribute by its name without prefix.
fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element
        .attributes()
        .filter_map(Result::ok)
        .find(|a| a.key.local_name().as_ref() == name)?;
    found
        .normalized_value(XmlVersion::Implicit1_0)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

fn repeats(element: &BytesStart<'_>, name: &str) -> u64 {
    // What is no number is the parser's to refuse; it counts as too much here.
    attribute(element, name).map_or(1, |n| n.parse().unwrap_or(u64::MAX))
}

fn is_hidden(element: &BytesStart<'_>) -> bool {
    attribute(element, "visibility").is_some_and(|v| v != "visible")
}

/// The library's words may hold values of the file: only that it failed is told.
fn broken(error: &calamine::OdsError) -> Finding {
    match error {
        calamine::OdsError::Password => Finding::new(Code::EEncrypted),
        _ => structure("工作簿 workbook", "ODS"),
    }
}
