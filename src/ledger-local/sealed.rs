//! An index whose values are sealed under the node key: what the journal keeps from curious eyes must not lie open
//! beside it. Keys stay readable, since they are looked up by prefix; they hold numbers of cases and batches only.

use crate::index::{Index, IndexError, Meta};
use journal::{NodeKey, open_blob, seal_blob};
use ledger::shelf::{Change, Cold};
use seams::Rng;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Seals what goes into another index, and opens what comes out of it.
pub struct Sealed<I> {
    inner: I,
    key: Arc<NodeKey>,
    rng: Arc<dyn Rng>,
}

impl<I: Index> Sealed<I> {
    /// Over an index, under a key derived from the node's for this use alone.
    pub fn new(inner: I, key: &NodeKey, rng: Arc<dyn Rng>) -> Self {
        let key = Arc::new(NodeKey::from_bytes(key.derive("index", b"")));
        Self { inner, key, rng }
    }
}

impl<I: Index> Index for Sealed<I> {
    fn cold(&self) -> Arc<dyn Cold> {
        Arc::new(Opening {
            inner: self.inner.cold(),
            key: self.key.clone(),
        })
    }

    fn meta(&self) -> Result<Option<Meta>, IndexError> {
        self.inner.meta()
    }

    fn write(&mut self, changes: &[Change], meta: &Meta) -> Result<(), IndexError> {
        let sealed: Vec<Change> = changes
            .iter()
            .map(|(name, value)| {
                // The name is part of what is sealed: a value moved to another name does not open.
                let value = value
                    .as_deref()
                    .map(|plain| seal_blob(&self.key, name, plain, &*self.rng));
                (name.clone(), value)
            })
            .collect();
        self.inner.write(&sealed, meta)
    }

    fn reset(&mut self) -> Result<(), IndexError> {
        self.inner.reset()
    }
}

struct Opening {
    inner: Arc<dyn Cold>,
    key: Arc<NodeKey>,
}

impl Cold for Opening {
    fn get(&self, name: &str) -> Option<Vec<u8>> {
        let sealed = self.inner.get(name)?;
        match open_blob(&self.key, name, &sealed) {
            Ok(plain) => Some(plain),
            Err(error) => {
                tracing::error!(name, %error, "an index value does not open; make the index again: ledger rebuild");
                None
            }
        }
    }

    fn keys(&self, prefix: &str) -> Vec<String> {
        self.inner.keys(prefix)
    }
}
