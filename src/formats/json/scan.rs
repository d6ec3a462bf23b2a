//! A strict JSON scanner (RFC 8259) that keeps numbers as text and says at which byte it stopped.
//!
//! Ours, because the rows need what `serde_json` gives only with features that change it for the whole workspace:
//! exact numbers, the place of a record, repeated names. It never recurses deeper than the limit.

use crate::{Limits, fault};
use model::Finding;
use std::fmt;

/// A value; numbers are still the text of the document.
#[derive(Debug, PartialEq)]
pub(super) enum Value<'t> {
    Null,
    Bool(bool),
    Number(&'t str),
    Text(String),
    List(Vec<Value<'t>>),
    /// Members in their order; a repeated name stands there twice and is judged by the caller.
    Object(Vec<(String, Value<'t>)>),
}

impl Value<'_> {
    /// What it is, in both languages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "空值 null",
            Self::Bool(_) => "真假值 boolean",
            Self::Number(_) => "数字 number",
            Self::Text(_) => "文本 text",
            Self::List(_) => "列表 list",
            Self::Object(_) => "对象 object",
        }
    }
}

/// A list or object that is being gone through.
pub(super) struct Open {
    begun: bool,
}

impl Open {
    /// One of whose elements some are behind.
    pub(super) fn begun() -> Self {
        Self { begun: true }
    }
}

pub(super) struct Scanner<'t> {
    text: &'t str,
    at: usize,
    /// Bytes of the document before `text`.
    before: u64,
    depth: usize,
    most: usize,
    /// Most bytes of a value, and the byte at which the present one must have ended.
    value_bytes: usize,
    until: usize,
    /// The first name that stood twice in one object built by [`Scanner::value`].
    pub(super) repeated: Option<String>,
}

/// Deeper than this nothing goes, whatever the settings say: the stack is finite.
const DEPTH_MAX: usize = 128;
/// No field of any interface is called longer than this.
const NAME_BYTES_MAX: usize = 256;

impl<'t> Scanner<'t> {
    /// Over a text that so many bytes of the document stand before.
    pub(super) fn new(text: &'t str, before: u64, limits: Limits) -> Self {
        Self {
            text,
            at: 0,
            before,
            depth: 0,
            most: limits.depth.min(DEPTH_MAX),
            value_bytes: limits.record_bytes,
            until: 0,
            repeated: None,
        }
    }

    /// The same inside so many lists and objects.
    pub(super) fn inside(self, depth: usize) -> Self {
        Self { depth, ..self }
    }

    /// Inside how many lists and objects the scanner stands.
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// How much of the text it has gone through.
    pub(super) fn passed(&self) -> usize {
        self.at
    }

    /// Nothing but space may follow.
    pub(super) fn end(&mut self) -> Result<(), Finding> {
        self.space();
        if self.at == self.text.len() {
            Ok(())
        } else {
            Err(self.wrong("结尾之后 after the end"))
        }
    }

    pub(super) fn list(&mut self) -> Result<Open, Finding> {
        self.enter(b'[', "[")
    }
    pub(super) fn object(&mut self) -> Result<Open, Finding> {
        self.enter(b'{', "{")
    }

    /// True where another element stands next; false behind the end of the list.
    pub(super) fn more_elements(&mut self, list: &mut Open) -> Result<bool, Finding> {
        let more = self.more(list, b']')?;
        if !more {
            self.leave();
        }
        Ok(more)
    }

    /// True where a name stands next; false behind the end of the object, which the caller leaves.
    pub(super) fn more_members(&mut self, object: &mut Open) -> Result<bool, Finding> {
        self.more(object, b'}')
    }

    /// A name; it may not be larger than a record.
    pub(super) fn key(&mut self) -> Result<String, Finding> {
        self.bounded(Self::name)
    }

