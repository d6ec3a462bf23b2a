//! UTF-16: two bytes for most characters, four for the rest, and no half of a pair alone.

/// Which byte of two stands first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Order {
    /// The low one, as Windows writes.
    Little,
    /// The high one.
    Big,
}

impl Order {
    fn unit(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    fn bytes(self, unit: u16) -> [u8; 2] {
        match self {
            Self::Little => unit.to_le_bytes(),
            Self::Big => unit.to_be_bytes(),
        }
    }

    /// The unit at the beginning of `rest`.
    fn first(self, rest: &[u8]) -> Option<u16> {
        rest.first_chunk().map(|bytes| self.unit(*bytes))
    }

    /// The character at the beginning of `rest` and its bytes; nothing where half a character stands there.
    fn char(self, rest: &[u8]) -> Option<(char, usize)> {
        let unit = self.first(rest)?;
        if !is_high(unit) {
            return char::from_u32(u32::from(unit)).map(|c| (c, 2));
        }
        let low = self.first(rest.get(2..)?)?;
        let pair = char::decode_utf16([unit, low]).next()?.ok()?;
        Some((pair, 4))
    }

    /// Decodes to the end of `out`. On a fault, gives its index; `out` then holds the text before it.
    pub(super) fn decode_into(self, bytes: &[u8], out: &mut String) -> Result<(), usize> {
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|r| !r.is_empty()) {
            let (char, len) = self.char(rest).ok_or(at)?;
            out.push(char);
            at += len;
        }
        Ok(())
    }

    /// How many bytes of the beginning are whole; a byte, or half of a pair, may be completed by the next chunk.
    pub(super) fn whole_len(self, bytes: &[u8]) -> usize {
        let even = bytes.len() & !1;
        let last = even.checked_sub(2).and_then(|at| self.first(bytes.get(at..even)?));
        if last.is_some_and(is_high) { even - 2 } else { even }
    }

    /// Every character has a form here.
    pub(super) fn encode_into(self, text: &str, out: &mut Vec<u8>) {
        out.extend(text.encode_utf16().flat_map(|unit| self.bytes(unit)));
    }
}

/// How many bytes a text takes.
pub(super) fn encoded_len(text: &str) -> usize {
    2 * text.encode_utf16().count()
}

fn is_high(unit: u16) -> bool {
    matches!(unit, 0xD800..=0xDBFF)
}
