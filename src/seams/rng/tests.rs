#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[test]
fn a_seed_repeats_and_another_seed_differs() {
    let draw = |seed| {
        let rng = SeededRng::new(seed);
        let mut bytes = [0u8; 33];
        rng.fill(&mut bytes);
        (bytes, rng.next_u64())
    };
    assert_eq!(draw(7), draw(7));
    assert_ne!(draw(7), draw(8));
}

#[test]
fn the_sequence_is_the_published_one() {
    // First outputs of the generator for seed 0; a change here would change every recorded simulation.
    let rng = SeededRng::new(0);
    assert_eq!(rng.next_u64(), 0xE220_A839_7B1D_CDAF);
    assert_eq!(rng.next_u64(), 0x6E78_9E6A_A1B9_65F4);
}

#[test]
fn below_stays_below_and_reaches_everything() {
    let rng = SeededRng::new(1);
    let mut seen = [false; 5];
    for _ in 0..200 {
        seen[usize::try_from(rng.below(5)).unwrap()] = true;
    }
    assert_eq!(seen, [true; 5]);
    assert_eq!(rng.below(0), 0);
    assert_eq!(rng.below(1), 0);
    for n in [2, 3, u64::MAX - 1, u64::MAX] {
        assert!(rng.below(n) < n);
    }
}

#[test]
fn forks_are_repeatable_and_apart() {
    let a = SeededRng::new(3);
    let b = SeededRng::new(3);
    let (fa, fb) = (a.fork(), b.fork());
    assert_eq!(fa.next_u64(), fb.next_u64());
    assert_ne!(fa.next_u64(), a.next_u64());
}

#[test]
fn the_machine_fills_the_whole_buffer() {
    let rng = SystemRng::new();
    let mut last = [0u8; 64];
    let ends_filled = (0..16).any(|_| {
        rng.fill(&mut last);
        last[63] != 0 && last[0] != 0
    });
    assert!(ends_filled);
    assert_ne!(rng.next_u64(), rng.next_u64());
}
