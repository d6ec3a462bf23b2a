//! What somebody is typing: one sealed file for each person and task, written whole, gone once it is done.
//!
//! Two people who type about one task never write over each other, and no draft is ever part of the ledger.

use journal::{NodeKey, open_blob, seal_blob};
use model::{Code, Finding};
use safe_files::{read_bounded, write_over};
use seams::Rng;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Longest draft, bytes.
const MOST: usize = 256 << 10;

/// What was typed so far.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Draft {
    /// When it was kept, milliseconds since 1970.
    #[serde(default)]
    pub(crate) at: i64,
    /// Its person has looked for the case in the department's system.
    #[serde(default)]
    pub(crate) looked: bool,
    /// Until when the task is its person's, as far as was last told, milliseconds since 1970.
    #[serde(default)]
    pub(crate) until: i64,
    /// The page it was typed on, and which one of that page's it is; empty where no script said so.
    #[serde(default)]
    pub(crate) page: String,
    #[serde(default)]
    pub(crate) turn: u64,
    /// It was taken to prove what somebody else keyed.
    #[serde(default)]
    pub(crate) verify: bool,
    /// Texts by the name of their input.
    #[serde(default)]
    pub(crate) texts: BTreeMap<String, String>,
}

/// The drafts of a node.
pub(crate) struct Drafts {
    dir: PathBuf,
    key: NodeKey,
    rng: Arc<dyn Rng>,
}

impl Drafts {
    pub(crate) fn new(dir: PathBuf, key: NodeKey, rng: Arc<dyn Rng>) -> Self {
        Self { dir, key, rng }
    }

    /// Keeps one: on the disk when this answers.
    pub(crate) fn keep(&self, task: &str, person: &str, draft: &Draft) -> Result<(), Finding> {
        let name = name(task, person);
        let plain = serde_json::to_vec(draft).unwrap_or_default();
        if plain.len() > MOST {
            let finding = Finding::new(Code::ETooLarge).with("found", plain.len());
            return Err(finding.with("limit", MOST).with("setting", "draft"));
        }
        let sealed = seal_blob(&self.key, &label(&name), &plain, &*self.rng);
        write_over(&self.dir, &name, &sealed).map_err(|e| {
            Finding::new(Code::CPlace)
                .with("path", self.dir.display())
                .with("detail", e)
        })
    }

    /// One that was kept. What does not open is none: a draft is no truth that anything rests on.
    pub(crate) fn find(&self, task: &str, person: &str) -> Draft {
        let name = name(task, person);
        let path = self.dir.join(&name);
        if !path.exists() {
            return Draft::default();
        }
        let read = read_bounded(&path, 2 * MOST as u64).ok();
        let plain = read.and_then(|(sealed, _)| open_blob(&self.key, &label(&name), &sealed).ok());
        let draft = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
        draft.unwrap_or_else(|| {
            tracing::warn!(task, "a draft does not open");
            Draft::default()
        })
    }

    /// It is done.
    #[allow(
        clippy::disallowed_methods,
        reason = "a draft of our own, under a name of our own, once it is done"
    )]
    pub(crate) fn drop(&self, task: &str, person: &str) {
        let _ = std::fs::remove_file(self.dir.join(name(task, person)));
    }
}

/// A file name that says nothing of the person.
fn name(task: &str, person: &str) -> String {
    let both = format!("{task}\0{person}");
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, both.as_bytes());
    let hex: String = digest.as_ref().iter().take(16).map(|b| format!("{b:02x}")).collect();
    format!("{hex}.draft")
}

fn label(name: &str) -> String {
    format!("draft/{name}")
}
