//! Post codes and mail addresses.

use super::{Checked, Options, Verdict, all_digits, identifier, width};
use crate::Code;

/// Judges a post code: six digits.
pub fn postcode(text: &str, _: &Options) -> Verdict {
    let value = identifier(text)?;
    match value.as_str() {
        _ if value.chars().count() != 6 => Err(Code::ELen),
        _ if !all_digits(&value) => Err(Code::ECharset),
        "000000" => Err(Code::EPlaceholder),
        _ => Ok(Checked::clean(value)),
    }
}

/// Judges a mail address: one `@`, ASCII, a domain of at least two labels. Its case is kept.
pub fn email(text: &str, _: &Options) -> Verdict {
    let value = width::code(text);
    if value.contains('*') {
        return Err(Code::EMasked);
    }
    if value.is_empty() || value.len() > 254 {
        return Err(Code::ELen);
    }
    let (local, domain) = value.split_once('@').ok_or(Code::EFormat)?;
    let local_allowed = |c: char| c.is_ascii_alphanumeric() || "!#$%&'+-/=^_`{|}~.".contains(c);
    if !local.chars().all(local_allowed) || !domain.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)) {
        return Err(Code::ECharset);
    }
    let dots = |part: &str| part.split('.').all(|label| !label.is_empty());
    let labels = domain
        .split('.')
        .all(|l| l.len() <= 63 && !l.starts_with('-') && !l.ends_with('-'));
    let built = !local.is_empty() && local.len() <= 64 && dots(local) && dots(domain) && domain.contains('.') && labels;
    if built {
        Ok(Checked::clean(value))
    } else {
        Err(Code::EFormat)
    }
}
