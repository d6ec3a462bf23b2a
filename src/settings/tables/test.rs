//! `[[test]]`: what a department file says of itself, and what `check` holds it to.

use super::Key;
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use toml::Spanned;

/// `[[test]]`
///
/// `direction = "out"`: `given` are items and facts (`case_no`, `ent_class`, `op`, …), `expect` are fields.
/// `direction = "in"`: `given` are fields, `expect` are items and facts (`standing`, `reason`, `return_code`, …).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestTable {
    /// What it shows. Required.
    pub name: Key<String>,
    /// The layout it plays. Required.
    pub layout: Key<String>,
    /// Which way the row goes: `out`, `in`. Required.
    pub direction: Key<DirectionWord>,
    /// What the row is made of. Required.
    pub given: Key<BTreeMap<Spanned<String>, Spanned<Texts>>>,
    /// What must come of it: what is not named is not compared; an empty text means that nothing stands there.
    pub expect: Key<BTreeMap<Spanned<String>, Spanned<Texts>>>,
    /// Instead of `expect`: the code by which it must be refused.
    pub expect_error: Key<String>,
    /// The field that refusal must name.
    pub column: Key<String>,
}

/// See `direction`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DirectionWord {
    /// Items become fields.
    Out,
    /// Fields become items.
    In,
}

/// One text, or the texts of a repeating item.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Texts(pub Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;
        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Texts;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Texts, E> {
                Ok(Texts(vec![text.to_owned()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Texts, A::Error> {
                let mut texts = Vec::new();
                while let Some(text) = list.next_element()? {
                    texts.push(text);
                }
                Ok(Texts(texts))
            }
        }
        deserializer.deserialize_any(OneOrMany)
    }
}
