//! A set as a BagIt bag (RFC 8493): the texts around the payload, written and read. No files here.
//!
//! The same rows give the same bytes for every copy: nothing in a bag says when or how often it was cut.

use crate::keys::{Signer, to_hex};
use crate::page::PAGE;
use crate::suite::Suite;
use crate::took::LIST;
use model::{BatchId, Code, Finding};
use port::{Before, Part};
use std::collections::BTreeMap;

/// Says that the directory is a bag.
pub(crate) const BAGIT: &str = "bagit.txt";
/// Says what is in it and for whom.
pub(crate) const INFO: &str = "bag-info.txt";
/// The label that names the set before: number, the sender's ledger's number, the digest that its slip shows: of its tag
/// manifest, in the suite it was cut in.
pub(crate) const BEFORE: &str = "Set-Before";
/// Where the payload lies.
pub(crate) const DATA: &str = "data/";

/// The most bytes one of these texts may have.
pub(crate) const TEXT_BYTES_MAX: u64 = 256 * 1024;

const BAGIT_TEXT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

/// What a set says of itself.
pub(crate) struct Label<'a> {
    pub(crate) number: &'a str,
    pub(crate) ledger: BatchId,
    pub(crate) sender: &'a str,
    pub(crate) recipient: &'a str,
    pub(crate) day: jiff::civil::Date,
    pub(crate) rows: usize,
    /// Column and sum.
    pub(crate) control_sum: Option<(String, String)>,
    /// The set before this one, where another gateway counts them.
    pub(crate) before: Option<&'a Before>,
}

impl Label<'_> {
    /// What is said of it to people: number, sender, recipient, rows.
    pub(crate) fn said(&self) -> (&str, &str, &str, usize) {
        (self.number, self.sender, self.recipient, self.rows)
    }
}

/// All files of a set, in the order they are written; nothing where the machine cannot sign. The payload's first file holds
/// the rows, what is behind it belongs to it.
pub(crate) fn parts(
    label: &Label<'_>,
    payload: Vec<(String, Vec<u8>)>,
    page: String,
    took: Option<Vec<u8>>,
    signer: &Signer,
) -> Option<Vec<Part>> {
    let suite = signer.suite();
    let in_data = |name: &str| format!("{DATA}{name}");
    let lines = payload.iter();
    let manifest: String = lines
        .map(|(name, bytes)| manifest_line(suite, &in_data(name), bytes))
        .collect();
    let part = |name: &str, bytes: Vec<u8>| Part {
        name: name.to_owned(),
        bytes,
        records: 0..0,
    };
    let mut parts = vec![
        part(BAGIT, BAGIT_TEXT.into()),
        part(INFO, info_text(label, &payload).into_bytes()),
        part(suite.manifest(), manifest.into_bytes()),
        part(PAGE, page.into_bytes()),
    ];
    parts.extend(took.map(|list| part(LIST, list)));
    let tags: String = parts
        .iter()
        .map(|part| manifest_line(suite, &part.name, &part.bytes))
        .collect();
    let signature = signer.sign(tags.as_bytes())?;
    let mut rows = 0..label.rows;
    for (name, bytes) in payload {
        parts.push(Part {
            records: std::mem::replace(&mut rows, 0..0),
            ..part(&in_data(&name), bytes)
        });
    }
    parts.push(part(suite.tag_manifest(), tags.into_bytes()));
    parts.push(part(suite.signature(), signature));
    Some(parts)
}

fn info_text(label: &Label<'_>, payload: &[(String, Vec<u8>)]) -> String {
    let bytes: usize = payload.iter().map(|(_, bytes)| bytes.len()).sum();
    let mut text = format!(
        "Bagging-Date: {}\nPayload-Oxum: {bytes}.{}\nBatch-Number: {}\nLedger-Batch: {}\nSender: {}\nRecipient: {}\nRows: {}\n",
        label.day,
        payload.len(),
        label.number,
        label.ledger,
        label.sender,
        label.recipient,
        label.rows
    );
    if let Some((column, sum)) = &label.control_sum {
        text.push_str(&format!("Control-Sum: {column} {sum}\n"));
    }
    if let Some(before) = label.before {
        text.push_str(&format!(
            "{BEFORE}: {} {} {}\n",
            before.number, before.batch, before.digest
        ));
    }
    text
}

fn manifest_line(suite: Suite, name: &str, bytes: &[u8]) -> String {
    format!("{}  {name}\n", to_hex(&suite.digest(bytes)))
}

fn structure(file: &str, detail: &str) -> Finding {
    Finding::new(Code::EStructure).with("detail", detail).file(file)
}

/// Reads `bagit.txt`: whether these are rules we know.
pub(crate) fn judge_bagit(bytes: &[u8]) -> Result<(), Finding> {
    let labels = labels(BAGIT, bytes)?;
    let is = |label: &str, allowed: &[&str]| labels.get(label).is_some_and(|v| allowed.contains(&v.as_str()));
    if !is("BagIt-Version", &["1.0", "0.97"]) {
        return Err(structure(BAGIT, "BagIt-Version"));
    }
    if !is("Tag-File-Character-Encoding", &["UTF-8"]) {
        return Err(structure(BAGIT, "Tag-File-Character-Encoding"));
    }
    Ok(())
}

/// Reads `Label: value` lines. A label that stands there twice is refused: nobody could say which one counts.
pub(crate) fn labels(file: &str, bytes: &[u8]) -> Result<BTreeMap<String, String>, Finding> {
    let text = std::str::from_utf8(bytes).map_err(|_| structure(file, "UTF-8"))?;
    let mut labels: BTreeMap<String, String> = BTreeMap::new();
    let mut last: Option<String> = None;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        if line.starts_with([' ', '\t']) {
            // A folded line goes on with the value before it.
            let value = last.as_ref().and_then(|label| labels.get_mut(label));
            let value = value.ok_or_else(|| structure(file, "续行无标签 continuation without a label"))?;
            value.push(' ');
            value.push_str(line.trim());
            continue;
        }
        let (label, value) = line
            .split_once(':')
            .ok_or_else(|| structure(file, "缺冒号 line without a colon"))?;
        let label = label.trim().to_owned();
        if labels.insert(label.clone(), value.trim().to_owned()).is_some() {
            return Err(structure(file, "标签重复 repeated label"));
        }
        last = Some(label);
    }
    Ok(labels)
}

/// Reads a manifest: path to digest, in the order of the paths.
pub(crate) fn manifest(file: &str, bytes: &[u8]) -> Result<BTreeMap<String, [u8; 32]>, Finding> {
    let text = std::str::from_utf8(bytes).map_err(|_| structure(file, "UTF-8"))?;
    let mut entries = BTreeMap::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (digest, path) = line
            .split_once([' ', '\t'])
            .ok_or_else(|| structure(file, "行格式 line"))?;
        let digest = crate::keys::from_hex::<32>(digest).ok_or_else(|| structure(file, "摘要 digest"))?;
        let path = path.trim_start_matches([' ', '\t', '*']);
        if !is_inside(path) {
            return Err(structure(file, "路径 path"));
        }
        if entries.insert(path.to_owned(), digest).is_some() {
            return Err(structure(file, "路径重复 repeated path"));
        }
    }
    Ok(entries)
}

/// A plain path that stays inside the bag: portable letters, no way up, nothing hidden.
pub(crate) fn is_inside(path: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
    };
    path.len() <= 120 && path.split('/').all(plain)
}

#[cfg(test)]
mod tests;
