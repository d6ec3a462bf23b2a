//! Text encodings of the departments, decoded and encoded without a single replacement.
//!
//! The tables are those of `encoding_rs`; what it forgives is refused here. Its GBK decoder takes four-byte sequences,
//! its GBK encoder writes `&#14019;` into the data for a character it lacks: neither passes.
//!
//! Six characters of GBK have no table entry but a private one; they are moved to their standard code points on the way
//! in ([`Encoding::settle`]) and, for GBK, back to the same two bytes on the way out.
//!
//! Eighteen other private characters lost their bytes to standard ones in the edition of 2022, which is the table here.
//! The library still writes them as those bytes; here they are refused, for they would come back as something else.
//!
//! UTF-16 is ours (`utf16`), because that library writes UTF-8 for it.

mod utf16;

use model::{Code, Finding};
use std::borrow::Cow;
use utf16::Order;

/// An encoding that a department's interface may name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// GBK, also called cp936: one or two bytes.
    Gbk,
    /// GB 18030-2022: one, two or four bytes; every character exists.
    Gb18030,
    /// UTF-16 whose byte order the mark at the beginning tells; a file without one is refused. Written with the low
    /// byte first, and so are the pieces that [`Encoding::encode`] and [`Encoding::decode`] know, which have no mark.
    Utf16,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
}

/// Bytes that are no text in an encoding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Where the first such sequence begins, from 0.
    pub byte: u64,
    /// Up to 8 bytes from there, in upper-case hexadecimal.
    pub hex: String,
}

/// A character that an encoding does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmappable {
    /// The first one of the text.
    pub char: char,
}

/// A private character found in a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Private {
    /// `W_PUA`: left as it is. `W_PUA_FIXED`: moved to its standard code point.
    pub code: Code,
    /// The character as it came.
    pub char: char,
}

/// GBK bytes, the private character the table gives for them, and the standard one (GB 18030, DOMAIN 4.10).
const FIXED: [([u8; 2], char, char); 6] = [
    ([0xFE, 0x51], '\u{E816}', '\u{20087}'),
    ([0xFE, 0x52], '\u{E817}', '\u{20089}'),
    ([0xFE, 0x53], '\u{E818}', '\u{200CC}'),
    ([0xFE, 0x6C], '\u{E831}', '\u{215D7}'),
    ([0xFE, 0x76], '\u{E83B}', '\u{2298F}'),
    ([0xFE, 0x91], '\u{E855}', '\u{241FE}'),
];

/// The mark some programs put before UTF-8.
pub const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

impl Encoding {
    /// Every encoding.
    pub const ALL: [Self; 6] = [
        Self::Utf8,
        Self::Gbk,
        Self::Gb18030,
        Self::Utf16,
        Self::Utf16Le,
        Self::Utf16Be,
    ];

