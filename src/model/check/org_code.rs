//! 组织机构代码 GB 11714-1997: eight of 0-9 A-Z and a check character. Stored without its hyphen.
//!
//! Modulus 11 finds every wrong or exchanged *digit*. Among letters it cannot: A to Z are worth 10 to 35, so characters
//! 11 apart weigh the same.

use super::{Checked, Options, Verdict, identifier};
use crate::Code;

/// The weights of the first eight.
pub const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Judges an organisation code, with or without the hyphen before its check character.
pub fn check(text: &str, options: &Options) -> Verdict {
    let written = identifier(text)?;
    let value = written.replace('-', "");
    let length = value.chars().count();
    if options.pad_zeros && (1..9).contains(&length) && super::all_digits(&written) {
        return judge(format!("{value:0>9}")).map(|checked| checked.warn(Code::WPadded));
    }
    if length != 9 {
        return Err(Code::ELen);
    }
    // The hyphen's place is judged after the characters: `D2143-569X` is a wrong build, `D21#3569-X` a wrong character.
    let hyphen_in_place = !written.contains('-') || (written.len() == 10 && written.find('-') == Some(8));
    if hyphen_in_place || !is_charset(&value) {
        judge(value)
    } else {
        Err(Code::EFormat)
    }
}

/// The check character of the first eight. `None` where they are not eight of 0-9 A-Z.
pub fn check_char(body: &str) -> Option<char> {
    if body.len() != WEIGHTS.len() || body.contains(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    let mut sum = 0;
    for (c, weight) in body.chars().zip(WEIGHTS) {
        sum += c.to_digit(36)? * weight;
    }
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        value => char::from_digit(value, 10),
    }
}

/// As printed on certificates: `XXXXXXXX-X`. For a code that passed; anything else is given back as it is.
pub fn hyphenated(value: &str) -> String {
    match (value.get(..8), value.get(8..)) {
        (Some(body), Some(last)) if value.len() == 9 => format!("{body}-{last}"),
        _ => value.to_owned(),
    }
}

fn is_charset(value: &str) -> bool {
    value.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

fn judge(value: String) -> Verdict {
    if !is_charset(&value) {
        return Err(Code::ECharset);
    }
    if value == "000000000" {
        // Passes its own check, and is what people type to get past a form.
        return Err(Code::EPlaceholder);
    }
    if value.chars().next_back() == check_char(&value[..8]) {
        Ok(Checked::clean(value))
    } else {
        Err(Code::ECheck)
    }
}
