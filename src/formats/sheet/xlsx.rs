//! XLSX: the archive is looked through first, then the cells of one sheet are streamed, never its rectangle: two cells
//! at the far corners of a sheet would ask for a gigabyte. Only the texts that cells share are held.

use super::cells::{Cells, Common};
use super::grid::{Book, Lines, Tab};
use super::parts::{Parts, Sheet, missing};
use super::strings::Strings;
use super::styles;
use crate::archive::Archive;
use crate::fault::structure;
use crate::limits::Limits;
use model::{Code, Finding};
use std::io::{Read, Seek};
use std::sync::Arc;

/// What stands in the name or the type of a part that holds a program.
const MACROS: &[&str] = &["vbaproject", "macroenabled", "macrosheet"];
/// What stands in the name or the type of a part that refers to something else.
const OUTSIDE: &[&str] = &["externallink", "querytable", "connections"];

/// An open workbook.
pub(crate) struct Xlsx<R> {
    archive: Archive<R>,
    sheets: Vec<Sheet>,
    since_1904: bool,
    common: Arc<Common>,
    limits: Limits,
}

impl<R: Read + Seek> Xlsx<R> {
    pub(crate) fn open(mut archive: Archive<R>, limits: &Limits) -> Result<Self, Finding> {
        // By what the parts are, not only by where they lie: names are their writer's.
        let types = archive.text("[Content_Types].xml")?.unwrap_or_default();
        let parts: String = archive.names().chain([types.as_str()]).collect::<Vec<_>>().join("\n");
        let parts = parts.to_ascii_lowercase();
        for (words, code) in [(MACROS, Code::EMacro), (OUTSIDE, Code::EExternalLink)] {
            if words.iter().any(|word| parts.contains(word)) {
                return Err(Finding::new(code));
            }
        }
        let Parts {
            sheets,
            since_1904,
            strings,
            styles,
        } = Parts::read(&mut archive, limits)?;
        let mut common = Common::default();
        let size = archive.size(&strings).unwrap_or_default();
        if let Some(content) = archive.open(&strings)? {
            common.strings = Strings::read(content, size, limits)?;
        }
        if let Some(content) = archive.open(&styles)? {
            common.styles = styles::read(content, limits)?;
        }
        Ok(Self {
            archive,
            sheets,
            since_1904,
            common: Arc::new(common),
            limits: *limits,
        })
    }

    fn path(&self, tab: usize) -> Result<String, Finding> {
        let sheet = self.sheets.get(tab).ok_or_else(|| structure("工作表 sheet", tab))?;
        Ok(sheet.path.clone())
    }
}

impl<R: Read + Seek + Send + 'static> Book for Xlsx<R> {
    fn tabs(&self) -> Vec<Tab> {
        let tab = |s: &Sheet| Tab {
            name: s.name.clone(),
            hidden: !s.is_read(),
        };
        self.sheets.iter().map(tab).collect()
    }

    fn since_1904(&self) -> bool {
        self.since_1904
    }

    fn look(&mut self, tab: usize) -> Result<Box<dyn Lines + '_>, Finding> {
        let path = self.path(tab)?;
        let content = self.archive.open(&path)?.ok_or_else(|| missing(&path))?;
        Ok(Box::new(Cells::new(content, Arc::clone(&self.common), &self.limits)))
    }

    fn take(self: Box<Self>, tab: usize) -> Result<Box<dyn Lines>, Finding> {
        let path = self.path(tab)?;
        let content = self.archive.into_entry(&path)?.ok_or_else(|| missing(&path))?;
        Ok(Box::new(Cells::new(content, self.common, &self.limits)))
    }
}
