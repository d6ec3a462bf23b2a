//! The parts of an XLSX that say what is in it: which sheets there are, which of them are hidden, where their cells,
//! texts and styles lie. Every part is read to its end once, whether we want anything of it or not.

use super::tags::{Tag, Tags};
use crate::archive::Archive;
use crate::fault::structure;
use crate::limits::Limits;
use model::Finding;
use std::collections::BTreeMap;
use std::io::{Read, Seek};

/// One sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    pub(crate) hidden: bool,
    /// A worksheet; false for charts and dialogs.
    pub(crate) is_table: bool,
    /// Its part.
    pub(crate) path: String,
}

impl Sheet {
    /// A chart has no cells to read, and a hidden sheet is its owner's own.
    pub(crate) fn is_read(&self) -> bool {
        self.is_table && !self.hidden
    }
}

/// What the parts say.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) since_1904: bool,
    /// The part with the texts that cells share, and the one with the styles; not every workbook has them.
    pub(crate) strings: String,
    pub(crate) styles: String,
}

impl Parts {
    pub(crate) fn read<R: Read + Seek>(archive: &mut Archive<R>, limits: &Limits) -> Result<Self, Finding> {
        let package = relations(archive, "_rels/.rels", limits)?;
        let (_, workbook) = package
            .values()
            .find(|(kind, _)| kind.ends_with("/officeDocument"))
            .ok_or_else(|| missing("_rels/.rels"))?;
        let workbook = workbook.trim_start_matches('/').to_owned();
        let (folder, file) = workbook.rsplit_once('/').unwrap_or(("", &workbook));
        let relations = relations(archive, &format!("{folder}/_rels/{file}.rels"), limits)?;
        let path = |target: &str| match target.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None => format!("{folder}/{target}"),
        };
        let part = |kind: &str, usual: &str| {
            let found = relations.values().find(|(of, _)| of.ends_with(kind));
            path(found.map_or(usual, |(_, target)| target))
        };
        let mut parts = Self {
            sheets: Vec::new(),
            since_1904: false,
            strings: part("/sharedStrings", "sharedStrings.xml"),
            styles: part("/styles", "styles.xml"),
        };
        let content = archive.open(&workbook)?.ok_or_else(|| missing(&workbook))?;
        let mut tags = Tags::new(content, limits);
        loop {
            match tags.next()? {
                Tag::Open {
                    name: b"workbookPr",
                    attributes,
                    ..
                } => parts.since_1904 |= attributes.is_true("date1904")?,
                Tag::Open {
                    name: b"sheet",
                    attributes,
                    ..
                } => {
                    let id = attributes.text("id")?.unwrap_or_default();
                    let (kind, target) = relations.get(&id).ok_or_else(|| missing("sheet"))?;
                    let state = attributes.text("state")?;
                    parts.sheets.push(Sheet {
                        name: attributes.text("name")?.unwrap_or_default(),
                        hidden: state.is_some_and(|state| state != "visible"),
                        is_table: kind.ends_with("/worksheet"),
                        path: path(target),
                    });
                }
                Tag::End => break,
                _ => {}
            }
        }
        parts.judge(archive, limits)?;
        Ok(parts)
    }

    /// Every part that nobody reads after this is read here.
    fn judge<R: Read + Seek>(&self, archive: &mut Archive<R>, limits: &Limits) -> Result<(), Finding> {
        let names: Vec<String> = archive.names().map(str::to_owned).collect();
        let read_later = |name: &str| {
            let of_sheets = self.sheets.iter().filter(|sheet| sheet.is_read());
            let mut paths = of_sheets.map(|sheet| &sheet.path).chain([&self.strings]);
            paths.any(|path| path.eq_ignore_ascii_case(name))
        };
        for name in names.iter().filter(|n| is_xml(n) && !read_later(n)) {
            if let Some(content) = archive.open(name)? {
                judge(content, limits)?;
            }
        }
        Ok(())
    }
}

fn is_xml(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".xml") || name.ends_with(".rels")
}

pub(crate) fn missing(part: &str) -> Finding {
    structure("缺少部件 missing part", part)
}

/// Reads a part to its end: it brings no definitions of its own, and everything in it ends.
pub(crate) fn judge(content: impl Read, limits: &Limits) -> Result<(), Finding> {
    // Nothing of it is a record: what stands in it may be as long as what may be held.
    let record_bytes = usize::try_from(limits.held_bytes).unwrap_or(usize::MAX);
    let mut tags = Tags::new(
        content,
        &Limits {
            record_bytes,
            ..*limits
        },
    );
    while tags.next()? != Tag::End {}
    Ok(())
}

/// Type and target by id; none where there is no such part.
fn relations<R: Read + Seek>(
    archive: &mut Archive<R>,
    name: &str,
    limits: &Limits,
) -> Result<BTreeMap<String, (String, String)>, Finding> {
    let mut relations = BTreeMap::new();
    let Some(content) = archive.open(name)? else {
        return Ok(relations);
    };
    let mut tags = Tags::new(content, limits);
    loop {
        match tags.next()? {
            Tag::Open {
                name: b"Relationship",
                attributes,
                ..
            } => {
                let of = |name: &str| Ok::<_, Finding>(attributes.text(name)?.unwrap_or_default());
                relations.insert(of("Id")?, (of("Type")?, of("Target")?));
            }
            Tag::End => return Ok(relations),
            _ => {}
        }
    }
}
