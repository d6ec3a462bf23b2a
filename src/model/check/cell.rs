//! What spreadsheets do to identifiers: digits lost to 15 significant ones, `1.10199E+17`, leading zeros gone.
//!
//! Lost digits cannot come back, so such a value is refused by its own code and not as a wrong check digit:
//! the remedy is another export, not another look at the certificate.

use super::{Checked, Options, Verdict, all_digits, by_name};
use crate::Code;

/// Digits that a spreadsheet keeps of a number.
const SIGNIFICANT: usize = 15;

/// A number in scientific notation as a spreadsheet exports it: `1.10199E+17`.
/// A bare `12E4` is not one: organisation codes look like that.
pub fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let digits = exponent.strip_prefix(['+', '-']);
    let signed = digits.is_some();
    let pointed = match mantissa.split_once('.') {
        Some((whole, part)) if all_digits(whole) && all_digits(part) => true,
        None if all_digits(mantissa) => false,
        _ => return false,
    };
    (signed || pointed) && all_digits(digits.unwrap_or(exponent))
}

/// More than 15 digits, and only zeros after the fifteenth. Some such numbers are right: ask only after the check
/// digit has failed.
pub fn is_rounded(text: &str) -> bool {
    all_digits(text) && text.len() > SIGNIFICANT && text[SIGNIFICANT..].bytes().all(|b| b == b'0')
}

/// What an identifier in a *numeric* cell was, judged by the check of this name.
///
/// `digits` is the cell's number as an integer. From 1e15 it is refused whatever its check digit says
/// (`E_PRECISION`): the last digits are not those that were typed. Below, zeros lost in front are restored where the
/// result can be proved by a check character (`org_code`) or where the department is known to lose them
/// (`Options::pad_phone`), flagged `W_PADDED`. The value is the digits as they were meant, not yet canonical writing.
pub fn number(check: &str, digits: &str, options: &Options) -> Verdict {
    if !all_digits(digits) {
        return Err(Code::ECharset);
    }
    let digits = digits.trim_start_matches('0');
    if digits.len() > SIGNIFICANT {
        return Err(Code::EPrecision);
    }
    let judge = by_name(check).ok_or(Code::EFormat)?;
    // Zeros are restored here, not by the check, so that the value carries them.
    let options = &Options {
        pad_zeros: false,
        ..options.clone()
    };
    // Below 1e15 no digit is lost: only zeros in front can be.
    let verdict = match judge(digits, options) {
        Ok(checked) => Ok(Checked {
            value: digits.to_owned(),
            ..checked
        }),
        Err(code) => match padded(check, digits, options).filter(|text| judge(text, options).is_ok()) {
            Some(text) => Ok(Checked::clean(text).warn(Code::WPadded)),
            None => Err(code),
        },
    };
    verdict.map(|checked| checked.warn(Code::WNumCell))
}

/// The digits with the zeros that were lost in front, for those checks whose numbers can begin with one.
fn padded(check: &str, digits: &str, options: &Options) -> Option<String> {
    match check {
        "org_code" if digits.len() < 9 => Some(format!("{digits:0>9}")),
        "phone" if options.pad_phone => Some(format!("0{digits}")),
        _ => None,
    }
}
