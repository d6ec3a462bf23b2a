//! XLSX out: a titled form in which every cell is text.
//!
//! A number would lose digits, a date would depend on its reader's epoch, and a text that begins with `=` would run; so
//! everything is a typed string with the number format "text", which also keeps what a clerk types over it. The same
//! rows give the same bytes for ever: no clock, no version of a program and no name of a machine goes in.

use crate::fault::{at, structure};
use crate::{RowWriter, fault};
use jiff::civil::Date;
use model::{Code, Finding, Header, Row};
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

/// Characters a cell can hold, in UTF-16 units.
const CELL_MAX: usize = 32_767;
/// The number format "text", built into every program that reads workbooks.
const TEXT: u8 = 49;
/// Rows of a sheet.
const ROWS_MAX: usize = 1_048_576;
/// Columns of a sheet.
const COLUMNS_MAX: usize = 16_384;

/// What stands above the table, and when it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XlsxWriteOptions {
    /// The sheet's name.
    pub sheet: String,
    /// Lines above the table, each merged over its width: a title, a batch number.
    pub titles: Vec<String>,
    /// The batch's civil day: the only date in the file.
    pub day: Date,
}

/// Writes one table into a workbook. The bytes come with [`RowWriter::end`]: an archive has its directory at the end.
pub struct XlsxWriter {
    header: Header,
    options: XlsxWriteOptions,
    rows: Vec<Vec<String>>,
}

impl XlsxWriter {
    /// For rows whose cells stand in the order of the header.
    ///
    /// # Errors
    /// A title, sheet name or column name that a workbook cannot have.
    pub fn new(header: Header, options: XlsxWriteOptions) -> Result<Self, Finding> {
        let names = header.names();
        if names.is_empty() || names.len() > COLUMNS_MAX {
            return Err(structure("列数 columns", names.len()));
        }
        for text in options
            .titles
            .iter()
            .map(String::as_str)
            .chain(names.iter().map(|n| &**n))
        {
            if text.is_empty() || fit(text).is_err() {
                return Err(structure("表题或表头 title or header", fault::shown(text)));
            }
        }
        let sheet = &options.sheet;
        let odd = |c: char| c.is_control() || "[]:*?/\\".contains(c);
        if sheet.is_empty() || sheet.encode_utf16().count() > 31 || sheet.contains(odd) || sheet.starts_with('\'') {
            return Err(structure("工作表名 sheet name", fault::shown(sheet)));
        }
        Ok(Self {
            header,
            options,
            rows: Vec::new(),
        })
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let day = self.options.day;
        let (year, month, day) = (
            day.year().unsigned_abs(),
            day.month().unsigned_abs(),
            day.day().unsigned_abs(),
        );
        let mut book = Workbook::new();
        book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(year, month, day)?));
        let sheet = book.add_worksheet();
        sheet.set_name(&self.options.sheet)?;
        let text = Format::new().set_num_format_index(TEXT);
        let head = Format::new()
            .set_num_format_index(TEXT)
            .set_bold()
            .set_border(FormatBorder::Thin)
            .set_align(FormatAlign::Center);
        let title = Format::new()
            .set_num_format_index(TEXT)
            .set_bold()
            .set_align(FormatAlign::Center);
        let last = u16::try_from(self.header.len() - 1).unwrap_or(u16::MAX);
        let mut row = 0;
        for line in &self.options.titles {
            merged(sheet, row, last, line, &title)?;
            row += 1;
        }
        for (col, name) in (0..).zip(self.header.names()) {
            sheet.write_string_with_format(row, col, &**name, &head)?;
            sheet.set_column_width(col, self.width(usize::from(col)))?;
            // What a clerk adds below stays text as well.
            sheet.set_column_format(col, &text)?;
        }
        for cells in &self.rows {
            row += 1;
            for (col, cell) in (0..).zip(cells) {
                if cell.is_empty() {
                    sheet.write_blank(row, col, &text)?;
                } else {
                    sheet.write_string_with_format(row, col, cell, &text)?;
                }
            }
        }
        book.save_to_buffer()
    }

    /// Wide enough for the longest text of a column, within reason. Characters of a Chinese text take two places.
    fn width(&self, col: usize) -> u16 {
        let places = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
        let cells = self.rows.iter().filter_map(|row| row.get(col)).map(|cell| places(cell));
        let name = self.header.names().get(col).map_or(0, |name| places(name));
        u16::try_from(cells.chain([name]).max().unwrap_or(0).clamp(8, 60) + 2).unwrap_or(62)
    }
}

fn merged(sheet: &mut Worksheet, row: u32, last: u16, text: &str, format: &Format) -> Result<(), XlsxError> {
    if last == 0 {
        sheet.write_string_with_format(row, 0, text, format)?;
    } else {
        sheet.merge_range(row, 0, row, last, text, format)?;
    }
    Ok(())
}

/// What XML or a cell cannot hold.
fn fit(text: &str) -> Result<(), (Code, usize)> {
    let length = text.encode_utf16().count();
    if length > CELL_MAX {
        return Err((Code::ETooLong, length));
    }
    // XML 1.0 has no other control characters, and no U+FFFE and U+FFFF.
    let odd = |c: char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{FFFE}' | '\u{FFFF}');
    if text.contains(odd) {
        return Err((Code::ECharset, length));
    }
    Ok(())
}

impl RowWriter for XlsxWriter {
    fn begin(&mut self, _out: &mut Vec<u8>) -> Result<(), Finding> {
        Ok(())
    }

    fn row(&mut self, row: &Row, _out: &mut Vec<u8>) -> Result<(), Vec<Finding>> {
        if row.cells.len() != self.header.len() {
            let detail = format!("{} ≠ {}", row.cells.len(), self.header.len());
            return Err(vec![structure("字段数 fields", detail).row(row.line)]);
        }
        if self.rows.len() + self.options.titles.len() + 1 >= ROWS_MAX {
            return Err(vec![
                fault::too_large(self.rows.len() + 1, ROWS_MAX, "max_rows").row(row.line),
            ]);
        }
        let cells: Vec<&str> = row.cells.iter().map(|cell| cell.as_deref().unwrap_or("")).collect();
        let mut findings = Vec::new();
        for (name, text) in self.header.names().iter().zip(&cells) {
            if let Err((code, length)) = fit(text) {
                findings.push(at(code, row.line, name).with("found", length).with("limit", CELL_MAX));
            }
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        self.rows.push(cells.into_iter().map(str::to_owned).collect());
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Finding> {
        let bytes = self.workbook();
        // Everything it could refuse was judged before.
        out.extend(bytes.map_err(|_| structure("工作簿 workbook", "XLSX"))?);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
