//! The cells of an XLSX sheet, one row after the other. A sheet may be larger than memory; a row may not.
//!
//! Rows stand in order and each once: a program that wrote them otherwise wrote something that its own kind calls
//! damaged, and whoever holds one row at a time could not put them right.

use super::grid::{Held, Line, Lines, Value, is_blank, twice};
use super::rich::{plain, rich, unescape};
use super::strings::Strings;
use super::styles::Shown;
use super::tags::{Attributes, Tag, Tags};
use crate::fault::{structure, too_large};
use crate::limits::Limits;
use model::Finding;
use std::io::Read;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Rows and columns of a sheet.
const ROWS: u32 = 1 << 20;
const COLUMNS: u32 = 1 << 14;

/// What an error can be called.
const ERRORS: [&str; 10] = [
    "#DIV/0!",
    "#N/A",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#REF!",
    "#VALUE!",
    "#GETTING_DATA",
    "#SPILL!",
    "#CALC!",
];

/// What the sheets of one workbook share.
#[derive(Debug, Default)]
pub(crate) struct Common {
    pub(crate) strings: Strings,
    pub(crate) styles: Vec<Shown>,
}

/// Where in the sheet's document we are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Before,
    Within,
    After,
}

/// Reads one sheet.
pub(crate) struct Cells<R> {
    tags: Tags<R>,
    common: Arc<Common>,
    phase: Phase,
    /// The row after the last one.
    row: u32,
    hidden: usize,
    record_bytes: usize,
    /// Texts are put together here.
    text: String,
    run: String,
}

/// What a cell's value is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing is said: a number, or else a text.
    Unsaid,
    Number,
    Shared,
    Text,
    Inline,
    Truth,
    Error,
    Day,
}

/// What a cell says of itself.
struct Head {
    col: u32,
    shown: Shown,
    kind: Kind,
}

impl<R: Read> Cells<R> {
    pub(crate) fn new(input: R, common: Arc<Common>, limits: &Limits) -> Self {
        Self {
            tags: Tags::new(input, limits),
            common,
            phase: Phase::Before,
            row: 0,
            hidden: 0,
            record_bytes: limits.record_bytes,
            text: String::new(),
            run: String::new(),
        }
    }

    /// What stands before the rows.
    fn before(&mut self) -> Result<(), Finding> {
        loop {
            let depth = self.tags.depth();
            match self.tags.next()? {
                Tag::Open { name, .. } if depth == 0 && name != b"worksheet" => {
                    return Err(structure("工作表 sheet", "worksheet"));
                }
                Tag::Open {
                    name: b"col",
                    attributes,
                    ..
                } => self.hidden += usize::from(attributes.is_true("hidden")?),
                Tag::Open {
                    name: b"sheetData",
                    empty,
                    ..
                } if depth == 1 => {
                    self.phase = if empty { Phase::After } else { Phase::Within };
                    return Ok(());
                }
                Tag::End => return Err(structure("工作表 sheet", "sheetData")),
                _ => {}
            }
        }
    }

    /// What stands after them: it must be whole, and have no rows.
    fn after(&mut self) -> Result<(), Finding> {
        loop {
            let depth = self.tags.depth();
            match self.tags.next()? {
                Tag::Open { name: b"sheetData", .. } if depth == 1 => {
                    return Err(structure("工作表 sheet", "sheetData × 2"));
                }
                Tag::End => return Ok(()),
                _ => {}
            }
        }
    }

    /// The next row that says something.
    fn line(&mut self) -> Result<Option<Line>, Finding> {
        loop {
            match self.tags.next()? {
                Tag::Open {
                    name: b"row",
                    attributes,
                    empty,
                } => {
                    let at = match attributes.raw("r")? {
                        Some(raw) => number(raw)
                            .and_then(|n| n.checked_sub(1))
                            .ok_or_else(|| wrong("row r"))?,
                        None => self.row,
                    };
                    if at < self.row || at >= ROWS {
                        return Err(structure("行的次序 order of rows", u64::from(at) + 1));
                    }
                    self.row = at + 1;
                    self.hidden += usize::from(attributes.is_true("hidden")?);
                    if !empty {
                        let cells = self.cells(at)?;
                        if !cells.is_empty() {
                            return Ok(Some(Line { at, cells }));
                        }
                    }
                }
                Tag::Open { empty: false, .. } => self.tags.skip()?,
                Tag::Close => {
                    self.phase = Phase::After;
                    return Ok(None);
                }
                _ => {}
            }
        }
    }

    /// The cells of the row that just began, to its end.
    fn cells(&mut self, row: u32) -> Result<Vec<Held>, Finding> {
        let (mut cells, mut next, mut bytes) = (Vec::<Held>::new(), 0, 0);
        loop {
            match self.tags.next()? {
                Tag::Open {
                    name: b"c",
                    attributes,
                    empty,
                } => {
                    let head = head(attributes, row, next, &self.common.styles)?;
                    next = head.col + 1;
                    if empty {
                        continue;
                    }
                    let Some(held) = self.cell(&head)? else { continue };
                    if let Value::Text(text) | Value::Written(text) = &held.value {
                        bytes += text.len();
                    }
                    if bytes > self.record_bytes {
                        return Err(too_large(bytes, self.record_bytes, "limits.record_bytes"));
                    }
                    match cells.last() {
                        Some(last) if last.col >= held.col => match cells.binary_search_by_key(&held.col, |c| c.col) {
                            Ok(_) => return Err(twice()),
                            Err(slot) => cells.insert(slot, held),
                        },
                        _ => cells.push(held),
                    }
                }
                Tag::Open { empty: false, .. } => self.tags.skip()?,
                Tag::Close => return Ok(cells),
                _ => {}
            }
        }
    }

