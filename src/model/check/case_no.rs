//! 业务编号: division6, date8, sequence6, check by ISO 7064 MOD 11,10. Typed by hand and read over the telephone.

use super::{Checked, Options, Verdict, all_digits, check_failed, date, division, identifier, iso7064};
use crate::Code;
use jiff::civil::Date;

/// Judges a case number of 21 digits.
pub fn check(text: &str, _: &Options) -> Verdict {
    let value = identifier(text)?;
    if value.chars().count() != 21 {
        return Err(Code::ELen);
    }
    if !all_digits(&value) {
        return Err(Code::ECharset);
    }
    if !division::is_structural(&value[..6]) {
        return Err(Code::EDivision);
    }
    if date::compact(&value[6..14]).is_none_or(|day| day.year() < date::FIRST_YEAR) {
        return Err(Code::EDate);
    }
    if iso7064::holds_mod11_10(&value) {
        Ok(Checked::clean(value))
    } else {
        Err(check_failed(&value))
    }
}

/// The check digit of the first 20.
pub fn check_char(body: &str) -> Option<char> {
    if body.len() == 20 {
        iso7064::mod11_10(body)
    } else {
        None
    }
}

/// Builds a case number. `None` where the division is none or the sequence has more than six digits.
pub fn build(division: &str, day: Date, sequence: u32) -> Option<String> {
    if !division::is_structural(division) || sequence > 999_999 {
        return None;
    }
    let body = format!(
        "{division}{:04}{:02}{:02}{sequence:06}",
        day.year(),
        day.month(),
        day.day()
    );
    check_char(&body).map(|last| format!("{body}{last}"))
}
