//! The tags and texts of one part of a workbook, one after the other, in bounded memory.
//!
//! A sheet of a million rows is one XML document of a gigabyte, nearly all of it tags: whoever makes an event with a
//! name, a list and a text of its own out of each spends most of his time on that. So what is given here are the bytes
//! as they stand, and only what is asked for is decoded. No part may bring definitions of its own, and none may end
//! before everything in it has ended.

use crate::fault::{structure, too_large, unreadable};
use crate::limits::Limits;
use model::Finding;
use std::io::Read;

#[cfg(test)]
mod tests;

/// Bytes asked for at a time.
const PIECE: usize = 64 << 10;
/// What an entity may be called at most: `&#1114111;`.
const ENTITY: usize = 10;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Tag<'t> {
    /// An element begins. Its name has no prefix; where it is empty, no end follows.
    Open {
        name: &'t [u8],
        attributes: Attributes<'t>,
        empty: bool,
    },
    /// The innermost element ends.
    Close,
    /// Text as it stands there, entities and all.
    Text(&'t [u8]),
    /// Text without entities (CDATA).
    Plain(&'t [u8]),
    /// The document has ended.
    End,
}

/// The attributes of one element, as they stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attributes<'t>(&'t [u8]);

/// Reads tags.
pub(crate) struct Tags<R> {
    input: R,
    window: Vec<u8>,
    /// What of the window was not given yet.
    from: usize,
    to: usize,
    /// The names of all open elements, one behind the other, and where each begins.
    names: Vec<u8>,
    opened: Vec<usize>,
    began: bool,
    token_bytes: usize,
    depth: usize,
}

impl<R: Read> Tags<R> {
    pub(crate) fn new(input: R, limits: &Limits) -> Self {
        Self {
            input,
            window: vec![0; PIECE],
            from: 0,
            to: 0,
            names: Vec::new(),
            opened: Vec::new(),
            began: false,
            token_bytes: limits.record_bytes,
            depth: limits.depth.max(1) * 4,
        }
    }

    /// How many elements are open.
    pub(crate) fn depth(&self) -> usize {
        self.opened.len()
    }

    /// The next tag or text. Comments and instructions are passed over.
    pub(crate) fn next(&mut self) -> Result<Tag<'_>, Finding> {
        loop {
            if self.from == self.to && !self.more()? {
                return self.end();
            }
            let start = self.from;
            if self.window[start] != b'<' {
                let length = self.text()?;
                if self.opened.is_empty() {
                    self.outside(length)?;
                    continue;
                }
                let text = &self.window[self.from..self.from + length];
                self.from += length;
                return Ok(Tag::Text(text));
            }
            match self.at(1)? {
                b'?' => self.pass(2, b"?>")?,
                b'!' if self.begins(b"<!--")? => self.pass(4, b"-->")?,
                b'!' if self.begins(b"<![CDATA[")? && !self.opened.is_empty() => {
                    let length = self.until(9, b"]]>")?;
                    let text = &self.window[self.from + 9..self.from + length - 3];
                    self.from += length;
                    return Ok(Tag::Plain(text));
                }
                b'!' => return Err(structure("XML", "DOCTYPE")),
                b'/' => return self.close(),
                _ => return self.open(),
            }
        }
    }

    /// Reads to the end of the innermost element; its text is not wanted.
    pub(crate) fn skip(&mut self) -> Result<(), Finding> {
        let depth = self.depth();
        while self.depth() >= depth {
            self.next()?;
        }
        Ok(())
    }

    fn open(&mut self) -> Result<Tag<'_>, Finding> {
        let length = self.tag()?;
        let (start, end) = (self.from + 1, self.from + length - 1);
        self.from += length;
        let inside = &self.window[start..end];
        let empty = inside.last() == Some(&b'/');
        let inside = &inside[..inside.len() - usize::from(empty)];
        let named = inside.iter().position(|b| is_space(*b)).unwrap_or(inside.len());
        let (whole, rest) = inside.split_at(named);
        let name = local(whole);
        if name.is_empty() || (self.opened.is_empty() && self.began) {
            return Err(syntax());
        }
        self.began = true;
        if !empty {
            if self.opened.len() >= self.depth {
                return Err(too_large(self.opened.len() + 1, self.depth / 4, "limits.depth"));
            }
            self.opened.push(self.names.len());
            self.names.extend_from_slice(whole);
        }
        Ok(Tag::Open {
            name,
            attributes: Attributes(rest),
            empty,
        })
    }

    fn close(&mut self) -> Result<Tag<'_>, Finding> {
        let length = self.tag()?;
        let name = &self.window[self.from + 2..self.from + length - 1];
        let starts = self.opened.pop().ok_or_else(syntax)?;
        if name.trim_ascii_end() != &self.names[starts..] {
            return Err(syntax());
        }
        self.names.truncate(starts);
        self.from += length;
        Ok(Tag::Close)
    }

    fn end(&self) -> Result<Tag<'_>, Finding> {
        match (self.opened.is_empty(), self.began) {
            // A parser that waits for an end that never comes would wait for ever.
            (false, _) => Err(structure("XML", "未闭合 not closed")),
            (true, false) => Err(syntax()),
            (true, true) => Ok(Tag::End),
        }
    }

    /// Around the document only blanks may stand, and a mark in front of it.
    fn outside(&mut self, length: usize) -> Result<(), Finding> {
        let text = &self.window[self.from..self.from + length];
        let text = match self.began {
            false => text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text),
            true => text,
        };
        if !text.iter().all(|b| is_space(*b)) {
            return Err(syntax());
        }
        self.from += length;
        Ok(())
    }

    /// The length of the text that begins here.
    fn text(&mut self) -> Result<usize, Finding> {
        let mut seen = 0;
        loop {
            let rest = &self.window[self.from + seen..self.to];
            if let Some(at) = rest.iter().position(|b| *b == b'<') {
                return Ok(seen + at);
            }
            seen += rest.len();
            if !self.more()? {
                return Ok(seen);
            }
        }
    }

    /// The length of the tag that begins here: its end is no `>` between quotes.
    fn tag(&mut self) -> Result<usize, Finding> {
        let (mut seen, mut quote) = (1, 0_u8);
        loop {
            for (at, byte) in self.window[self.from + seen..self.to].iter().enumerate() {
                match byte {
                    b'>' if quote == 0 => return Ok(seen + at + 1),
                    b'<' => return Err(syntax()),
                    b'"' | b'\'' if quote == 0 => quote = *byte,
                    b'"' | b'\'' if quote == *byte => quote = 0,
                    _ => {}
                }
            }
            seen = self.to - self.from;
            if !self.more()? {
                return Err(syntax());
            }
        }
    }

    fn pass(&mut self, skip: usize, end: &[u8]) -> Result<(), Finding> {
        self.from += self.until(skip, end)?;
        Ok(())
    }

    /// The length of what begins here and ends with these bytes.
    fn until(&mut self, skip: usize, end: &[u8]) -> Result<usize, Finding> {
        let mut seen = skip;
        loop {
            let rest = self.window.get(self.from + seen..self.to).unwrap_or_default();
            if let Some(at) = rest.windows(end.len()).position(|w| w == end) {
                return Ok(seen + at + end.len());
            }
            // The end may have begun in what was seen.
            seen = (self.to - self.from).saturating_sub(end.len() - 1).max(skip);
            if !self.more()? {
                return Err(syntax());
            }
        }
    }

    fn at(&mut self, offset: usize) -> Result<u8, Finding> {
        while self.to - self.from <= offset {
            if !self.more()? {
                return Err(syntax());
            }
        }
        Ok(self.window[self.from + offset])
    }

    fn begins(&mut self, with: &[u8]) -> Result<bool, Finding> {
        for (offset, byte) in with.iter().enumerate() {
            if self.at(offset)? != *byte {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads on; false where the input has ended. What was not given yet stays.
    fn more(&mut self) -> Result<bool, Finding> {
        if self.from > 0 {
            self.window.copy_within(self.from..self.to, 0);
            self.to -= self.from;
            self.from = 0;
        }
        if self.to == self.window.len() {
            if self.to > self.token_bytes {
                return Err(too_large(self.to, self.token_bytes, "limits.record_bytes"));
            }
            self.window.resize(self.to * 2, 0);
        }
        loop {
            match self.input.read(&mut self.window[self.to..]) {
                Ok(read) => {
                    self.to += read;
                    return Ok(read > 0);
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&error)),
            }
        }
    }
}

impl<'t> Attributes<'t> {
    /// Names without prefix and values as they stand there, in order.
    pub(crate) fn each(self, mut look: impl FnMut(&'t [u8], &'t [u8])) -> Result<(), Finding> {
        let mut rest = self.0.trim_ascii_start();
        while !rest.is_empty() {
            let equals = rest.iter().position(|b| *b == b'=').ok_or_else(syntax)?;
            let name = rest[..equals].trim_ascii_end();
            let value = rest[equals + 1..].trim_ascii_start();
            let (quote, value) = value.split_first().ok_or_else(syntax)?;
            let end = value.iter().position(|b| b == quote).ok_or_else(syntax)?;
            if !matches!(quote, b'"' | b'\'') || name.is_empty() || name.iter().any(|b| is_space(*b)) {
                return Err(syntax());
            }
            look(local(name), &value[..end]);
            rest = value[end + 1..].trim_ascii_start();
        }
        Ok(())
    }

    /// One attribute by its name without prefix, as it stands there.
    pub(crate) fn raw(self, wanted: &str) -> Result<Option<&'t [u8]>, Finding> {
        let mut found = None;
        self.each(|name, value| {
            if name == wanted.as_bytes() && found.is_none() {
                found = Some(value);
            }
        })?;
        Ok(found)
    }

    /// One attribute as text.
    pub(crate) fn text(self, wanted: &str) -> Result<Option<String>, Finding> {
        let Some(raw) = self.raw(wanted)? else {
            return Ok(None);
        };
        let mut text = String::new();
        decode(raw, &mut text)?;
        Ok(Some(text))
    }

    /// Whether an attribute says yes.
    pub(crate) fn is_true(self, wanted: &str) -> Result<bool, Finding> {
        Ok(matches!(self.raw(wanted)?, Some(b"1" | b"true" | b"on")))
    }
}

