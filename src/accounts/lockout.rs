//! After failed logins the door stays shut for a while, longer each time.

#[cfg(test)]
mod tests;

/// So many failures cost nothing: people mistype.
const FREE: u32 = 5;
const FIRST_MS: i64 = 30_000;
const LONGEST_MS: i64 = 30 * 60_000;

/// For how long nobody can log in after so many failures in a row, milliseconds.
pub(crate) fn wait_ms(failed: u32) -> i64 {
    match failed.checked_sub(FREE) {
        None => 0,
        Some(more) => FIRST_MS
            .checked_shl(more)
            .filter(|ms| more < 16 && *ms < LONGEST_MS)
            .unwrap_or(LONGEST_MS),
    }
}
