//! Every known answer of `fixtures/vectors/` against its check, and the laws the check digits promise.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cells;
mod dates;
mod identifiers;
mod laws;
mod money;
mod names;
mod phones;
mod tables;
mod traps;

use super::{Check, Options, by_name};
use crate::Code;
use crate::vectors::{Value, maybe, only, rows};

/// The check of a name, with its options.
struct Judge {
    check: Check,
    options: Options,
}

impl Judge {
    fn new(name: &str) -> Self {
        Self::with(name, Options::default())
    }
    fn with(name: &str, options: Options) -> Self {
        Self {
            check: by_name(name).unwrap(),
            options,
        }
    }

    /// Passes, without a warning, and is its own canonical writing.
    fn passes(&self, input: &str) {
        self.gives(input, input, &[]);
    }
    /// Passes as `value` with exactly these warnings; judged once more, the value is its own writing.
    fn gives(&self, input: &str, value: &str, warnings: &[Code]) {
        let checked = (self.check)(input, &self.options).unwrap_or_else(|code| panic!("{input:?}: {code}"));
        assert_eq!(
            (checked.value.as_str(), checked.warnings.as_slice()),
            (value, warnings),
            "{input:?}"
        );
        let again = (self.check)(value, &self.options).unwrap_or_else(|code| panic!("{value:?} again: {code}"));
        assert_eq!(again.value, value, "{input:?}: not stable");
    }
    fn refuses(&self, input: &str, code: Code) {
        assert_eq!((self.check)(input, &self.options), Err(code), "{input:?}");
    }

    /// Rows of plain text, or of `value`/`in`, each of which passes as it stands.
    fn all_pass(&self, list: &Value, others: &[&str]) {
        for row in rows(list) {
            match row.as_str() {
                Some(value) => self.passes(value),
                None => {
                    only(row, &[&["value"], others].concat());
                    self.passes(maybe(row, "value").unwrap());
                }
            }
        }
    }
    /// Rows of `value`/`in` and `error`.
    fn all_refused(&self, list: &Value) {
        for row in rows(list) {
            only(row, &["value", "in", "error"]);
            self.refuses(maybe(row, "value").or(maybe(row, "in")).unwrap(), code(row, "error"));
        }
    }
    /// Rows of `in`, `out` and possibly `warning`.
    fn all_become(&self, list: &Value, others: &[&str]) {
        for row in rows(list) {
            only(row, &[&["in", "out", "warning"], others].concat());
            let warnings: Vec<Code> = row.get("warning").map(|_| code(row, "warning")).into_iter().collect();
            self.gives(maybe(row, "in").unwrap(), maybe(row, "out").unwrap(), &warnings);
        }
    }
}

/// The code that a row expects.
fn code(row: &Value, member: &str) -> Code {
    let word = maybe(row, member).unwrap_or_else(|| panic!("{member} in {row}"));
    Code::from_word(word).unwrap_or_else(|| panic!("{word} is no code"))
}

/// A list of numbers.
fn numbers(value: &Value) -> Vec<u32> {
    rows(value)
        .iter()
        .map(|n| u32::try_from(n.as_u64().unwrap()).unwrap())
        .collect()
}

#[test]
fn every_name_is_found_and_an_unknown_one_is_not() {
    let names: Vec<_> = super::names().collect();
    assert!(names.is_sorted());
    for name in &names {
        assert_eq!(by_name(name).is_some(), *name != super::BY_TYPE, "{name}");
    }
    assert!(by_name("reg_no").is_none());
}
