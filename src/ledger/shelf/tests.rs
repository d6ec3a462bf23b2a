//! A page over what is hot and what lies beneath is a page of what both add up to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{Cold, Kept, Shelf};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

struct Beneath(BTreeSet<String>);

impl Cold for Beneath {
    fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.0.contains(key).then(|| b"0".to_vec())
    }
    fn keys(&self, prefix: &str, after: &str, most: usize) -> Vec<String> {
        let keys = self.0.iter().filter(|k| k.starts_with(prefix) && k.as_str() > after);
        keys.take(most).cloned().collect()
    }
}

proptest! {
    #[test]
    fn a_page_is_what_the_model_says(
        beneath in btree_set("[ab][0-9]", 0..40),
        changes in vec(("[ab][0-9]", any::<bool>()), 0..40),
        prefix in "[ab]?",
        after in "([ab][0-9]?)?",
        most in 0_usize..12,
    ) {
        let cold = Beneath(beneath.iter().map(|k| format!("x/{k}")).chain(["w/a1".into(), "y/a1".into()]).collect());
        let mut shelf: Shelf<u32> = Shelf::new("x/", Arc::new(cold));
        let mut model = beneath;
        for (key, put) in changes {
            if put {
                shelf.insert(&key, 1);
                model.insert(key);
            } else {
                shelf.remove(&key);
                model.remove(&key);
            }
        }
        let expected: Vec<String> = model
            .iter()
            .filter(|k| k.starts_with(&prefix) && **k > after)
            .take(most)
            .cloned()
            .collect();
        prop_assert_eq!(shelf.page(&prefix, &after, most), expected);
        prop_assert_eq!(shelf.keys(), model.into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn what_is_trimmed_is_found_again_and_what_is_not_written_stays() {
    let mut shelf: Shelf<u32> = Shelf::new("x/", Arc::new(Beneath(["x/a1".to_owned()].into())));
    assert_eq!(shelf.get("a1"), Some(&0));
    shelf.insert("b1", 7);
    shelf.trim(2);
    assert!(shelf.hot("a1").is_some());
    shelf.trim(1);
    assert_eq!((shelf.hot("a1"), shelf.hot("b1")), (None, Some(&7)));
    assert_eq!(shelf.get("a1"), Some(&0));
    shelf.remove("a1");
    assert_eq!(shelf.changes().len(), 2);
    shelf.trim(0);
    // Told is not written: what nobody wrote is not forgotten, and what nobody removed does not come back.
    assert_eq!(shelf.hot("b1"), Some(&7));
    assert_eq!(shelf.get("a1"), None);
    assert_eq!(shelf.keys(), ["b1"]);
    shelf.written();
    shelf.trim(0);
    assert_eq!((shelf.hot("b1"), shelf.changes().len()), (None, 0));
}

/// What was asked for stays once more, for it may be asked for again; who does not ask again lets go of it.
#[test]
fn what_was_asked_for_stays_until_it_is_not() {
    let mut shelf: Shelf<u32> = Shelf::new("x/", Arc::new(Beneath(["x/a1".to_owned()].into())));
    assert_eq!(shelf.get("a1"), Some(&0));
    shelf.trim(0);
    assert!(shelf.hot("a1").is_some());
    shelf.trim(0);
    assert!(shelf.hot("a1").is_none());
    assert!(shelf.get_mut("a1").is_some());
    shelf.written();
    shelf.let_go();
    assert!(shelf.hot("a1").is_none());
}
