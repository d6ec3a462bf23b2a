//! The truth: an append-only, hash-chained, encrypted journal of groups.
//!
//! A group of entries is written with one write and one `fdatasync`; only then is anyone told "yes". The chain runs
//! over headers and footers and reaches the bodies through their digests, so that [`verify`] needs no key and a body
//! can be erased without breaking the chain. `layout` has the byte tables of format version 1.
//!
//! What an error means: after [`Journal::commit`] fails nobody knows whether the group is on the disk. The journal
//! refuses everything from then on; the process ends, and opening the journal again finds out.

mod archive;
mod blob;
mod crc;
mod damage;
mod digest;
mod encode;
mod erase;
mod error;
mod frame;
mod group;
mod head;
mod journal;
mod key;
mod layout;
mod open;
mod read;
mod replay;
mod room;
mod scan;
mod sealer;
mod segment;
mod sign;
mod snapshot;
mod verify;

pub use archive::{Archive, NoArchive, read_archive, verify_archive};
pub use blob::{BlobError, open_blob, seal_blob};
pub use damage::{Damage, DamageKind};
pub use digest::{Chain, Suite};
pub use error::JournalError;
pub use journal::{Journal, Limits, NewEntry};
pub use key::{KeyError, NodeKey};
pub use layout::{FORMAT_VERSION, KIND_ERASE, KIND_RESERVED, MAX_ENTRIES};
pub use open::OpenReport;
pub use read::{EntryPos, Reader, Stats};
pub use replay::{EntryView, GroupView};
pub use scan::TornTail;
pub use sealer::Sealer;
pub use sign::{HEAD_FORM, NoHead, NoPublicKey, PublicKey, Signature, SignedHead, Signer, signature_of};
pub use snapshot::{Copied, Snapshot, digest_of, public_key_of};
pub use verify::{Report, Trust, verify, verify_against};

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod testing;
