//! The texts of a workbook's parts: plain, in runs of several fonts, with characters that XML cannot hold written out.

use super::tags::{Tag, Tags, decode, syntax};
use crate::fault::structure;
use model::Finding;
use std::io::Read;

#[cfg(test)]
mod tests;

/// `_x000D_`: a UTF-16 unit written out.
const ESCAPE: usize = 7;

/// Appends the text of the element that just began, to its end.
pub(crate) fn plain<R: Read>(tags: &mut Tags<R>, text: &mut String) -> Result<(), Finding> {
    loop {
        match tags.next()? {
            Tag::Text(raw) => decode(raw, text)?,
            Tag::Plain(raw) => text.push_str(std::str::from_utf8(raw).map_err(|_| syntax())?),
            Tag::Open { empty: true, .. } => {}
            Tag::Open { .. } => tags.skip()?,
            Tag::Close => return Ok(()),
            Tag::End => return Err(syntax()),
        }
    }
}

/// Appends the text of a string that just began, all its runs, to its end; how it is spoken is no part of it.
pub(crate) fn rich<R: Read>(tags: &mut Tags<R>, text: &mut String, run: &mut String) -> Result<(), Finding> {
    let depth = tags.depth();
    loop {
        match tags.next()? {
            Tag::Open {
                name: b"t",
                attributes,
                empty: false,
            } => {
                let kept = attributes.raw("space")? == Some(b"preserve");
                run.clear();
                plain(tags, run)?;
                let run = match kept {
                    true => run.as_str(),
                    false => run.trim_matches([' ', '\t', '\r', '\n']),
                };
                unescape(run, text)?;
            }
            Tag::Open {
                name: b"rPh",
                empty: false,
                ..
            } => tags.skip()?,
            Tag::End => return Err(syntax()),
            _ => {}
        }
        if tags.depth() < depth {
            return Ok(());
        }
    }
}

/// Appends a text whose `_xHHHH_` are UTF-16 units.
pub(crate) fn unescape(text: &str, out: &mut String) -> Result<(), Finding> {
    let mut rest = text;
    while let Some((at, first)) = escaped(rest) {
        out.push_str(&rest[..at]);
        rest = &rest[at + ESCAPE..];
        let mut units = vec![first];
        let half = (0xD800..0xDC00).contains(&first);
        if let Some((0, second)) = escaped(rest).filter(|_| half) {
            units.push(second);
            rest = &rest[ESCAPE..];
        }
        // Half a character is none, and none is put in its place.
        let alone = |_| structure("字符 character", "_xHHHH_");
        for decoded in char::decode_utf16(units) {
            out.push(decoded.map_err(alone)?);
        }
    }
    out.push_str(rest);
    Ok(())
}

/// Where the first written-out unit stands, and which it is.
fn escaped(text: &str) -> Option<(usize, u16)> {
    text.match_indices("_x").find_map(|(at, _)| {
        let digits = text.get(at + 2..at + 6)?;
        let closed = text.as_bytes().get(at + 6) == Some(&b'_');
        let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        let unit = u16::from_str_radix(digits, 16).ok()?;
        (closed && is_hex).then_some((at, unit))
    })
}
