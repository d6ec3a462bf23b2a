//! 印章编码: division6 and a number, 13 digits in most cities (`Options::seal_code_len`).

use super::{Checked, Options, Verdict, all_digits, division, identifier};
use crate::Code;

/// Judges a seal code.
pub fn check(text: &str, options: &Options) -> Verdict {
    let value = identifier(text)?;
    if value.chars().count() != options.seal_code_len {
        return Err(Code::ELen);
    }
    if !all_digits(&value) {
        return Err(Code::ECharset);
    }
    if value.get(..6).is_some_and(division::is_structural) {
        Ok(Checked::clean(value))
    } else {
        Err(Code::EDivision)
    }
}
