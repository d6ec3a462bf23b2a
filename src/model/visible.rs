//! Text from outside where people see it: shown, never obeyed. A mark that turns the direction of what follows makes a
//! reason read as what it does not say.

use std::borrow::Cow;
use std::fmt::Write as _;

#[cfg(test)]
mod tests;

/// Whether a character turns the direction of what stands beside it.
pub fn turns(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// As people read it: control and direction marks stand as their code points.
pub fn text(text: &str) -> Cow<'_, str> {
    let moves = |c: char| c.is_control() || turns(c);
    escaped(text, moves, |c, out| write!(out, "<U+{:04X}>", u32::from(c)))
}

/// JSON that says the same and shows what it says: direction marks stand as JSON writes characters by their number.
/// They can only stand within its strings.
pub fn json(json: &str) -> Cow<'_, str> {
    escaped(json, turns, |c, out| write!(out, "\\u{:04x}", u32::from(c)))
}

fn escaped(
    text: &str,
    which: impl Fn(char) -> bool,
    by: impl Fn(char, &mut String) -> std::fmt::Result,
) -> Cow<'_, str> {
    if !text.contains(&which) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if which(c) {
            // Into a text nothing fails.
            let _ = by(c, &mut shown);
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}