    /// The word in settings and messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Gbk => "gbk",
            Self::Gb18030 => "gb18030",
            Self::Utf16 => "utf-16",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }

    /// Whether no character takes a single byte, so that formats which count bytes or look for one cannot have it.
    pub fn is_wide(self) -> bool {
        self.order().is_some()
    }

    /// The mark that may stand before a text in this encoding; empty where there is none.
    pub fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => &BOM,
            Self::Gbk | Self::Gb18030 => &[],
            Self::Utf16 | Self::Utf16Le => &[0xFF, 0xFE],
            Self::Utf16Be => &[0xFE, 0xFF],
        }
    }

    /// The encoding for a word of the settings; `cp936` is another name of `gbk`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "cp936" => Some(Self::Gbk),
            _ => Self::ALL.into_iter().find(|e| e.word() == word),
        }
    }

    /// Decodes a whole text. Private characters are left as they are; [`Encoding::settle`] judges them per value.
    ///
    /// # Errors
    /// The first bytes that are no character, a sequence cut off at the end included.
    pub fn decode(self, bytes: &[u8]) -> Result<String, Malformed> {
        let mut text = String::with_capacity(bytes.len());
        match self.decode_into(bytes, &mut text) {
            Ok(()) => Ok(text),
            Err(byte) => Err(Malformed::new(bytes, byte, 0)),
        }
    }

    /// Decodes whole sequences to the end of `out`. On a fault, gives its index; `out` then holds the text before it.
    pub(crate) fn decode_into(self, bytes: &[u8], out: &mut String) -> Result<(), usize> {
        if let Some(order) = self.order() {
            return order.decode_into(bytes, out);
        }
        let sound = self.sound_len(bytes);
        if let Some(text) = bytes.get(..sound).and_then(|b| self.map(b)) {
            out.push_str(&text);
            return if sound == bytes.len() { Ok(()) } else { Err(sound) };
        }
        // Somewhere stands a well-formed sequence that means nothing: find it one by one.
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|r| !r.is_empty()) {
            let sequence = rest.get(..self.sequence_len(rest)).unwrap_or(rest);
            match self.map(sequence) {
                Some(text) => out.push_str(&text),
                None => return Err(at),
            }
            at += sequence.len();
        }
        Ok(())
    }

    /// How many bytes of the beginning are whole sequences; what follows may be completed by the next chunk.
    pub(crate) fn whole_len(self, bytes: &[u8]) -> usize {
        match (self, self.order()) {
            (_, Some(order)) => order.whole_len(bytes),
            (Self::Utf8, _) => utf8_whole_len(bytes),
            _ => {
                let mut at = 0;
                while let Some(rest) = bytes.get(at..).filter(|r| !r.is_empty()) {
                    let len = self.sequence_len(rest);
                    if len > rest.len() {
                        break;
                    }
                    at += len;
                }
                at
            }
        }
    }

    /// How many of these bytes become the first so many bytes of text. One character after the other: for findings.
    pub(crate) fn bytes_of(self, bytes: &[u8], text: usize) -> usize {
        let (mut at, mut done) = (0, String::new());
        while done.len() < text {
            let rest = bytes.get(at..).unwrap_or_default();
            let char = (1..=4).find_map(|n| rest.get(..n).filter(|c| self.whole_len(c) == n));
            match char.map(|c| (c.len(), self.decode_into(c, &mut done))) {
                Some((len, Ok(()))) => at += len,
                _ => break,
            }
        }
        at
    }

    /// Encodes a text.
    ///
    /// # Errors
    /// The first character the encoding does not have. Nothing stands in for it.
    pub fn encode(self, text: &str) -> Result<Vec<u8>, Unmappable> {
        let mut out = Vec::with_capacity(text.len());
        self.encode_into(text, &mut out)?;
        Ok(out)
    }

    /// Encodes a text to the end of `out`, which is left as it was on an error.
    ///
    /// # Errors
    /// As [`Encoding::encode`].
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that encodes: what the table replaced is refused, never kept"
    )]
    pub fn encode_into(self, text: &str, out: &mut Vec<u8>) -> Result<(), Unmappable> {
        if let Some(order) = self.order() {
            order.encode_into(text, out);
            return Ok(());
        }
        let Some(table) = self.table() else {
            out.extend_from_slice(text.as_bytes());
            return Ok(());
        };
        // All of them begin with this byte in UTF-8; nearly all texts have none.
        if text.bytes().any(|b| b == 0xEE)
            && let Some(char) = text.chars().find(|c| lost_its_bytes(*c))
        {
            return Err(Unmappable { char });
        }
        let (bytes, _, replaced) = table.encode(text);
        if !replaced {
            out.extend_from_slice(&bytes);
            return Ok(());
        }
        let before = out.len();
        let mut buffer = [0; 4];
        for char in text.chars() {
            let (bytes, _, replaced) = table.encode(char.encode_utf8(&mut buffer));
            match (replaced, self.fixed_bytes(char)) {
                (false, _) => out.extend_from_slice(&bytes),
                (true, Some(bytes)) => out.extend_from_slice(&bytes),
                (true, None) => {
                    out.truncate(before);
                    return Err(Unmappable { char });
                }
            }
        }
        Ok(())
    }

    /// How many bytes a text takes.
    ///
    /// # Errors
    /// As [`Encoding::encode`].
    pub fn encoded_len(self, text: &str) -> Result<usize, Unmappable> {
        match self {
            Self::Utf8 => Ok(text.len()),
            Self::Gbk | Self::Gb18030 if text.is_ascii() => Ok(text.len()),
            Self::Gbk | Self::Gb18030 => self.encode(text).map(|bytes| bytes.len()),
            Self::Utf16 | Self::Utf16Le | Self::Utf16Be => Ok(utf16::encoded_len(text)),
        }
    }

    /// Judges the private characters of one decoded value: known ones are moved to their standard code points, others
    /// stay. At most one note per kind, with the first such character.
    pub fn settle(self, text: &str) -> (Cow<'_, str>, Vec<Private>) {
        // Every private character begins with one of these bytes; nearly all values have none.
        if !text.bytes().any(|b| matches!(b, 0xEE | 0xEF | 0xF3 | 0xF4)) || !text.chars().any(is_private) {
            return (Cow::Borrowed(text), Vec::new());
        }
        let mut notes: Vec<Private> = Vec::new();
        let mut settled = String::with_capacity(text.len());
        for char in text.chars() {
            let standard = FIXED
                .iter()
                .find(|f| f.1 == char && self.table().is_some())
                .map(|f| f.2);
            settled.push(standard.unwrap_or(char));
            let code = if standard.is_some() {
                Code::WPuaFixed
            } else {
                Code::WPua
            };
            if is_private(char) && !notes.iter().any(|n| n.code == code) {
                notes.push(Private { code, char });
            }
        }
        (Cow::Owned(settled), notes)
    }

    fn order(self) -> Option<Order> {
        match self {
            Self::Utf16 | Self::Utf16Le => Some(Order::Little),
            Self::Utf16Be => Some(Order::Big),
            Self::Utf8 | Self::Gbk | Self::Gb18030 => None,
        }
    }

    fn table(self) -> Option<&'static encoding_rs::Encoding> {
        match self {
            Self::Utf8 | Self::Utf16 | Self::Utf16Le | Self::Utf16Be => None,
            Self::Gbk => Some(encoding_rs::GBK),
            Self::Gb18030 => Some(encoding_rs::GB18030),
        }
    }

    /// Whole sequences to text, or nothing where one of them means nothing.
    fn map(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        match self.table() {
            None => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Some(table) => table.decode_without_bom_handling_and_without_replacement(bytes),
        }
    }

    /// How many bytes the sequence at the beginning of `rest` (not empty) takes by its form; may be more than there are.
    fn sequence_len(self, rest: &[u8]) -> usize {
        match (self, rest) {
            (Self::Utf8, [first, ..]) => utf8_len(*first),
            (_, [0x00..=0x80 | 0xFF, ..]) => 1,
            (Self::Gb18030, [_, 0x30..=0x39, ..]) => 4,
            _ => 2,
        }
    }

    /// How many bytes of the beginning are well-formed by this encoding's own rules, which for GBK are narrower than the
    /// table's. UTF-16 does not come here: it has no table.
    fn sound_len(self, bytes: &[u8]) -> usize {
        match self {
            Self::Gb18030 => self.whole_len(bytes),
            Self::Utf8 | Self::Utf16 | Self::Utf16Le | Self::Utf16Be => {
                std::str::from_utf8(bytes).map_or_else(|e| e.valid_up_to(), str::len)
            }
            Self::Gbk => {
                let mut at = 0;
                while let Some(rest) = bytes.get(at..) {
                    at += match rest {
                        [0x00..=0x80, ..] => 1,
                        [0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE, ..] => 2,
                        _ => break,
                    };
                }
                at
            }
        }
    }

    fn fixed_bytes(self, char: char) -> Option<[u8; 2]> {
        FIXED.iter().find(|f| f.2 == char && self == Self::Gbk).map(|f| f.0)
    }
}

