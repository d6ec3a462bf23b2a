//! A worksheet as its cells stand there, before anybody says what they mean.

use crate::fault::{structure, too_large};
use crate::limits::Limits;
use calamine::{Data, Range, Reader, Sheet};
use model::Finding;
use std::io::{Read, Seek};

/// What one cell holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// Text.
    Text(String),
    /// A number; workbooks know no others than floats.
    Number(f64),
    /// A number that is shown as a date.
    Day(f64),
    /// A length of time: `[h]:mm` over a number, or written out (`PT30H`).
    Span(String),
    /// A date written out (ISO 8601).
    Written(String),
    /// True or false.
    Truth(bool),
    /// `#N/A` and the like.
    Wrong(String),
    /// A formula that was never computed.
    Uncomputed,
}

/// One cell that is not empty.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Held {
    /// Column, from 0.
    pub(crate) col: u32,
    pub(crate) value: Value,
    /// The value is a formula's last result.
    pub(crate) formula: bool,
}

/// One row that is not empty.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// Row, from 0.
    pub(crate) at: u32,
    /// Its cells by column.
    pub(crate) cells: Vec<Held>,
}

/// The cells of one worksheet, held.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Grid {
    pub(crate) lines: Vec<Line>,
    /// How many rows and columns within are hidden.
    pub(crate) hidden: usize,
    cells: u64,
}

/// A worksheet of a workbook, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tab {
    pub(crate) name: String,
    pub(crate) hidden: bool,
}

/// The rows of one worksheet, in order, as they are read.
pub(crate) trait Lines: Send {
    /// The next row that is not empty; `None` once the sheet was read to its end and is whole.
    fn next(&mut self) -> Result<Option<Line>, Finding>;
    /// How many rows and columns were hidden so far.
    fn hidden(&self) -> usize;
}

/// A workbook of any make.
pub(crate) trait Book {
    /// Its worksheets, in order.
    fn tabs(&self) -> Vec<Tab>;
    /// Days are counted from 1904.
    fn since_1904(&self) -> bool;
    /// The rows of one that is not hidden.
    fn look(&mut self, tab: usize) -> Result<Box<dyn Lines + '_>, Finding>;
    /// The rows of the one that is wanted: the rest is given up for it.
    fn take(self: Box<Self>, tab: usize) -> Result<Box<dyn Lines>, Finding>;
}

/// A workbook that can only be held as a whole.
pub(crate) struct HeldBook {
    pub(crate) since_1904: bool,
    /// Every sheet, and its cells where it is not hidden.
    pub(crate) sheets: Vec<(Tab, Grid)>,
}

impl HeldBook {
    /// Of every sheet that is not hidden, all that another program's reader gives. `hidden_lines`: how many rows and
    /// columns of each sheet are hidden, as it was measured before.
    pub(crate) fn read<S: Read + Seek, B: Reader<S>>(
        book: &mut B,
        is_hidden: fn(&Sheet) -> bool,
        hidden_lines: &[usize],
        value: fn(&Data) -> Option<Value>,
        limits: &Limits,
        broken: fn(&B::Error) -> Finding,
    ) -> Result<Vec<(Tab, Grid)>, Finding> {
        let tab = |sheet: &Sheet| Tab {
            name: sheet.name.clone(),
            hidden: is_hidden(sheet),
        };
        let tabs: Vec<Tab> = book.sheets_metadata().iter().map(tab).collect();
        let mut sheets = Vec::new();
        for (at, tab) in tabs.into_iter().enumerate() {
            let mut grid = Grid::new(hidden_lines.get(at).copied().unwrap_or_default());
            if !tab.hidden {
                let formulas = book.worksheet_formula(&tab.name).map_err(|e| broken(&e))?;
                let cells = book.worksheet_range(&tab.name).map_err(|e| broken(&e))?;
                grid.put_all(&cells, &formulas, value, limits)?;
            }
            sheets.push((tab, grid));
        }
        Ok(sheets)
    }
}

impl Book for HeldBook {
    fn tabs(&self) -> Vec<Tab> {
        self.sheets.iter().map(|(tab, _)| tab.clone()).collect()
    }

    fn since_1904(&self) -> bool {
        self.since_1904
    }

