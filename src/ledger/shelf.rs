//! One kind of record, kept hot where it is open or fresh, and found again in the index where it is not.

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Keys asked for at a time, where not more are wanted.
const PAGE: usize = 256;

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
    /// Changed since the last checkpoint.
    dirty: bool,
    /// Asked for since the shelf was last trimmed.
    asked: bool,
}

impl<V> Slot<V> {
    fn new(value: V, dirty: bool) -> Self {
        Self {
            value,
            dirty,
            asked: false,
        }
    }
}

/// How records of one kind are written beneath, and read again.
pub trait Form<V>: Send + Sync {
    /// What is written; `None` where it cannot be.
    fn store(&self, value: &V) -> Option<Vec<u8>>;
    /// What was written under a key.
    fn load(&self, key: &str, bytes: &[u8]) -> Option<V>;
}

/// As JSON.
pub struct Json;

impl<V: Serialize + DeserializeOwned> Form<V> for Json {
    fn store(&self, value: &V) -> Option<Vec<u8>> {
        serde_json::to_vec(value).ok()
    }
    fn load(&self, _key: &str, bytes: &[u8]) -> Option<V> {
        serde_json::from_slice(bytes).ok()
    }
}

/// Records of one kind by key.
pub struct Shelf<V> {
    prefix: &'static str,
    cold: Arc<dyn Cold>,
    form: Box<dyn Form<V>>,
    hot: BTreeMap<String, Slot<V>>,
    removed: BTreeSet<String>,
}

/// A kind of record, whatever it is, as a checkpoint sees it.
pub trait Kept {
    /// What changed since the last checkpoint, in no order.
    fn changes(&self) -> Vec<Change>;
    /// All that changed is written. Not to be called before it is: what is forgotten here is found beneath or nowhere.
    fn written(&mut self);
    /// Lets go of what is written and was not asked for since this was called last, where more than so many are hot: what a
    /// batch is prepared from is asked for again when it leaves.
    fn trim(&mut self, most: usize);
}

/// What a checkpoint writes: `None` removes.
pub type Change = (String, Option<Vec<u8>>);

impl<V: Serialize + DeserializeOwned> Shelf<V> {
    /// An empty shelf over an index, its records written as JSON. `prefix` ends in `/` and belongs to this kind alone.
    pub fn new(prefix: &'static str, cold: Arc<dyn Cold>) -> Self {
        Self::formed(prefix, cold, Json)
    }
}

impl<V> Shelf<V> {
    /// The same, its records written in a form of their own.
    pub fn formed(prefix: &'static str, cold: Arc<dyn Cold>, form: impl Form<V> + 'static) -> Self {
        Self {
            prefix,
            cold,
            form: Box::new(form),
            hot: BTreeMap::new(),
            removed: BTreeSet::new(),
        }
    }

    fn warm(&mut self, key: &str) {
        if self.hot.contains_key(key) || self.removed.contains(key) {
            return;
        }
        let stored = self.cold.get(&format!("{}{key}", self.prefix));
        if let Some(value) = stored.and_then(|bytes| self.form.load(key, &bytes)) {
            self.hot.insert(key.to_owned(), Slot::new(value, false));
        }
    }

    /// Reads one.
    pub fn get(&mut self, key: &str) -> Option<&V> {
        self.warm(key);
        self.hot.get_mut(key).map(|s| {
            s.asked = true;
            &s.value
        })
    }

    /// Reads one that is hot; never looks beneath.
    pub fn hot(&self, key: &str) -> Option<&V> {
        self.hot.get(key).map(|s| &s.value)
    }

