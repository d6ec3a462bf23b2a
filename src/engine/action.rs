//! What transitions ask of the world. Carried out by `perform`, after the commit, never before.

use model::{BatchId, DeptId};
use port::{Answer, Claim};
use std::path::PathBuf;

/// One thing to do.
#[derive(Clone, PartialEq, Debug)]
pub enum Action {
    /// Hand over a prepared batch.
    Deliver {
        /// Which.
        batch: BatchId,
        /// Where, if a person said so.
        place: Option<PathBuf>,
        /// An earlier hand-over may have begun.
        again: bool,
        /// Which copy, from 1.
        copy: u32,
    },
    /// Ask the other side what it says of a batch.
    Query {
        /// Which.
        batch: BatchId,
    },
    /// Let the rows of an accepted batch have effect.
    Take {
        /// Which.
        batch: BatchId,
    },
    /// Look for what came.
    Collect {
        /// From.
        dept: DeptId,
        /// Over.
        channel: String,
        /// Where, if a person said so.
        place: Option<PathBuf>,
    },
    /// Answer at the source.
    Acknowledge {
        /// At.
        dept: DeptId,
        /// Over.
        channel: String,
        /// Which source.
        claim: Claim,
        /// What.
        answer: Answer,
    },
}
