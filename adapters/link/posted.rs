//! A case posted by the platform: one document, one row, in the platform's own names. Pure.

use crate::encode::Kind;
use crate::json::{self, Bounds, Json, is_name};
use crate::results::{canonical, sha256};
use crate::rows::{Rows, Shape, nested};
use model::define::Layout;
use model::{Code, Finding, Header};
use port::{Claim, Declared, Offer, Parts, Taken};

#[cfg(test)]
mod tests;

/// What may stand at the top of the document.
const TOP: [&str; 7] = ["op", "case_no", "ent_class", "matter", "reason", "attachments", SECRECY];
/// The secrecy mark.
const SECRECY: &str = "secrecy";
/// Where the items stand.
const ITEMS: &str = "items";

/// The batch of a posted document. One that cannot be read is a batch too: its first row says why.
pub fn offer(parts: Parts, layout: Option<&Layout>, bounds: Bounds) -> Offer {
    let (claim, bytes) = (Claim(parts.name.clone()), parts.body.len() as u64);
    let (digest, rows) = match json::parse(&parts.body, bounds) {
        Ok(document) => (canonical(std::slice::from_ref(&document)), rows(&document, layout)),
        Err(finding) => {
            let header = Header::new(names(layout, None).into_iter().map(|(n, _)| n));
            (
                sha256(&parts.body),
                Rows::broken(header, finding.file(parts.name.clone())),
            )
        }
    };
    let (feed, name) = (parts.feed, parts.name);
    Offer {
        feed,
        claim,
        name,
        declared: Declared::default(),
        digest,
        bytes,
        rows: Box::new(rows),
        position: None,
    }
}

fn rows(document: &Json, layout: Option<&Layout>) -> Rows {
    let names = names(layout, document.get(ITEMS));
    let mut findings = strangers(document);
    // A mark that no field of the layout would look at must not pass unseen.
    if document.get(SECRECY).is_some() && !names.iter().any(|(name, _)| &**name == SECRECY) {
        findings.push(unknown(SECRECY));
    }
    let shape = Shape::of_names(names);
    let taken = match shape.row(1, document) {
        Taken::Bad { line, findings: more } => {
            findings.extend(more);
            Taken::Bad { line, findings }
        }
        Taken::Row(_) if !findings.is_empty() => Taken::Bad { line: 1, findings },
        sound => sound,
    };
    Rows::new(shape.header().clone(), vec![taken])
}

/// The fields: those of the layout (or the platform's seven), then every item the document brings besides. An item nobody
/// knows is passed on by name, so that whoever knows the dictionary refuses it by name.
fn names(layout: Option<&Layout>, items: Option<&Json>) -> Vec<(Box<str>, Kind)> {
    let mut names: Vec<(Box<str>, Kind)> = match layout {
        Some(l) => l
            .fields
            .iter()
            .map(|f| (f.name.as_str().into(), Kind::of(f).unwrap_or(Kind::String)))
            .collect(),
        None => TOP.iter().map(|n| ((*n).into(), Kind::String)).collect(),
    };
    for (name, kind) in &mut names {
        if &**name == "attachments" {
            *kind = Kind::Json;
        }
    }
    if let Some(Json::Object(pairs)) = items {
        for (id, _) in pairs {
            let name: Box<str> = format!("{ITEMS}.{id}").into();
            if is_name(id) && !names.iter().any(|(n, _)| *n == name) {
                names.push((name, Kind::String));
            }
        }
    }
    names
}

/// What stands in the document and should not.
fn strangers(document: &Json) -> Vec<Finding> {
    let Json::Object(pairs) = document else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for (key, value) in pairs {
        match (&**key, value) {
            (ITEMS, Json::Object(items)) => {
                findings.extend(items.iter().filter(|(id, _)| !is_name(id)).map(|_| unknown("?")))
            }
            (ITEMS, Json::Null) => {}
            (ITEMS, other) => findings.push(nested(ITEMS, other).row(1)),
            ("attachments", Json::List(_) | Json::Null) => {}
            ("attachments", other) => findings.push(nested("attachments", other).row(1)),
            (name, other @ (Json::List(_) | Json::Object(_))) if TOP.contains(&name) => {
                findings.push(nested(name, other).row(1));
            }
            (name, _) if TOP.contains(&name) => {}
            (name, _) => findings.push(unknown(if is_name(name) { name } else { "?" })),
        }
    }
    findings
}

fn unknown(column: &str) -> Finding {
    Finding::new(Code::EUnknownField)
        .with("column", column)
        .column(column)
        .row(1)
}
