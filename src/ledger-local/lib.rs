//! The ledger of one machine: journal, index, and how the index is made again.
//!
//! The journal alone carries durability. The index is written behind it, each time as a whole or not at all; on open
//! the tail is folded in again, and an index that is missing, damaged or another journal's is set aside and rebuilt.

mod archive;
pub mod backup;
pub mod index;
pub mod ledger;
pub mod memory;
mod past;
mod reserve;
pub mod restore;
pub mod runs;

#[cfg(test)]
mod measure;
#[cfg(test)]
mod suite_tests;

pub use index::{Index, IndexError, Meta};
pub use ledger::{Guard, LocalLedger, Opened, Witnessed};
pub use memory::MemoryIndex;
pub use runs::SledIndex;
