#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{Stand, TIER, due, share};

fn runs(levels: &[(u8, usize)]) -> Vec<Stand> {
    let of = |(level, len): &(u8, usize)| {
        vec![
            Stand {
                level: *level,
                busy: false
            };
            *len
        ]
    };
    levels.iter().flat_map(of).collect()
}

#[test]
fn the_oldest_of_a_full_level_are_merged() {
    assert_eq!(due(&[]), None);
    assert_eq!(due(&runs(&[(0, TIER - 1), (1, TIER - 1), (2, 1)])), None);
    assert_eq!(due(&runs(&[(0, TIER)])), Some(0..TIER));
    assert_eq!(due(&runs(&[(0, TIER + 2), (1, 3)])), Some(2..TIER + 2));
    assert_eq!(due(&runs(&[(0, 3), (1, TIER), (2, 1)])), Some(3..3 + TIER));
}

#[test]
fn a_level_has_one_merge_at_a_time() {
    let mut full = runs(&[(0, 2 * TIER), (1, TIER)]);
    assert_eq!(due(&full), Some(TIER..2 * TIER));
    full[TIER..2 * TIER].iter_mut().for_each(|r| r.busy = true);
    assert_eq!(due(&full), Some(2 * TIER..3 * TIER));
    full[2 * TIER..].iter_mut().for_each(|r| r.busy = true);
    assert_eq!(due(&full), None);
}

/// A merge under way: the numbers of its inputs, what is left of it, what each write does.
struct Going {
    ids: Vec<u64>,
    left: u64,
    share: u64,
}

/// Writes without end, each as large as the one before, in lives of so many writes. Says the most runs in a level and
/// the most that one write did; ages stay in order all the time.
fn go_on(writes: u64, life: u64) -> (usize, u64) {
    let (mut most, mut worst) = (0, 0);
    // Number of the youngest write in it, level, bytes.
    let mut all: Vec<(u64, u8, u64)> = Vec::new();
    let mut going: Vec<Going> = Vec::new();
    for n in 0..writes {
        if n % life == 0 {
            going.clear();
        }
        worst = going.iter().map(|m| m.share.min(m.left)).sum::<u64>().max(worst);
        for mut merge in std::mem::take(&mut going) {
            merge.left = merge.left.saturating_sub(merge.share);
            if merge.left > 0 {
                going.push(merge);
                continue;
            }
            let at = all.iter().position(|r| r.0 == merge.ids[0]).unwrap();
            let level = all[at].1 + 1;
            let inputs: Vec<_> = all.splice(at..at + merge.ids.len(), []).collect();
            assert_eq!(inputs.iter().map(|r| r.0).collect::<Vec<_>>(), merge.ids);
            all.insert(at, (inputs[0].0, level, inputs.iter().map(|r| r.2).sum()));
        }
        all.insert(0, (n, 0, SIZE));
        loop {
            let busy = |id: u64| going.iter().any(|m| m.ids.contains(&id));
            let stands: Vec<Stand> = all
                .iter()
                .map(|r| Stand {
                    level: r.1,
                    busy: busy(r.0),
                })
                .collect();
            let Some(range) = due(&stands) else { break };
            let total = all[range.clone()].iter().map(|r| r.2).sum();
            let level = all[range.start].1;
            let waiting = all.iter().filter(|r| r.1 == level).count();
            going.push(Going {
                ids: all[range].iter().map(|r| r.0).collect(),
                left: total,
                share: share(total, level, waiting),
            });
        }
        assert!(all.is_sorted_by(|a, b| a.0 > b.0 && a.1 <= b.1), "{all:?}");
        for level in 0..5 {
            most = all.iter().filter(|r| r.1 == level).count().max(most);
        }
    }
    (most, worst)
}

const SIZE: u64 = 1 << 20;

#[test]
fn merges_keep_up_with_writes() {
    let (most, worst) = go_on(3 * (TIER as u64).pow(3), u64::MAX);
    assert!(most <= 2 * TIER, "{most} runs in a level");
    assert!(worst <= 3 * (SIZE * 3 / 2 + 1), "{worst} bytes in a write");
}

/// A process that ends after every few writes forgets its merges each time, and still they are not put off for ever.
#[test]
fn merges_keep_up_in_short_lives() {
    for life in [2, 5, 30] {
        let (most, _) = go_on(3 * (TIER as u64).pow(3), life);
        assert!(most <= 3 * TIER, "{most} runs in a level, lives of {life} writes");
    }
}
