//! Names of enterprises. Their writing is their own: only damage is refused.

use super::{Options, Verdict, corruption, person, width};
use crate::Code;

/// Judges an enterprise name; spaces at its ends go, nothing else changes.
pub fn check(text: &str, _: &Options) -> Verdict {
    let name = width::text(text);
    if name.is_empty() {
        return Err(Code::ERequired);
    }
    if let Some(code) = corruption::in_name(name) {
        return Err(code);
    }
    let written = name.chars().any(|c| c.is_alphabetic() || person::is_private(c));
    if !written || name.chars().any(char::is_control) {
        return Err(Code::ECharset);
    }
    Ok(person::flag_private(name.to_owned()))
}
