#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::Cache;
use crate::runs::part::{Frame, Part};
use crate::runs::place::Kind;
use proptest::prelude::*;
use std::sync::Arc;

/// Reaches over ten numbers.
struct Ten(Frame, usize);

impl Part for Ten {
    const KIND: Kind = Kind::Block;
    fn parse(_first: &[u8], frame: Frame) -> Option<Self> {
        Some(Self(frame, 100))
    }
    fn next(&self) -> Option<&[u8]> {
        self.0.next()
    }
    fn weight(&self) -> usize {
        self.1
    }
}

fn ten(n: usize) -> (Vec<u8>, Arc<Ten>) {
    let name = |n: usize| format!("{n:05}").into_bytes();
    let next = name(n / 10 * 10 + 10);
    (
        name(n / 10 * 10),
        Arc::new(Ten(Frame::decode(Frame::encode(Some(&next), b"")).unwrap(), 100)),
    )
}

proptest! {
    #[test]
    fn what_is_found_reaches_over_the_key_and_room_is_kept(
        asks in prop::collection::vec((0u64..4, 0usize..500), 1..300),
        most in 0usize..4_000,
    ) {
        let mut cache = Cache::<Ten>::new(most);
        let mut hits = 0;
        for (run, n) in asks {
            let key = format!("{n:05}").into_bytes();
            if let Some(part) = cache.find(run, &key) {
                hits += 1;
                let expected = ten(n).1;
                prop_assert_eq!(part.next(), expected.next());
            } else {
                let (first, part) = ten(n);
                cache.put(run, &first, part);
            }
            prop_assert!(cache.bytes() <= most);
            if n % 97 == 0 {
                cache.forget(run);
                prop_assert!(cache.find(run, &key).is_none());
            }
        }
        // One of them with what lies beside it.
        prop_assert!(most >= 270 || hits == 0);
        (0..4).for_each(|run| cache.forget(run));
        prop_assert_eq!(cache.bytes(), 0);
    }
}

#[test]
fn what_is_asked_for_stays_and_the_rest_goes() {
    let mut cache = Cache::new(10 * 300);
    let often = ten(0);
    cache.put(1, &often.0, often.1);
    for n in 1..200 {
        assert!(cache.find(1, b"00005").is_some(), "gone after {n}");
        let (first, part) = ten(n * 10);
        cache.put(1, &first, part);
    }
    assert!(cache.find(1, b"00015").is_none());
    assert!(cache.find(2, b"00005").is_none());
}
