//! What is told where the index is known to be damaged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::{WithKeptIndex, live_on};
use testkit::ledger_suite::{Ground as _, script};

/// An answer may rest on a value that is gone as well as a decision: where there is nothing to write, that is told too, and
/// what the books came to is written into no index.
#[test]
fn nobody_is_answered_from_a_damaged_index() {
    use testkit::ledger_suite::{dump, reference};
    for ends in [true, false] {
        let ground = WithKeptIndex::new();
        let mut ledger = ground.open().unwrap();
        live_on(&mut *ledger, 1);
        let writes = ground.index.0.lock().unwrap().writes;
        ground.index.0.lock().unwrap().damaged = true;
        if ends {
            assert!(ledger.checkpoint().is_err());
        } else {
            assert!(ledger.commit().is_err(), "with nothing to write");
        }
        drop(ledger);
        assert_eq!(
            ground.index.0.lock().unwrap().writes,
            writes,
            "nothing of it was written"
        );
        let mut ledger = ground.open().unwrap();
        assert_eq!(dump(ledger.books()), reference(&script(1, 60)));
    }
}
