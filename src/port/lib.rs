//! The promise every adapter keeps.
//!
//! A department is reached by one of four modes; the engine knows only this trait. Rows cross it in the department's
//! own field names: adapters know transports, file mechanics and formats, and neither items nor cases nor the ledger.
//! They keep no state of their own: what must be remembered comes back to them as a position, a claim or a batch.
//!
//! The behaviour suite in `testkit` takes its test names from the bullets below and runs against every adapter.

mod abilities;
mod arriving;
mod factory;
mod fault;
mod leaving;
mod lying;
pub mod signed;

pub use abilities::{Abilities, Starts};
pub use arriving::{
    Answer, Ask, BatchVerdict, Claim, Declared, Offer, Parts, Position, RowAnswer, RowAnswers, RowSource, Taken,
};
pub use factory::{Context, Kept, ModeFactory, Secret, Secrets, TypedMode, erase};
pub use fault::{Fault, Next, short};
pub use leaving::{
    Before, Beside, DigestKind, Encoded, Misfit, Numbers, Outcome, Outgoing, Part, Prepared, Recalled, Record, Said,
    Slip, Took, Unencoded,
};
pub use lying::{Lying, Thing};

use async_trait::async_trait;
use std::path::Path;

/// One configured way to reach a department.
///
/// **Common to all methods.** An adapter may be asked again after a crash at any point; it never panics on what comes
/// from outside; it bounds every wait, byte and row; it classifies its faults and never retries by itself; it never
/// logs a value.
#[async_trait]
pub trait Adapter: Send + Sync {
    /// What this channel can do. Asked once, before anything else; the answer never changes.
    fn abilities(&self) -> Abilities;

    /// Is the other side there, and what exactly is wrong if not?
    ///
    /// - changes nothing on the other side
    /// - imitates real use (logs in, lists, opens), does not merely connect
    async fn probe(&self) -> Result<(), Fault>;

    /// Offers the next batches, oldest first, at most `ask.max` of them.
    ///
    /// - nothing at the source is acknowledged, deleted or put out of its owner's reach
    /// - may claim (rename on the same file system, conditional update) where the place is ours to arrange; a claim by
    ///   this node is offered again after a restart, a claim by another node never
    /// - what is still being written is left alone
    /// - a batch that cannot be read is still offered: its `rows` say why at the first `next`
    /// - died before: nothing happened. Died after: the same batches are offered again
    async fn collect(&self, ask: &Ask) -> Result<Vec<Offer>, Fault>;

    /// Waits until something may have come in: the next look need not wait for its time. The default waits for ever.
    ///
    /// - never instead of looking: what is not hinted at is found by the next look
    /// - may return for nothing, and again at once; whoever waits bounds how often he looks
    /// - changes nothing at the source, and may be dropped at any point
    async fn hint(&self) {
        std::future::pending::<()>().await;
    }

    /// The same as `collect` for what is pushed: a posted case, a callback, a clerk's form.
    ///
    /// - died after: the sender was told nothing and sends again; the digest recognises it
    async fn receive(&self, parts: Parts) -> Result<Offer, Fault>;

    /// The ledger has it: move, mark or answer at the source; write the receipt where the interface has one.
    ///
    /// - called with the same claim and answer any number of times, before and after a crash, ends in the same state
    /// - a claim whose source is already gone is a success
    async fn acknowledge(&self, claim: &Claim, answer: &Answer) -> Result<(), Fault>;

    /// The bytes that will leave. Pure and deterministic: same rows and numbers, same bytes, for ever.
    ///
    /// - rows that do not fit (too long, not encodable) are named, and nothing is encoded: the engine refuses those
    ///   and asks again with the rest
    /// - where each row fits and all together are too many for one batch, it says about how many are not: the engine makes a
    ///   batch of those, and the others are due again at once
    fn encode(&self, rows: &Outgoing, numbers: &Numbers) -> Result<Encoded, Unencoded>;

    /// Whether batches of this channel tell the other side what we took of its (`Outgoing::beside`): where something is to
    /// be told and no row is due, a batch without rows is made for it.
    fn tells(&self) -> bool {
        false
    }

    /// Whether a batch can be written to a place that a person names: asked before it is journalled that it may be there,
    /// so that a slip of the pen is no copy. The default knows no places.
    ///
    /// - changes nothing there
    async fn ready(&self, _place: &Path) -> Result<(), Fault> {
        Ok(())
    }

    /// Hands over one prepared batch, sending only the encoded bytes. One outcome for each record, in order.
    ///
    /// - called again with the same batch (`batch.again`), it finishes what was begun; where the interface is not
    ///   idempotent it looks first, and answers `Unknown` if looking cannot say; it never sends twice on a guess
    /// - `Err` says that the call as a whole got nowhere that is known; the engine will call again
    /// - died before: nothing left. Died after: it may all have left; the next call finds out
    async fn deliver(&self, batch: &Prepared) -> Result<Vec<Outcome>, Fault>;

    /// What the other side says of each record. The default cannot say.
    async fn query(&self, batch: &Prepared) -> Result<Vec<Said>, Fault> {
        Ok(vec![Said::CannotSay; batch.records.len()])
    }

    /// Whether a claim is still this node's: asked once all rows were read, and before they get effect. A node that was
    /// stopped for a while may have been taken over meanwhile. The default has no claims that others take over.
    ///
    /// - changes nothing
    async fn holds(&self, _claim: &Claim) -> Result<bool, Fault> {
        Ok(true)
    }

    /// Takes over what other nodes claimed at the source, because a person says those nodes are gone. The names that
    /// were taken over; they are offered at the next look. The default has no claims.
    ///
    /// - called again: what is left to take over, usually nothing
    async fn take_over(&self) -> Result<Vec<String>, Fault> {
        Ok(Vec::new())
    }

    /// What lies at a place that a person names, as far as this channel can tell. The default knows no places.
    ///
    /// - changes nothing there, takes nothing and answers nothing
    /// - what is none of this channel's business is named and not opened
    async fn inspect(&self, _place: &Path) -> Result<Vec<Lying>, Fault> {
        Ok(Vec::new())
    }

    /// What goes with a batch on paper. The default has nothing to say.
    ///
    /// - pure: the same batch, the same answer
    fn slip(&self, _batch: &Encoded) -> Option<Slip> {
        None
    }

    /// The fingerprint under which the configuration knows the other side, where it knows it by a key.
    fn pinned(&self) -> Option<String> {
        None
    }

    /// A person vouches for another key: from the next connection on it takes the place of the pinned one, and only it.
    /// Said again at every start, before anything else.
    fn trust(&self, _fingerprint: &str) {}

    /// Takes back what has not been taken. The default cannot.
    ///
    /// - after `Recalled`, nothing of the batch can be booked any more
    /// - called again after success: `Recalled` again
    async fn recall(&self, _batch: &Prepared) -> Result<Recalled, Fault> {
        Ok(Recalled::Impossible)
    }
}
