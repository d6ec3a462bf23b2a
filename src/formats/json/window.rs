//! The part of a document's text that is held: from where the reader stands, as much as a record may need.

use crate::text::{TextOptions, TextSource};
use crate::{Input, Limits};
use model::Finding;

/// Behind the last byte that a value may have, the scanner looks no further than this.
const BEYOND: usize = 16;

pub(super) struct Window {
    source: TextSource,
    text: String,
    /// How much of `text` is gone through, and how much was before it.
    at: usize,
    before: u64,
    ahead: usize,
    ended: bool,
}

impl Window {
    /// Nothing is read yet.
    pub(super) fn new(input: Input, options: TextOptions, limits: Limits) -> Self {
        Self {
            source: TextSource::new(input, options),
            text: String::new(),
            at: 0,
            before: 0,
            ahead: limits.record_bytes.saturating_add(BEYOND),
            ended: false,
        }
    }

    /// The same text from its beginning.
    pub(super) fn again(&mut self) -> Result<(), Finding> {
        self.source.again()?;
        self.text.clear();
        (self.at, self.before, self.ended) = (0, 0, false);
        Ok(())
    }

    /// Reads until a whole record is in sight, or the end.
    pub(super) fn show(&mut self) -> Result<(), Finding> {
        while !self.ended && self.rest().len() < self.ahead {
            // Moving what is left costs no more than what was gone through did.
            if self.at >= self.rest().len() {
                self.text.replace_range(..self.at, "");
                self.before += self.at as u64;
                self.at = 0;
            }
            self.ended = !self.source.fill(&mut self.text)?;
        }
        Ok(())
    }

    /// The text from here on, as far as it is in sight.
    pub(super) fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Bytes of text before here.
    pub(super) fn position(&self) -> u64 {
        self.before + self.at as u64
    }

    /// Goes on by so many bytes of what is in sight.
    pub(super) fn pass(&mut self, bytes: usize) {
        self.at = self.text.len().min(self.at + bytes);
    }

    /// What is told of a document in which this was found. That its bytes are no text, wherever they are none, says more
    /// about it than what the text says.
    pub(super) fn settle(&mut self, finding: Finding) -> Finding {
        self.source.drain().err().unwrap_or(finding)
    }

    /// Bytes of memory.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.text.capacity() + self.source.held()
    }
}
