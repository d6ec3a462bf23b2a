//! Widths: full-width and half-width writing of the same characters.
//!
//! Two profiles. `code` is for identifiers and numbers; `text` for names and addresses, which stay as they were written.
//! Unicode's compatibility forms (NFKC) are never used: they rewrite ①, ㈱ and U+F92C.

/// Profile `code`: U+FF01–FF5E become ASCII, U+3000 a space; spaces at both ends go.
pub fn code(text: &str) -> String {
    let narrow: String = text.chars().map(narrow).collect();
    narrow.trim().to_owned()
}

/// Profile `text`: only spaces at both ends go, the ideographic one included.
pub fn text(text: &str) -> &str {
    text.trim()
}

/// The other way: ASCII becomes full-width, for departments that write so.
pub fn full(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            ' ' => '\u{3000}',
            '!'..='~' => char::from_u32(c as u32 + 0xFEE0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// An identifier: profile `code`, without the apostrophe a spreadsheet puts before text and without inner spaces,
/// letters upper-case.
pub(crate) fn identifier(text: &str) -> String {
    let code = code(text);
    let code = code.strip_prefix('\'').unwrap_or(&code);
    code.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

fn narrow(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}
