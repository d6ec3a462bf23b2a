//! Text out of bytes of a known encoding, chunk by chunk, with the byte offset of a fault in the whole file.
//!
//! Decoding comes before splitting: in GBK the second byte of a character may look like `|` or `\`.

use crate::encoding::{Encoding, Malformed};
use crate::{Input, fault};
use model::{Code, Finding};
use std::io::{ErrorKind, Read as _};

const CHUNK: usize = 64 * 1024;
/// Bytes that tell every mark: UTF-32 begins as UTF-16 does.
const MARK_BYTES: usize = 4;

/// What happens to the mark at the beginning of a file in UTF-8, or in UTF-16 of a named byte order. A mark of another
/// encoding is always refused, and one that tells the byte order is always needed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Bom {
    /// Refused: the interface does not have one.
    #[default]
    Refuse,
    /// Taken away.
    Accept,
}

/// How bytes become text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// The encoding the interface names. Nothing is ever guessed.
    pub encoding: Encoding,
    /// About the mark.
    pub bom: Bom,
    /// Most bytes the file may have, and the setting that says so.
    pub bytes: u64,
    /// The setting's name, for the message.
    pub setting: &'static str,
}

/// A strict streaming decoder. Holds one chunk of bytes, whatever the size of the file.
pub struct TextSource {
    input: Input,
    options: TextOptions,
    chunk: Box<[u8]>,
    /// What was read and is not decoded yet: a chunk, and up to three bytes of a sequence before it.
    held: Vec<u8>,
    /// Bytes of the file before `held`.
    before: u64,
    begun: bool,
    ended: bool,
    fault: Option<Finding>,
}

impl TextSource {
    /// Nothing is read yet.
    pub fn new(input: Input, options: TextOptions) -> Self {
        let chunk = vec![0; CHUNK].into_boxed_slice();
        Self {
            input,
            options,
            chunk,
            held: Vec::new(),
            before: 0,
            begun: false,
            ended: false,
            fault: None,
        }
    }

    /// Appends the next piece of text; false at the end of the file.
    ///
    /// Text before a fault is given first, so that the caller knows in which row the fault stands.
    ///
    /// # Errors
    /// `E_ENCODING`, `E_BOM`, `E_TOO_LARGE` or `E_UNREADABLE`; all but the last two with the byte offset.
    pub fn fill(&mut self, out: &mut String) -> Result<bool, Finding> {
        if let Some(fault) = self.fault.take() {
            self.ended = true;
            return Err(fault);
        }
        while !self.ended {
            self.read()?;
            if !self.begun && !self.begin()? {
                continue;
            }
            let whole = if self.ended {
                self.held.len()
            } else {
                self.options.encoding.whole_len(&self.held)
            };
            let bytes = self.held.get(..whole).unwrap_or_default();
            let before = out.len();
            if let Err(at) = self.options.encoding.decode_into(bytes, out) {
                let fault = Malformed::new(&self.held, at, self.before).finding(self.options.encoding);
                if out.len() == before {
                    self.ended = true;
                    return Err(fault);
                }
                self.fault = Some(fault);
                return Ok(true);
            }
            self.drop_held(whole);
            if out.len() > before {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn read(&mut self) -> Result<(), Finding> {
        let read = loop {
            match self.input.read(&mut self.chunk) {
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let new = self.chunk.get(..*read.as_ref().unwrap_or(&0)).unwrap_or_default();
        self.held.extend_from_slice(new);
        match read {
            Err(error) => {
                self.ended = true;
                Err(fault::unreadable(&error))
            }
            Ok(_) if self.before + self.held.len() as u64 > self.options.bytes => {
                self.ended = true;
                let limit = self.options.bytes;
                Err(fault::too_large(format!(">{limit}"), limit, self.options.setting))
            }
            Ok(read) => {
                self.ended = read == 0;
                Ok(())
            }
        }
    }

    /// Looks at the first bytes; false while there are too few.
    fn begin(&mut self) -> Result<bool, Finding> {
        if self.held.len() < MARK_BYTES && !self.ended {
            return Ok(false);
        }
        self.begun = true;
        match judge_mark(&self.held, self.options.encoding, self.options.bom) {
            Ok((encoding, bytes)) => {
                self.options.encoding = encoding;
                self.drop_held(bytes);
                Ok(true)
            }
            Err(finding) => {
                self.ended = true;
                Err(finding)
            }
        }
    }

    fn drop_held(&mut self, bytes: usize) {
        self.held.drain(..bytes);
        self.before += bytes as u64;
    }
}

/// What the beginning of a text says about its encoding, and how many bytes say it; UTF-16 gets its byte order.
///
/// # Errors
/// `E_BOM`: a mark where there should be none or another one, or none where one must tell the byte order.
pub(crate) fn judge_mark(bytes: &[u8], encoding: Encoding, bom: Bom) -> Result<(Encoding, usize), Finding> {
    let marked = [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be]
        .into_iter()
        .find(|e| bytes.starts_with(e.mark()));
    if bytes.starts_with(b"\xFF\xFE\0\0") {
        return Err(wrong_mark("UTF-32标记 the mark of UTF-32", encoding));
    }
    match (encoding, marked) {
        // No character at all has no order.
        (Encoding::Utf16, None) if bytes.is_empty() => Ok((Encoding::Utf16Le, 0)),
        (Encoding::Utf16, Some(order)) if order.is_wide() => Ok((order, order.mark().len())),
        (Encoding::Utf16, None) => Err(wrong_mark("没有标记 no mark", encoding)),
        (_, Some(found)) if found == encoding && bom == Bom::Accept => Ok((encoding, found.mark().len())),
        (_, Some(found)) => {
            let found = found.word().to_ascii_uppercase();
            Err(wrong_mark(&format!("{found}标记 the mark of {found}"), encoding))
        }
        (_, None) => Ok((encoding, 0)),
    }
}

/// `E_BOM`; `found` names in both languages what the file begins with.
pub(crate) fn wrong_mark(found: &str, encoding: Encoding) -> Finding {
    Finding::new(Code::EBom)
        .with("encoding", encoding.word())
        .with("found", found)
        .byte(0)
}

#[cfg(test)]
mod tests;
