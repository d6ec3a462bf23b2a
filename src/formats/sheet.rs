//! Spreadsheets in: XLSX, and the XLS and ODS that some departments send instead, as the rows of one table.
//!
//! A workbook is made for eyes: the table stands under a title, its columns move, dates are numbers, identifiers were
//! numbers for a while and lost digits. So the header is found by its names, each cell is read as its column says
//! ([`CellKind`]), and what a float may have damaged is refused by name. The workbook is held in memory as a whole,
//! which is why it is bounded twice: in bytes before, in cells while it is read.
//!
//! Hidden rows and columns are data like others and are told; a hidden sheet is its owner's own and is not read.

pub mod apart;
mod biff;
mod cell;
mod cfb;
mod find;
mod grid;
mod ods;
mod parts;
mod serial;
mod xls;
mod xlsx;

use crate::archive::Archive;
use crate::fault::{self, Warnings, shown, structure, too_large};
use crate::kind::Kind;
use crate::{Counts, Limits, RowReader, Taken};
use find::Table;
use grid::{Book, Grid, Line};
use model::{Cell, Code, Finding, Header, Row};
use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What the cells of a column are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum CellKind {
    /// Text. A number is taken as its digits, and told.
    #[default]
    Text,
    /// An identifier. A number is taken only below 1e15; where a length is given, with exactly so many digits.
    Id {
        /// Digits it must have.
        digits: Option<u8>,
    },
    /// A day: a serial number becomes `yyyy-mm-dd`, a text stays as it is.
    Date,
    /// A number.
    Number,
}

/// A column of the table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetColumn {
    /// Its name.
    pub name: Box<str>,
    /// Other names it is found under.
    pub aliases: Vec<Box<str>>,
    /// The header must name it.
    pub required: bool,
    /// What its cells are.
    pub kind: CellKind,
    /// The check that proves zeros lost in front of an identifier.
    pub check: Option<Box<str>>,
}

/// How a workbook is read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct SheetReadOptions {
    /// The columns by which the header is known. Without any, the first row with two texts in it is the header.
    pub columns: Vec<SheetColumn>,
    /// Upper limits.
    pub limits: Limits,
}

/// A table as a person sees it, for a copy that goes back to its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The texts above it, one a row.
    pub titles: Vec<String>,
    /// The column names.
    pub names: Vec<String>,
    /// [`Row::line`] and cells of every row.
    pub rows: Vec<(u64, Vec<String>)>,
}

/// Reads the table of a workbook. [`Row::line`] counts rows below the header, blank ones too.
pub struct SheetReader {
    columns: Vec<SheetColumn>,
    grid: Grid,
    table: Table,
    header: Header,
    mark: Option<String>,
    /// The next line of the grid.
    next: usize,
    /// A value beside the named columns was told.
    beside: bool,
    /// Where the rows end and what stands below begins.
    end: usize,
    counts: Counts,
    warnings: Warnings,
}

impl SheetReader {
    /// Reads a workbook whole, finds its table and judges what stands below it.
    ///
    /// # Errors
    /// `E_KIND` where the bytes are something else, `E_ENCRYPTED`, `E_MACRO`, `E_EXTERNAL_LINK`, `E_TOO_LARGE`,
    /// `E_HEADER` where no visible sheet has the columns, `E_STRUCTURE` for anything that cannot be trusted.
    pub fn open(bytes: &[u8], options: SheetReadOptions) -> Result<Self, Finding> {
        let SheetReadOptions { columns, limits } = options;
        if bytes.len() > limits.body_bytes {
            return Err(too_large(bytes.len(), limits.body_bytes, "limits.body_bytes"));
        }
        // The libraries below parse what strangers wrote; should one of them panic, the file is refused and nothing else.
        let read = catch_unwind(AssertUnwindSafe(|| {
            let mut book = book(bytes, &limits)?;
            pick(&mut *book, &columns, &limits)
        }));
        let (grid, table, warnings) =
            read.unwrap_or_else(|_| Err(structure("工作簿 workbook", "无法解析 unreadable")))?;
        let header = Header::new(table.places.iter().map(|p| p.name.as_str()));
        let mut reader = Self {
            mark: find::mark(&grid, &table),
            next: table.line + 1,
            beside: false,
            end: grid.lines.len(),
            columns,
            grid,
            table,
            header,
            counts: Counts::default(),
            warnings,
        };
        reader.find_end()?;
        let rows = (reader.end - reader.next) as u64;
        if rows > limits.rows {
            return Err(too_large(rows, limits.rows, "limits.rows"));
        }
        Ok(reader)
    }

