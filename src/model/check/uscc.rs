//! 统一社会信用代码 GB 32100-2015: department, category, division6, organisation code9, check.
//!
//! Modulus 31 with powers of 3 finds every single wrong character and every exchange of neighbours.

use super::{Checked, Options, Verdict, check_failed, division, identifier, org_code};
use crate::Code;

/// The alphabet: no I, O, S, V, Z. A character's value is its place.
pub const CHARSET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The weights of the first 17 characters: powers of 3 modulo 31.
pub const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Body of the early pilot series; some of these legal codes fail the modulus.
const PILOT: &str = "M0001";

/// Judges a credit code. Hyphens and spaces within it are writing, not part of it.
pub fn check(text: &str, options: &Options) -> Verdict {
    let value = identifier(text)?.replace('-', "");
    if value.chars().count() != 18 {
        return Err(Code::ELen);
    }
    if !value.chars().all(|c| CHARSET.contains(c)) {
        return Err(Code::ECharset);
    }
    let flagged = category(&value[..1], &value[1..2])?;
    if !division::is_authority(&value[2..8]) {
        return Err(Code::EDivision);
    }
    let organisation = &value[8..17];
    if organisation == "000000000" {
        return Err(Code::EPlaceholder);
    }
    if value.chars().next_back() != check_char(&value[..17]) {
        let pilot = options.pilot_codes && organisation.starts_with(PILOT);
        let failed = check_failed(&value);
        return if pilot {
            Ok(Checked::clean(value).warn(Code::WPilot))
        } else {
            Err(failed)
        };
    }
    let organisation_holds = organisation.chars().next_back() == org_code::check_char(&organisation[..8]);
    let mut checked = Checked::clean(value);
    checked.warnings.extend(flagged);
    if !organisation_holds {
        checked.warnings.push(Code::WOrgCheck);
    }
    Ok(checked)
}

/// The check character of the first 17. `None` where they are not 17 of the alphabet.
pub fn check_char(body: &str) -> Option<char> {
    if body.len() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (c, weight) in body.chars().zip(WEIGHTS) {
        sum += u32::try_from(CHARSET.find(c)?).ok()? * weight;
    }
    // The outer modulus matters: a sum of 0 gives 31, which is no character.
    CHARSET.chars().nth(((31 - sum % 31) % 31) as usize)
}

/// The organisation code inside a credit code that passed.
pub fn org_code(value: &str) -> Option<&str> {
    value.get(8..17)
}

/// Which categories a registering department has. 9 is "other": usual for most, flagged for 工商 and 农业.
fn category(department: &str, category: &str) -> Result<Option<Code>, Code> {
    let own = match department {
        "1" | "5" | "9" | "N" => "123",
        "2" | "4" | "8" | "A" | "Y" => "1",
        "3" => "12345",
        "6" | "7" => "12",
        _ => return Err(Code::ECategory),
    };
    match category {
        _ if own.contains(category) => Ok(None),
        "9" if matches!(department, "9" | "N") => Ok(Some(Code::WCategory9)),
        "9" if department != "Y" => Ok(None),
        _ => Err(Code::ECategory),
    }
}
