//! The findings that several formats share, built in one place so that their arguments fit the catalogue.

use crate::limits::WARNINGS_KEPT;
use model::{Code, Finding};
use std::fmt::Display;

/// A finding about a column: the message's mark and the place carry the same name.
pub(crate) fn at(code: Code, row: u64, column: &str) -> Finding {
    Finding::new(code)
        .row(row)
        .column(shown(column))
        .with("column", shown(column))
}

/// Something is not built as agreed; `part` names it in both languages, in few words.
pub(crate) fn structure(part: &str, found: impl Display) -> Finding {
    Finding::new(Code::EStructure).with("detail", format!("{part}: {found}"))
}

/// A limit was met.
pub(crate) fn too_large(found: impl Display, limit: impl Display, setting: &str) -> Finding {
    Finding::new(Code::ETooLarge)
        .with("found", found)
        .with("limit", limit)
        .with("setting", setting)
}

/// The source broke off. Only the kind is told: the rest may hold paths.
pub(crate) fn unreadable(error: &std::io::Error) -> Finding {
    Finding::new(Code::EUnreadable).with("detail", error.kind())
}

/// What was gone through twice was not the same both times.
pub(crate) fn changed() -> Finding {
    Finding::new(Code::EUnreadable).with("detail", "读取期间被改动 it changed while it was read")
}

/// A name from outside, short enough to be printed. Only for findings, never for data.
pub(crate) fn shown(name: &str) -> String {
    const MOST: usize = 64;
    let mut text: String = name.chars().take(MOST).flat_map(printable).collect();
    if name.chars().nth(MOST).is_some() {
        text.push('…');
    }
    text
}

fn printable(c: char) -> impl Iterator<Item = char> {
    let text = if c.is_control() {
        c.escape_unicode().collect::<Vec<_>>()
    } else {
        vec![c]
    };
    text.into_iter()
}

/// Warnings waiting to be asked for.
#[derive(Default)]
pub(crate) struct Warnings(Vec<Finding>);

impl Warnings {
    pub(crate) fn push(&mut self, finding: Finding) {
        if self.0.len() < WARNINGS_KEPT {
            self.0.push(finding);
        }
    }
    pub(crate) fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        findings.into_iter().for_each(|f| self.push(f));
    }
    pub(crate) fn take(&mut self) -> Vec<Finding> {
        std::mem::take(&mut self.0)
    }
}
