//! Whether a text fits the place it goes to: the characters its encoding has, the bytes its column has.

use crate::UNIT_SEPARATOR;
use crate::chain::Wrong;
use formats::Encoding;
use formats::encoding::point;
use model::Code;

/// Judges each value of a cell. Nothing is cut and nothing stands in for a character.
pub(crate) fn fits(text: &str, encoding: Encoding, max_bytes: Option<u32>) -> Result<(), Wrong> {
    for value in text.split(UNIT_SEPARATOR) {
        let found = encoding.encoded_len(value).map_err(|lacking| {
            Wrong::from(Code::EUnmappable)
                .with("char", lacking.char)
                .with("point", point(lacking.char))
                .with("encoding", encoding.word())
        })?;
        if let Some(limit) = max_bytes.filter(|limit| u64::from(*limit) < found as u64) {
            return Err(Wrong::from(Code::ETooLong).with("found", found).with("limit", limit));
        }
    }
    Ok(())
}
