//! What a look at a directory found and no page has offered yet.
//!
//! Offers are asked for some at a time. If each page looked anew, a hundred thousand files would be looked at thousands
//! of times over; so one look serves several pages. This may be forgotten at any moment: it saves looking and decides
//! nothing. Whatever it says of a file is asked again when the file is claimed.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Mutex, PoisonError};

/// A page's pile: what is still to be tried, best first.
pub struct Pile<T> {
    rest: VecDeque<T>,
    /// How many may still be tried before a new look is due.
    good_for: usize,
}

impl<T> Pile<T> {
    /// A fresh look. It serves until half of it was tried: what came meanwhile has its turn then, and in all each name
    /// is looked at about twice.
    pub fn new(found: Vec<T>) -> Self {
        Self {
            good_for: found.len() / 2,
            rest: found.into(),
        }
    }

    /// The next to be tried.
    pub fn pop(&mut self) -> Option<T> {
        self.good_for = self.good_for.saturating_sub(1);
        self.rest.pop_front()
    }
}

struct Kept<T> {
    pile: Pile<T>,
    /// Claims of the last page that were not acknowledged yet.
    open: BTreeSet<String>,
}

/// What is kept from one page to the next.
pub struct Backlog<T>(Mutex<Option<Kept<T>>>);

impl<T> Default for Backlog<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T> Backlog<T> {
    /// The pile that the next page goes on with, and not while something of the last page is open: that comes first,
    /// and only a look finds it. Whoever takes it and is dropped has forgotten it.
    pub fn take(&self) -> Option<Pile<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        (kept.open.is_empty() && kept.pile.good_for > 0).then_some(kept.pile)
    }

    /// After a page: what is left, and which claims it offered.
    pub fn keep(&self, pile: Pile<T>, open: impl Iterator<Item = String>) {
        let open = open.collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Kept { pile, open });
    }

    /// A claim was acknowledged.
    pub fn settled(&self, claim: &str) {
        if let Some(kept) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            kept.open.remove(claim);
        }
    }
}
