//! A form file: `[[form]]` and its `[[form.item]]`, one serde type for each. Unknown keys are errors.
//!
//! Every key is optional for the parser, so that one that is missing or wrong costs only itself; which must stand is
//! said in the doc comment ("Required.") and judged by [`crate::judge`].

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;
use toml::Spanned;

/// A key that may stand, with its place.
pub type Key<T> = Option<Spanned<T>>;

/// A file.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormFile {
    /// Its forms. Required: at least one.
    #[serde(default)]
    pub form: Vec<Spanned<FormTable>>,
}

/// `[[form]]`
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormTable {
    /// Its name, once among all forms. Required.
    pub id: Key<String>,
    /// Who asks. Required.
    pub dept: Key<String>,
    /// Its name for people. Required.
    pub title: Key<String>,
    /// The occasion on which the department asks: forms of one department and one group can become one form. Required.
    pub group: Key<String>,
    /// What it asks. Required: at least one.
    #[serde(default)]
    pub item: Vec<Spanned<ItemTable>>,
}

/// `[[form.item]]`
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemTable {
    /// Its number on the form, once in a form: `7` or `"7-1"`. Required.
    pub no: Key<Short>,
    /// What stands on the paper. Required.
    pub label: Key<String>,
    /// The canonical item that it is. Without it the item is this form's own.
    pub canonical: Key<String>,
    /// `C` text, `N` number, `D` date. Required.
    #[serde(rename = "type")]
    pub type_: Key<Kind>,
    /// How long: characters of a text (`100`), digits of a number and, after a point, decimals (`"16.6"`). Not for dates.
    pub len: Key<Short>,
    /// What a number counts: 元, 万元, 月.
    pub unit: Key<String>,
    /// The code table its values come from.
    pub code: Key<String>,
    /// It must be filled in.
    #[serde(default)]
    pub required: bool,
}

/// What kind of value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Deserialize, serde::Serialize)]
pub enum Kind {
    /// Text.
    C,
    /// A number.
    N,
    /// A date.
    D,
}

/// A short text that may also be written as a whole number. Never as a decimal one: 16.10 and 16.1 are two lengths.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Short(pub String);

impl<'de> Deserialize<'de> for Short {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Words;
        impl Visitor<'_> for Words {
            type Value = Short;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or a whole number")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Short, E> {
                Ok(Short(text.to_owned()))
            }
            fn visit_i64<E: Error>(self, number: i64) -> Result<Short, E> {
                Ok(Short(number.to_string()))
            }
        }
        deserializer.deserialize_any(Words)
    }
}
