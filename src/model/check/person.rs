//! Names of people: Han characters and `·`; Latin letters where the document allows it.

use super::{Checked, Options, Verdict, corruption, width};
use crate::Code;

/// The middle dot of names, and what is typed for it.
const DOT: char = '·';
const DOTS: [char; 4] = ['•', '・', '．', '.'];

/// Judges a person's name. The dots of names of several parts become `·` U+00B7; a private character is flagged.
pub fn check(text: &str, options: &Options) -> Verdict {
    let name = width::text(text);
    if name.is_empty() {
        return Err(Code::ERequired);
    }
    if let Some(code) = corruption::in_name(name) {
        return Err(code);
    }
    if options.latin_names && name.chars().any(|c| c.is_alphabetic() && !is_han(c)) {
        return latin(name);
    }
    let value: String = name.chars().map(|c| if DOTS.contains(&c) { DOT } else { c }).collect();
    if !value.chars().all(|c| is_han(c) || is_private(c) || c == DOT) {
        return Err(Code::ECharset);
    }
    if value.starts_with(DOT) || value.ends_with(DOT) || value.contains("··") {
        return Err(Code::EFormat);
    }
    Ok(flag_private(value))
}

/// Latin letters keep their writing: a full stop after an initial is no middle dot.
fn latin(name: &str) -> Verdict {
    let is_letter = |c: char| c.is_alphabetic() && (c as u32) < 0x250;
    if name.chars().all(|c| is_letter(c) || " -'’.,".contains(c) || c == DOT) {
        Ok(Checked::clean(name))
    } else {
        Err(Code::ECharset)
    }
}

/// A value with `W_PUA` where a private character stands in it.
pub(crate) fn flag_private(value: String) -> Checked {
    let private = value.chars().any(is_private);
    let checked = Checked::clean(value);
    if private { checked.warn(Code::WPua) } else { checked }
}

/// Han characters, compatibility ones and 〇 included.
pub(crate) fn is_han(c: char) -> bool {
    matches!(c,
        '〇'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{2FA1F}'
        | '\u{30000}'..='\u{323AF}')
}

/// Private-use characters: glyphs that one office made for itself 造字.
pub(crate) fn is_private(c: char) -> bool {
    matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}')
}
