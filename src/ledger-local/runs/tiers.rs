//! Which runs are merged next, and how fast. Runs stand in order of age, newest first, and only neighbours are merged:
//! whatever a newer run says stays newer.

use std::ops::Range;

#[cfg(test)]
mod tests;

/// Runs of one level that become one of the next.
pub const TIER: usize = 16;

/// Where a run stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stand {
    /// How often its records were merged.
    pub level: u8,
    /// It is being merged.
    pub busy: bool,
}

/// The oldest runs of the newest level that has enough of them and no merge under way.
pub fn due(runs: &[Stand]) -> Option<Range<usize>> {
    let mut begin = 0;
    while let Some(first) = runs.get(begin) {
        let len = runs[begin..].iter().take_while(|r| r.level == first.level).count();
        let end = begin + len;
        if len >= TIER && !runs[begin..end].iter().any(|r| r.busy) {
            return Some(end - TIER..end);
        }
        begin = end;
    }
    None
}

/// Bytes of a merge of `total` to do with each write. A level fills up once in `TIER^(level + 1)` writes; by then the
/// merge is over with a third of that time to spare, so no level holds more than twice its tier, and no single write
/// does much more than its share.
///
/// A merge is forgotten when the process ends. Where it ends often, more than a tier is `waiting` in the level; then the
/// share doubles with every second run, until the merge ends in the time that it has.
pub fn share(total: u64, level: u8, waiting: usize) -> u64 {
    let writes = (TIER as u64).saturating_pow(u32::from(level) + 1);
    let share = total.saturating_mul(3).div_ceil(writes.saturating_mul(2));
    let doubled = waiting.saturating_sub(TIER).div_euclid(2).min(32);
    share.saturating_mul(1 << doubled).max(LEAST)
}

/// Less is not worth beginning.
const LEAST: u64 = 64 * 1024;
