//! The content of an age file: pieces of 64 KiB, each with an authenticator that knows its place and whether it is the
//! last. A piece is given out only after it was found sound; that the last one is there is known at the end.

use super::Trouble;
use super::header::{FileKey, TAG, cipher, derived};
use aws_lc_rs::aead::{Aad, LessSafeKey, Nonce};
use aws_lc_rs::error::Unspecified;
use std::io::{self, BufRead, Read as _};

/// Bytes of a piece, but for the last.
pub(super) const PIECE: usize = 64 * 1024;
/// Bytes before the first piece.
pub(super) const SALT: usize = 16;

fn key(file: &FileKey, salt: &[u8; SALT]) -> Result<LessSafeKey, Unspecified> {
    cipher(&derived(file, salt, b"payload")?)
}

/// Eleven bytes of a number, one that says whether this is the last.
fn nonce(at: u64, last: bool) -> Nonce {
    let mut bytes = [0; 12];
    bytes[3..11].copy_from_slice(&at.to_be_bytes());
    bytes[11] = u8::from(last);
    Nonce::assume_unique_for_key(bytes)
}

/// Adds salt and pieces to `out`.
pub(super) fn write(file: &FileKey, salt: &[u8; SALT], content: &[u8], out: &mut Vec<u8>) -> Result<(), Unspecified> {
    let key = key(file, salt)?;
    out.extend_from_slice(salt);
    let pieces = content.len().div_ceil(PIECE).max(1);
    for at in 0..pieces {
        let piece = content
            .get(at * PIECE..content.len().min((at + 1) * PIECE))
            .unwrap_or_default();
        let begin = out.len();
        out.extend_from_slice(piece);
        let body = out.get_mut(begin..).unwrap_or_default();
        let tag = key.seal_in_place_separate_tag(nonce(at as u64, at + 1 == pieces), Aad::empty(), body)?;
        out.extend_from_slice(tag.as_ref());
    }
    Ok(())
}

/// The pieces of a file whose key is known.
pub(crate) struct Pieces<R> {
    from: R,
    key: LessSafeKey,
    at: u64,
    ended: bool,
    piece: Vec<u8>,
}

const CUT: Trouble = Trouble::Broken("被截断 cut short");

impl<R: BufRead> Pieces<R> {
    pub(super) fn new(file: &FileKey, mut from: R) -> Result<Self, Trouble> {
        let mut salt = [0; SALT];
        from.read_exact(&mut salt).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => CUT,
            _ => Trouble::Medium(error),
        })?;
        let key = key(file, &salt).map_err(|_| CUT)?;
        Ok(Self {
            from,
            key,
            at: 0,
            ended: false,
            piece: Vec::with_capacity(PIECE + TAG),
        })
    }

    /// The next piece in clear; `None` after the last. After an error nothing more is given.
    pub(crate) fn next(&mut self) -> Result<Option<&[u8]>, Trouble> {
        if self.ended {
            return Ok(None);
        }
        self.ended = true;
        self.piece.clear();
        let whole = (PIECE + TAG) as u64;
        self.from.by_ref().take(whole).read_to_end(&mut self.piece)?;
        let last = (self.piece.len() as u64) < whole || self.from.fill_buf()?.is_empty();
        let (at, bytes) = (self.at, self.piece.len());
        // Nothing but a last piece may be short, and one that holds nothing stands alone.
        if bytes < TAG || (bytes == TAG && at > 0) {
            return Err(CUT);
        }
        let opened = self.key.open_in_place(nonce(at, last), Aad::empty(), &mut self.piece);
        let piece = opened.map_err(|_| match last {
            true => Trouble::Broken("末尾被截断或改动 cut short or changed at its end"),
            false => Trouble::Broken("中途被改动 changed on the way"),
        })?;
        self.at += 1;
        self.ended = last;
        Ok(Some(piece))
    }
}