    /// The batch number that stands above the table (`批次号：…`), where one does.
    pub fn mark(&self) -> Option<&str> {
        self.mark.as_deref()
    }

    /// The table as it stands there, before anything of it is judged.
    pub fn seen(&self) -> Seen {
        let text = |line: &Line, col: u32| {
            line.cell(col)
                .map_or_else(String::new, |held| cell::shown(held, self.grid.since_1904))
        };
        let all = |line: &Line| {
            line.cells
                .iter()
                .map(|c| text(line, c.col))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let lines = |range: std::ops::Range<usize>| self.grid.lines.get(range).unwrap_or_default();
        let row = |line: &Line| {
            let cells = self.table.places.iter().map(|p| text(line, p.col)).collect();
            (self.line_no(line), cells)
        };
        Seen {
            titles: lines(0..self.table.line).iter().map(all).collect(),
            names: self.table.places.iter().map(|p| p.name.clone()).collect(),
            rows: lines(self.table.line + 1..self.end).iter().map(row).collect(),
        }
    }

    fn line_no(&self, line: &Line) -> u64 {
        u64::from(line.at.saturating_sub(self.table.row))
    }

    /// What stands below the table begins at the first footer; after it only footers may follow.
    fn find_end(&mut self) -> Result<(), Finding> {
        let rows = self.grid.lines.get(self.next..).unwrap_or_default();
        let footer = |line: &&Line| find::is_footer(line, &self.table, &self.columns);
        let Some(first) = rows.iter().position(|line| footer(&line)) else {
            return Ok(());
        };
        let required = |p: &&find::Place| p.column.and_then(|at| self.columns.get(at)).is_some_and(|c| c.required);
        // Where no column must be filled, a record is whatever fills one.
        let any = !self.table.places.iter().any(|p| required(&p));
        let is_row = |line: &&Line| {
            let mut places = self.table.places.iter().filter(|p| any || required(p));
            places.any(|p| line.cell(p.col).is_some()) && !footer(line)
        };
        if let Some(after) = rows.iter().skip(first).find(is_row) {
            let found = self.line_no(after);
            return Err(structure("表尾之后还有数据 rows below the footer", found));
        }
        self.end = self.next + first;
        Ok(())
    }

    fn read_line(&self, line: &Line) -> (Taken, Vec<Finding>) {
        let no = self.line_no(line);
        let (mut cells, mut bad, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
        for place in &self.table.places {
            let column = place.column.and_then(|at| self.columns.get(at));
            let text = match (line.cell(place.col), column) {
                (None, _) => String::new(),
                (Some(held), None) => cell::shown(held, self.grid.since_1904),
                (Some(held), Some(column)) => match cell::read(held, column, self.grid.since_1904) {
                    Ok((text, codes)) => {
                        warnings.extend(codes.into_iter().map(|code| fault::at(code, no, &place.name)));
                        text
                    }
                    Err(code) => {
                        let finding = fault::at(code, no, &place.name);
                        bad.push(finding.with("found", cell::error_word(held)));
                        String::new()
                    }
                },
            };
            cells.push(Cell::Some(text.into_boxed_str()));
        }
        let taken = if bad.is_empty() {
            Taken::Row(Row { line: no, cells })
        } else {
            Taken::Bad {
                line: no,
                findings: bad,
            }
        };
        (taken, warnings)
    }
}

impl RowReader for SheetReader {
    fn header(&self) -> &Header {
        &self.header
    }

    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        let Some(line) = self.grid.lines.get(self.next).filter(|_| self.next < self.end) else {
            return Ok(None);
        };
        let (taken, mut warnings) = self.read_line(line);
        if let Some(col) = self.table.beside(line).filter(|_| !self.beside) {
            // Nobody can say what it means; that it is there is said once.
            warnings.push(fault::at(Code::WExtraColumn, self.line_no(line), &col));
            self.beside = true;
        }
        self.next += 1;
        self.warnings.extend(warnings);
        match &taken {
            Taken::Row(_) => self.counts.rows += 1,
            Taken::Bad { .. } => self.counts.bad += 1,
        }
        Ok(Some(taken))
    }

    fn warnings(&mut self) -> Vec<Finding> {
        self.warnings.take()
    }

    fn counts(&self) -> Counts {
        self.counts
    }
}

/// The workbook that these bytes really are.
fn book<'b>(bytes: &'b [u8], limits: &Limits) -> Result<Box<dyn Book + 'b>, Finding> {
    match Kind::of(bytes) {
        Kind::Zip => {
            let mut archive = Archive::survey(bytes, limits)?;
            match Kind::of_archive(archive.names()) {
                Kind::Xlsx => Ok(Box::new(xlsx::Xlsx::open(bytes, &mut archive, limits)?)),
                Kind::Ods if !is_spreadsheet(&mut archive)? => Err(no_workbook(Kind::Docx)),
                Kind::Ods => Ok(Box::new(ods::Ods::open(bytes, &mut archive, limits)?)),
                Kind::Xlsm => Err(Finding::new(Code::EMacro)),
                other => Err(no_workbook(other)),
            }
        }
        Kind::Compound => Ok(Box::new(xls::Xls::open(bytes, limits)?)),
        other => Err(no_workbook(other)),
    }
}

