//! Random writes, removals, lookings and reopenings agree with a map, over many merges.

use super::{meta, open};
use crate::Index;
use ledger::shelf::{Change, Cold};
use seams::{Rng, SeededRng};
use std::collections::BTreeMap;

/// A few keys often, many keys rarely; some share long beginnings, some begin others.
fn key(rng: &SeededRng) -> String {
    match rng.below(4) {
        0 => format!("open/{}", rng.below(20)),
        1 => format!("case/TH-{:06}", rng.below(3_000)),
        2 => format!("case/TH-{:06}", rng.below(40)),
        _ => format!("seen/stat\0/企业{}", "x".repeat(rng.below(30) as usize)),
    }
}

/// Mostly small; now and then larger than a block, and once in a while many blocks.
fn value(rng: &SeededRng) -> Vec<u8> {
    let len = match rng.below(200) {
        0 => 5_000 + rng.below(60_000),
        1..20 => rng.below(7_000),
        _ => rng.below(200),
    };
    let mut value = vec![0; len as usize];
    rng.fill(&mut value);
    value
}

pub fn changes(rng: &SeededRng, most: u64) -> Vec<Change> {
    (0..rng.below(most))
        .map(|_| (key(rng), (rng.below(4) > 0).then(|| value(rng))))
        .collect()
}

pub fn apply(model: &mut BTreeMap<String, Vec<u8>>, changes: &[Change]) {
    for (key, value) in changes {
        match value {
            Some(value) => model.insert(key.clone(), value.clone()),
            None => model.remove(key),
        };
    }
}

pub fn agree(cold: &dyn Cold, model: &BTreeMap<String, Vec<u8>>, rng: &SeededRng) {
    let from = |prefix: &str, after: &str, most: usize| -> Vec<String> {
        let keys = model.keys().filter(|k| k.starts_with(prefix) && k.as_str() > after);
        keys.take(most).cloned().collect()
    };
    assert_eq!(cold.keys("", "", usize::MAX), from("", "", usize::MAX));
    for _ in 0..30 {
        let key = key(rng);
        assert_eq!(cold.get(&key), model.get(&key).cloned(), "{key:?}");
        let prefix = &key[..key.char_indices().nth(rng.below(8) as usize).map_or(key.len(), |c| c.0)];
        let (after, most) = (self::key(rng), rng.below(9) as usize);
        assert_eq!(
            cold.keys(prefix, &after, most),
            from(prefix, &after, most),
            "{prefix:?} {after:?}"
        );
    }
}

#[test]
fn it_says_what_a_map_would_say() {
    for seed in 1..4 {
        let rng = SeededRng::new(seed);
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("index");
        let mut model = BTreeMap::new();
        let mut index = open(&path);
        // The first is never opened again, so that its merges go far.
        let writes = if seed == 1 { 460 } else { 200 };
        for n in 1..writes {
            let changes = changes(&rng, 80);
            index.write(&changes, &meta(n)).unwrap();
            apply(&mut model, &changes);
            if seed > 1 && rng.below(12) == 0 {
                drop(index);
                index = open(&path);
                assert_eq!(index.meta().unwrap(), Some(meta(n)));
            }
            if rng.below(12) == 0 {
                agree(&*index.cold(), &model, &rng);
            }
        }
        for (key, value) in &model {
            assert_eq!(index.cold().get(key).as_ref(), Some(value), "{key}");
        }
        agree(&*index.cold(), &model, &rng);
        assert!(!index.is_damaged());
        // Merges did take place, and took away what was removed.
        let level = index.list.runs.iter().map(|r| r.level).max();
        assert_eq!(level, Some(if seed == 1 { 2 } else { 1 }));
        assert!(index.list.runs.len() <= 3 * 2 * super::super::tiers::TIER);
    }
}
