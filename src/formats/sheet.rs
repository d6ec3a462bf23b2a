//! Spreadsheets in: XLSX, and the XLS and ODS that some departments send instead, as the rows of one table.
//!
//! A workbook is made for eyes: the table stands under a title, its columns move, dates are numbers, identifiers were
//! numbers for a while and lost digits. So the header is found by its names among the first rows, each cell is read as
//! its column says ([`CellKind`]), and what a float may have damaged is refused by name.
//!
//! XLSX is streamed: of a sheet only one row is held at a time, and of the workbook the texts that its cells share. XLS
//! and ODS say where cells are and not in what order, so they are held as a whole, which is why they are bounded twice:
//! in bytes before, in cells while they are read. A table that is short enough is seen to its end before its first row
//! is given.
//!
//! Hidden rows and columns are data like others and are told; a hidden sheet is its owner's own and is not read.

pub mod apart;
mod biff;
mod cell;
mod cells;
mod cfb;
mod find;
mod grid;
mod ods;
mod open;
mod parts;
mod rich;
mod serial;
mod strings;
mod styles;
mod tags;
mod xls;
mod xlsx;

use crate::fault::{self, Warnings, structure, too_large};
use crate::{Counts, Limits, RowReader, Taken};
use find::Table;
use grid::{Line, Lines};
use model::{Cell, Code, Finding, Header, Row};
use open::Chosen;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::io::{Cursor, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Rows that are read before the first of them is given: of a table that ends among them everything is known by then.
const AHEAD: usize = 500;

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
    limits: Limits,
    since_1904: bool,
    table: Table,
    header: Header,
    mark: Option<String>,
    /// What stands above the header.
    above: Vec<Line>,
    /// What was read and not given yet.
    ahead: VecDeque<Line>,
    lines: Box<dyn Lines>,
    /// Nothing of the table is left to be read.
    ended: bool,
    /// Rows found below it.
    below: u64,
    /// A value beside the named columns was told.
    beside: bool,
    counts: Counts,
    warnings: Warnings,
}

impl SheetReader {
    /// Finds the table of a workbook that is held already.
    ///
    /// # Errors
    /// As [`SheetReader::over`].
    pub fn open(bytes: &[u8], options: SheetReadOptions) -> Result<Self, Finding> {
        Self::over(Cursor::new(bytes.to_vec()), options)
    }

    /// Finds the table of a workbook, and judges what stands below it where that is not far.
    ///
    /// # Errors
    /// `E_KIND` where the bytes are something else, `E_ENCRYPTED`, `E_MACRO`, `E_EXTERNAL_LINK`, `E_TOO_LARGE`,
    /// `E_HEADER` where no visible sheet has the columns, `E_STRUCTURE` for anything that cannot be trusted.
    pub fn over(source: impl Read + Seek + Send + 'static, options: SheetReadOptions) -> Result<Self, Finding> {
        // The libraries below parse what strangers wrote; should one of them panic, the file is refused and nothing else.
        let read = catch_unwind(AssertUnwindSafe(|| Self::read(source, options)));
        read.unwrap_or_else(|_| Err(structure("工作簿 workbook", "无法解析 unreadable")))
    }

    fn read(source: impl Read + Seek + Send + 'static, options: SheetReadOptions) -> Result<Self, Finding> {
        let SheetReadOptions { columns, limits } = options;
        let Chosen {
            mut lines,
            since_1904,
            table,
            warnings,
        } = open::open(source, &columns, &limits)?;
        let most = (table.line + 1).saturating_add(AHEAD);
        let (mut above, ended) = open::head(&mut *lines, most, &limits)?;
        let ahead = above.split_off((table.line + 1).min(above.len()));
        above.truncate(table.line);
        let mut reader = Self {
            mark: find::mark(&above),
            header: Header::new(table.places.iter().map(|p| p.name.as_str())),
            above,
            ahead: ahead.into(),
            ended: false,
            below: 0,
            beside: false,
            columns,
            limits,
            since_1904,
            table,
            lines,
            counts: Counts::default(),
            warnings,
        };
        if let Some(first) = reader.ahead.iter().position(|line| reader.is_footer(line)) {
            for line in reader.ahead.split_off(first) {
                reader.pass_below(&line)?;
            }
            reader.read_below()?;
        } else if ended {
            reader.finish();
        }
        let rows = reader.ahead.len() as u64;
        if rows > limits.rows {
            return Err(too_large(rows, limits.rows, "limits.rows"));
        }
        Ok(reader)
    }

    /// The batch number that stands above the table (`批次号：…`), where one does.
    pub fn mark(&self) -> Option<&str> {
        self.mark.as_deref()
    }

