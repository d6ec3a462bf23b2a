//! 名称预核准文号: `（京海）名称预核（内）字〔2026〕第0000001号`. Brackets are written in many ways and mean the same.

use super::{Checked, Options, Verdict, all_digits, corruption, person::is_han, width};
use crate::Code;

/// Judges a name approval number; with `name_approval_any` only its brackets are put into one writing.
pub fn check(text: &str, options: &Options) -> Verdict {
    if let Some(code) = corruption::in_name(text) {
        return Err(code);
    }
    let value: String = width::code(text)
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(bracket)
        .collect();
    if value.is_empty() || value.chars().count() > 40 {
        return Err(Code::ELen);
    }
    if options.name_approval_any || is_built(&value) {
        Ok(Checked::clean(value))
    } else {
        Err(Code::EFormat)
    }
}

fn bracket(c: char) -> char {
    match c {
        '(' => '（',
        ')' => '）',
        '[' | '【' | '［' => '〔',
        ']' | '】' | '］' => '〕',
        _ => c,
    }
}

fn is_built(value: &str) -> bool {
    parts(value).is_some_and(|(place, kind, year, number)| {
        (1..=8).contains(&place.chars().count())
            && place.chars().all(is_han)
            && matches!(kind, "内" | "外" | "私" | "个")
            && year.len() == 4
            && all_digits(year)
            && (1..=8).contains(&number.len())
            && all_digits(number)
    })
}

/// Place, kind, year and number.
fn parts(value: &str) -> Option<(&str, &str, &str, &str)> {
    let (place, rest) = value.strip_prefix('（')?.split_once("）名称预核（")?;
    let (kind, rest) = rest.split_once("）字〔")?;
    let (year, rest) = rest.split_once("〕第")?;
    Some((place, kind, year, rest.strip_suffix('号')?))
}
