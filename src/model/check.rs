//! Checks: whether a value can be what it says it is, and how it is written canonically.
//!
//! Every check runs in the same order: normalise by profile, masked or damaged, length, characters, structure, date,
//! check digit, table. The first thing that is wrong is reported. A check never repairs: what it changes in writing
//! (width, spaces, hyphens) is the same value, and what it had to guess carries a warning.
//! Sources: the domain notes, section 4. The proof is `fixtures/vectors/`.

pub mod amount;
pub mod case_no;
pub mod cell;
pub mod citizen_id;
pub mod contact;
pub mod corruption;
pub mod date;
pub mod division;
pub mod doc_no;
pub mod iso7064;
pub mod name_approval_no;
pub mod name_ent;
pub mod org_code;
pub mod person;
pub mod phone;
pub mod reg_no15;
pub mod seal_code;
pub mod status;
pub mod tax_no;
pub mod uscc;
pub mod width;

#[cfg(test)]
mod tests;

pub use corruption::corruption;

use crate::Code;
use jiff::{civil::Date, tz::Offset};
use std::{collections::BTreeSet, sync::Arc};

/// A value that passed, in its canonical writing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checked {
    /// The canonical text.
    pub value: String,
    /// What should be known about it; only `W_` codes.
    pub warnings: Vec<Code>,
}

impl Checked {
    /// A value with nothing to say about it.
    pub fn clean(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            warnings: Vec::new(),
        }
    }
    /// With one more warning.
    #[must_use]
    pub fn warn(mut self, code: Code) -> Self {
        self.warnings.push(code);
        self
    }
}

/// The canonical value, or the first thing that is wrong.
pub type Verdict = Result<Checked, Code>;

/// A check as found by its name.
pub type Check = fn(&str, &Options) -> Verdict;

/// What may be decided differently from one field or installation to the next. The default is the strict side.
#[derive(Clone, Debug)]
pub struct Options {
    /// Early pilot credit codes (`M0001…`) that fail their check are accepted and flagged.
    pub pilot_codes: bool,
    /// Registration numbers of 13 digits, from before 2007, are accepted and flagged.
    pub legacy_reg_no: bool,
    /// Divisions of 9 (town) and 12 (village) digits are accepted beside those of 6.
    pub extended_division: bool,
    /// The divisions there are, 6 digits each. Without a table a division is judged by its structure alone:
    /// codes change, and old numbers keep the old ones.
    pub divisions: Option<Arc<BTreeSet<Box<str>>>>,
    /// Area code, with its leading zero, for local numbers written without one.
    pub default_area: Option<Box<str>>,
    /// The last day a birth can have; without it a birth in the future is not noticed.
    pub reference_date: Option<Date>,
    /// 长期, 永久, 9999-12-31 and 2099-12-31 mean "no end" here.
    pub open_end: bool,
    /// Amounts in Chinese capitals (壹佰万元整) are read.
    pub chinese_amount: bool,
    /// Names in Latin letters are accepted: the holder's document is not a Chinese identity card.
    pub latin_names: bool,
    /// Zeros lost in front of an organisation code are restored where the check character proves it.
    pub pad_zeros: bool,
    /// A numeric cell with a telephone number lost its leading zero.
    pub pad_phone: bool,
    /// Digits of a seal code; cities differ.
    pub seal_code_len: usize,
    /// Name approval numbers of any build: cities differ.
    pub name_approval_any: bool,
    /// Where a date lies that comes with an offset from UTC.
    pub zone: Offset,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            pilot_codes: false,
            legacy_reg_no: false,
            extended_division: false,
            divisions: None,
            default_area: None,
            reference_date: None,
            open_end: false,
            chinese_amount: false,
            latin_names: false,
            pad_zeros: false,
            pad_phone: false,
            seal_code_len: 13,
            name_approval_any: false,
            zone: jiff::tz::offset(8),
        }
    }
}

/// The name of the one check that needs a second value to judge by: see [`by_type`].
pub const BY_TYPE: &str = "by_type";

const TABLE: &[(&str, Check)] = &[
    ("amount_wan", amount::wan),
    ("amount_yuan", amount::yuan),
    ("case_no", case_no::check),
    ("citizen_id", citizen_id::check),
    ("date", date::check),
    ("division", division::check),
    ("doc_no", doc_no::check),
    ("email", contact::email),
    ("name_approval_no", name_approval_no::check),
    ("name_ent", name_ent::check),
    ("org_code", org_code::check),
    ("person", person::check),
    ("phone", phone::check),
    ("postcode", contact::postcode),
    ("reg_no15", reg_no15::check),
    ("seal_code", seal_code::check),
    ("tax_no", tax_no::check),
    ("uscc", uscc::check),
];

/// The check of a name used in the dictionary; none for an unknown name and for [`BY_TYPE`].
pub fn by_name(name: &str) -> Option<Check> {
    TABLE.iter().find(|(n, _)| *n == name).map(|(_, check)| *check)
}

/// Every name a dictionary may use, in alphabetical order, [`BY_TYPE`] included.
pub fn names() -> impl Iterator<Item = &'static str> {
    let mut names: Vec<_> = TABLE.iter().map(|(name, _)| *name).chain([BY_TYPE]).collect();
    names.sort_unstable();
    names.into_iter()
}

/// An identity number, judged by the type of its document (GA/T 2000.156): `111` is the Chinese identity card;
/// of any other document only the characters can be judged.
pub fn by_type(id_type: &str, text: &str, options: &Options) -> Verdict {
    if id_type == "111" {
        return citizen_id::check(text, options);
    }
    let value = identifier(text)?;
    if value.is_empty() || value.chars().count() > 20 {
        return Err(Code::ELen);
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-/()".contains(c) || person::is_han(c);
    if value.chars().all(allowed) {
        Ok(Checked::clean(value))
    } else {
        Err(Code::ECharset)
    }
}

/// The first steps of every identifier: one writing, then nothing masked, lost or turned into a number.
pub(crate) fn identifier(text: &str) -> Result<String, Code> {
    let value = width::identifier(text);
    if value.contains('*') {
        return Err(Code::EMasked);
    }
    if value.contains(['?', '\u{FFFD}']) {
        return Err(Code::EReplaced);
    }
    if cell::is_scientific(&value) {
        return Err(Code::ESci);
    }
    Ok(value)
}

/// True for a text of ASCII digits only, and at least one.
pub(crate) fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// Why a check digit fails: a number of more than 15 digits that ends in zeros went through a spreadsheet.
pub(crate) fn check_failed(value: &str) -> Code {
    if cell::is_rounded(value) {
        Code::EPrecision
    } else {
        Code::ECheck
    }
}
