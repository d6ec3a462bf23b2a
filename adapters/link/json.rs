//! Strict JSON: numbers stay text, a key stands once, depth and size are bounded, nothing is guessed.
//!
//! The interfaces behind this mode are nested documents, and what arrives may decide about a case: a number that went
//! through a float, or the second of two equal keys, would be a silent repair. Objects keep their order, so that what
//! we write is what the layout says.

use model::{Code, Finding};

#[cfg(test)]
mod tests;

/// A JSON value. Numbers are kept exactly as they were written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as written.
    Number(Box<str>),
    /// A string.
    Text(Box<str>),
    /// A list.
    List(Vec<Json>),
    /// An object, in the order written.
    Object(Vec<(Box<str>, Json)>),
}

/// What a document may have at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// Bytes.
    pub bytes: u64,
    /// Objects and lists inside each other.
    pub depth: usize,
    /// Values in all.
    pub values: usize,
}

impl Json {
    /// The value of a key, where this is an object that has it.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Self::Object(pairs) => pairs.iter().find(|(k, _)| &**k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The value at a dotted path.
    pub fn at(&self, path: &str) -> Option<&Json> {
        path.split('.').try_fold(self, |value, key| value.get(key))
    }

    /// The text of a string or number.
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            _ => None,
        }
    }

    /// Compact bytes, in the order the value has.
    pub fn write(&self) -> Vec<u8> {
        let mut out = String::new();
        self.put(&mut out, false);
        out.into_bytes()
    }

    /// Compact bytes with sorted keys: the same for every way to write the same content.
    pub fn canonical(&self) -> Vec<u8> {
        let mut out = String::new();
        self.put(&mut out, true);
        out.into_bytes()
    }

    fn put(&self, out: &mut String, sorted: bool) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Self::Number(n) => out.push_str(n),
            Self::Text(t) => put_text(t, out),
            Self::List(items) => {
                out.push('[');
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    item.put(out, sorted);
                }
                out.push(']');
            }
            Self::Object(pairs) => {
                let mut order: Vec<&(Box<str>, Json)> = pairs.iter().collect();
                if sorted {
                    order.sort_by(|a, b| a.0.cmp(&b.0));
                }
                out.push('{');
                for (i, (key, value)) in order.into_iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    put_text(key, out);
                    out.push(':');
                    value.put(out, sorted);
                }
                out.push('}');
            }
        }
    }
}

fn put_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// True for a number in JSON's own grammar.
pub fn is_number(text: &str) -> bool {
    let mut reader = Reader { text, at: 0, left: 1 };
    reader.number().is_ok() && reader.at == text.len()
}

/// Reads one document; what stands behind it is an error too.
pub fn parse(bytes: &[u8], bounds: Bounds) -> Result<Json, Finding> {
    let size = bytes.len() as u64;
    if size > bounds.bytes {
        let f = Finding::new(Code::ETooLarge)
            .with("found", size)
            .with("limit", bounds.bytes);
        return Err(f.with("setting", "limits.body"));
    }
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) {
        return Err(Finding::new(Code::EBom)
            .with("encoding", "utf-8 (JSON)")
            .with("found", "UTF-8标记 the mark of UTF-8"));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let at = e.valid_up_to();
        let hex: String = bytes.iter().skip(at).take(2).map(|b| format!("{b:02X}")).collect();
        Finding::new(Code::EEncoding)
            .with("encoding", "utf-8")
            .with("hex", hex)
            .byte(at as u64)
    })?;
    let mut reader = Reader {
        text,
        at: 0,
        left: bounds.values,
    };
    let value = reader.value(bounds.depth)?;
    reader.space();
    if reader.at < text.len() {
        return Err(reader.bad("text after the document"));
    }
    Ok(value)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    left: usize,
}

