//! How the text of a document is written: the mark, the declaration, and the encoding that follows from both.
//!
//! Every encoding of ours writes the declaration in plain ASCII, or in ASCII with a zero beside each byte, so it can be
//! read before the encoding is known.

use super::{Precedence, XmlReadOptions};
use crate::encoding::Encoding;
use crate::text::{first, judge_mark};
use crate::{Input, fault};
use model::{Code, Finding};

/// A declaration is short; what goes on beyond this is none.
const DECLARATION_BYTES_MAX: usize = 256;

/// What stands before the first mark-up, the longest mark and declaration of two bytes a character.
const HEAD_BYTES: u64 = 4 + 2 * DECLARATION_BYTES_MAX as u64;

/// Where the text behind mark and declaration begins, and what it is written in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) encoding: Encoding,
    /// How many bytes of the document stand before it.
    pub(super) before: u64,
}

/// Looks at the beginning of a document.
pub(super) fn start(input: &mut Input, options: &XmlReadOptions) -> Result<Start, Finding> {
    let bytes = &first(input, HEAD_BYTES, &options.limits)?[..];
    let order = order(bytes);
    let mark = [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be]
        .into_iter()
        .find(|e| bytes.starts_with(e.mark()))
        .map_or(0, |e| e.mark().len());
    let rest = bytes.get(mark..).unwrap_or_default();
    let declaration = declaration(&plain(rest, order)).map_err(|f| f.byte(mark as u64))?;
    let declared = declaration.as_ref().and_then(|d| d.encoding.as_deref());
    let agreed = match (options.precedence, declared) {
        (Precedence::Declaration, Some(word)) => {
            named(word).ok_or_else(|| other_encoding(word, options).byte(mark as u64))?
        }
        _ => options.encoding,
    };
    let encoding = match order {
        Some(order) => in_order(bytes, order, agreed, options)?,
        None if agreed.is_wide() => {
            let found = declared.unwrap_or("单字节编码 single bytes");
            return Err(other_encoding(found, options).byte(mark as u64));
        }
        None => judge_mark(bytes, agreed, options.bom)?.0,
    };
    let unit = if encoding.is_wide() { 2 } else { 1 };
    let before = mark + unit * declaration.map_or(0, |d| d.bytes);
    Ok(Start {
        encoding,
        before: before as u64,
    })
}

/// The byte order of a document of two bytes a character, by its mark or by its first `<`.
fn order(bytes: &[u8]) -> Option<Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] | [b'<', 0, ..] => Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] | [0, b'<', ..] => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// Whether the order that was found is the one that was agreed. A document that calls itself UTF-16 needs no mark where
/// the interface has named the order.
fn in_order(bytes: &[u8], order: Encoding, agreed: Encoding, options: &XmlReadOptions) -> Result<Encoding, Finding> {
    if !agreed.is_wide() {
        return Err(other_encoding("UTF-16", options).byte(0));
    }
    let named = if agreed == Encoding::Utf16 && options.encoding == order && !bytes.starts_with(order.mark()) {
        order
    } else {
        agreed
    };
    let (judged, _) = judge_mark(bytes, named, options.bom)?;
    if judged != order {
        return Err(other_encoding(order.word(), options).byte(0));
    }
    Ok(judged)
}

/// The beginning as a declaration is written: in single bytes.
fn plain(bytes: &[u8], order: Option<Encoding>) -> Vec<u8> {
    let Some(order) = order else {
        return bytes
            .get(..DECLARATION_BYTES_MAX.min(bytes.len()))
            .unwrap_or_default()
            .to_vec();
    };
    let most = bytes.len().min(2 * DECLARATION_BYTES_MAX);
    let mut text = String::new();
    // Where it is no text any more it is no declaration either; what is wrong there is told by decoding the whole.
    let _ = order.decode_into(bytes.get(..most).unwrap_or_default(), &mut text);
    let chars = text.chars().take(DECLARATION_BYTES_MAX);
    chars.map(|c| u8::try_from(c).unwrap_or(0x80)).collect()
}

/// The encoding for a name a declaration may use. GB 2312 is written where GBK is meant, and is a part of it.
fn named(word: &str) -> Option<Encoding> {
    match word.to_ascii_lowercase().as_str() {
        "gb2312" | "ms936" => Some(Encoding::Gbk),
        word => Encoding::from_word(word),
    }
}

fn other_encoding(found: &str, options: &XmlReadOptions) -> Finding {
    Finding::new(Code::ECodePage)
        .with("found", fault::shown(found))
        .with("encoding", options.encoding.word())
}

#[derive(Debug, PartialEq, Eq)]
struct Declaration {
    encoding: Option<String>,
    bytes: usize,
}

/// The declaration at the beginning, where there is one.
fn declaration(bytes: &[u8]) -> Result<Option<Declaration>, Finding> {
    let Some(inside) = bytes.strip_prefix(b"<?xml").filter(|r| r.first().is_some_and(is_space)) else {
        return Ok(None);
    };
    let wrong = || fault::structure("XML", "声明 declaration");
    let len = inside.windows(2).position(|w| w == b"?>").ok_or_else(wrong)?;
    let text = inside
        .get(..len)
        .and_then(|t| std::str::from_utf8(t).ok())
        .ok_or_else(wrong)?;
    let pairs = pairs(text).ok_or_else(wrong)?;
    let names: Vec<&str> = pairs.iter().map(|(name, _)| *name).collect();
    let known = matches!(
        names.as_slice(),
        ["version"] | ["version", "encoding"] | ["version", "standalone"] | ["version", "encoding", "standalone"]
    );
    if !known || pairs.first().is_none_or(|(_, v)| *v != "1.0") {
        return Err(wrong());
    }
    let encoding = pairs.iter().find(|(name, _)| *name == "encoding");
    Ok(Some(Declaration {
        encoding: encoding.map(|(_, value)| (*value).to_owned()),
        bytes: b"<?xml".len() + len + 2,
    }))
}

fn is_space(byte: &u8) -> bool {
    super::name::is_space(char::from(*byte))
}

/// `name="value"` with space before each, in either kind of quotes.
fn pairs(text: &str) -> Option<Vec<(&str, &str)>> {
    let space = super::name::is_space;
    let mut pairs = Vec::new();
    let mut rest = text;
    loop {
        let trimmed = rest.trim_start_matches(space);
        if trimmed.is_empty() {
            return Some(pairs);
        }
        if trimmed.len() == rest.len() {
            return None;
        }
        let (name, after) = trimmed.split_once('=')?;
        let after = after.trim_start_matches(space);
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after.get(1..)?.split_once(quote)?;
        pairs.push((name.trim_end_matches(space), value));
        rest = after;
    }
}
