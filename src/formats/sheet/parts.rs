//! The parts of an XLSX that its reader does not tell about: which sheets there are, what is hidden, and numbers in it
//! that a parser would allocate by.

use crate::archive::Archive;
use crate::fault::{structure, too_large};
use crate::limits::Limits;
use model::{Code, Finding};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use std::collections::BTreeMap;

/// One sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) hidden: bool,
    /// A worksheet; false for charts and dialogs.
    pub(crate) is_table: bool,
    /// Hidden rows and columns.
    pub(crate) hidden_lines: usize,
}

/// What the parts say.
pub(crate) struct Parts {
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) since_1904: bool,
}

impl Parts {
    pub(crate) fn read(archive: &mut Archive<'_>, limits: &Limits) -> Result<Self, Finding> {
        let names: Vec<String> = archive.names().map(str::to_owned).collect();
        for name in names.iter().filter(|n| is_xml(n)) {
            let text = archive.text(name)?.unwrap_or_default();
            judge(&text, limits)?;
        }
        let package = relations(&archive.text("_rels/.rels")?.unwrap_or_default())?;
        let (_, workbook) = package
            .values()
            .find(|(kind, _)| kind.ends_with("/officeDocument"))
            .ok_or_else(|| missing("_rels/.rels"))?;
        let workbook = workbook.trim_start_matches('/').to_owned();
        let (folder, file) = workbook.rsplit_once('/').unwrap_or(("", &workbook));
        let relations = relations(
            &archive
                .text(&format!("{folder}/_rels/{file}.rels"))?
                .unwrap_or_default(),
        )?;
        let text = archive.text(&workbook)?.ok_or_else(|| missing(&workbook))?;
        let mut parts = Self {
            sheets: Vec::new(),
            since_1904: false,
        };
        let mut targets = Vec::new();
        each(&text, |element| {
            match element.local_name().as_ref() {
                "workbookPr" => parts.since_1904 = attribute(element, "date1904").is_some_and(|v| is_true(&v)),
                "sheet" => {
                    let kind = attribute(element, "id").and_then(|id| relations.get(&id)).cloned();
                    let (kind, target) = kind.unwrap_or_default();
                    parts.sheets.push(Sheet {
                        name: attribute(element, "name").unwrap_or_default(),
                        hidden: attribute(element, "state").is_some_and(|state| state != "visible"),
                        is_table: kind.ends_with("/worksheet"),
                        hidden_lines: 0,
                    });
                    targets.push(target);
                }
                _ => {}
            }
            Ok(())
        })?;
        for (sheet, target) in parts.sheets.iter_mut().zip(&targets).filter(|(s, _)| s.is_table) {
            let path = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("{folder}/{target}"),
            };
            let text = archive.text(&path)?.ok_or_else(|| missing(&path))?;
            sheet.hidden_lines = hidden(&text)?;
        }
        Ok(parts)
    }
}

fn is_xml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".xml") || name.ends_with(".rels")
}

fn missing(part: &str) -> Finding {
    structure("缺少部件 missing part", part)
}

/// No part may bring definitions of its own, and none may announce more strings than it has bytes.
pub(crate) fn judge(text: &str, limits: &Limits) -> Result<(), Finding> {
    let mut events = Reader::from_str(text);
    let mut depth = 0_usize;
    loop {
        match events.read_event().map_err(|_| structure("XML", "语法 syntax"))? {
            // A parser that waits for an end that never comes would wait for ever.
            Event::Eof if depth > 0 => return Err(structure("XML", "未闭合 not closed")),
            Event::Eof => return Ok(()),
            Event::DocType(_) => return Err(structure("XML", "DOCTYPE")),
            Event::Start(element) => {
                depth += 1;
                if depth > limits.depth.max(1) * 4 {
                    return Err(too_large(depth, limits.depth, "limits.depth"));
                }
                if element.local_name().as_ref() == "sst" {
                    let announced = attribute(&element, "uniqueCount").map_or(Ok(0), |n| n.parse::<usize>());
                    // The shortest string takes more than four bytes of this text.
                    if announced.is_err() || announced.is_ok_and(|n| n > text.len() / 4) {
                        return Err(Finding::new(Code::EStructure).with("detail", "uniqueCount"));
                    }
                }
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
}

/// Type and target by id.
fn relations(text: &str) -> Result<BTreeMap<String, (String, String)>, Finding> {
    let mut relations = BTreeMap::new();
    each(text, |element| {
        if element.local_name().as_ref() == "Relationship" {
            let of = |name: &str| attribute(element, name).unwrap_or_default();
            relations.insert(of("Id"), (of("Type"), of("Target")));
        }
        Ok(())
    })?;
    Ok(relations)
}

/// Rows and columns that are hidden, spans counted once.
fn hidden(text: &str) -> Result<usize, Finding> {
    let mut count = 0;
    each(text, |element| {
        let line = matches!(element.local_name().as_ref(), "row" | "col");
        if line && attribute(element, "hidden").is_some_and(|v| is_true(&v)) {
            count += 1;
        }
        Ok(())
    })?;
    Ok(count)
}

fn is_true(word: &str) -> bool {
    matches!(word, "1" | "true" | "on")
}

/// An attribute by its name without prefix.
pub(crate) fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element
        .attributes()
        .filter_map(Result::ok)
        .find(|a| a.key.local_name().as_ref() == name)?;
    found
        .normalized_value(XmlVersion::Implicit1_0)
        .ok()
        .map(std::borrow::Cow::into_owned)
}

fn each(text: &str, mut look: impl FnMut(&BytesStart<'_>) -> Result<(), Finding>) -> Result<(), Finding> {
    let mut events = Reader::from_str(text);
    loop {
        match events.read_event().map_err(|_| structure("XML", "语法 syntax"))? {
            Event::Eof => return Ok(()),
            Event::Start(element) | Event::Empty(element) => look(&element)?,
            _ => {}
        }
    }
}
