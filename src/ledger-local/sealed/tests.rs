//! Values come back as they went in, lie nowhere in clear, and do not open under another name or key.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::Sealed;
use crate::{Index, MemoryIndex, Meta};
use journal::NodeKey;
use ledger::shelf::Cold;
use seams::SystemRng;
use std::sync::{Arc, Mutex};

/// Keeps what it was given where the test can see it.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<MemoryIndex>>);

impl Index for Seen {
    fn cold(&self) -> Arc<dyn Cold> {
        self.0.lock().unwrap().cold()
    }
    fn meta(&self) -> Result<Option<Meta>, crate::IndexError> {
        self.0.lock().unwrap().meta()
    }
    fn write(&mut self, changes: &[ledger::shelf::Change], meta: &Meta) -> Result<(), crate::IndexError> {
        self.0.lock().unwrap().write(changes, meta)
    }
    fn reset(&mut self) -> Result<(), crate::IndexError> {
        self.0.lock().unwrap().reset()
    }
}

fn meta() -> Meta {
    let (counters, last) = Default::default();
    Meta {
        format: Meta::FORMAT,
        watermark: 1,
        chain: [0; 32],
        counters,
        last,
        last_time: 0,
    }
}

fn sealed(inner: Seen, key: u8) -> Sealed<Seen> {
    Sealed::new(inner, &NodeKey::from_bytes([key; 32]), Arc::new(SystemRng::new()))
}

#[test]
fn values_are_sealed_and_open_again() {
    let inner = Seen::default();
    let mut index = sealed(inner.clone(), 1);
    let plain = b"110199197602020020".to_vec();
    let changes = [
        ("case/1".to_owned(), Some(plain.clone())),
        ("case/2".to_owned(), Some(Vec::new())),
    ];
    index.write(&changes, &meta()).unwrap();
    assert_eq!(index.cold().get("case/1"), Some(plain.clone()));
    assert_eq!(index.cold().get("case/2"), Some(Vec::new()));
    assert_eq!(index.cold().get("case/3"), None);
    assert_eq!(index.cold().keys("case/"), ["case/1", "case/2"]);
    assert_eq!(index.meta().unwrap(), Some(meta()));
    let lies = inner.cold().get("case/1").unwrap();
    assert!(!lies.windows(plain.len()).any(|w| w == plain), "in clear");
    index.write(&[("case/1".to_owned(), None)], &meta()).unwrap();
    assert_eq!(index.cold().get("case/1"), None);
}

#[test]
fn another_name_or_key_opens_nothing() {
    let mut inner = Seen::default();
    let mut index = sealed(inner.clone(), 1);
    index
        .write(&[("case/1".to_owned(), Some(b"x".to_vec()))], &meta())
        .unwrap();
    assert_eq!(sealed(inner.clone(), 2).cold().get("case/1"), None);
    let moved = inner.cold().get("case/1");
    inner.write(&[("case/2".to_owned(), moved)], &meta()).unwrap();
    assert_eq!(index.cold().get("case/2"), None);
}
