//! 注册号 GS 15-2006: registering authority6, sequence8, check by ISO 7064 MOD 11,10.

use super::{Checked, Options, Verdict, all_digits, division, identifier, iso7064};
use crate::Code;

/// What the first digit of the sequence says about an enterprise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// 0-3: domestic enterprise.
    Domestic,
    /// 4-5: foreign-invested enterprise.
    Foreign,
    /// 6-9: individual business.
    Individual,
}

/// Judges a registration number of 15 digits; of 13, without a check digit, only with `legacy_reg_no`.
pub fn check(text: &str, options: &Options) -> Verdict {
    let value = identifier(text)?;
    let legacy = match value.chars().count() {
        15 => false,
        13 if options.legacy_reg_no => true,
        _ => return Err(Code::ELen),
    };
    if !all_digits(&value) {
        return Err(Code::ECharset);
    }
    if !division::is_authority(&value[..6]) {
        return Err(Code::EDivision);
    }
    if legacy {
        return Ok(Checked::clean(value).warn(Code::WLegacy13));
    }
    if iso7064::holds_mod11_10(&value) {
        Ok(Checked::clean(value))
    } else {
        Err(Code::ECheck)
    }
}

/// The check digit of the first 14.
pub fn check_char(body: &str) -> Option<char> {
    if body.len() == 14 {
        iso7064::mod11_10(body)
    } else {
        None
    }
}

/// The kind of enterprise of a 15-digit number that passed.
pub fn kind(value: &str) -> Option<Kind> {
    match value.as_bytes().get(6)? {
        b'0'..=b'3' => Some(Kind::Domestic),
        b'4' | b'5' => Some(Kind::Foreign),
        b'6'..=b'9' => Some(Kind::Individual),
        _ => None,
    }
}

/// True where the national authority registered it.
pub fn is_national(value: &str) -> bool {
    value.starts_with("100000")
}
