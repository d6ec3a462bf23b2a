//! XLSX: the archive is looked through first, then the cells of one sheet are streamed, never its rectangle: two cells
//! at the far corners of a sheet would ask for a gigabyte.

use super::grid::{Book, Grid, Tab, Value};
use super::parts::{Parts, Sheet};
use crate::archive::Archive;
use crate::fault::structure;
use crate::limits::Limits;
use calamine::{DataRef, Reader as _};
use model::{Code, Finding};
use std::io::Cursor;

/// What stands in the name or the type of a part that holds a program.
const MACROS: &[&str] = &["vbaproject", "macroenabled", "macrosheet"];
/// What stands in the name or the type of a part that refers to something else.
const OUTSIDE: &[&str] = &["externallink", "querytable", "connections"];

/// An open workbook.
pub(crate) struct Xlsx<'b> {
    book: calamine::Xlsx<Cursor<&'b [u8]>>,
    sheets: Vec<Sheet>,
}

impl<'b> Xlsx<'b> {
    pub(crate) fn open(bytes: &'b [u8], archive: &mut Archive<'b>, limits: &Limits) -> Result<Self, Finding> {
        // By what the parts are, not only by where they lie: names are their writer's.
        let types = archive.text("[Content_Types].xml")?.unwrap_or_default();
        let parts: String = archive.names().chain([types.as_str()]).collect::<Vec<_>>().join("\n");
        let parts = parts.to_ascii_lowercase();
        for (words, code) in [(MACROS, Code::EMacro), (OUTSIDE, Code::EExternalLink)] {
            if words.iter().any(|word| parts.contains(word)) {
                return Err(Finding::new(code));
            }
        }
        let parts = Parts::read(archive, limits)?;
        let book = calamine::Xlsx::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
        if book.has_1904_epoch() != parts.since_1904 {
            return Err(structure("日期起点 epoch of dates", "1900/1904"));
        }
        let names: Vec<String> = book.sheet_names();
        if parts.sheets.len() != names.len() || parts.sheets.iter().any(|s| !names.contains(&s.name)) {
            return Err(structure("工作表目录 list of sheets", names.len()));
        }
        Ok(Self {
            book,
            sheets: parts.sheets,
        })
    }
}

impl Book for Xlsx<'_> {
    fn tabs(&self) -> Vec<Tab> {
        let tab = |s: &Sheet| Tab {
            name: s.name.clone(),
            // A chart has no cells to read.
            hidden: s.hidden || !s.is_table,
        };
        self.sheets.iter().map(tab).collect()
    }

    fn grid(&mut self, tab: usize, limits: &Limits) -> Result<Grid, Finding> {
        let sheet = self.sheets.get(tab).ok_or_else(|| structure("工作表 sheet", tab))?;
        let mut grid = Grid::new(self.book.has_1904_epoch(), sheet.hidden_lines);
        let mut cells = self.book.worksheet_cells_reader(&sheet.name).map_err(|e| broken(&e))?;
        // Not the variant that writes out shared formulas: it trusts an index from the file with an allocation.
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|e| broken(&e))? {
            let (row, col) = cell.pos;
            grid.put(row, col, value(&cell.value), cell.formula.is_some(), limits)?;
        }
        Ok(grid)
    }
}

fn value(held: &DataRef<'_>) -> Option<Value> {
    Some(match held {
        DataRef::Empty => return None,
        DataRef::String(text) => Value::Text(text.clone()),
        DataRef::SharedString(text) => Value::Text((*text).to_owned()),
        // Whole numbers of a workbook are floats in its own program too.
        #[allow(
            clippy::cast_precision_loss,
            reason = "judged against 1e15 before its digits are used"
        )]
        DataRef::Int(number) => Value::Number(*number as f64),
        DataRef::Float(number) => Value::Number(*number),
        DataRef::Bool(truth) => Value::Truth(*truth),
        DataRef::DateTime(day) if day.is_datetime() => Value::Day(day.as_f64()),
        DataRef::DateTime(span) => Value::Span(span.as_f64().to_string()),
        DataRef::DateTimeIso(text) => Value::Written(text.clone()),
        DataRef::DurationIso(text) => Value::Span(text.clone()),
        DataRef::Error(error) => Value::Wrong(error.to_string()),
    })
}

/// The library's words may hold values of the file: only what kind of thing failed is told.
fn broken(error: &calamine::XlsxError) -> Finding {
    use calamine::XlsxError as E;
    let part = match error {
        E::Password => return Finding::new(Code::EEncrypted),
        E::Zip(_) | E::Io(_) | E::FileNotFound(_) | E::RelationshipNotFound => "条目 entry",
        E::Xml(_) | E::XmlAttr(_) | E::XmlEof(_) | E::UnexpectedNode(_) | E::Encoding(_) => "XML",
        E::CellError(_) | E::CellTAttribute(_) | E::ParseFloat(_) | E::ParseInt(_) | E::Parse(_) => "单元格 cell",
        _ => "内容 content",
    };
    structure("工作簿 workbook", part)
}
