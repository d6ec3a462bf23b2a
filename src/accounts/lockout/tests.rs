#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;

#[test]
fn waits_grow_to_their_bound_and_never_shrink() {
    let waits: Vec<i64> = [0, 4, 5, 6, 7, 8, 9, 10, 11, 12, 60, 64, 100, u32::MAX]
        .map(|n| wait_ms(n) / 1000)
        .to_vec();
    assert_eq!(
        waits,
        [0, 0, 30, 60, 120, 240, 480, 960, 1800, 1800, 1800, 1800, 1800, 1800]
    );
}
