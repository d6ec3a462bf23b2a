//! What an archive holds of a case whose data left the journal: the rows as they came, masked as the case itself was.

use crate::view::case::shown;
use ledger::{Event, Pos};
use model::{CaseNo, Dictionary, ItemNo, Value};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One item that was said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ArchivedItem {
    /// Its name; of a row that waited for codes, the department's own name of the column.
    pub item: String,
    /// For people, Chinese.
    pub zh: String,
    /// For people, English.
    pub en: String,
    /// Its value; masked where personal.
    pub value: String,
}

/// One body.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ArchivedRow {
    /// When, milliseconds since 1970.
    pub at: i64,
    /// Where it stood in the journal: group/entry.
    pub pos: String,
    /// `row`, `row_parked`, `substitute`; `form_keyed`, `form_rekeyed` or `form_decided`.
    pub what: String,
    /// The row: batch and line; of a substitute, the matter and its round; of what was keyed, the task.
    pub of: String,
    /// What the result means, where it was one.
    pub standing: Option<String>,
    /// What it says.
    pub items: Vec<ArchivedItem>,
}

/// What an archive holds of a case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ArchivedView {
    /// The case.
    pub case_no: String,
    /// The archive's file.
    pub archive: String,
    /// SHA-256 of all but its seal, hexadecimal: as `ledger archive` and the journal told it.
    pub digest: String,
    /// Its rows, oldest first.
    pub rows: Vec<ArchivedRow>,
}

/// What this body says of the case, if it holds anything of it.
pub fn archived(
    dictionary: &Dictionary,
    case_no: &CaseNo,
    (pos, at): (Pos, i64),
    event: &Event,
    reveal: bool,
) -> Option<ArchivedRow> {
    if event.data_of() != Some(case_no) {
        return None;
    }
    let item = |no: ItemNo, value: &Value| {
        let def = dictionary.get(no);
        ArchivedItem {
            item: dictionary.id(no).to_owned(),
            zh: def.map(|d| d.zh.to_string()).unwrap_or_default(),
            en: def.map(|d| d.en.to_string()).unwrap_or_default(),
            value: shown(def, value, reveal),
        }
    };
    // Nobody knows yet what a column of theirs is, so nobody knows that it is not personal.
    let cell = |name: &str, value: &str| ArchivedItem {
        item: name.to_owned(),
        zh: name.to_owned(),
        en: name.to_owned(),
        value: if reveal { value.to_owned() } else { "****".to_owned() },
    };
    let keyed_cells = |fields: &BTreeMap<String, String>| fields.iter().map(|(name, text)| cell(name, text)).collect();
    let (what, of, standing, items) = match event {
        Event::Row {
            batch,
            line,
            incoming: Some(incoming),
            ..
        } => (
            "row",
            format!("{batch}:{line}"),
            incoming.standing.map(|s| s.word().to_owned()),
            incoming.items.iter().map(|(no, value)| item(*no, value)).collect(),
        ),
        Event::RowParked { batch, line, cells, .. } => (
            "row_parked",
            format!("{batch}:{line}"),
            None,
            cells
                .iter()
                .map(|(name, value)| cell(name, value.as_deref().unwrap_or_default()))
                .collect(),
        ),
        Event::DeliveryDue { key, substitute, .. } => (
            "substitute",
            format!("{}/{}", key.matter, key.round),
            None,
            substitute
                .iter()
                .map(|(no, text)| item(*no, &Value::Text(text.as_str().into())))
                .collect(),
        ),
        Event::FormKeyed(keyed) => ("form_keyed", keyed.task.to_string(), None, keyed_cells(&keyed.fields)),
        Event::FormRekeyed(again) => ("form_rekeyed", again.task.to_string(), None, keyed_cells(&again.fields)),
        Event::FormDecided(word) => ("form_decided", word.task.to_string(), None, keyed_cells(&word.fields)),
        _ => return None,
    };
    Some(ArchivedRow {
        at,
        pos: format!("{}/{}", pos.group, pos.ordinal),
        what: what.to_owned(),
        of,
        standing,
        items,
    })
}

#[cfg(test)]
mod tests;
