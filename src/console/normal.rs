//! What an input method leaves in a value that no system means: full-width digits and letters, blanks around it, marks
//! without width. It is put right, and whoever typed it is shown that it was.

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
    let text: String = text.chars().filter(visible).map(narrow).collect();
    text.trim().to_owned()
}

/// A department's own number, as far as any department writes one: a word without blanks or control characters.
pub(crate) fn is_number(text: &str) -> bool {
    let sound = |c: char| !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>' | '"' | '\'' | '&');
    !text.is_empty() && text.chars().count() <= 64 && text.chars().all(sound)
}