    /// What stands between a name and its value.
    pub(super) fn colon(&mut self) -> Result<(), Finding> {
        self.space();
        self.expect(b':', ":")
    }

    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// The value that stands next, with all it holds; it may not be larger than a record.
    pub(super) fn value(&mut self) -> Result<Value<'t>, Finding> {
        self.bounded(Self::any)
    }

    /// What is wrong further on than a record may go is not told: nobody need have it in sight.
    fn bounded<T>(&mut self, scan: impl FnOnce(&mut Self) -> Result<T, Finding>) -> Result<T, Finding> {
        self.space();
        self.until = self.at.saturating_add(self.value_bytes);
        let scanned = scan(self);
        self.judge_len()?;
        scanned
    }

    fn name(&mut self) -> Result<String, Finding> {
        self.space();
        let name = self.string()?;
        if name.len() > NAME_BYTES_MAX {
            return Err(self.wrong(&format!("名称 name > {NAME_BYTES_MAX}")));
        }
        Ok(name)
    }

    fn judge_len(&self) -> Result<(), Finding> {
        let limit = self.value_bytes;
        if self.at <= self.until {
            return Ok(());
        }
        Err(fault::too_large(format!(">{limit}"), limit, "limits.record_bytes"))
    }

    fn any(&mut self) -> Result<Value<'t>, Finding> {
        self.judge_len()?;
        self.space();
        match self.peek() {
            Some(b'{') => {
                let mut object = self.object()?;
                let mut members = Vec::new();
                while self.more_members(&mut object)? {
                    let name = self.name()?;
                    self.colon()?;
                    members.push((name, self.any()?));
                }
                self.leave();
                self.look_for_repeated(&members);
                Ok(Value::Object(members))
            }
            Some(b'[') => {
                let mut list = self.list()?;
                let mut values = Vec::new();
                while self.more_elements(&mut list)? {
                    values.push(self.any()?);
                }
                Ok(Value::List(values))
            }
            Some(b'"') => self.string().map(Value::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.wrong("值 value")),
        }
    }

    fn look_for_repeated(&mut self, members: &[(String, Value<'t>)]) {
        let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        let twice = names
            .windows(2)
            .find(|pair| pair.first() == pair.last())
            .and_then(|pair| pair.first());
        if let (None, Some(name)) = (&self.repeated, twice) {
            self.repeated = Some((*name).to_owned());
        }
    }

    fn enter(&mut self, bracket: u8, name: &'static str) -> Result<Open, Finding> {
        self.space();
        self.expect(bracket, name)?;
        self.depth += 1;
        if self.depth > self.most {
            return Err(fault::too_large(format!(">{}", self.most), self.most, "limits.depth")
                .byte(self.before + self.at as u64 - 1));
        }
        Ok(Open { begun: false })
    }

    fn more(&mut self, open: &mut Open, bracket: u8) -> Result<bool, Finding> {
        self.space();
        if self.peek() == Some(bracket) {
            self.at += 1;
            return Ok(false);
        }
        if open.begun {
            self.expect(b',', ",")?;
        }
        open.begun = true;
        Ok(true)
    }

    fn string(&mut self) -> Result<String, Finding> {
        self.expect(b'"', "\"")?;
        let mut text = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = rest
                .bytes()
                .position(|b| b < 0x20 || matches!(b, b'"' | b'\\'))
                .unwrap_or(rest.len());
            text.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                _ => return Err(self.wrong("文本 text")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Finding> {
        let begin = self.at;
        self.at += 1;
        let letter = self.peek();
        self.at += 1;
        let char = match letter {
            Some(b'"') => Some('"'),
            Some(b'\\') => Some('\\'),
            Some(b'/') => Some('/'),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{C}'),
            Some(b'n') => Some('\n'),
            Some(b'r') => Some('\r'),
            Some(b't') => Some('\t'),
            Some(b'u') => self.unicode(),
            _ => None,
        };
        // A written NUL is no text in any department's system.
        char.filter(|c| *c != '\0').ok_or_else(|| {
            self.at = begin;
            self.wrong("转义 escape")
        })
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.hex4()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first);
        }
        if self.text.get(self.at..self.at + 2) != Some("\\u") {
            return None;
        }
        self.at += 2;
        let second = self.hex4().filter(|s| (0xDC00..0xE000).contains(s))?;
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }

    fn number(&mut self) -> Result<Value<'t>, Finding> {
        let begin = self.at;
        self.skip(b'-');
        let good = match self.peek() {
            Some(b'0') => {
                self.at += 1;
                true
            }
            _ => self.digits(),
        };
        let good = good && (!self.skip(b'.') || self.digits());
        let exponent = self.skip(b'e') || self.skip(b'E');
        let good = good && (!exponent || (self.skip(b'+') | self.skip(b'-') | true) && self.digits());
        let text = self.text.get(begin..self.at).unwrap_or_default();
        if good {
            Ok(Value::Number(text))
        } else {
            Err(self.wrong("数字 number"))
        }
    }

    fn digits(&mut self) -> bool {
        let begin = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at > begin
    }

    fn skip(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, word: &str, value: Value<'t>) -> Result<Value<'t>, Finding> {
        if self.text.get(self.at..).is_some_and(|t| t.starts_with(word)) {
            self.at += word.len();
            return Ok(value);
        }
        Err(self.wrong("值 value"))
    }

    fn expect(&mut self, byte: u8, name: impl fmt::Display) -> Result<(), Finding> {
        if self.skip(byte) {
            Ok(())
        } else {
            Err(self.wrong(&format!("应为 expected {name}")))
        }
    }

    fn space(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn wrong(&self, what: &str) -> Finding {
        fault::structure("JSON", what).byte(self.before + self.at as u64)
    }
}

/// What may stand between tokens.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}
