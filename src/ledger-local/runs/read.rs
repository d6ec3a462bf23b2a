//! Looking into the index: one key, or the keys that follow one.

use super::block::Record;
use super::braid::Braid;
use super::disk::Visit;
use super::store::Store;
use crate::index::IndexError;
use ledger::shelf::Cold;

impl Store {
    fn look_up(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        let hash = self.hash.of(key);
        for run in self.runs().iter().filter(|run| run.reaches(key)) {
            if !self.filter(run, key)?.may_have(hash) {
                continue;
            }
            let block = self.block(run, key)?;
            match block.find(key) {
                Some(Record::Value(value)) => return Ok(Some(value.to_vec())),
                Some(Record::Long(long)) => return self.long(run, long).map(Some),
                Some(Record::Removed) => return Ok(None),
                None => {}
            }
        }
        Ok(None)
    }

    fn list_keys(&self, prefix: &str, after: &str, most: usize) -> Result<Vec<String>, IndexError> {
        let mut keys = Vec::new();
        let from = prefix.max(after).as_bytes();
        let mut braid = Braid::new(self, &self.runs(), from, Visit::Once)?;
        while keys.len() < most
            && let Some(item) = braid.next(self)?
        {
            if !item.key().starts_with(prefix.as_bytes()) {
                break;
            }
            if item.record() != Record::Removed && item.key() > after.as_bytes() {
                let key = std::str::from_utf8(item.key()).map_err(|e| self.damage(e))?;
                keys.push(key.to_owned());
            }
        }
        Ok(keys)
    }
}

/// What cannot be read is damage, and damage is noted where the owner of the index looks before he writes.
impl Cold for Store {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        let found = self.look_up(key.as_bytes());
        found.unwrap_or_else(|error| {
            self.damage(error);
            None
        })
    }

    fn keys(&self, prefix: &str, after: &str, most: usize) -> Vec<String> {
        let found = self.list_keys(prefix, after, most);
        found.unwrap_or_else(|error| {
            self.damage(error);
            Vec::new()
        })
    }
}
