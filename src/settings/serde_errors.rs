//! What serde says, as findings: its errors are English sentences, ours have a code, two languages and a remedy.

use crate::diagnostic::both;
use crate::suggest::{listed, nearest};
use crate::units::MARK;
use model::{Code, Finding};

/// A finding, and the known word that was probably meant.
pub(crate) struct Said {
    pub(crate) finding: Finding,
    pub(crate) did_you_mean: Option<String>,
}

/// Reads a serde error's message.
pub(crate) fn translate(message: &str) -> Said {
    let message = message.trim_end();
    let plain = |finding| Said {
        finding,
        did_you_mean: None,
    };
    if let Some((word, text)) = message.split_once(MARK)
        && let Some(code) = Code::from_word(word)
    {
        return plain(Finding::new(code).with("name", text));
    }
    if message.contains("expected struct Secret") {
        return plain(Finding::new(Code::SSecretLiteral)); // the message repeats the secret: nothing of it is kept
    }
    if let Some(rest) = message.strip_prefix("unknown field ") {
        return word(Code::SUnknownKey, rest);
    }
    if let Some(rest) = message.strip_prefix("unknown variant ") {
        return word(Code::SWord, rest);
    }
    if let Some(name) = message.strip_prefix("missing field ") {
        return plain(Finding::new(Code::SMissingKey).with("name", name.trim_matches('`')));
    }
    if let Some((found, expected)) = message
        .strip_prefix("invalid type: ")
        .and_then(|r| r.split_once(", expected "))
    {
        let finding = Finding::new(Code::SType)
            .with("found", type_name(found))
            .with("expected", type_name(expected));
        return plain(finding);
    }
    plain(Finding::new(Code::SValue).with("detail", message))
}

/// `` `x`, expected one of `a`, `b` ``: the word, and the ones that are known.
fn word(code: Code, rest: &str) -> Said {
    let mut quoted = rest.split('`').skip(1).step_by(2);
    let name = quoted.next().unwrap_or_default();
    let known: Vec<&str> = quoted.collect();
    Said {
        finding: Finding::new(code)
            .with("name", name)
            .with("known", listed(known.iter().copied())),
        did_you_mean: nearest(name, known.iter().copied()),
    }
}

/// Serde's word for a type, in both languages.
fn type_name(serde: &str) -> String {
    let kind = serde.split(['`', '"']).next().unwrap_or(serde).trim();
    match kind {
        "string" | "a string" | "character" => both("文本", "text in quotes"),
        "integer" | "u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64" | "an integer" => {
            both("整数", "a whole number")
        }
        "floating point" | "f64" => both("小数", "a decimal number"),
        "text or a whole number" => both("文本或整数", "text or a whole number"),
        "boolean" | "a boolean" | "a bool" => "true/false".to_owned(),
        "sequence" | "a sequence" => both("列表", "a list [ … ] or [[tables]]"),
        "map" | "a map" => both("表", "a table"),
        _ if kind.starts_with("struct") || kind.starts_with("a table") => both("表", "a table"),
        _ if kind.to_lowercase().contains("datetime") => both("日期", "a date like 2026-12-31"),
        _ => serde.to_owned(),
    }
}
