//! Which styles show a number as a day or as a length of time. Nothing else of a style changes what a cell says.

use super::tags::{Attributes, Tag, Tags};
use crate::fault::{structure, too_large};
use crate::limits::Limits;
use model::Finding;
use std::collections::BTreeMap;
use std::io::Read;

#[cfg(test)]
mod tests;

/// Styles of one workbook; programs stop at 65,490.
const STYLES: usize = 1 << 17;

/// How a number is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Shown {
    Number,
    Day,
    Span,
}

/// How each style of a workbook shows numbers, by its number.
pub(crate) fn read(input: impl Read, limits: &Limits) -> Result<Vec<Shown>, Finding> {
    let mut tags = Tags::new(input, limits);
    let (mut own, mut styles) = (BTreeMap::new(), Vec::new());
    // Inside the list of the styles that cells refer to: others have entries of the same name.
    let mut list = None;
    loop {
        let depth = tags.depth();
        match tags.next()? {
            Tag::Open {
                name: b"numFmt",
                attributes,
                ..
            } => {
                let code = attributes.text("formatCode")?.unwrap_or_default();
                own.insert(id(attributes)?, by_code(&code));
            }
            Tag::Open {
                name: b"cellXfs",
                empty: false,
                ..
            } => list = Some(depth + 1),
            Tag::Open {
                name: b"xf",
                attributes,
                ..
            } if list == Some(depth) => {
                let id = id(attributes)?;
                styles.push(own.get(&id).copied().unwrap_or_else(|| built_in(id)));
            }
            Tag::Close if list == Some(depth) => list = None,
            Tag::End => return Ok(styles),
            _ => {}
        }
        if styles.len().max(own.len()) > STYLES {
            return Err(too_large(styles.len(), STYLES, "archive.entries"));
        }
    }
}

fn id(attributes: Attributes<'_>) -> Result<u32, Finding> {
    let id = attributes.text("numFmtId")?.unwrap_or_else(|| "0".to_owned());
    id.trim().parse().map_err(|_| structure("样式 style", "numFmtId"))
}

/// Formats that no workbook describes: every program knows them, some in its own country's way.
fn built_in(id: u32) -> Shown {
    match id {
        46 => Shown::Span,
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Shown::Day,
        _ => Shown::Number,
    }
}

/// By a format's first part: a letter of a date or of a time that is neither quoted nor in brackets makes a day, a time
/// in brackets (`[h]`) a length of time.
pub(crate) fn by_code(code: &str) -> Shown {
    let mut rest = code.chars();
    while let Some(c) = rest.next() {
        match c {
            // What follows is a literal, a width or a filling.
            '\\' | '_' | '*' => drop(rest.next()),
            '"' => drop(rest.by_ref().find(|c| *c == '"')),
            '[' => {
                let inside: String = rest.by_ref().take_while(|c| *c != ']').collect();
                let inside = inside.to_ascii_lowercase();
                let unit = inside.chars().next().filter(|c| matches!(c, 'h' | 'm' | 's'));
                if unit.is_some_and(|unit| inside.chars().all(|c| c == unit)) {
                    return Shown::Span;
                }
            }
            ';' => return Shown::Number,
            'd' | 'm' | 'y' | 'h' | 's' | 'D' | 'M' | 'Y' | 'H' | 'S' => return Shown::Day,
            _ => {}
        }
    }
    Shown::Number
}
