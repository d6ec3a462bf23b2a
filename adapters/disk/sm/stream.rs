//! The content: SM4-CBC, and a code over all of it. Pieces are given out as they are read, to a file that nobody reads
//! before its end; the last one only when the code was found right. So padding is never looked at of what was changed.

use crate::opener::Trouble;
use cbc::cipher::{Array, BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _, typenum::U16};
use cbc::{Decryptor, Encryptor};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sm3::Sm3;
use sm4::Sm4;
use std::io::{BufRead, Read as _};

/// Bytes of a block.
pub(super) const BLOCK: usize = 16;
/// Bytes that are read at once.
pub(super) const PIECE: usize = 64 * 1024;

type Block = Array<u8, U16>;

/// The content, encrypted.
pub(super) fn write(key: &[u8; 16], initial: &[u8; BLOCK], content: &[u8]) -> Vec<u8> {
    let mut cipher = Encryptor::<Sm4>::new(key.into(), initial.into());
    let padding = BLOCK - content.len() % BLOCK;
    let mut out = Vec::with_capacity(content.len() + padding);
    out.extend_from_slice(content);
    out.extend(std::iter::repeat_n(padding as u8, padding));
    cipher.encrypt_blocks(blocks(&mut out));
    out
}

/// Whole blocks; what is left over is none.
fn blocks(bytes: &mut [u8]) -> &mut [Block] {
    Block::slice_as_chunks_mut(bytes).0
}

/// The pieces of a file whose keys are known.
pub(crate) struct Pieces<R> {
    from: R,
    cipher: Decryptor<Sm4>,
    state: Option<Hmac<Sm3>>,
    code: [u8; 32],
    begun: bool,
    piece: Vec<u8>,
}

const CHANGED: Trouble = Trouble::Broken("校验码不符：被截断或改动 its code does not fit: cut short or changed");

impl<R: BufRead> Pieces<R> {
    pub(super) fn new(from: R, key: &[u8; 16], initial: &[u8; BLOCK], code_key: &[u8; 32], code: [u8; 32]) -> Self {
        Self {
            from,
            cipher: Decryptor::new(key.into(), initial.into()),
            state: Hmac::new_from_slice(code_key).ok(),
            code,
            begun: false,
            piece: Vec::with_capacity(PIECE),
        }
    }

    /// The next piece in clear; `None` after the last. After an error nothing more is given.
    pub(crate) fn next(&mut self) -> Result<Option<&[u8]>, Trouble> {
        let Some(mut state) = self.state.take() else {
            return Ok(None);
        };
        self.piece.clear();
        self.from.by_ref().take(PIECE as u64).read_to_end(&mut self.piece)?;
        state.update(&self.piece);
        let last = self.piece.len() < PIECE || self.from.fill_buf()?.is_empty();
        if last {
            state.verify(&self.code.into()).map_err(|_| CHANGED)?;
        } else {
            self.state = Some(state);
        }
        // The code is right and it is no whole number of blocks, or nothing: whoever made it did not encrypt like this.
        let whole = self.piece.len().is_multiple_of(BLOCK) && (self.begun || !self.piece.is_empty());
        if !whole {
            return Err(Trouble::Form("不是 SM4-CBC 密文 not SM4-CBC"));
        }
        self.begun = true;
        self.cipher.decrypt_blocks(blocks(&mut self.piece));
        if last {
            let content = content(&self.piece).ok_or(Trouble::Form("填充不是 PKCS#7 the padding is not PKCS#7"))?;
            self.piece.truncate(content);
        }
        Ok(Some(&self.piece))
    }
}

/// How many bytes there are without the padding.
fn content(padded: &[u8]) -> Option<usize> {
    let padding = usize::from(*padded.last()?);
    let content = padded.len().checked_sub(padding)?;
    let all = padded.get(content..)?.iter().all(|byte| usize::from(*byte) == padding);
    ((1..=BLOCK).contains(&padding) && all).then_some(content)
}