    fn look(&mut self, tab: usize) -> Result<Box<dyn Lines + '_>, Finding> {
        let (_, grid) = self.sheets.get(tab).ok_or_else(|| structure("工作表 sheet", tab))?;
        Ok(Box::new(HeldLines {
            lines: grid.lines.iter().cloned(),
            hidden: grid.hidden,
        }))
    }

    fn take(mut self: Box<Self>, tab: usize) -> Result<Box<dyn Lines>, Finding> {
        let found = self.sheets.get_mut(tab).ok_or_else(|| structure("工作表 sheet", tab))?;
        let grid = std::mem::take(&mut found.1);
        Ok(Box::new(HeldLines {
            lines: grid.lines.into_iter(),
            hidden: grid.hidden,
        }))
    }
}

/// Rows that are held.
struct HeldLines<I> {
    lines: I,
    hidden: usize,
}

impl<I: Iterator<Item = Line> + Send> Lines for HeldLines<I> {
    fn next(&mut self) -> Result<Option<Line>, Finding> {
        Ok(self.lines.next())
    }

    fn hidden(&self) -> usize {
        self.hidden
    }
}

impl Grid {
    /// A sheet without cells yet.
    pub(crate) fn new(hidden: usize) -> Self {
        Self {
            hidden,
            ..Self::default()
        }
    }

    /// Adds a cell. Rows and columns may come in any order; a cell that says nothing counts, and is not kept.
    pub(crate) fn put(
        &mut self,
        row: u32,
        col: u32,
        value: Option<Value>,
        formula: bool,
        limits: &Limits,
    ) -> Result<(), Finding> {
        self.cells += 1;
        if self.cells > limits.cells {
            return Err(too_large(self.cells, limits.cells, "limits.cells"));
        }
        let value = match value {
            Some(Value::Text(text)) if is_blank(&text) && !formula => return Ok(()),
            Some(value) => value,
            None if formula => Value::Uncomputed,
            None => return Ok(()),
        };
        let held = Held { col, value, formula };
        let line = self.line(row);
        match line.cells.binary_search_by_key(&col, |c| c.col) {
            Err(slot) => {
                line.cells.insert(slot, held);
                Ok(())
            }
            Ok(_) => Err(twice()),
        }
    }

    /// Adds every cell of a rectangle that was measured before it was made.
    pub(crate) fn put_all(
        &mut self,
        cells: &Range<Data>,
        formulas: &Range<String>,
        value: fn(&Data) -> Option<Value>,
        limits: &Limits,
    ) -> Result<(), Finding> {
        let (top, left) = cells.start().unwrap_or_default();
        let place = |from: u32, by: usize| from.saturating_add(u32::try_from(by).unwrap_or(u32::MAX));
        for (row, col, held) in cells.used_cells() {
            let at = (place(top, row), place(left, col));
            let formula = formulas.get_value(at).is_some_and(|f| !f.is_empty());
            self.put(at.0, at.1, value(held), formula, limits)?;
        }
        Ok(())
    }

    /// The line of a row; most come in order.
    fn line(&mut self, row: u32) -> &mut Line {
        let found = match self.lines.last() {
            Some(last) if last.at == row => Ok(self.lines.len() - 1),
            Some(last) if last.at > row => self.lines.binary_search_by_key(&row, |l| l.at),
            _ => Err(self.lines.len()),
        };
        let at = found.unwrap_or_else(|at| {
            self.lines.insert(
                at,
                Line {
                    at: row,
                    cells: Vec::new(),
                },
            );
            at
        });
        &mut self.lines[at]
    }
}

/// One place, two values: nobody could say which one counts.
pub(crate) fn twice() -> Finding {
    structure("单元格 cell", "同一位置两次 one place twice")
}

/// Nothing but blanks, those of word processors among them.
pub(crate) fn is_blank(text: &str) -> bool {
    trimmed(text).is_empty()
}

/// Without the blanks at its ends: spaces of any width, the ones that do not break, the ones that have no width.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{A0}' | '\u{200B}' | '\u{FEFF}' | '\u{2060}'))
}

impl Line {
    /// About how much memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        let text = |held: &Held| match &held.value {
            Value::Text(text) | Value::Written(text) => text.len(),
            _ => 0,
        };
        self.cells.iter().map(|held| size_of::<Held>() + text(held)).sum()
    }

    /// The cell of a column.
    pub(crate) fn cell(&self, col: u32) -> Option<&Held> {
        self.cells
            .binary_search_by_key(&col, |c| c.col)
            .ok()
            .and_then(|at| self.cells.get(at))
    }

    /// The text of a cell that holds text.
    pub(crate) fn text(&self, col: u32) -> Option<&str> {
        match self.cell(col) {
            Some(Held {
                value: Value::Text(text),
                ..
            }) => Some(trimmed(text)),
            _ => None,
        }
    }
}
