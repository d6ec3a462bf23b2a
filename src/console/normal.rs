//! What an input method leaves in a value that no system means: full-width digits and letters, blanks around it, marks
//! without width. It is put right, and whoever typed it is shown that it was. A full-width mark is put right only between
//! two digits or letters of the keyboard, as in a number or a time: elsewhere it may be meant.

#[cfg(test)]
mod tests;

/// The value as it is meant.
pub(crate) fn normal(text: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
        }
        '\u{3000}' | '\u{a0}' => ' ',
        other => other,
    };
    let visible = |c: &char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{202a}'..='\u{202e}');
    let letters: Vec<char> = text.chars().filter(visible).map(narrow).collect();
    let plain = |at: Option<usize>| {
        at.and_then(|at| letters.get(at))
            .is_some_and(char::is_ascii_alphanumeric)
    };
    let mark = |(at, c): (usize, &char)| match narrow_mark(*c) {
        Some(mark) if plain(at.checked_sub(1)) && plain(Some(at + 1)) => mark,
        _ => *c,
    };
    let text: String = letters.iter().enumerate().map(mark).collect();
    text.trim().to_owned()
}

/// The keyboard's own mark for a full-width one, and for the hyphens that look like it.
fn narrow_mark(c: char) -> Option<char> {
    match c {
        '\u{ff0d}' | '\u{2010}' | '\u{2011}' | '\u{2212}' => Some('-'),
        '\u{ff0e}' => Some('.'),
        '\u{ff0f}' => Some('/'),
        '\u{ff1a}' => Some(':'),
        '\u{ff3f}' => Some('_'),
        _ => None,
    }
}

/// A department's own number, as far as any department writes one: a word without blanks or control characters.
pub(crate) fn is_number(text: &str) -> bool {
    let sound = |c: char| !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>' | '"' | '\'' | '&');
    !text.is_empty() && text.chars().count() <= 64 && text.chars().all(sound)
}
