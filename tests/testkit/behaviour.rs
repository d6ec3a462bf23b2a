//! One suite for every adapter: what the port promises, tried against the mode's real other side.
//!
//! A mode's tests implement [`Counterpart`] over a living department and call [`behaviour_suite!`](crate::behaviour_suite);
//! every case becomes a test of its own name. A case asks the adapter's abilities what applies: where an ability is
//! missing it checks the opposite (a channel that cannot recall says so and the department books), so that no case
//! passes by looking away.
//!
//! A crash is one process that ends: the adapter lives in a runtime of its own, its future is polled so many times and
//! dropped, and the runtime with every task and connection in it goes too. Then a fresh adapter is asked again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "this is test code that other crates' tests call"
)]

mod arriving;
mod leaving;
mod node;
mod taking_back;

pub use arriving::*;
pub use leaving::*;
pub use node::{Node, Verdict, tree};
pub use taking_back::*;

use async_trait::async_trait;
use model::{CaseNo, Row};
use port::{Adapter, Numbers, Offer, Outgoing};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The case that every counterpart refuses, with the code [`Counterpart::refusal`] names.
pub const REFUSED: u32 = 999;

/// The living other side of one mode, as a case of the suite sees it.
#[async_trait]
pub trait Counterpart: Send + Sync + 'static {
    /// A fresh adapter: what a restarted node holds. Called inside the runtime that it will live in.
    fn adapter(&self) -> Arc<dyn Adapter>;

    /// An adapter of another node over the same place, where batches are claimed there.
    fn neighbour(&self) -> Arc<dyn Adapter> {
        panic!("nobody claims anything here")
    }

    /// First hand-overs of these cases, one row and one record each. Case [`REFUSED`] is refused by the department.
    fn outgoing(&self, cases: &[u32]) -> Outgoing;

    /// The numbers of the `seq`th batch of a day, from 1. Counterparts may have as few as 200 in a day.
    fn numbers(&self, seq: u32) -> Numbers;

    /// Makes a row that does not fit the interface; whatever it writes contains [`SECRET`] if it writes at all.
    fn spoil(&self, row: &mut Row);

    /// The department does all it can do by itself: takes, books, answers.
    async fn let_department_work(&self);

    /// How often a case stands in the department's own books.
    fn booked(&self, case_no: &CaseNo) -> usize;

    /// The return code by which case [`REFUSED`] is refused.
    fn refusal(&self) -> &str;

    /// The column in which rows that come back name their case.
    fn case_column(&self) -> &str;

    /// The column of the return code, where receipts come back as rows.
    fn code_column(&self) -> Option<&str> {
        None
    }

    /// The word in that column that says the case is booked.
    fn good(&self) -> &str {
        "0000"
    }

    /// Where a person carries batches to and from; absent where the place is configured.
    fn place(&self) -> Option<PathBuf> {
        None
    }

    /// The other side as far as we can reach it: names and bytes. Compared, never interpreted.
    fn seen(&self) -> BTreeMap<String, Vec<u8>>;

    /// What the department has ready looks unfinished from now on.
    async fn half_write(&self);

    /// What looked unfinished is finished.
    async fn finish(&self);

    /// Two offers of one content under two names, then one of another content. Answers to two cases are ready.
    async fn twins(&self, adapter: &dyn Adapter) -> [Offer; 3];

    /// The other side goes away.
    async fn go_down(&self);

    /// It is back, with everything it had.
    async fn come_back(&self);
}

/// Stands in every value that [`Counterpart::spoil`] writes and in no fault or finding.
pub const SECRET: &str = "不可外泄";

/// The cases of the suite as tests against `$make`, an expression in an async function giving an `Arc` of a
/// [`Counterpart`]. With a list of names after it, only these.
#[macro_export]
macro_rules! behaviour_suite {
    ($make:expr) => {
        $crate::behaviour_suite!(
            $make;
            encode_is_deterministic_and_the_same_after_a_restart,
            misfits_are_named_and_nothing_is_encoded,
            deliver_books_each_record_exactly_once,
            deliver_again_books_nothing_twice,
            a_crash_before_deliver_returns_loses_and_doubles_nothing,
            a_crash_before_deliver_returns_while_the_department_is_quick,
            a_refused_record_is_named_and_the_others_are_booked,
            batches_in_reverse_order_lose_nothing,
            deliver_to_one_that_is_down_is_made_good_later,
            collect_offers_oldest_first_and_again_until_acknowledged,
            collect_twice_gives_the_same_digests,
            a_crash_before_collect_returns_offers_again,
            a_crash_between_collect_and_acknowledge_offers_again,
            a_crash_before_acknowledge_returns_is_made_good,
            acknowledge_twice_is_the_same,
            the_same_content_has_the_same_digest,
            a_half_written_batch_is_left_alone,
            recall_of_an_untaken_batch_books_nothing,
            recall_twice_is_the_same,
            recall_of_a_taken_batch_does_not_say_recalled,
            a_crash_before_recall_returns_is_made_good,
            query_says_what_is_so,
            probe_changes_nothing,
            probe_says_what_is_wrong,
        );
    };
    ($make:expr; $($case:ident),+ $(,)?) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $case() {
            $crate::behaviour::$case($make).await;
        }
    )+};
}
