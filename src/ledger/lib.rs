//! The promise every store keeps, the records it keeps, and the books they add up to.
//!
//! The journal is the truth: everything that happened is an `Event`. `Books` is what the events add up to; every store
//! folds the same events with the same code, so a store can be replaced without the engine noticing.

pub mod account;
pub mod apply;
pub mod arriving;
pub mod books;
mod brief;
pub mod case_file;
pub mod codec;
pub mod codes;
pub mod custody;
pub mod day;
pub mod doubt;
pub mod due;
pub mod erased;
pub mod event;
pub mod keying;
pub mod lapse;
mod marks;
pub mod reviews;
pub mod shelf;
pub mod store;
pub mod tally;
pub mod trust;
mod under_way;

pub use arriving::Past;
pub use books::Books;
pub use brief::Brief;
pub use case_file::CaseFile;
pub use custody::{Custody, CustodyLine};
pub use day::{ClosedDay, DayBefore, DayFlow, DayLine, DaySheet};
pub use doubt::{Doubt, Trusted};
pub use erased::{Erasure, Needed, Sealed};
pub use event::{Event, Pos};
pub use lapse::{Lapse, Lapsed, Lapsing};
pub use store::{Ledger, LedgerError, Stats, StoryLine, Verified};
pub use trust::TrustedKey;
pub use under_way::Open;
