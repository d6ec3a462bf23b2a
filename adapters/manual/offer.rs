//! A form as a batch of one row, in the names of its layout.

use crate::form::{self, Form, Keyed};
use model::define::{Feed, Field, Layout, Meaning};
use model::{Cell, Code, Finding, Header, Row};
use port::{RowSource, Taken};

/// The one row of a form, or why there is none.
pub(crate) struct OneRow {
    header: Header,
    taken: Option<Result<Taken, Finding>>,
}

impl OneRow {
    /// Judges a form against its layout.
    pub(crate) fn of(form: Result<Form, Finding>, feed: &Feed, layout: &Layout) -> Self {
        let header = Header::new(layout.fields.iter().map(|f| f.name.as_str()));
        let taken = form.map(|form| match row(&form, feed, layout) {
            Ok(cells) => Taken::Row(Row { line: 1, cells }),
            Err(findings) => Taken::Bad { line: 1, findings },
        });
        Self {
            header,
            taken: Some(taken),
        }
    }
}

impl RowSource for OneRow {
    fn header(&self) -> &Header {
        &self.header
    }
    fn next(&mut self) -> Result<Option<Taken>, Finding> {
        self.taken.take().transpose()
    }
}

fn about(code: Code, column: &str) -> Finding {
    Finding::new(code)
        .with("column", form::shown(column))
        .column(form::shown(column))
        .row(1)
}

fn row(form: &Form, feed: &Feed, layout: &Layout) -> Result<Vec<Cell>, Vec<Finding>> {
    let mut findings = Vec::new();
    let known = |name: &str| layout.fields.iter().any(|f| is_called(f, name));
    findings.extend(
        form.fields
            .0
            .iter()
            .filter(|(name, _)| !known(name))
            .map(|(name, _)| about(Code::EUnknownField, name)),
    );
    if feed
        .matter
        .as_ref()
        .is_some_and(|matter| matter.as_str() != form.matter)
    {
        // A form filled in for another matter has nothing to say about this one.
        findings.push(about(Code::EState, "matter").with("detail", form::shown(&form.matter)));
    }
    if !form.attachments.is_empty() && !layout.fields.iter().any(|f| f.meaning == Meaning::Attachments) {
        findings.push(about(Code::EUnknownField, "attachments"));
    }
    let mut cells = Vec::new();
    for field in &layout.fields {
        match cell(form, field) {
            Ok(cell) => cells.push(cell),
            Err(code) => {
                cells.push(None);
                findings.push(about(code, &field.name));
            }
        }
    }
    if findings.is_empty() { Ok(cells) } else { Err(findings) }
}

fn is_called(field: &Field, name: &str) -> bool {
    field.name == name || field.aliases.iter().any(|alias| alias == name)
}

/// What goes into a slot. What the form says of itself comes from its head; keyed again beside it, it must agree.
fn cell(form: &Form, field: &Field) -> Result<Cell, Code> {
    let mut keyed = form
        .fields
        .0
        .iter()
        .filter(|(name, _)| is_called(field, name))
        .map(|(_, keyed)| keyed);
    let (keyed, other) = (keyed.next(), keyed.next());
    if other.is_some() {
        return Err(Code::EDoubleEntry);
    }
    let head = match field.meaning {
        Meaning::CaseNo => Some(form.case_no.clone()),
        Meaning::Matter => Some(form.matter.clone()),
        Meaning::Attachments if !form.attachments.is_empty() => serde_json::to_string(&form.attachments).ok(),
        _ => None,
    };
    if let Some(head) = head {
        return match keyed {
            Some(keyed) if !keyed.agrees() || keyed.value() != head => Err(Code::EDoubleEntry),
            _ if field.required && head.trim().is_empty() => Err(Code::ERequired),
            _ => Ok(Some(head.into())),
        };
    }
    match keyed {
        None if field.required => Err(Code::ERequired),
        None => Ok(None),
        Some(keyed) if keyed.is_blank() && field.required => Err(Code::ERequired),
        Some(Keyed::Once(value)) if field.double_entry && !value.trim().is_empty() => Err(Code::EDoubleEntry),
        Some(keyed) if !keyed.agrees() => Err(Code::EDoubleEntry),
        Some(keyed) => Ok(Some(keyed.value().into())),
    }
}