impl Malformed {
    /// Most bytes that are shown.
    pub(crate) const SHOWN: usize = 8;

    /// `at` is an index into `bytes`; `before` is what lies before them in the file.
    pub(crate) fn new(bytes: &[u8], at: usize, before: u64) -> Self {
        let shown = bytes.get(at..).unwrap_or_default().iter().take(Self::SHOWN);
        Self {
            byte: before + at as u64,
            hex: shown.map(|b| format!("{b:02X}")).collect(),
        }
    }
    /// As a finding.
    pub fn finding(&self, encoding: Encoding) -> Finding {
        Finding::new(Code::EEncoding)
            .with("encoding", encoding.word())
            .with("hex", &self.hex)
            .byte(self.byte)
    }
}

impl Unmappable {
    /// As a finding about a column; the row is the caller's to add.
    pub fn finding(&self, encoding: Encoding, column: &str) -> Finding {
        let column = crate::fault::shown(column);
        Finding::new(Code::EUnmappable)
            .with("column", &column)
            .with("char", self.char)
            .with("point", point(self.char))
            .with("encoding", encoding.word())
            .column(column)
    }
}

impl Private {
    /// As a warning about a cell.
    pub fn finding(&self, row: u64, column: &str) -> Finding {
        crate::fault::at(self.code, row, column).with("point", point(self.char))
    }
}

/// A character by its number, as `U+5F20`.
pub fn point(char: char) -> String {
    format!("U+{:04X}", u32::from(char))
}

/// The private characters whose bytes mean a standard one since 2022.
fn lost_its_bytes(char: char) -> bool {
    matches!(
        char,
        '\u{E78D}'
            ..='\u{E796}'
                | '\u{E81E}'
                | '\u{E826}'
                | '\u{E82B}'
                | '\u{E82C}'
                | '\u{E832}'
                | '\u{E843}'
                | '\u{E854}'
                | '\u{E864}'
    )
}

fn is_private(char: char) -> bool {
    matches!(char, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}')
}

fn utf8_len(first: u8) -> usize {
    match first {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    }
}

/// Only the last three bytes can belong to an unfinished sequence.
fn utf8_whole_len(bytes: &[u8]) -> usize {
    for (back, byte) in bytes.iter().rev().take(3).enumerate() {
        if byte & 0xC0 != 0x80 {
            let unfinished = utf8_len(*byte) > back + 1;
            return if unfinished {
                bytes.len() - back - 1
            } else {
                bytes.len()
            };
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests;
