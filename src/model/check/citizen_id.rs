//! 公民身份号码 GB 11643-1999: division6, birth, sequence3 (odd = male), check by ISO 7064 MOD 11-2.
//!
//! Numbers of 15 digits, of the kind before 1999, are written out to 18 and flagged; the source keeps its own writing.

use super::{Checked, Options, Verdict, all_digits, check_failed, date, division, identifier, iso7064};
use crate::Code;
use jiff::civil::Date;

/// Characters people type for the final X: the multiplication sign and the Greek capital chi.
const X_VARIANTS: [char; 2] = ['\u{D7}', '\u{3A7}'];

/// Judges an identity number of 18 characters, or of 15 digits.
pub fn check(text: &str, options: &Options) -> Verdict {
    let written = identifier(text)?;
    if written.chars().filter(|c| *c == 'X' || X_VARIANTS.contains(c)).count() > 1 {
        // One X can stand at the end; several are a mask.
        return Err(Code::EMasked);
    }
    match written.chars().count() {
        15 => legacy15(&written, options),
        18 => match written.strip_suffix(X_VARIANTS) {
            Some(body) => current(format!("{body}X"), options).map(|checked| checked.warn(Code::WXVariant)),
            None => current(written, options),
        },
        _ => Err(Code::ELen),
    }
}

/// The check character of the first 17 digits.
pub fn check_char(body: &str) -> Option<char> {
    if body.len() == 17 { iso7064::mod11_2(body) } else { None }
}

/// Sex by GB/T 2261.1, `'1'` male or `'2'` female, of a number that passed.
pub fn sex(value: &str) -> Option<char> {
    let digit = value.get(16..17)?.parse::<u8>().ok()?;
    Some(if digit % 2 == 1 { '1' } else { '2' })
}

/// Birth of a number that passed.
pub fn birth(value: &str) -> Option<Date> {
    date::compact(value.get(6..14)?)
}

/// Compares the sex in a number that passed with a code of GB/T 2261.1; `0` unknown and `9` not stated contradict nothing.
pub fn cross_sex(value: &str, sex_code: &str) -> Result<(), Code> {
    match sex_code {
        "0" | "9" => Ok(()),
        _ if sex(value).is_some_and(|c| sex_code.len() == 1 && sex_code.starts_with(c)) => Ok(()),
        _ => Err(Code::ESexMismatch),
    }
}

/// Compares the birth in a number that passed with a date.
pub fn cross_birth(value: &str, day: Date) -> Result<(), Code> {
    if birth(value) == Some(day) {
        Ok(())
    } else {
        Err(Code::EBirthMismatch)
    }
}

fn current(value: String, options: &Options) -> Verdict {
    let (body, last) = value.split_at_checked(17).ok_or(Code::ECharset)?;
    if !all_digits(body) || !(last == "X" || all_digits(last)) {
        return Err(Code::ECharset);
    }
    structure(body, options)?;
    if check_char(body) == last.chars().next() {
        Ok(Checked::clean(value))
    } else {
        Err(check_failed(&value))
    }
}

fn legacy15(written: &str, options: &Options) -> Verdict {
    if !all_digits(written) {
        return Err(Code::ECharset);
    }
    let body = format!("{}19{}", &written[..6], &written[6..]);
    structure(&body, options)?;
    let last = check_char(&body).ok_or(Code::ECharset)?;
    Ok(Checked::clean(format!("{body}{last}")).warn(Code::WLegacy15))
}

/// Division and birth of 17 digits. 83 is the residence permit for people from Taiwan, which is no province code.
fn structure(body: &str, options: &Options) -> Result<(), Code> {
    if !division::is_structural(&body[..6]) && !body.starts_with("830000") {
        return Err(Code::EDivision);
    }
    let birth = date::compact(&body[6..14])
        .filter(|day| day.year() >= date::FIRST_YEAR)
        .ok_or(Code::EDate)?;
    if options.reference_date.is_some_and(|last| birth > last) {
        Err(Code::EDate)
    } else {
        Ok(())
    }
}