    /// One to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut V> {
        self.warm(key);
        self.hot.get_mut(key).map(|s| {
            (s.dirty, s.asked) = (true, true);
            &mut s.value
        })
    }

    /// One to change; made first where there is none.
    pub fn or_default(&mut self, key: &str) -> &mut V
    where
        V: Default,
    {
        self.warm(key);
        self.removed.remove(key);
        let none = || Slot::new(V::default(), true);
        let slot = self.hot.entry(key.to_owned()).or_insert_with(none);
        slot.dirty = true;
        &mut slot.value
    }

    /// Puts one.
    pub fn insert(&mut self, key: &str, value: V) {
        self.removed.remove(key);
        self.hot.insert(key.to_owned(), Slot::new(value, true));
    }

    /// Takes one away, beneath too at the next checkpoint.
    pub fn remove(&mut self, key: &str) {
        self.hot.remove(key);
        self.removed.insert(key.to_owned());
    }

    /// Takes one that is hot out of the shelf; beneath it stays.
    pub(crate) fn take(&mut self, key: &str) -> Option<V> {
        self.hot.remove(key).map(|slot| slot.value)
    }

    /// Lets go of all that is written.
    pub(crate) fn let_go(&mut self) {
        self.hot.retain(|_, slot| slot.dirty);
    }

    /// All that are hot, by key.
    pub fn iter_hot(&self) -> impl Iterator<Item = (&String, &V)> {
        self.hot.iter().map(|(k, s)| (k, &s.value))
    }

    /// Every key, hot or beneath, in order.
    pub fn keys(&self) -> Vec<String> {
        self.page("", "", usize::MAX)
    }

    /// Keys that begin so and come after this one, hot or beneath, in order, `most` at most.
    pub fn page(&self, prefix: &str, after: &str, most: usize) -> Vec<String> {
        let from = prefix.max(after);
        let hot = self.hot.range(from.to_owned()..).map(|(key, _)| key);
        let hot = hot.take_while(|key| key.starts_with(prefix));
        let mut keys: BTreeSet<String> = hot.filter(|key| key.as_str() > after).take(most).cloned().collect();
        let beneath = format!("{}{prefix}", self.prefix);
        let mut last = format!("{}{after}", self.prefix);
        let (mut found, mut wanted) = (0, most);
        while found < most {
            let page = self.cold.keys(&beneath, &last, wanted);
            let ended = page.len() < wanted;
            for key in &page {
                let Some(key) = key.strip_prefix(self.prefix) else {
                    continue;
                };
                if !self.removed.contains(key) {
                    found += 1;
                    keys.insert(key.to_owned());
                }
            }
            match page.into_iter().next_back() {
                Some(key) if !ended => last = key,
                _ => break,
            }
            // Some of them were taken away meanwhile, and more may have been.
            wanted = wanted.saturating_mul(2).min(PAGE).max(most.saturating_sub(found));
        }
        keys.into_iter().take(most).collect()
    }

    /// Reads all there are, for good: of a kind that is never let go of. In order.
    pub fn warm_all(&mut self) -> Vec<V>
    where
        V: Clone,
    {
        let keys = self.keys();
        keys.iter().filter_map(|key| self.get(key).cloned()).collect()
    }
}

impl<V> Kept for Shelf<V> {
    fn changes(&self) -> Vec<Change> {
        let dirty = self.hot.iter().filter(|(_, slot)| slot.dirty);
        let mut changes: Vec<Change> = dirty
            .filter_map(|(key, slot)| {
                let mut bytes = self.form.store(&slot.value)?;
                // All of them are at hand at once.
                bytes.shrink_to_fit();
                Some((format!("{}{key}", self.prefix), Some(bytes)))
            })
            .collect();
        let removed = self.removed.iter();
        changes.extend(removed.map(|key| (format!("{}{key}", self.prefix), None)));
        changes
    }

    fn written(&mut self) {
        for slot in self.hot.values_mut() {
            slot.dirty = false;
        }
        self.removed.clear();
    }

    fn trim(&mut self, most: usize) {
        if self.hot.len() > most {
            self.hot.retain(|_, slot| slot.dirty || slot.asked);
        }
        for slot in self.hot.values_mut() {
            slot.asked = false;
        }
    }
}

#[cfg(test)]
mod tests;
