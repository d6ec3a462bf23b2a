//! Numbered directories: one file in each, and an empty file `END` that is put there last.
//!
//! Both sides count their own directories and never use a number again. A directory is taken whole, by one rename, and
//! so claimed, moved to `done` and taken back; nobody ever works inside a directory that the other side may take.

mod incoming;
mod inside;
mod outgoing;

pub use incoming::Inbox;
pub use inside::Inside;
pub use outgoing::Outbox;

/// The file that says that a directory is complete.
pub const END: &str = "END";

/// The number of a directory's name: digits only.
pub fn number_of(name: &str) -> Option<u64> {
    let plain = (1..=12).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| name.parse().ok()).flatten()
}

/// The name of a number: three digits at least.
fn name_of(number: u64) -> String {
    format!("{number:03}")
}
