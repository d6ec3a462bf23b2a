//! Mode `disk` 导盘 / 回盘: files carried by hand, out and back.
//!
//! Out goes one BagIt bag (RFC 8493) per batch, signed, with a DBF table or a workbook inside; it is on the medium as a
//! whole or not at all; it is encrypted unless somebody said why not. Back comes a 回盘: the same kind of file, bare or in a
//! bag. The medium belongs to whoever carries it: nothing on it is moved or deleted by taking it in, and nothing on it is
//! believed before its copy here was checked.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        reason = "tests arrange the world around the code by hand"
    )
)]

mod adapter;
mod age;
mod bag;
#[cfg(test)]
mod behaviour;
mod cap;
mod claim;
mod copy;
mod export;
mod found;
mod inspect;
mod keys;
mod medium;
mod names;
mod opened;
mod opener;
mod page;
mod parse;
mod peer;
mod receipt;
mod returned;
mod seal;
mod settings;
mod sm;
mod source;
mod suite;
mod sum;
mod table;
#[cfg(test)]
mod testing;
mod took;
mod workbook;

pub use adapter::Disk;
pub use keys::public_key;
pub use settings::Settings;