    /// The table as it stands there, before anything of it is judged. It is held as a whole.
    ///
    /// # Errors
    /// `E_TOO_LARGE` where it has more cells than may be held; whatever refuses the file.
    pub fn seen(mut self) -> Result<Seen, Finding> {
        let text = |line: &Line, col: u32| {
            line.cell(col)
                .map_or_else(String::new, |held| cell::shown(held, self.since_1904))
        };
        let all = |line: &Line| {
            line.cells
                .iter()
                .map(|c| text(line, c.col))
                .collect::<Vec<_>>()
                .join(" ")
        };
        let mut seen = Seen {
            titles: self.above.iter().map(all).collect(),
            names: self.table.places.iter().map(|p| p.name.clone()).collect(),
            rows: Vec::new(),
        };
        while let Some(line) = self.take_line()? {
            let cells = (seen.rows.len() as u64 + 1).saturating_mul(seen.names.len() as u64);
            if cells > self.limits.cells {
                return Err(too_large(cells, self.limits.cells, "limits.cells"));
            }
            let text = |p: &find::Place| {
                line.cell(p.col)
                    .map_or_else(String::new, |held| cell::shown(held, self.since_1904))
            };
            let row = self.table.places.iter().map(text).collect();
            seen.rows.push((self.line_no(&line), row));
        }
        Ok(seen)
    }

    fn line_no(&self, line: &Line) -> u64 {
        u64::from(line.at.saturating_sub(self.table.row))
    }

    fn is_footer(&self, line: &Line) -> bool {
        find::is_footer(line, &self.table, &self.columns)
    }

    /// The next row of the table.
    fn take_line(&mut self) -> Result<Option<Line>, Finding> {
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        if self.ended {
            return Ok(None);
        }
        match self.lines.next()? {
            Some(line) if self.is_footer(&line) => {
                self.below += 1;
                self.read_below()?;
                Ok(None)
            }
            Some(line) => Ok(Some(line)),
            None => {
                self.finish();
                Ok(None)
            }
        }
    }

    /// What stands below the table begins at the first footer; after it only footers may follow.
    fn read_below(&mut self) -> Result<(), Finding> {
        while let Some(line) = self.lines.next()? {
            self.pass_below(&line)?;
        }
        self.finish();
        Ok(())
    }

    fn pass_below(&mut self, line: &Line) -> Result<(), Finding> {
        self.below += 1;
        if find::is_record(line, &self.table, &self.columns) {
            let found = self.line_no(line);
            return Err(structure("表尾之后还有数据 rows below the footer", found));
        }
        Ok(())
    }

    /// The sheet was read to its end: what is hidden in it is known.
    fn finish(&mut self) {
        self.ended = true;
        let hidden = self.lines.hidden();
        if hidden > 0 {
            let detail = format!("行列 rows or columns × {hidden}");
            self.warnings.push(Finding::new(Code::WHidden).with("detail", detail));
        }
    }

    fn step(&mut self) -> Result<Option<Taken>, Finding> {
        let Some(line) = self.take_line()? else {
            return Ok(None);
        };
        let rows = self.counts.rows + self.counts.bad + 1;
        if rows > self.limits.rows {
            return Err(too_large(rows, self.limits.rows, "limits.rows"));
        }
        let (taken, mut warnings) = self.read_line(&line);
        if let Some(col) = self.table.beside(&line).filter(|_| !self.beside) {
            // Nobody can say what it means; that it is there is said once.
            warnings.push(fault::at(Code::WExtraColumn, self.line_no(&line), &col));
            self.beside = true;
        }
        self.warnings.extend(warnings);
        match &taken {
            Taken::Row(_) => self.counts.rows += 1,
            Taken::Bad { .. } => self.counts.bad += 1,
        }
        Ok(Some(taken))
    }

    fn read_line(&self, line: &Line) -> (Taken, Vec<Finding>) {
        let no = self.line_no(line);
        let (mut cells, mut bad, mut warnings) = (Vec::new(), Vec::new(), Vec::new());
        for place in &self.table.places {
            let column = place.column.and_then(|at| self.columns.get(at));
            let text = match (line.cell(place.col), column) {
                (None, _) => String::new(),
                (Some(held), None) => cell::shown(held, self.since_1904),
                (Some(held), Some(column)) => match cell::read(held, column, self.since_1904) {
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
        let taken = self.step();
        if taken.is_err() {
            self.ahead.clear();
            self.ended = true;
        }
        taken
    }

    fn warnings(&mut self) -> Vec<Finding> {
        self.warnings.take()
    }

    fn counts(&self) -> Counts {
        self.counts
    }
}

#[cfg(test)]
mod strangers;
#[cfg(test)]
mod streamed;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
