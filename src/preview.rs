//! What a file would bring: decoded, mapped and checked, without a ledger.

use crate::serve;
use crate::wiring;
use cli::{Preview, PreviewRow, Refusal};
use engine::brought::brought;
use mapping::Compiled;
use model::define::{Department, Field, Layout, Meaning};
use model::item::Mask;
use model::{Code, Dictionary, Finding, Header, ItemNo, Mode, Row, Value, mask};
use port::{Offer, Taken};
use settings::Settings;
use std::path::Path;

/// Rows shown where not all are asked for.
const SOME: usize = 20;

/// Reads a file of a department as if it had come.
pub async fn preview(
    config: &Path,
    settings: Settings,
    dept: &str,
    file: &Path,
    all: bool,
) -> Result<Preview, Refusal> {
    let missing = |what: String| Refusal::No(Finding::new(Code::VNotFound).with("what", what));
    let dictionary = settings.dictionary.clone();
    let codes = settings.codes.clone();
    let departments: Vec<Department> = settings.departments.iter().map(|(d, _)| d.clone()).collect();
    let department = departments
        .iter()
        .find(|d| d.id.as_str() == dept)
        .ok_or_else(|| missing(dept.to_owned()))?;
    let most = settings.node.batch_bytes;
    let adapters = wiring::adapters(config, settings, &serve::seams(), &std::env::temp_dir()).map_err(Refusal::No)?;
    let mut why = missing(file.display().to_string());
    for channel in department
        .ladder
        .iter()
        .filter(|c| !c.feeds.is_empty() && c.mode != Mode::Manual)
    {
        let Some(adapter) = adapters.get(&(department.id.clone(), channel.name.clone())) else {
            continue;
        };
        let offer = match brought(&**adapter, channel, file, most).await {
            Ok(offer) => offer,
            Err(fault) => {
                why = Refusal::No(fault.finding);
                continue;
            }
        };
        let Some(feed) = channel.feeds.iter().find(|f| f.name == offer.feed) else {
            continue;
        };
        let Some(layout) = department.layouts.iter().find(|l| l.name == feed.layout) else {
            continue;
        };
        let compiled = Compiled::new(layout, &dictionary, &codes)
            .map_err(|f| Refusal::No(f.into_iter().next().unwrap_or_else(|| Finding::new(Code::EStructure))))?;
        return Ok(read(
            offer,
            &compiled,
            &Eye {
                layout,
                dictionary: &dictionary,
                all,
            },
        ));
    }
    Err(why)
}

fn read(mut offer: Offer, compiled: &Compiled, eye: &Eye<'_>) -> Preview {
    let mut preview = Preview::default();
    // The first row decides whether there is a header worth binding.
    let mut taken = offer.rows.next();
    if let Err(finding) = taken {
        preview.batch_findings.push(finding);
        return preview;
    }
    let header = offer.rows.header().clone();
    let bound = match compiled.bind(&header) {
        Ok(bound) => bound,
        Err(finding) => {
            preview.batch_findings.push(finding);
            return preview;
        }
    };
    preview.batch_findings.extend(bound.warnings().to_vec());
    loop {
        let row = match taken {
            Ok(None) => break,
            Err(finding) => {
                preview.batch_findings.push(finding);
                break;
            }
            Ok(Some(Taken::Bad { line, findings })) => {
                preview.bad += 1;
                PreviewRow {
                    line,
                    findings,
                    ..PreviewRow::default()
                }
            }
            Ok(Some(Taken::Row(row))) => {
                let before = eye.before(&header, &row);
                match bound.read(&row) {
                    Ok((incoming, findings)) => {
                        preview.good += 1;
                        let after = incoming.items.iter().map(|(no, value)| eye.after(*no, value)).collect();
                        PreviewRow {
                            line: row.line,
                            before,
                            after,
                            findings,
                        }
                    }
                    Err(findings) => {
                        preview.bad += 1;
                        PreviewRow {
                            line: row.line,
                            before,
                            after: Vec::new(),
                            findings,
                        }
                    }
                }
            }
        };
        if eye.all || preview.rows.len() < SOME {
            preview.rows.push(row);
        }
        taken = offer.rows.next();
    }
    preview.batch_findings.extend(offer.rows.warnings());
    preview
}

/// What may be seen of values: everything, or what is not personal.
struct Eye<'a> {
    layout: &'a Layout,
    dictionary: &'a Dictionary,
    all: bool,
}

impl Eye<'_> {
    /// The department's own fields.
    fn before(&self, header: &Header, row: &Row) -> Vec<(String, String)> {
        let shown = |name: &str, text: &str| {
            if self.all {
                text.to_owned()
            } else {
                self.field(name, text)
            }
        };
        let cells = header.names().iter().zip(&row.cells);
        cells
            .map(|(name, cell)| (name.to_string(), shown(name, cell.as_deref().unwrap_or_default())))
            .collect()
    }

    /// A field by what it means; what means nothing to us, or is free text, may be anything and is hidden.
    fn field(&self, name: &str, text: &str) -> String {
        let named = |f: &&Field| f.name == name || f.aliases.iter().any(|a| a == name);
        match self.layout.fields.iter().find(named).map(|f| &f.meaning) {
            Some(Meaning::Item(no)) => self.item(*no, text),
            None | Some(Meaning::Ignored | Meaning::Reason | Meaning::Attachments) => mask::mask(Mask::Name, text),
            Some(_) => text.to_owned(),
        }
    }

    fn after(&self, no: ItemNo, value: &Value) -> (String, String) {
        let text = match value {
            Value::Text(text) => text.to_string(),
            Value::List(list) => list.join("；"),
        };
        (
            self.dictionary.id(no).to_owned(),
            if self.all { text } else { self.item(no, &text) },
        )
    }

    fn item(&self, no: ItemNo, text: &str) -> String {
        match self.dictionary.get(no).and_then(|d| d.mask) {
            Some(kind) => mask::mask(kind, text),
            None => text.to_owned(),
        }
    }
}
