//! Columns of a batch, found by name or alias, never by position.

use crate::compile::{Compiled, Means, Slot};
use model::{Code, Finding, Header};

/// Column names shown in one finding.
const NAMES_SHOWN: usize = 20;
/// Characters shown of a column name from outside.
const NAME_SHOWN: usize = 40;

/// A layout bound to the header of one batch.
#[derive(Debug)]
pub struct Bound<'c> {
    pub(crate) layout: &'c Compiled,
    /// For each slot of the layout, where its cell stands in a row.
    pub(crate) cells: Vec<Option<usize>>,
    /// For each slot that is worked out from several columns, where the cell of each of its names stands.
    pub(crate) from: Vec<Vec<Option<usize>>>,
    header: Header,
    warnings: Vec<Finding>,
}

impl Compiled {
    /// Finds this layout's columns in a batch's header: by name, then by alias, then without regard to ASCII case.
    ///
    /// # Errors
    /// `E_HEADER` naming required columns that are missing and columns that could be meant twice; `S_NO_INVERSE` where
    /// the layout can only be written.
    pub fn bind(&self, header: &Header) -> Result<Bound<'_>, Finding> {
        let read = self.slots.iter().filter(|slot| slot.is_read());
        if let Some((slot, transform)) = read.into_iter().find_map(|s| s.back.as_ref().err().map(|t| (s, t))) {
            let finding = Finding::new(Code::SNoInverse)
                .with("transform", transform)
                .with("name", &slot.name);
            return Err(finding.column(&*slot.name));
        }
        let mut cells = Vec::with_capacity(self.slots.len());
        let mut from = Vec::with_capacity(self.slots.len());
        let (mut missing, mut doubtful) = (Vec::new(), Vec::new());
        for slot in &self.slots {
            if let Some((_, columns)) = &slot.from {
                let found: Vec<Option<usize>> = columns.iter().map(|name| column_at(name, header)).collect();
                let lacking = columns
                    .iter()
                    .zip(&found)
                    .filter(|(_, at)| slot.required && at.is_none());
                missing.extend(lacking.map(|(name, _)| name.to_string()));
                from.push(found);
                cells.push(None);
                continue;
            }
            from.push(Vec::new());
            let found = places(slot, header);
            if found.len() > 1 {
                doubtful.extend(found.iter().map(|at| shown(&header.names()[*at])));
            }
            let needed = slot.required && slot.is_read();
            if found.is_empty() && (needed || matches!(slot.means, Means::CaseNo(_))) {
                missing.push(slot.name.to_string());
            }
            cells.push(found.first().copied());
        }
        let used = |at: &usize| cells.contains(&Some(*at)) || from.iter().flatten().any(|used| *used == Some(*at));
        let extra: Vec<usize> = (0..header.len()).filter(|at| !used(at)).collect();
        if !missing.is_empty() || !doubtful.is_empty() {
            // A file without a header has values for names: those are counted, not repeated.
            let extra = match cells.iter().any(Option::is_some) {
                true => listed(&doubtful_first(doubtful, &extra, header)),
                false => extra.len().to_string(),
            };
            return Err(Finding::new(Code::EHeader)
                .with("missing", listed(&missing))
                .with("extra", extra));
        }
        let warn = |at: &usize| {
            let name = shown(&header.names()[*at]);
            Finding::new(Code::WExtraColumn).with("column", &name).column(name)
        };
        let warnings = extra.iter().take(NAMES_SHOWN).map(warn).collect();
        Ok(Bound {
            layout: self,
            cells,
            from,
            header: header.clone(),
            warnings,
        })
    }
}

impl Bound<'_> {
    /// What should be known about the header: columns the layout does not know, the first 20 of them.
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// The layout it was bound from.
    pub fn layout(&self) -> &Compiled {
        self.layout
    }

    /// A slot's column as the batch calls it; by its own name where the batch does not have it.
    pub(crate) fn column(&self, slot: usize) -> String {
        match self.cells[slot] {
            Some(at) => shown(&self.header.names()[at]),
            None => self.layout.slots[slot].name.to_string(),
        }
    }
}

/// Where the column of this name stands: exactly, then without regard to ASCII case.
fn column_at(name: &str, header: &Header) -> Option<usize> {
    let names = || header.names().iter().map(|column| column.trim());
    let exact = names().position(|column| column == name);
    exact.or_else(|| names().position(|column| column.eq_ignore_ascii_case(name)))
}

/// Where a slot's column stands. More than one place is doubtful.
fn places(slot: &Slot, header: &Header) -> Vec<usize> {
    let names = || std::iter::once(&slot.name).chain(&slot.aliases);
    let at = |same: &dyn Fn(&str, &str) -> bool| -> Vec<usize> {
        let is_meant = |column: &str| names().any(|name| same(name, column));
        (0..header.len())
            .filter(|at| is_meant(header.names()[*at].trim()))
            .collect()
    };
    let exact = at(&|name, column| name == column);
    if exact.is_empty() {
        at(&|name, column| name.eq_ignore_ascii_case(column))
    } else {
        exact
    }
}

fn doubtful_first(doubtful: Vec<String>, extra: &[usize], header: &Header) -> Vec<String> {
    let others = extra
        .iter()
        .map(|at| shown(&header.names()[*at]))
        .filter(|name| !doubtful.contains(name));
    let others: Vec<String> = others.collect();
    doubtful.into_iter().chain(others).collect()
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "-".to_owned();
    }
    let mut text = names
        .iter()
        .take(NAMES_SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    if names.len() > NAMES_SHOWN {
        text.push_str(", …");
    }
    text
}

/// A name from outside, bounded and without control characters.
fn shown(name: &str) -> String {
    name.trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(NAME_SHOWN)
        .collect()
}

#[cfg(test)]
mod tests;
