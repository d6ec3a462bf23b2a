//! Text out of bytes of a known encoding, chunk by chunk, with the byte offset of a fault in the whole file.
//!
//! Decoding comes before splitting: in GBK the second byte of a character may look like `|` or `\`.

use crate::encoding::{Encoding, Malformed};
use crate::{Input, Limits, fault};
use model::{Code, Finding};
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};

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
    /// Bytes of the file before `held`, and before its text.
    before: u64,
    from: u64,
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
            from: 0,
            begun: false,
            ended: false,
            fault: None,
        }
    }

    /// Text that begins at this byte, in this encoding: what says so was read before.
    ///
    /// # Errors
    /// `E_UNREADABLE`.
    pub(crate) fn behind(input: Input, options: TextOptions, byte: u64) -> Result<Self, Finding> {
        let mut source = Self::new(input, options);
        source.from = byte;
        source.begun = true;
        source.again()?;
        Ok(source)
    }

    /// The same text from its beginning.
    ///
    /// # Errors
    /// `E_UNREADABLE`.
    pub(crate) fn again(&mut self) -> Result<(), Finding> {
        let found = self.input.seek(SeekFrom::Start(self.from));
        found.map_err(|e| fault::unreadable(&e))?;
        self.held.clear();
        self.before = self.from;
        self.ended = false;
        self.fault = None;
        Ok(())
    }

    /// Goes on to the end of the file, for nothing but what is wrong on the way.
    ///
    /// # Errors
    /// As [`TextSource::fill`].
    pub(crate) fn drain(&mut self) -> Result<(), Finding> {
        let mut text = String::new();
        while self.fill(&mut text)? {
            text.clear();
        }
        Ok(())
    }

    /// The byte of the file where the character begins that so many bytes of text stand before. Goes through the text
    /// again, up to there.
    ///
    /// # Errors
    /// `E_UNREADABLE`.
    pub(crate) fn byte_of(&mut self, text: u64) -> Result<u64, Finding> {
        if self.options.encoding == Encoding::Utf8 {
            return Ok(self.from + text);
        }
        self.again()?;
        let mut left = usize::try_from(text).unwrap_or(usize::MAX);
        let mut piece = String::new();
        while !self.ended {
            self.read()?;
            let whole = self.whole_len();
            let bytes = self.held.get(..whole).unwrap_or_default();
            piece.clear();
            let sound = self.options.encoding.decode_into(bytes, &mut piece);
            if sound.is_err() || piece.len() > left {
                return Ok(self.before + self.options.encoding.bytes_of(bytes, left) as u64);
            }
            left -= piece.len();
            self.drop_held(whole);
        }
        Ok(self.before)
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
            let whole = self.whole_len();
            let bytes = self.held.get(..whole).unwrap_or_default();
            let before = out.len();
            if let Err(at) = self.options.encoding.decode_into(bytes, out) {
                // The finding shows some bytes, however few of them were read at once.
                while self.held.len() < at + Malformed::SHOWN && !self.ended && self.read().is_ok() {}
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

    /// How much of what is held is whole characters; at the end, all of it must be.
    fn whole_len(&self) -> usize {
        if self.ended {
            self.held.len()
        } else {
            self.options.encoding.whole_len(&self.held)
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
                self.from = bytes as u64;
                self.drop_held(bytes);
                Ok(true)
            }
            Err(finding) => {
                self.ended = true;
                Err(finding)
            }
        }
    }

    /// Bytes of memory.
    #[cfg(test)]
    pub(crate) fn held(&self) -> usize {
        self.chunk.len() + self.held.capacity()
    }

    fn drop_held(&mut self, bytes: usize) {
        self.held.drain(..bytes);
        self.before += bytes as u64;
    }
}

/// The first bytes of a file, this many where it has them, if it has no more in all than it may. It stands at its
/// beginning again.
///
/// # Errors
/// `E_TOO_LARGE` by `limits.file_bytes`, `E_UNREADABLE`.
pub(crate) fn first(input: &mut Input, bytes: u64, limits: &Limits) -> Result<Vec<u8>, Finding> {
    let mut head = Vec::new();
    let len = input.seek(SeekFrom::End(0)).and_then(|len| {
        input.rewind()?;
        input.take(bytes).read_to_end(&mut head)?;
        input.rewind()?;
        Ok(len)
    });
    let limit = limits.file_bytes;
    match len {
        Err(error) => Err(fault::unreadable(&error)),
        Ok(len) if len > limit => Err(fault::too_large(format!(">{limit}"), limit, "limits.file_bytes")),
        Ok(_) => Ok(head),
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
