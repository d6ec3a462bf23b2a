//! The list of runs: the one value that says which runs count, and with it up to where the index reflects the journal.
//! It is one value in sled, so it is replaced as a whole or not at all, and the index with it.

use crate::index::Meta;
use journal::{BlobError, NodeKey, open_blob, seal_blob};
use seams::Rng;
use serde::{Deserialize, Serialize};

/// What is sealed as a list is opened as nothing else.
const LABEL: &str = "list";

/// Everything the index is, apart from its records.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct List {
    /// Up to where it reflects the journal.
    pub meta: Option<Meta>,
    /// Runs from this number on were never begun.
    pub next: u64,
    /// The runs that count, newest first.
    pub runs: Vec<Listed>,
}

/// A run that counts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Listed {
    /// Its number. Numbers say nothing of age: a merge begins long before it ends.
    pub id: u64,
    /// What its values are sealed with, beside the node key.
    pub salt: [u8; 16],
    /// How often its records were merged.
    pub level: u8,
    /// Records, removed ones too.
    pub records: u64,
    /// Bytes of keys and values.
    pub bytes: u64,
    /// Blocks.
    pub blocks: u64,
    /// Sealed values of all kinds; they are numbered up to here.
    pub values: u32,
    /// Its first key.
    pub first: String,
    /// Its last key.
    pub last: String,
}

impl List {
    /// What goes to disk.
    pub fn seal(&self, key: &NodeKey, rng: &dyn Rng) -> Result<Vec<u8>, serde_json::Error> {
        Ok(seal_blob(key, LABEL, &serde_json::to_vec(self)?, rng))
    }

    /// What came from disk.
    pub fn open(key: &NodeKey, sealed: &[u8]) -> Result<Self, String> {
        let opened = open_blob(key, LABEL, sealed).map_err(|error: BlobError| error.to_string())?;
        serde_json::from_slice(&opened).map_err(|error| error.to_string())
    }
}
