//! One suite for every store: what the ledger promises, tried with scripts of events against a store that can be closed,
//! cut off, spoiled and opened again.
//!
//! A store's tests implement [`Ground`] and call [`ledger_suite!`](macro@crate::ledger_suite). The books a store shows are
//! compared with the same events folded over nothing ([`dump`]): whatever a store keeps beneath must not be seen.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "this is test code that other crates' tests call"
)]

mod cases;
mod dump;
mod erased;
mod script;

pub use cases::*;
pub use dump::{dump, reference};
pub use erased::what_is_erased_is_gone_and_the_rest_is_as_it_was;
pub use script::{Group, script};

use ledger::{Ledger, LedgerError};

/// What can happen to an index while nobody looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spoil {
    /// Somebody deleted it.
    Lost,
    /// Bytes in it are not what they were, or its end is missing; the number chooses where.
    Torn(u64),
    /// Another ledger's index stands in its place.
    Foreign,
}

/// A place where a store can be opened again and again.
pub trait Ground: Sized {
    /// How many lives a case tries: fewer where opening and committing take long.
    const LIVES: u64 = 6;

    /// An empty place.
    fn new() -> Self;

    /// Opens the store that is here, or makes one. Whoever opened it before has let go of it.
    fn open(&self) -> Result<Box<dyn Ledger>, LedgerError>;

    /// Why the index had to be made again at the last opening, where it had.
    fn rebuilt(&self) -> Option<String>;

    /// Whether the last opening found something wrong with the truth and said so, though it could go on.
    fn warned(&self) -> bool;

    /// Spoils the index. `false` where there is none that outlives the store.
    fn spoil(&self, how: Spoil) -> bool;

    /// The power goes: what was not synced is lost in part. `false` where a place cannot play that.
    fn cut_power(&self, seed: u64) -> bool;

    /// The `n`th call to the disk from now on fails. `false` where a place cannot play that.
    fn fail_at(&self, n: u64) -> bool;

    /// The files of the truth, by name. Compared and put back, never read.
    fn files(&self) -> Vec<(String, Vec<u8>)>;

    /// Overwrites a file of the truth behind the store's back.
    fn put(&self, name: &str, bytes: &[u8]);

    /// The files of the truth are these again, and no others.
    fn restore(&self, files: &[(String, Vec<u8>)]);
}

/// The cases of the suite as tests on a [`Ground`].
#[macro_export]
macro_rules! ledger_suite {
    ($ground:ty) => {
        $crate::ledger_suite!(
            $ground;
            what_is_committed_is_read_and_told,
            what_is_not_committed_never_happened,
            opening_again_gives_equal_books,
            a_checkpoint_changes_no_answer,
            making_the_index_again_gives_equal_books,
            a_lost_index_is_made_again,
            a_torn_index_is_made_again,
            a_foreign_index_is_set_aside,
            a_power_cut_keeps_what_was_committed_and_nothing_else,
            a_commit_that_fails_is_whole_or_not_there,
            a_flipped_byte_is_found,
            what_is_erased_is_gone_and_the_rest_is_as_it_was,
        );
    };
    ($ground:ty; $($case:ident),+ $(,)?) => {$(
        #[test]
        fn $case() {
            $crate::ledger_suite::$case::<$ground>();
        }
    )+};
}
