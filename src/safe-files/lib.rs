//! Write-then-rename, fsync, claims and bounds: file mechanics without domain words.
//!
//! The other side is another program, perhaps an old or a hostile one, that sees every intermediate state and may
//! change anything between two of our calls. So: names are checked, links are not followed, nothing is overwritten,
//! a file appears whole or not at all, and what was read is what stood there before and after.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests arrange the world around the code by hand"
    )
)]

mod claim;
mod error;
mod lock;
mod look;
mod names;
mod read;
mod space;
mod temp;
mod tree;
mod worker;
mod write;

pub use claim::claim;
pub use error::FileError;
pub use lock::{DirLock, Held};
pub use look::{Look, Steady, look, look_at};
pub use names::{Dots, MAX_NAME, NameError, check_name};
pub use read::{open_regular, read_bounded};
pub use space::free_bytes;
pub use temp::anonymous;
pub use tree::{Names, Reading, Stands, Tree};
pub use worker::{Bounds, Given, Worker, confine};
pub use write::{NewFile, sync_dir, write_new, write_over};
