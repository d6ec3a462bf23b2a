//! An index in memory: for simulation, and for reading a ledger without writing beside it.

use crate::index::{Index, IndexError, Meta};
use ledger::shelf::{Change, Cold};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// Keys and values in memory.
#[derive(Default)]
pub struct MemoryIndex {
    map: Arc<Map>,
    meta: Option<Meta>,
}

#[derive(Default)]
struct Map(RwLock<BTreeMap<String, Vec<u8>>>);

impl Cold for Map {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }
    fn keys(&self, prefix: &str, after: &str, most: usize) -> Vec<String> {
        let map = self.0.read().unwrap_or_else(PoisonError::into_inner);
        map.range(prefix.max(after).to_owned()..)
            .map(|(key, _)| key)
            .take_while(|key| key.starts_with(prefix))
            .filter(|key| key.as_str() > after)
            .take(most)
            .cloned()
            .collect()
    }
}

impl Index for MemoryIndex {
    fn cold(&self) -> Arc<dyn Cold> {
        self.map.clone()
    }
    fn meta(&self) -> Result<Option<Meta>, IndexError> {
        Ok(self.meta)
    }
    fn write(&mut self, changes: &[Change], meta: &Meta) -> Result<(), IndexError> {
        let mut map = self.map.0.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in changes {
            match value {
                Some(value) => map.insert(key.clone(), value.clone()),
                None => map.remove(key),
            };
        }
        self.meta = Some(*meta);
        Ok(())
    }
    fn reset(&mut self) -> Result<(), IndexError> {
        *self = Self::default();
        Ok(())
    }
}
