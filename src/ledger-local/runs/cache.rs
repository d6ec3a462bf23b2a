//! Opened parts that are kept in memory, up to a number of bytes; who was not asked for since the last look goes first.

use super::part::{Part, covers};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Room that a kept part takes beside its own bytes: its name, its slot, two entries in maps.
const BESIDE: usize = 160;

/// Parts of one kind by run and first key.
pub struct Cache<T> {
    most: usize,
    bytes: usize,
    by_run: HashMap<u64, BTreeMap<Vec<u8>, usize>>,
    slots: Vec<Option<Slot<T>>>,
    free: Vec<usize>,
    hand: usize,
}

struct Slot<T> {
    run: u64,
    first: Vec<u8>,
    part: Arc<T>,
    weight: usize,
    asked: bool,
}

impl<T: Part> Cache<T> {
    /// An empty one that keeps at most so many bytes.
    pub fn new(most: usize) -> Self {
        Self {
            most,
            bytes: 0,
            by_run: HashMap::new(),
            slots: Vec::new(),
            free: Vec::new(),
            hand: 0,
        }
    }

    /// The part of a run that reaches over a key.
    pub fn find(&mut self, run: u64, key: &[u8]) -> Option<Arc<T>> {
        let bounds = (std::ops::Bound::Unbounded, std::ops::Bound::Included(key));
        let (_, slot) = self.by_run.get(&run)?.range::<[u8], _>(bounds).next_back()?;
        let slot = self.slots.get_mut(*slot)?.as_mut()?;
        if !covers(&slot.part, key) {
            return None;
        }
        slot.asked = true;
        Some(slot.part.clone())
    }

    /// Keeps a part.
    pub fn put(&mut self, run: u64, first: &[u8], part: Arc<T>) {
        let weight = part.weight() + 2 * first.len() + BESIDE;
        if weight > self.most || self.by_run.get(&run).is_some_and(|r| r.contains_key(first)) {
            return;
        }
        while self.bytes + weight > self.most {
            self.let_one_go();
        }
        self.bytes += weight;
        let slot = Slot {
            run,
            first: first.to_vec(),
            part,
            weight,
            asked: false,
        };
        let at = match self.free.pop() {
            Some(at) => at,
            None => {
                self.slots.push(None);
                self.slots.len() - 1
            }
        };
        self.slots[at] = Some(slot);
        self.by_run.entry(run).or_default().insert(first.to_vec(), at);
    }

    /// Forgets a run.
    pub fn forget(&mut self, run: u64) {
        for at in self.by_run.remove(&run).unwrap_or_default().into_values() {
            if let Some(slot) = self.slots[at].take() {
                self.bytes -= slot.weight;
                self.free.push(at);
            }
        }
    }

    /// Bytes kept.
    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Goes round until it meets one that was not asked for. There is one: `bytes` is above nothing.
    fn let_one_go(&mut self) {
        loop {
            self.hand = (self.hand + 1) % self.slots.len().max(1);
            let Some(place) = self.slots.get_mut(self.hand) else {
                return;
            };
            let Some(slot) = place else { continue };
            if std::mem::take(&mut slot.asked) {
                continue;
            }
            let (run, first) = (slot.run, std::mem::take(&mut slot.first));
            self.bytes -= slot.weight;
            *place = None;
            self.free.push(self.hand);
            if let Some(parts) = self.by_run.get_mut(&run) {
                parts.remove(&first);
                if parts.is_empty() {
                    self.by_run.remove(&run);
                }
            }
            return;
        }
    }
}
