//! What the ledger needs of an index: a handful of methods, so that another store takes an afternoon.

use ::ledger::books::Counters;
use ::ledger::event::Pos;
use ::ledger::shelf::{Change, Cold};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use thiserror::Error;

/// The index cannot be used. It is set aside and made again; nothing is lost.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct IndexError(pub String);

/// Up to where the index reflects the journal.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Meta {
    /// Version of the index's own format.
    pub format: u32,
    /// Groups up to this one are in it, wholly.
    pub watermark: u64,
    /// Chain head after that group: an index of another journal does not have it.
    pub chain: [u8; 32],
    /// Next numbers.
    pub counters: Counters,
    /// The last entry folded in.
    pub last: Pos,
    /// Its time, milliseconds since 1970.
    pub last_time: i64,
}

impl Meta {
    /// The format written. 2: values sealed. 3: what is due, open, refused and arriving has records of its own.
    /// 4: sorted runs. 5: blocks packed, young cases told briefly. 7: what is due stands in its key
    /// alone, and how a batch stands that is under way beside it. 8: how far the proof of what was keyed is.
    pub const FORMAT: u32 = 8;
}

/// An index.
pub trait Index: Send {
    /// What readers look into: always the state after the last write.
    fn cold(&self) -> Arc<dyn Cold>;
    /// Up to where it reflects the journal; `None` where it was never written.
    fn meta(&self) -> Result<Option<Meta>, IndexError>;
    /// Writes changes and watermark as one. Whenever the process dies, the index is what it was after some write that
    /// ended well, the last or one before: its content is never newer than its watermark, for what is folded in
    /// twice is counted twice. Of several changes
    /// of one key the last counts. After an error it reads as before and is written no more until it is reset.
    fn write(&mut self, changes: &[Change], meta: &Meta) -> Result<(), IndexError>;
    /// A value was found that cannot be what was written. What was read since may be wrong.
    fn is_damaged(&self) -> bool {
        false
    }
    /// Sets it aside and begins an empty one.
    fn reset(&mut self) -> Result<(), IndexError>;
}