/// Letters and spreadsheets of OpenDocument have the same entries; one of them says which it is.
fn is_spreadsheet(archive: &mut Archive<'_>) -> Result<bool, Finding> {
    let kind = archive.text("mimetype")?.unwrap_or_default();
    Ok(kind.contains("spreadsheet"))
}

/// What was found instead of a workbook.
fn no_workbook(found: Kind) -> Finding {
    Finding::new(Code::EKind)
        .with("found", found.words())
        .with("expected", Kind::Xlsx.words())
}

/// The one visible sheet with the table.
fn pick(book: &mut dyn Book, columns: &[SheetColumn], limits: &Limits) -> Result<(Grid, Table, Warnings), Finding> {
    let mut warnings = Warnings::default();
    let (mut found, mut wrong): (Option<(Grid, Table)>, Option<Finding>) = (None, None);
    for (at, tab) in book.tabs().into_iter().enumerate() {
        if tab.hidden {
            let detail = format!("工作表 sheet {}", shown(&tab.name));
            warnings.push(Finding::new(Code::WHidden).with("detail", detail));
            continue;
        }
        let grid = book.grid(at, limits)?;
        match find::table(&grid, columns) {
            Ok(Some(table)) => match &found {
                // An empty copy of the form beside the filled one is none of ours.
                Some(_) if grid.lines.len() <= table.line + 1 => {}
                Some((first, known)) if first.lines.len() > known.line + 1 => {
                    return Err(structure(
                        "两张工作表都有此表 two sheets hold this table",
                        shown(&tab.name),
                    ));
                }
                _ => found = Some((grid, table)),
            },
            Ok(None) => {}
            Err(finding) => wrong = wrong.or(Some(finding)),
        }
    }
    let missing = || {
        let names: Vec<&str> = columns.iter().filter(|c| c.required).map(|c| &*c.name).collect();
        Finding::new(Code::EHeader)
            .with("missing", names.join("、"))
            .with("extra", "-")
    };
    let (grid, table) = found.ok_or_else(|| wrong.unwrap_or_else(missing))?;
    if grid.hidden > 0 {
        let detail = format!("行列 rows or columns × {}", grid.hidden);
        warnings.push(Finding::new(Code::WHidden).with("detail", detail));
    }
    Ok((grid, table, warnings))
}

#[cfg(test)]
mod strangers;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
