//! An expression, word by word: what may stand in one, judged before anything is compiled.
//!
//! Only texts, names, positions, comparisons and `~` are let through. Signs that calculate, call or build tables are
//! not: the first multiply sizes, the others reach for what a mapping has no business with.

use super::{EXPR_MAX, refused};
use model::Finding;
use std::collections::BTreeSet;

/// Filters: what may stand after `|`.
pub const FILTERS: &[&str] = &[
    "default", "first", "join", "last", "length", "lower", "replace", "trim", "upper",
];
/// Tests: what may stand after `is` and `is not`.
const TESTS: &[&str] = &["defined", "undefined", "startingwith", "endingwith"];
/// Signs of two characters, then of one.
const SIGNS: &[&str] = &[
    "==", "!=", "<=", ">=", "<", ">", "~", "(", ")", "[", "]", ",", ":", "|", "-",
];

/// One word of an expression.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Word<'t> {
    Text,
    Number,
    Name(&'t str),
    Sign(&'t str),
}

/// Words of the language itself.
const KEYWORDS: &[&str] = &[
    "and", "else", "false", "False", "if", "in", "is", "none", "None", "not", "or", "true", "True",
];

/// The names an expression reads, in order; an error where it holds anything that may not stand in one.
pub(super) fn names(text: &str) -> Result<BTreeSet<&str>, Finding> {
    if text.chars().count() > EXPR_MAX {
        return Err(refused(&format!("至多{EXPR_MAX}个字符 at most {EXPR_MAX} characters")));
    }
    let words = split(text)?;
    if words.is_empty() {
        return Err(refused("不能为空 it is empty"));
    }
    let mut names = BTreeSet::new();
    for (at, word) in words.iter().enumerate() {
        let Word::Name(name) = word else { continue };
        let before = |back: usize| at.checked_sub(back).and_then(|at| words.get(at)).copied();
        let known = match (before(2), before(1)) {
            (_, Some(Word::Sign("|"))) => Some((FILTERS, "|")),
            (_, Some(Word::Name("is"))) if *name != "not" => Some((TESTS, "is")),
            (Some(Word::Name("is")), Some(Word::Name("not"))) => Some((TESTS, "is not")),
            _ => None,
        };
        match known {
            None if !KEYWORDS.contains(name) => {
                names.insert(*name);
            }
            Some((known, after)) if !known.contains(name) => {
                let known = known.join(", ");
                return Err(refused(&format!(
                    "“{after}”之后没有“{name}” \"{name}\" cannot stand after \"{after}\": {known}"
                )));
            }
            _ => {}
        }
    }
    Ok(names)
}

fn split(text: &str) -> Result<Vec<Word<'_>>, Finding> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(c) = rest.chars().next() {
        let (word, length) = match c {
            '\'' | '"' => (Word::Text, quoted(rest, c)?),
            '0'..='9' => {
                let length = run(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                let digits = rest.split_at(length).0;
                // A position, not an amount; `1e9` and `0x7f` are none.
                if length > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(refused(
                        "数字只用于位置，至多四位 a number is a position of at most four digits",
                    ));
                }
                (Word::Number, length)
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                let length = run(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                (Word::Name(rest.split_at(length).0), length)
            }
            _ => match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
                Some(sign) => (Word::Sign(sign), sign.len()),
                None => return Err(refused(&format!("不能用“{c}” \"{c}\" cannot stand here"))),
            },
        };
        words.push(word);
        rest = rest.split_at(length).1.trim_start();
    }
    Ok(words)
}

/// Bytes of a text with its quotes; a backslash takes the next character with it.
fn quoted(rest: &str, quote: char) -> Result<usize, Finding> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return Ok(at + c.len_utf8()),
            _ => {}
        }
    }
    Err(refused("引号没有闭合 a quote is never closed"))
}

/// Bytes of the characters at the front that fit.
fn run(rest: &str, fits: impl Fn(char) -> bool) -> usize {
    rest.find(|c| !fits(c)).unwrap_or(rest.len())
}
