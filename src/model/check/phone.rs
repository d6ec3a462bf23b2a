//! Telephone numbers: mobile `13800138000`, land line `010-55550100`, extension `010-55550100-801`, `4008001234`.

use super::{Checked, Options, Verdict, all_digits, identifier};
use crate::Code;

/// Judges a telephone number.
pub fn check(text: &str, options: &Options) -> Verdict {
    let written = identifier(text)?;
    let written = written.replace("EXT.", "转").replace("EXT", "转");
    let (number, extension) = match written.split_once('转') {
        Some((number, extension)) => (number.to_owned(), Some(extension.trim_start_matches('-').to_owned())),
        None => (written, None),
    };
    let (number, abroad) = home(&number);
    // Brackets stand around an area code: the second one parts it from the number.
    let number = number.replace('(', "").replace(')', "-");
    let mut parts: Vec<&str> = number.split('-').filter(|part| !part.is_empty()).collect();
    if !parts.iter().all(|part| all_digits(part)) || extension.as_deref().is_some_and(|e| !all_digits(e)) {
        return Err(Code::ECharset);
    }
    let first = parts.first().copied().ok_or(Code::ELen)?;
    let mut joined = parts.concat();
    if abroad && !first.starts_with('0') && !is_mobile(&joined) {
        joined.insert(0, '0');
    } else if first.starts_with('0') {
        return land_line(&mut parts, extension);
    }
    let value = match joined.as_bytes() {
        [b'0', ..] => return land_line(&mut [joined.as_str()].to_vec(), extension),
        [b'4' | b'8', b'0', b'0', ..] if joined.len() == 10 => joined,
        [b'1', ..] => mobile(joined)?,
        [b'2'..=b'9', ..] if matches!(joined.len(), 7 | 8) => {
            let area = options.default_area.as_deref().ok_or(Code::EAreaMissing)?;
            return land_line(&mut vec![area, &joined], extension);
        }
        _ => return Err(Code::ELen),
    };
    if extension.is_some() {
        Err(Code::EFormat)
    } else {
        Ok(Checked::clean(value))
    }
}

/// Without the country code of China, and whether there was one.
fn home(number: &str) -> (&str, bool) {
    let rest = number.strip_prefix("+86").or_else(|| number.strip_prefix("0086"));
    match rest {
        Some(rest) => (rest.trim_start_matches('-'), true),
        None => (number, false),
    }
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..])
}

fn mobile(digits: String) -> Result<String, Code> {
    match digits.len() {
        11 if is_mobile(&digits) => Ok(digits),
        11 => Err(Code::EPrefix),
        _ => Err(Code::ELen),
    }
}

/// Digits of an area code: 010 and 02x have three, all others four.
fn area_len(digits: &str) -> Result<usize, Code> {
    match digits.as_bytes() {
        [b'0', b'1', b'0', ..] | [b'0', b'2', ..] => Ok(3),
        [b'0', b'3'..=b'9', ..] => Ok(4),
        _ => Err(Code::EPrefix),
    }
}

/// Area, number and extension of a number that begins with 0, in one part or in several.
fn land_line(parts: &mut Vec<&str>, mut extension: Option<String>) -> Verdict {
    let first = parts.first().copied().ok_or(Code::ELen)?;
    let area_len = area_len(first)?;
    // `010-55550100-801`: the last part is an extension unless it completes a number written in groups.
    let grouped = |parts: &[&str]| parts.len() == 3 && first.len() == area_len && parts[1].len() + parts[2].len() == 8;
    let has_extension = match parts.len() {
        2 => first.len() > area_len,
        3 => !grouped(parts),
        _ => false,
    };
    if has_extension && extension.is_none() {
        extension = parts.pop().map(str::to_owned);
    }
    let digits = parts.concat();
    let (area, number) = digits.split_at_checked(area_len).ok_or(Code::ELen)?;
    let lengths = if area_len == 3 { 8..=8 } else { 7..=8 };
    if !lengths.contains(&number.len()) {
        return Err(Code::ELen);
    }
    if parts.len() > 1 && first.len() != area_len {
        return Err(Code::EFormat);
    }
    if !matches!(number.as_bytes(), [b'2'..=b'9', ..]) {
        return Err(Code::EPrefix);
    }
    match extension {
        None => Ok(Checked::clean(format!("{area}-{number}"))),
        Some(extension) if (1..=6).contains(&extension.len()) => {
            Ok(Checked::clean(format!("{area}-{number}-{extension}")))
        }
        Some(_) => Err(Code::ELen),
    }
}
