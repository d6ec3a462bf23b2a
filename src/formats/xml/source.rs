//! The text of a document as the parser takes it: piece by piece, and for one tag, text or comment no more than a record
//! may have.
//!
//! The parser passes on only that reading failed. What is wrong is kept here, and so is the way from a place in the text
//! to a byte of the document.

use super::XmlReadOptions;
use super::decode::Start;
use crate::Input;
use crate::text::{Bom, TextOptions, TextSource};
use model::Finding;
use std::io::{self, BufRead, Read};

/// The parser may look at so much behind what it takes.
const BEYOND: usize = 16;

pub(super) struct Source {
    text: TextSource,
    piece: String,
    /// How much of `piece` is taken.
    at: usize,
    /// Most bytes of what the parser takes at once, and how many of them are left.
    most: usize,
    left: usize,
    short: bool,
    ended: bool,
    fault: Option<Finding>,
}

impl Source {
    /// The text behind mark and declaration.
    pub(super) fn new(input: Input, start: Start, options: &XmlReadOptions) -> Result<Self, Finding> {
        let text = TextOptions {
            encoding: start.encoding,
            bom: Bom::Refuse,
            bytes: options.limits.file_bytes,
            setting: "limits.file_bytes",
        };
        let most = options.limits.record_bytes.saturating_add(BEYOND);
        Ok(Self {
            text: TextSource::behind(input, text, start.before)?,
            piece: String::new(),
            at: 0,
            most,
            left: most,
            short: false,
            ended: false,
            fault: None,
        })
    }

    /// The same text from its beginning.
    pub(super) fn again(mut self) -> Result<Self, Finding> {
        self.text.again()?;
        self.piece.clear();
        (self.at, self.left) = (0, self.most);
        (self.short, self.ended, self.fault) = (false, false, None);
        Ok(self)
    }

    /// The parser begins with the next tag, text or comment.
    pub(super) fn begin(&mut self) {
        self.left = self.most;
    }

    /// Whether what the parser takes is larger than a record may be.
    pub(super) fn is_short(&self) -> bool {
        self.short
    }

    /// What is told of a document in which this was found. That its bytes are no text, wherever they are none, says more
    /// about it than what the text says; otherwise the place becomes a byte of the document.
    pub(super) fn settle(mut self, finding: Finding) -> Finding {
        if let Some(fault) = self.fault {
            return fault;
        }
        let byte = self.text.drain().and_then(|()| match finding.place.byte {
            Some(at) => self.text.byte_of(at).map(Some),
            None => Ok(None),
        });
        match byte {
            Ok(Some(byte)) => finding.byte(byte),
            Ok(None) => finding,
            Err(fault) => fault,
        }
    }

    /// Bytes of memory.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.piece.capacity() + self.text.held()
    }

    fn fill(&mut self) -> Result<(), Finding> {
        while self.at == self.piece.len() && !self.ended {
            self.piece.clear();
            self.at = 0;
            self.ended = !self.text.fill(&mut self.piece)?;
        }
        Ok(())
    }
}

impl BufRead for Source {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Err(fault) = self.fill() {
            self.fault = Some(fault);
        }
        let rest = self.piece.as_bytes().get(self.at..).unwrap_or_default();
        self.short |= self.left == 0 && !rest.is_empty();
        if self.short || self.fault.is_some() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(rest.get(..self.left).unwrap_or(rest))
    }

    fn consume(&mut self, bytes: usize) {
        self.at = self.piece.len().min(self.at + bytes);
        self.left = self.left.saturating_sub(bytes);
    }
}

impl Read for Source {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let mut given = self.fill_buf()?;
        let read = given.read(out)?;
        self.consume(read);
        Ok(read)
    }
}
