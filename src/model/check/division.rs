//! 行政区划 GB/T 2260: two digits each for province, city and county.
//!
//! Codes change (110103 was merged away in 2010) and old numbers keep the old ones, so the default judgement is by
//! structure. A dated table (`Options::divisions`) makes it strict.

use super::{Checked, Options, Verdict, all_digits, identifier};
use crate::Code;

/// The 34 provinces.
pub const PROVINCES: [u8; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63,
    64, 65, 71, 81, 82,
];

/// How deep a division goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// 6 digits: province, city or county.
    County,
    /// 9 digits: town or street.
    Town,
    /// 12 digits: the statistical code of a village or neighbourhood.
    Village,
}

/// How deep this division goes, by its length.
pub fn depth(code: &str) -> Option<Depth> {
    match code.chars().count() {
        6 => Some(Depth::County),
        9 => Some(Depth::Town),
        12 => Some(Depth::Village),
        _ => None,
    }
}

/// Judges a division: 6 digits, or 9 and 12 with `extended_division`.
pub fn check(text: &str, options: &Options) -> Verdict {
    let value = identifier(text)?;
    match depth(&value) {
        Some(Depth::County) => {}
        Some(_) if options.extended_division => {}
        _ => return Err(Code::ELen),
    }
    if !all_digits(&value) {
        return Err(Code::ECharset);
    }
    let county = &value[..6];
    let known = options.divisions.as_ref().is_none_or(|table| table.contains(county));
    if is_structural(county) && known {
        Ok(Checked::clean(value))
    } else {
        Err(Code::EDivision)
    }
}

/// True for 6 digits that begin with a province and name no county without a city.
pub fn is_structural(code: &str) -> bool {
    code.len() == 6
        && all_digits(code)
        && code[..2].parse().is_ok_and(|province| PROVINCES.contains(&province))
        && (&code[2..4] != "00" || &code[4..] == "00")
}

/// As [`is_structural`]; also the authority of the whole country, 100000, that registers enterprises.
pub(crate) fn is_authority(code: &str) -> bool {
    code == "100000" || is_structural(code)
}
