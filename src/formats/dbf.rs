//! DBF: dBase III tables, read and written exactly; FoxPro's are read where they have the same kinds of fields.
//!
//! Ours, because libraries decode with replacements and read decimals as floats. Sizes are checked before the first
//! record: the header says how many bytes there must be, and a file of any other length is refused.
//!
//! A truncated file is always found, at whatever byte it is cut. One thing cannot be known: a file cut just before its
//! final end mark (0x1A) is whole, because the mark is optional.

mod head;
mod read;
mod write;

pub use read::{DbfReadOptions, DbfReader};
pub use write::{DbfField, DbfKind, DbfWriteOptions, DbfWriter};

use crate::{Encoding, fault};
use model::Finding;

/// Bytes of the file header and of each field description.
const BLOCK: usize = 32;
/// Ends the field descriptions.
const HEADER_END: u8 = 0x0D;
/// The version byte of Visual FoxPro, and the bytes its header has behind its end for the name of a database.
const VISUAL_FOXPRO: u8 = 0x30;
const BACK_LINK: usize = 263;
/// Ends the file, where it stands.
const FILE_END: u8 = 0x1A;
/// Stands before a record.
const LIVE: u8 = b' ';
/// Stands before a record its owner deleted.
const DELETED: u8 = b'*';

/// Fields are padded with single bytes, so a table cannot be UTF-16.
fn judge_encoding(encoding: Encoding) -> Result<(), Finding> {
    if encoding.is_wide() {
        return Err(fault::structure(
            "DBF不能用此编码 no encoding of a DBF",
            encoding.word(),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
