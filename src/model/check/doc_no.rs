//! 发文字号: `海环审字〔2026〕1号`. The last character is part of it: a number that was cut somewhere has lost it.

use super::{Checked, Options, Verdict, all_digits, corruption, person::is_han, width};
use crate::Code;

/// Judges the number of an official document; brackets are put into one writing.
pub fn check(text: &str, _options: &Options) -> Verdict {
    if let Some(code) = corruption::in_name(text) {
        return Err(code);
    }
    let value: String = width::code(text).chars().map(bracket).collect();
    if value.is_empty() || value.chars().count() > 40 {
        return Err(Code::ELen);
    }
    if is_built(&value) {
        Ok(Checked::clean(value))
    } else {
        Err(Code::EFormat)
    }
}

fn bracket(c: char) -> char {
    match c {
        '[' | '【' | '［' => '〔',
        ']' | '】' | '］' => '〕',
        _ => c,
    }
}

/// Office, year in brackets, number, `号`.
fn is_built(value: &str) -> bool {
    let parts = value.split_once('〔').and_then(|(office, rest)| {
        let (year, rest) = rest.split_once('〕')?;
        Some((office, year, rest.strip_suffix('号')?))
    });
    parts.is_some_and(|(office, year, number)| {
        !office.is_empty()
            && office.chars().all(is_han)
            && year.len() == 4
            && all_digits(year)
            && (1..=8).contains(&number.len())
            && all_digits(number)
    })
}
