//! Where a CSV record begins and ends, and whether that is certain.
//!
//! A quote may open only at the beginning of a field and close only before a delimiter or a line end; inside it is
//! written twice. Anything else makes every later boundary a guess, so it ends the file.

use super::Delimiter;
use crate::text::TextSource;
use crate::{Limits, fault};
use model::{Code, Finding};
use std::ops::Range;

/// How a record ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    Crlf,
    Lf,
    /// The file ended first.
    File,
}

/// One record in the framer's buffer; valid until the next one is asked for.
pub(super) struct Framed {
    range: Range<usize>,
    pub(super) end: End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    FieldStart,
    Bare,
    Quoted,
    /// A quote inside quotes: the end of the field, or half of a written quote.
    QuoteSeen,
    /// A carriage return outside quotes: half of a line end.
    Cr,
}

pub(super) struct Framer {
    source: TextSource,
    text: String,
    /// Where the record begins, and how far it was looked at.
    start: usize,
    at: usize,
    state: State,
    newlines: usize,
    delimiter: u8,
    limits: Limits,
}

impl Framer {
    pub(super) fn new(source: TextSource, delimiter: Delimiter, limits: Limits) -> Self {
        Self {
            source,
            text: String::new(),
            start: 0,
            at: 0,
            state: State::FieldStart,
            newlines: 0,
            delimiter: delimiter.byte(),
            limits,
        }
    }

    /// The record's text without its line end.
    pub(super) fn text(&self, framed: &Framed) -> &str {
        self.text.get(framed.range.clone()).unwrap_or_default()
    }

    /// The next record; a blank line is an empty one. The caller adds the row to a fault.
    pub(super) fn next(&mut self) -> Result<Option<Framed>, Finding> {
        loop {
            while let Some(byte) = self.text.as_bytes().get(self.at).copied() {
                self.at += 1;
                if let Some(end) = self.look(byte)? {
                    let line_end = if end == End::Crlf { 2 } else { 1 };
                    return self.finish(self.at - line_end, end).map(Some);
                }
            }
            self.judge_len(self.at - self.start)?;
            self.text.drain(..self.start);
            self.at -= self.start;
            self.start = 0;
            if !self.source.fill(&mut self.text)? {
                return self.end_of_file();
            }
        }
    }

    fn look(&mut self, byte: u8) -> Result<Option<End>, Finding> {
        use State::{Bare, Cr, FieldStart, QuoteSeen, Quoted};
        self.state = match (self.state, byte) {
            (_, 0) => return Err(fault::structure("控制字符 control character", "U+0000")),
            (Cr, b'\n') => return Ok(Some(End::Crlf)),
            (Cr, _) => return Err(fault::structure("单独的回车 lone carriage return", "U+000D")),
            (Quoted, b'"') => QuoteSeen,
            (Quoted, b'\n') => {
                self.newlines += 1;
                if self.newlines > self.limits.field_newlines {
                    return Err(Finding::new(Code::EQuoteOpen));
                }
                Quoted
            }
            (Quoted, _) => Quoted,
            (QuoteSeen, b'"') => Quoted,
            (FieldStart, b'"') => {
                self.newlines = 0;
                Quoted
            }
            (Bare, b'"') => return Err(Finding::new(Code::EQuoteStray)),
            (_, b'\n') => return Ok(Some(End::Lf)),
            (_, b'\r') => Cr,
            (_, b) if b == self.delimiter => FieldStart,
            (QuoteSeen, _) => return Err(Finding::new(Code::EQuoteStray)),
            (FieldStart | Bare, _) => Bare,
        };
        Ok(None)
    }

    fn end_of_file(&mut self) -> Result<Option<Framed>, Finding> {
        match self.state {
            State::Quoted => Err(Finding::new(Code::EQuoteOpen)),
            State::Cr => Err(Finding::new(Code::ELastLine)),
            _ if self.at == self.start => Ok(None),
            _ => self.finish(self.at, End::File).map(Some),
        }
    }

    fn finish(&mut self, to: usize, end: End) -> Result<Framed, Finding> {
        let range = self.start..to;
        self.start = self.at;
        self.state = State::FieldStart;
        self.judge_len(range.len())?;
        Ok(Framed { range, end })
    }

    fn judge_len(&self, len: usize) -> Result<(), Finding> {
        let limit = self.limits.record_bytes;
        if len <= limit {
            return Ok(());
        }
        // A record that grows beyond the limit inside quotes is a quote that nobody closed.
        if self.state == State::Quoted {
            return Err(Finding::new(Code::EQuoteOpen));
        }
        Err(fault::too_large(format!(">{limit}"), limit, "limits.record_bytes"))
    }
}
