//! 税号: the taxpayer's number, built from other numbers. 国税 and 地税 use one number for one taxpayer.

use super::{Checked, Options, Verdict, all_digits, check_failed, citizen_id, division, identifier, org_code, uscc};
use crate::Code;

/// What a tax number is built from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// 15: division6 + organisation code9.
    DivisionOrg,
    /// 18: a credit code.
    Uscc,
    /// 20: identity number18 + sequence2.
    Citizen,
    /// 20: identity number of 15 digits + `00000`.
    LegacyCitizen,
    /// `L` + a credit code: temporary.
    Temporary,
}

/// Judges a tax number; what it is built from is judged too.
pub fn check(text: &str, options: &Options) -> Verdict {
    let value = identifier(text)?;
    if let Some(rest) = value.strip_prefix('L') {
        return uscc::check(rest, options).map(|inner| Checked {
            value: format!("L{}", inner.value),
            ..inner
        });
    }
    match value.chars().count() {
        15 => division_org(value),
        18 => uscc::check(&value, options),
        20 => citizen(value, options),
        _ => Err(Code::ELen),
    }
}

/// What a tax number that passed is built from.
pub fn kind(value: &str) -> Option<Kind> {
    match value.len() {
        15 => Some(Kind::DivisionOrg),
        18 => Some(Kind::Uscc),
        19 => Some(Kind::Temporary),
        20 => {
            let (body, rest) = value.split_at_checked(17)?;
            let current = citizen_id::check_char(body) == rest.chars().next();
            Some(if current { Kind::Citizen } else { Kind::LegacyCitizen })
        }
        _ => None,
    }
}

/// The organisation code inside a tax number that passed; a person's number has none.
pub fn organisation(value: &str) -> Option<&str> {
    match kind(value)? {
        Kind::DivisionOrg => value.get(6..15),
        Kind::Uscc => uscc::org_code(value),
        Kind::Temporary => uscc::org_code(value.get(1..)?),
        Kind::Citizen | Kind::LegacyCitizen => None,
    }
}

/// Compares a tax number with the organisation code of the same taxpayer; both passed their checks.
pub fn cross_org(value: &str, org_code: &str) -> Result<(), Code> {
    match organisation(value) {
        Some(inner) if inner != org_code => Err(Code::EOrgMismatch),
        _ => Ok(()),
    }
}

/// Compares what 国税 and 地税 say of one taxpayer; both passed their checks.
pub fn cross_bureaus(national: &str, local: &str) -> Result<(), Code> {
    if national == local {
        Ok(())
    } else {
        Err(Code::ECrossCheck)
    }
}

fn division_org(value: String) -> Verdict {
    let (area, organisation) = value.split_at_checked(6).ok_or(Code::ECharset)?;
    if !all_digits(area) {
        return Err(Code::ECharset);
    }
    if !division::is_authority(area) {
        return Err(Code::EDivision);
    }
    let inner = org_code::check(organisation, &Options::default())?;
    if inner.value == organisation {
        Ok(Checked::clean(value))
    } else {
        Err(Code::EFormat)
    }
}

fn citizen(value: String, options: &Options) -> Verdict {
    let legacy = all_digits(&value) && value.ends_with("00000");
    let body = if legacy { value.get(..15) } else { None };
    if body.is_some_and(|id| citizen_id::check(id, options).is_ok()) {
        return Ok(Checked::clean(value).warn(Code::WLegacy15));
    }
    let (id, sequence) = value.split_at_checked(18).ok_or(Code::ECharset)?;
    if !all_digits(sequence) {
        return Err(Code::ECharset);
    }
    match citizen_id::check(id, options) {
        Ok(inner) => Ok(Checked {
            value: format!("{}{sequence}", inner.value),
            ..inner
        }),
        // All five last digits gone, or only the three of the identity number.
        Err(Code::ECheck | Code::EPrecision) => Err(check_failed(&value)),
        Err(code) => Err(code),
    }
}