/// Appends text with its entities resolved and its line ends as XML has them.
pub(crate) fn decode(raw: &[u8], text: &mut String) -> Result<(), Finding> {
    let mut rest = std::str::from_utf8(raw).map_err(|_| structure("XML", "不是UTF-8 not UTF-8"))?;
    while let Some(at) = rest.find(['&', '\r']) {
        let (before, from) = rest.split_at(at);
        text.push_str(before);
        if let Some(after) = from.strip_prefix('\r') {
            text.push('\n');
            rest = after.strip_prefix('\n').unwrap_or(after);
            continue;
        }
        let end = from
            .bytes()
            .take(ENTITY + 1)
            .position(|b| b == b';')
            .ok_or_else(syntax)?;
        text.push(entity(&from[1..end]).ok_or_else(syntax)?);
        rest = &from[end + 1..];
    }
    text.push_str(rest);
    Ok(())
}

fn entity(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?).filter(|c| !matches!(c, '\0' | '\u{FFFE}' | '\u{FFFF}'))?
        }
    })
}

fn local(name: &[u8]) -> &[u8] {
    match name.iter().position(|b| *b == b':') {
        Some(at) => &name[at + 1..],
        None => name,
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

pub(crate) fn syntax() -> Finding {
    structure("XML", "语法 syntax")
}
