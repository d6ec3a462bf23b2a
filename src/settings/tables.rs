//! The tables of a configuration, one serde type for each: parser and documentation in one.
//!
//! Every key is optional for the parser ([`Key`]): one that is missing or wrong is reported and the reading goes on.
//! Which keys must stand is said in the doc comment ("Required.") and judged in `checks`. Unknown keys are errors.

pub mod channel;
pub mod department;
pub mod dictionary;
pub mod layout;
pub mod node;
pub mod test;

use crate::diagnostic::both;
use crate::units::coded;
use model::Code;
use serde::de::{Deserialize, Deserializer, Visitor};
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use toml::Spanned;

/// A key that may stand, with its place.
pub type Key<T> = Option<Spanned<T>>;
/// A list of texts, each with its place.
pub type Words = Vec<Spanned<String>>;

/// The value of a key.
pub(crate) fn value<T>(key: &Key<T>) -> Option<&T> {
    key.as_ref().map(Spanned::get_ref)
}

/// The text of a key, empty where it is not there.
pub(crate) fn text(key: &Key<String>) -> &str {
    key.as_ref().map_or("", |k| k.get_ref().as_str())
}

/// The place of a key, or that of its table.
pub(crate) fn place<T>(key: &Key<T>, table: &Range<usize>) -> Range<usize> {
    key.as_ref().map_or_else(|| table.clone(), Spanned::span)
}

/// A civil date, written without quotes: `2026-12-31`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Day(pub jiff::civil::Date);

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let when = toml::value::Datetime::deserialize(deserializer)?;
        let wrong = || serde::de::Error::custom(both("要日期，不带时间", "a date without time is expected"));
        match (when.date, when.time, when.offset) {
            (Some(date), None, None) => {
                let (Ok(year), Ok(month), Ok(day)) = (
                    i16::try_from(date.year),
                    i8::try_from(date.month),
                    i8::try_from(date.day),
                ) else {
                    return Err(wrong());
                };
                jiff::civil::Date::new(year, month, day).map(Self).map_err(|_| wrong())
            }
            _ => Err(wrong()),
        }
    }
}

/// A reference to a secret, never the secret: exactly one of `{ file = … }`, `{ env = … }`, `{ credential = … }`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SecretTable {
    /// A file that holds it, relative to the configuration directory or absolute; only its owner may read it.
    pub file: Option<PathBuf>,
    /// An environment variable.
    pub env: Option<String>,
    /// A credential passed by the service manager.
    pub credential: Option<String>,
}

impl<'de> Deserialize<'de> for SecretTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Keys {
            file: Option<PathBuf>,
            env: Option<String>,
            credential: Option<String>,
        }

        struct Reference;
        impl<'de> Visitor<'de> for Reference {
            type Value = SecretTable;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table with file, env or credential")
            }
            fn visit_str<E: serde::de::Error>(self, _secret: &str) -> Result<SecretTable, E> {
                Err(coded(Code::SSecretLiteral, ""))
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<SecretTable, A::Error> {
                let keys = Keys::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                let named = [keys.file.is_some(), keys.env.is_some(), keys.credential.is_some()];
                if named.iter().filter(|n| **n).count() != 1 {
                    return Err(coded(Code::SSecretOne, ""));
                }
                Ok(SecretTable {
                    file: keys.file,
                    env: keys.env,
                    credential: keys.credential,
                })
            }
        }
        deserializer.deserialize_any(Reference)
    }
}