impl Reader<'_> {
    fn bad(&self, detail: &str) -> Finding {
        let detail = if self.at >= self.text.len() {
            "JSON ends early"
        } else {
            detail
        };
        Finding::new(Code::EStructure)
            .with("detail", detail)
            .byte(self.at as u64)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        let hit = self.peek() == Some(byte);
        if hit {
            self.at += 1;
        }
        hit
    }

    fn value(&mut self, depth: usize) -> Result<Json, Finding> {
        self.space();
        if self.left == 0 {
            let f = Finding::new(Code::ETooLarge)
                .with("found", "too many values")
                .with("limit", "values");
            return Err(f.with("setting", "limits.values").byte(self.at as u64));
        }
        self.left -= 1;
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            _ => self.literal(),
        }
    }

    fn literal(&mut self) -> Result<Json, Finding> {
        for (word, value) in [
            ("null", Json::Null),
            ("true", Json::Bool(true)),
            ("false", Json::Bool(false)),
        ] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.bad("no JSON value"))
    }

    fn deeper(&mut self, depth: usize) -> Result<usize, Finding> {
        self.at += 1;
        depth.checked_sub(1).ok_or_else(|| {
            let f = Finding::new(Code::ETooLarge)
                .with("found", "too deep")
                .with("limit", "depth");
            f.with("setting", "limits.depth").byte(self.at as u64)
        })
    }

    fn list(&mut self, depth: usize) -> Result<Json, Finding> {
        let depth = self.deeper(depth)?;
        let mut items = Vec::new();
        self.space();
        if self.eat(b']') {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth)?);
            self.space();
            if self.eat(b']') {
                return Ok(Json::List(items));
            }
            if !self.eat(b',') {
                return Err(self.bad("comma or ] missing"));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Result<Json, Finding> {
        let depth = self.deeper(depth)?;
        let mut pairs = Vec::new();
        self.space();
        if self.eat(b'}') {
            return Ok(Json::Object(pairs));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.bad("key missing"));
            }
            let key = self.string()?;
            self.space();
            if !self.eat(b':') {
                return Err(self.bad("colon missing"));
            }
            pairs.push((key, self.value(depth)?));
            self.space();
            if self.eat(b'}') {
                self.once(&pairs)?;
                return Ok(Json::Object(pairs));
            }
            if !self.eat(b',') {
                return Err(self.bad("comma or } missing"));
            }
        }
    }

    /// Every key at most once; sorted first, so that many keys cost no square of time.
    fn once(&self, pairs: &[(Box<str>, Json)]) -> Result<(), Finding> {
        let mut keys: Vec<&str> = pairs.iter().map(|(k, _)| &**k).collect();
        keys.sort_unstable();
        match keys.windows(2).find(|w| w[0] == w[1]) {
            Some(twice) => {
                // A key of foreign making may be anything: only what looks like a field name is repeated.
                let name = if is_name(twice[0]) { twice[0] } else { "?" };
                Err(Finding::new(Code::EDuplicateKey)
                    .with("column", name)
                    .column(name)
                    .byte(self.at as u64))
            }
            None => Ok(()),
        }
    }

    fn number(&mut self) -> Result<Box<str>, Finding> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if !self.eat(b'-') {
                self.eat(b'+');
            }
            self.digits()?;
        }
        Ok(self.text[start..self.at].into())
    }

    fn digits(&mut self) -> Result<(), Finding> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            Err(self.bad("digit missing"))
        } else {
            Ok(())
        }
    }

    fn string(&mut self) -> Result<Box<str>, Finding> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest
                .find(|c: char| c == '"' || c == '\\' || u32::from(c) < 0x20)
                .unwrap_or(rest.len());
            out.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out.into());
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                _ => return Err(self.bad("control character in a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Finding> {
        let c = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.bad("unknown escape")),
        };
        self.at += 1;
        Ok(c)
    }

    fn unicode(&mut self) -> Result<char, Finding> {
        let first = self.hex4()?;
        let point = if (0xD800..0xDC00).contains(&first) {
            if !(self.eat(b'\\') && self.eat(b'u')) {
                return Err(self.bad("half a surrogate pair"));
            }
            let second = self.hex4()?;
            if !(0xDC00..0xE000).contains(&second) {
                return Err(self.bad("half a surrogate pair"));
            }
            0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)
        } else {
            first
        };
        char::from_u32(point).ok_or_else(|| self.bad("half a surrogate pair"))
    }

    fn hex4(&mut self) -> Result<u32, Finding> {
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let value = digits.and_then(|d| u32::from_str_radix(d, 16).ok());
        let value = value.ok_or_else(|| self.bad("four hexadecimal digits missing"))?;
        self.at += 4;
        Ok(value)
    }
}

/// True for what may be shown as a field name: short, letters of any script, digits and a few signs.
pub fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    !text.is_empty() && text.chars().count() <= 64 && text.chars().all(fits)
}
