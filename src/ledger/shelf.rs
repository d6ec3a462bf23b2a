//! One kind of record, kept hot where it is open or fresh, and found again in the index where it is not.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What lies beneath: the index as last written.
pub trait Cold: Send + Sync {
    /// The value of a key.
    fn get(&self, key: &str) -> Option<Vec<u8>>;
    /// Keys that begin so and come after this one, in order, `most` at most. No key comes before the empty one.
    fn keys(&self, prefix: &str, after: &str, most: usize) -> Vec<String>;
}

/// Nothing lies beneath.
pub struct Empty;

impl Cold for Empty {
    fn get(&self, _key: &str) -> Option<Vec<u8>> {
        None
    }
    fn keys(&self, _prefix: &str, _after: &str, _most: usize) -> Vec<String> {
        Vec::new()
    }
}

struct Slot<V> {
    value: V,
    dirty: bool,
}

/// Records of one kind by key.
pub struct Shelf<V> {
    prefix: &'static str,
    cold: Arc<dyn Cold>,
    hot: BTreeMap<String, Slot<V>>,
    removed: BTreeSet<String>,
}

/// What a checkpoint writes: `None` removes.
pub type Change = (String, Option<Vec<u8>>);

impl<V: Serialize + DeserializeOwned> Shelf<V> {
    /// An empty shelf over an index. `prefix` ends in `/` and belongs to this kind alone.
    pub fn new(prefix: &'static str, cold: Arc<dyn Cold>) -> Self {
        Self {
            prefix,
            cold,
            hot: BTreeMap::new(),
            removed: BTreeSet::new(),
        }
    }

    fn warm(&mut self, key: &str) {
        if self.hot.contains_key(key) || self.removed.contains(key) {
            return;
        }
        let stored = self.cold.get(&format!("{}{key}", self.prefix));
        if let Some(value) = stored.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
            self.hot.insert(key.to_owned(), Slot { value, dirty: false });
        }
    }

    /// Reads one.
    pub fn get(&mut self, key: &str) -> Option<&V> {
        self.warm(key);
        self.hot.get(key).map(|s| &s.value)
    }

    /// Reads one that is hot; never looks beneath.
    pub fn hot(&self, key: &str) -> Option<&V> {
        self.hot.get(key).map(|s| &s.value)
    }

    /// One to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.warm(key);
        self.hot.get_mut(key).map(|s| {
            s.dirty = true;
            &mut s.value
        })
    }

    /// Puts one.
    pub fn insert(&mut self, key: &str, value: V) {
        self.removed.remove(key);
        self.hot.insert(key.to_owned(), Slot { value, dirty: true });
    }

    /// Takes one away, beneath too at the next checkpoint.
    pub fn remove(&mut self, key: &str) {
        self.hot.remove(key);
        self.removed.insert(key.to_owned());
    }

    /// All that are hot, by key.
    pub fn iter_hot(&self) -> impl Iterator<Item = (&String, &V)> {
        self.hot.iter().map(|(k, s)| (k, &s.value))
    }

    /// Every key, hot or beneath, in order.
    pub fn keys(&self) -> Vec<String> {
        let mut keys: BTreeSet<String> = self
            .cold
            .keys(self.prefix, "", usize::MAX)
            .into_iter()
            .filter_map(|k| k.strip_prefix(self.prefix).map(str::to_owned))
            .filter(|k| !self.removed.contains(k))
            .collect();
        keys.extend(self.hot.keys().cloned());
        keys.into_iter().collect()
    }

    /// What changed since the last checkpoint, sorted; marks it written.
    pub fn changes(&mut self) -> Vec<Change> {
        let mut changes: Vec<Change> = Vec::new();
        for (key, slot) in &mut self.hot {
            if slot.dirty {
                slot.dirty = false;
                if let Ok(bytes) = serde_json::to_vec(&slot.value) {
                    changes.push((format!("{}{key}", self.prefix), Some(bytes)));
                }
            }
        }
        for key in std::mem::take(&mut self.removed) {
            changes.push((format!("{}{key}", self.prefix), None));
        }
        changes.sort();
        changes
    }

    /// Lets go of what is written and no longer needed hot.
    pub fn cool(&mut self, keep: impl Fn(&V) -> bool) {
        self.hot.retain(|_, slot| slot.dirty || keep(&slot.value));
    }
}
