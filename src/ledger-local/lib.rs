//! The ledger of one machine: journal, index, and how the index is made again.
//!
//! The journal alone carries durability. The index is written behind it, content first and the watermark last; on open
//! the tail is folded in again, and an index that is missing, damaged or another journal's is set aside and rebuilt.

pub mod index;
pub mod ledger;
pub mod memory;
mod past;
pub mod sled_index;

#[cfg(test)]
mod suite_tests;

pub use index::{Index, IndexError, Meta};
pub use ledger::{Guard, LocalLedger, Opened};
pub use memory::MemoryIndex;
pub use sled_index::SledIndex;