    /// The cell that just began, to its end; `None` where it says nothing.
    fn cell(&mut self, head: &Head) -> Result<Option<Held>, Finding> {
        let (mut formula, mut value) = (false, None);
        loop {
            match self.tags.next()? {
                Tag::Open { name, empty, .. } => match name {
                    b"f" => {
                        formula = true;
                        if !empty {
                            self.tags.skip()?;
                        }
                    }
                    // Of a text that stands in its cell, another copy counts for nothing.
                    b"v" if !empty && head.kind != Kind::Inline => value = self.value(head)?,
                    b"is" if !empty => {
                        self.text.clear();
                        rich(&mut self.tags, &mut self.text, &mut self.run)?;
                        value = Some(Value::Text(self.text.as_str().to_owned()));
                    }
                    _ if !empty => self.tags.skip()?,
                    _ => {}
                },
                Tag::Close => break,
                _ => {}
            }
        }
        let value = match value {
            Some(Value::Text(text)) if is_blank(&text) && !formula => None,
            None if formula => Some(Value::Uncomputed),
            value => value,
        };
        let col = head.col;
        Ok(value.map(|value| Held { col, value, formula }))
    }

    /// The value that just began, to its end.
    fn value(&mut self, head: &Head) -> Result<Option<Value>, Finding> {
        self.text.clear();
        plain(&mut self.tags, &mut self.text)?;
        let text = self.text.as_str();
        if text.is_empty() && head.kind != Kind::Text {
            return Ok(None);
        }
        Ok(Some(match head.kind {
            Kind::Unsaid | Kind::Number => match (text.parse(), head.kind) {
                (Ok(number), _) => match head.shown {
                    Shown::Number => Value::Number(number),
                    Shown::Day => Value::Day(number),
                    Shown::Span => Value::Span(number.to_string()),
                },
                (Err(_), Kind::Unsaid) => Value::Text(text.to_owned()),
                (Err(_), _) => return Err(wrong("number")),
            },
            Kind::Shared => {
                let number = number(text.as_bytes()).and_then(|n| self.common.strings.get(n as usize));
                Value::Text(number.ok_or_else(|| wrong("string"))?.to_owned())
            }
            Kind::Text => {
                self.run.clear();
                unescape(text, &mut self.run)?;
                Value::Text(self.run.as_str().to_owned())
            }
            // Not asked for.
            Kind::Inline => return Ok(None),
            Kind::Truth => match text.trim() {
                "0" => Value::Truth(false),
                "1" => Value::Truth(true),
                word if word.eq_ignore_ascii_case("false") => Value::Truth(false),
                word if word.eq_ignore_ascii_case("true") => Value::Truth(true),
                _ => return Err(wrong("boolean")),
            },
            // What is called otherwise may be anything, and would be told.
            Kind::Error if ERRORS.contains(&text) => Value::Wrong(text.to_owned()),
            Kind::Error => return Err(wrong("error")),
            Kind::Day => Value::Written(text.to_owned()),
        }))
    }
}

impl<R: Read + Send> Lines for Cells<R> {
    fn next(&mut self) -> Result<Option<Line>, Finding> {
        if self.phase == Phase::Before {
            self.before()?;
        }
        let line = match self.phase {
            Phase::Within => self.line()?,
            _ => None,
        };
        if line.is_none() {
            self.after()?;
        }
        Ok(line)
    }

    fn hidden(&self) -> usize {
        self.hidden
    }
}

/// A cell's own attributes. Where it does not say its place, it is the next one.
fn head(attributes: Attributes<'_>, row: u32, next: u32, styles: &[Shown]) -> Result<Head, Finding> {
    let (mut place, mut style, mut kind) = (None, None, None);
    attributes.each(|name, value| match name {
        b"r" => place = Some(value),
        b"s" => style = Some(value),
        b"t" => kind = Some(value),
        _ => {}
    })?;
    let col = match place {
        Some(place) => match position(place) {
            Some((col, at)) if at == row => col,
            _ => return Err(wrong("c r")),
        },
        None => next,
    };
    if col >= COLUMNS {
        return Err(wrong("c r"));
    }
    let style = style.and_then(number).and_then(|at| styles.get(at as usize));
    let kind = match kind {
        None => Kind::Unsaid,
        Some(b"n") => Kind::Number,
        Some(b"s") => Kind::Shared,
        Some(b"str") => Kind::Text,
        Some(b"inlineStr") => Kind::Inline,
        Some(b"b") => Kind::Truth,
        Some(b"e") => Kind::Error,
        Some(b"d") => Kind::Day,
        Some(_) => return Err(wrong("c t")),
    };
    Ok(Head {
        col,
        shown: style.copied().unwrap_or(Shown::Number),
        kind,
    })
}

/// `AB12`: column and row, from 0.
fn position(place: &[u8]) -> Option<(u32, u32)> {
    let letters = place.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (letters, digits) = place.split_at(letters);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let col = letters
        .iter()
        .fold(0, |col, b| col * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1);
    Some((col - 1, number(digits)?.checked_sub(1)?))
}

fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits
        .iter()
        .try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))
}

fn wrong(what: &str) -> Finding {
    structure("单元格 cell", what)
}
