//! What a file really is, and which of its sheets has the table.

use super::find::{self, HEADER_WITHIN, Table};
use super::grid::{Book, Line, Lines};
use super::{SheetColumn, ods, xls, xlsx};
use crate::archive::Archive;
use crate::fault::{Warnings, shown, structure, too_large, unreadable};
use crate::kind::Kind;
use crate::limits::Limits;
use model::{Code, Finding};
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes by which a file is known.
const KNOWN_BY: u64 = 4096;
/// Records of the largest size that may be held at a time while the header is looked for.
const RECORDS_HELD: usize = 8;

/// The sheet with the table.
pub(crate) struct Chosen {
    pub(crate) lines: Box<dyn Lines>,
    pub(crate) since_1904: bool,
    pub(crate) table: Table,
    pub(crate) warnings: Warnings,
}

/// Opens a workbook, and of it the one visible sheet with the table.
pub(crate) fn open(
    source: impl Read + Seek + Send + 'static,
    columns: &[SheetColumn],
    limits: &Limits,
) -> Result<Chosen, Finding> {
    let mut book = book(source, limits)?;
    let (tab, table, warnings) = pick(&mut *book, columns, limits)?;
    Ok(Chosen {
        since_1904: book.since_1904(),
        lines: book.take(tab)?,
        table,
        warnings,
    })
}

/// The first rows of a sheet, and whether it ends with them.
pub(crate) fn head(lines: &mut dyn Lines, most: usize, limits: &Limits) -> Result<(Vec<Line>, bool), Finding> {
    let (mut head, mut bytes) = (Vec::new(), 0_usize);
    let enough = limits.record_bytes.saturating_mul(RECORDS_HELD);
    while head.len() < most && bytes < enough {
        match lines.next()? {
            Some(line) => {
                bytes = bytes.saturating_add(line.bytes());
                head.push(line);
            }
            None => return Ok((head, true)),
        }
    }
    Ok((head, false))
}

/// The workbook that this file really is.
fn book<R: Read + Seek + Send + 'static>(mut source: R, limits: &Limits) -> Result<Box<dyn Book>, Finding> {
    let mut bytes = Vec::new();
    let mut first = || -> io::Result<u64> {
        let length = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        (&mut source).take(KNOWN_BY).read_to_end(&mut bytes)?;
        Ok(length)
    };
    let length = first().map_err(|error| unreadable(&error))?;
    if length > limits.file_bytes {
        return Err(too_large(length, limits.file_bytes, "limits.file_bytes"));
    }
    let bounded = || match length > limits.body_bytes as u64 {
        true => Err(too_large(length, limits.body_bytes, "limits.body_bytes")),
        false => Ok(()),
    };
    match Kind::of(&bytes) {
        Kind::Zip => {
            let mut archive = Archive::survey(source, limits)?;
            match Kind::of_archive(archive.names()) {
                Kind::Xlsx => Ok(Box::new(xlsx::Xlsx::open(archive, limits)?)),
                Kind::Ods if !is_spreadsheet(&mut archive)? => Err(no_workbook(Kind::Docx)),
                Kind::Ods => {
                    bounded()?;
                    Ok(Box::new(ods::open(archive, limits)?))
                }
                Kind::Xlsm => Err(Finding::new(Code::EMacro)),
                other => Err(no_workbook(other)),
            }
        }
        Kind::Compound => {
            bounded()?;
            source.read_to_end(&mut bytes).map_err(|error| unreadable(&error))?;
            Ok(Box::new(xls::open(&bytes, limits)?))
        }
        other => Err(no_workbook(other)),
    }
}

/// Letters and spreadsheets of OpenDocument have the same entries; one of them says which it is.
fn is_spreadsheet<R: Read + Seek>(archive: &mut Archive<R>) -> Result<bool, Finding> {
    let kind = archive.text("mimetype")?.unwrap_or_default();
    Ok(kind.contains("spreadsheet"))
}

/// What was found instead of a workbook.
pub(crate) fn no_workbook(found: Kind) -> Finding {
    Finding::new(Code::EKind)
        .with("found", found.words())
        .with("expected", Kind::Xlsx.words())
}

/// A sheet that has the table.
struct Found {
    tab: usize,
    table: Table,
    /// Something stands below the header.
    filled: bool,
}

/// The one visible sheet with the table.
fn pick(book: &mut dyn Book, columns: &[SheetColumn], limits: &Limits) -> Result<(usize, Table, Warnings), Finding> {
    let mut warnings = Warnings::default();
    let (mut found, mut wrong): (Option<Found>, Option<Finding>) = (None, None);
    let tabs = book.tabs();
    for (at, tab) in tabs.iter().enumerate() {
        if tab.hidden {
            let detail = format!("工作表 sheet {}", shown(&tab.name));
            warnings.push(Finding::new(Code::WHidden).with("detail", detail));
            continue;
        }
        let mut lines = book.look(at)?;
        let (head, ended) = head(&mut *lines, HEADER_WITHIN, limits)?;
        match find::table(&head, columns) {
            Ok(Some(table)) => {
                let filled = head.len() > table.line + 1 || (!ended && lines.next()?.is_some());
                match &found {
                    // An empty copy of the form beside the filled one is none of ours.
                    Some(_) if !filled => {}
                    Some(first) if first.filled => {
                        return Err(structure(
                            "两张工作表都有此表 two sheets hold this table",
                            shown(&tab.name),
                        ));
                    }
                    _ => found = Some(Found { tab: at, table, filled }),
                }
            }
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
    let chosen = found.ok_or_else(|| wrong.unwrap_or_else(missing))?;
    // What is beside the table is whole too, or the workbook cannot be trusted.
    for (at, _) in tabs
        .iter()
        .enumerate()
        .filter(|(at, tab)| !tab.hidden && *at != chosen.tab)
    {
        let mut lines = book.look(at)?;
        while lines.next()?.is_some() {}
    }
    Ok((chosen.tab, chosen.table, warnings))
}
