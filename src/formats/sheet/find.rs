//! Where the table is on a sheet: people put titles above it and signatures below it.
//!
//! The header is the first row that names every column that must be there, wherever it stands and in whatever order.

use super::SheetColumn;
use super::grid::{Line, trimmed};
use crate::fault::{shown, structure};
use model::{Code, Finding};

/// Rows looked at for the header.
pub(crate) const HEADER_WITHIN: usize = 50;

/// How rows begin that stand below a table and are none of it.
const FOOTERS: &[&str] = &[
    "合计",
    "总计",
    "小计",
    "共计",
    "制表",
    "填表",
    "审核",
    "复核",
    "经办",
    "负责人",
    "单位盖章",
    "盖章",
    "签字",
    "打印",
    "备注",
    "注:",
    "注：",
    "说明",
];

/// How the row begins that says the batch's number.
const MARKS: &[&str] = &["批次号", "批号", "批次"];

/// A column of the sheet that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Where it stands, from 0.
    pub(crate) col: u32,
    /// Its name: as agreed where it is known, else as it stands there.
    pub(crate) name: String,
    /// Which of the agreed columns it is.
    pub(crate) column: Option<usize>,
}

/// A table on a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    /// The header's line among those of the sheet, and its row on it.
    pub(crate) line: usize,
    pub(crate) row: u32,
    pub(crate) places: Vec<Place>,
}

impl Table {
    /// The letters of a column that has a value in this line and no name.
    pub(crate) fn beside(&self, line: &Line) -> Option<String> {
        let named = |col: u32| self.places.iter().any(|p| p.col == col);
        line.cells.iter().map(|c| c.col).find(|col| !named(*col)).map(letters)
    }
}

/// `A`, `Z`, `AA`: a column as its program calls it.
fn letters(col: u32) -> String {
    let (mut rest, mut text) = (u64::from(col) + 1, String::new());
    while rest > 0 {
        text.insert(0, char::from(b'A' + u8::try_from((rest - 1) % 26).unwrap_or_default()));
        rest = (rest - 1) / 26;
    }
    text
}

/// A column name without the blanks and line breaks that fitting it into a cell brought.
fn name_of(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{A0}' | '\u{200B}' | '\u{FEFF}'))
        .collect()
}

/// Finds the table; `Ok(None)` where no row names a single one of the columns that must be there.
pub(crate) fn table(lines: &[Line], columns: &[SheetColumn]) -> Result<Option<Table>, Finding> {
    let mut best: Option<(usize, Vec<&str>)> = None;
    for (at, line) in lines.iter().take(HEADER_WITHIN).enumerate() {
        let places = places(line, columns);
        let missing: Vec<&str> = columns
            .iter()
            .enumerate()
            .filter(|(at, c)| c.required && !places.iter().any(|p| p.column == Some(*at)))
            .map(|(_, c)| &*c.name)
            .collect();
        let known = places.iter().filter(|p| p.column.is_some()).count();
        if known > 0 && missing.is_empty() {
            return twice(&places).map(|()| {
                Some(Table {
                    line: at,
                    row: line.at,
                    places,
                })
            });
        }
        if known > best.as_ref().map_or(0, |(most, _)| *most) {
            best = Some((known, missing));
        }
    }
    match best {
        // One name may stand in a title; two are a header with something missing.
        Some((known, missing)) if known > 1 => Err(Finding::new(Code::EHeader)
            .with("missing", missing.join("、"))
            .with("extra", "-")),
        _ => Ok(None),
    }
}

fn places(line: &Line, columns: &[SheetColumn]) -> Vec<Place> {
    let mut places = Vec::new();
    for held in &line.cells {
        let Some(text) = line.text(held.col) else { continue };
        let name = name_of(text);
        let known = columns.iter().enumerate().find_map(|(at, column)| {
            let mut names = std::iter::once(&column.name).chain(&column.aliases);
            names.find(|n| name_of(n) == name).map(|n| (at, n.to_string()))
        });
        let (column, name) = match known {
            Some((at, agreed)) => (Some(at), agreed),
            None => (None, name),
        };
        places.push(Place {
            col: held.col,
            name,
            column,
        });
    }
    places
}

/// A name that stands there twice: which of the two counts nobody could say.
fn twice(places: &[Place]) -> Result<(), Finding> {
    for (at, place) in places.iter().enumerate() {
        let same = |p: &&Place| p.name == place.name || (p.column.is_some() && p.column == place.column);
        if places.iter().take(at).any(|p| same(&p)) {
            return Err(structure("重复的列 repeated column", shown(&place.name)));
        }
    }
    Ok(())
}

/// Whether a row stands below the table and is none of it: it begins like one, and says nothing that a record must say.
pub(crate) fn is_footer(line: &Line, table: &Table, columns: &[SheetColumn]) -> bool {
    let Some((first, text)) = line.cells.first().and_then(|c| line.text(c.col).map(|t| (c.col, t))) else {
        return false;
    };
    let text = name_of(text);
    let says_record = table.places.iter().any(|p| {
        let required = p.column.and_then(|at| columns.get(at)).is_some_and(|c| c.required);
        required && p.col != first && line.cell(p.col).is_some()
    });
    FOOTERS.iter().any(|word| text.starts_with(word)) && !says_record
}

/// Whether a row says what a record must say; where nothing must be said, whether it says anything in the table.
pub(crate) fn is_record(line: &Line, table: &Table, columns: &[SheetColumn]) -> bool {
    let required = |p: &&Place| p.column.and_then(|at| columns.get(at)).is_some_and(|c| c.required);
    let any = !table.places.iter().any(|p| required(&p));
    let mut places = table.places.iter().filter(|p| any || required(p));
    places.any(|p| line.cell(p.col).is_some()) && !is_footer(line, table, columns)
}

/// The batch number that stands above the table, where one does: `批次号：HRSS20260318-01`.
pub(crate) fn mark(above: &[Line]) -> Option<String> {
    let texts = above
        .iter()
        .flat_map(|line| line.cells.iter().filter_map(|c| line.text(c.col)));
    texts
        .filter_map(|text| {
            let text = trimmed(text);
            let rest = MARKS.iter().find_map(|word| text.strip_prefix(word))?;
            let number = trimmed(rest.trim_start_matches([':', '：', ' ']));
            (!number.is_empty()).then(|| number.to_owned())
        })
        .next()
}
