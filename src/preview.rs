//! What a file would bring: decoded, mapped and checked, without a ledger.

use crate::serve;
use crate::wiring;
use cli::{Preview, PreviewRow, Refusal};
use mapping::Compiled;
use model::define::Department;
use model::{Code, Dictionary, Finding, Header, Mode, Row, Value, mask};
use port::{Adapter, Ask, Offer, Parts, Taken};
use settings::Settings;
use std::path::Path;
use std::sync::Arc;

/// Rows shown where not all are asked for.
const SOME: usize = 20;

/// Reads a file of a department as if it had come.
pub async fn preview(config: &Path, settings: Settings, dept: &str, file: &Path, all: bool) -> Result<Preview, Refusal> {
    let missing = |what: String| Refusal::No(Finding::new(Code::VNotFound).with("what", what));
    let dictionary = settings.dictionary.clone();
    let codes = settings.codes.clone();
    let departments: Vec<Department> = settings.departments.iter().map(|(d, _)| d.clone()).collect();
    let department = departments.iter().find(|d| d.id.as_str() == dept).ok_or_else(|| missing(dept.to_owned()))?;
    let adapters = wiring::adapters(config, settings, &serve::seams(), &std::env::temp_dir()).map_err(Refusal::No)?;
    for channel in department.ladder.iter().filter(|c| !c.feeds.is_empty() && c.mode != Mode::Manual) {
        let Some(adapter) = adapters.get(&(department.id.clone(), channel.name.clone())) else { continue };
        let Some(offer) = offered(adapter, file).await.map_err(Refusal::No)? else { continue };
        let Some(feed) = channel.feeds.iter().find(|f| f.name == offer.feed) else { continue };
        let Some(layout) = department.layouts.iter().find(|l| l.name == feed.layout) else { continue };
        let compiled = Compiled::new(layout, &dictionary, &codes)
            .map_err(|f| Refusal::No(f.into_iter().next().unwrap_or_else(|| Finding::new(Code::EStructure))))?;
        return Ok(read(offer, &compiled, &dictionary, all));
    }
    Err(missing(file.display().to_string()))
}

/// The batch in a file: brought, where the mode reads places; else pushed, as a message would be.
#[allow(clippy::disallowed_methods, reason = "one file a person named")]
async fn offered(adapter: &Arc<dyn Adapter>, file: &Path) -> Result<Option<Offer>, Finding> {
    let ask = Ask { position: None, place: Some(file.to_owned()), max: 1 };
    if let Ok(mut offers) = adapter.collect(&ask).await
        && !offers.is_empty()
    {
        return Ok(Some(offers.remove(0)));
    }
    let unreadable =
        |error: std::io::Error| Finding::new(Code::CPlace).with("path", file.display()).with("detail", error);
    let body = std::fs::read(file).map_err(unreadable)?;
    let parts = Parts { feed: String::new(), name: file.display().to_string(), body };
    Ok(adapter.receive(parts).await.ok())
}

fn read(mut offer: Offer, compiled: &Compiled, dictionary: &Dictionary, all: bool) -> Preview {
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
                PreviewRow { line, findings, ..PreviewRow::default() }
            }
            Ok(Some(Taken::Row(row))) => {
                let before = before(&header, &row, compiled, all);
                match bound.read(&row) {
                    Ok((incoming, findings)) => {
                        preview.good += 1;
                        let after = incoming.items.iter().map(|(no, value)| after(dictionary, *no, value, all)).collect();
                        PreviewRow { line: row.line, before, after, findings }
                    }
                    Err(findings) => {
                        preview.bad += 1;
                        PreviewRow { line: row.line, before, after: Vec::new(), findings }
                    }
                }
            }
        };
        if all || preview.rows.len() < SOME {
            preview.rows.push(row);
        }
        taken = offer.rows.next();
    }
    preview.batch_findings.extend(offer.rows.warnings());
    preview
}

/// The department's own fields; names are shown, values only where all is asked for, since they may be personal.
fn before(header: &Header, row: &Row, compiled: &Compiled, all: bool) -> Vec<(String, String)> {
    let _ = compiled;
    header
        .names()
        .iter()
        .zip(&row.cells)
        .map(|(name, cell)| {
            let text = cell.as_deref().unwrap_or_default();
            let shown = if all { text.to_owned() } else { hidden(text) };
            (name.to_string(), shown)
        })
        .collect()
}

fn hidden(text: &str) -> String {
    mask::mask(model::item::Mask::Name, text)
}

fn after(dictionary: &Dictionary, no: model::ItemNo, value: &Value, all: bool) -> (String, String) {
    let text = match value {
        Value::Text(text) => text.to_string(),
        Value::List(list) => list.join("；"),
    };
    let shown = match dictionary.get(no).and_then(|d| d.mask) {
        Some(kind) if !all => mask::mask(kind, &text),
        _ => text,
    };
    (dictionary.id(no).to_owned(), shown)
}
