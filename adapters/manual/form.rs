//! A completed form: its shape, its bounds, and its one canonical writing.
//!
//! The shape is fixed, so depth is bounded by it. Errors tell a place, never a value: what a clerk keys is personal.

use model::case::Attachment;
use model::{Code, Finding};
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

/// Most fields of a form.
const FIELDS_MAX: usize = 512;
/// Most attachments of a form.
const ATTACHMENTS_MAX: usize = 64;

/// What a clerk filled in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Form {
    pub(crate) case_no: String,
    pub(crate) matter: String,
    pub(crate) fields: Fields,
    #[serde(default)]
    pub(crate) attachments: Vec<Attachment>,
}

/// Fields as they came, repetitions included: they are judged by name afterwards.
pub(crate) struct Fields(pub(crate) Vec<(String, Keyed)>);

/// One value, or the two entries of a field that is keyed twice.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Keyed {
    Once(String),
    Twice(String, String),
}

/// Reads a form.
pub(crate) fn read(body: &[u8], bytes_max: u32) -> Result<Form, Finding> {
    if body.len() > usize::try_from(bytes_max).unwrap_or(usize::MAX) {
        return Err(too_large(body.len(), u64::from(bytes_max), "form_bytes_max"));
    }
    let form: Form =
        serde_json::from_slice(body).map_err(|e| structure(&format!("JSON {}:{}", e.line(), e.column())))?;
    if form.fields.0.len() > FIELDS_MAX {
        return Err(too_large(form.fields.0.len(), FIELDS_MAX as u64, "fields"));
    }
    if form.attachments.len() > ATTACHMENTS_MAX {
        return Err(too_large(form.attachments.len(), ATTACHMENTS_MAX as u64, "attachments"));
    }
    let digests = form.attachments.iter().all(|a| {
        a.digest.len() == 64
            && a.digest
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    });
    if !digests {
        return Err(structure("attachments.digest").column("attachments"));
    }
    let names = form.fields.0.iter().map(|(name, _)| name);
    let repeated = names
        .clone()
        .enumerate()
        .find(|(at, name)| names.clone().take(*at).any(|n| n == *name));
    match repeated {
        Some((_, name)) => Err(structure(&format!("字段重复 repeated field: {}", shown(name))).column(shown(name))),
        None => Ok(form),
    }
}

impl Form {
    /// One writing for one content: neither the order of the fields nor the second entry is part of it.
    pub(crate) fn canonical(&self) -> Vec<u8> {
        let mut fields: Vec<(&str, &str)> = self
            .fields
            .0
            .iter()
            .map(|(name, keyed)| (name.as_str(), keyed.value()))
            .collect();
        fields.sort_unstable();
        serde_json::to_vec(&(&self.case_no, &self.matter, fields, &self.attachments)).unwrap_or_default()
    }
}

impl Keyed {
    /// The value; of two entries the first, without the blanks around it.
    pub(crate) fn value(&self) -> &str {
        match self {
            Self::Once(value) => value,
            Self::Twice(first, _) => first.trim(),
        }
    }

    /// Whether what was keyed twice was keyed alike.
    pub(crate) fn agrees(&self) -> bool {
        match self {
            Self::Once(_) => true,
            Self::Twice(first, second) => first.trim() == second.trim(),
        }
    }

    /// Whether nothing was keyed at all.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Once(value) => value.trim().is_empty(),
            Self::Twice(first, second) => first.trim().is_empty() && second.trim().is_empty(),
        }
    }
}

/// Something is not built as agreed.
pub(crate) fn structure(detail: &str) -> Finding {
    Finding::new(Code::EStructure).with("detail", detail)
}

/// A name from outside, short enough to be printed.
pub(crate) fn shown(name: &str) -> String {
    name.chars()
        .take(64)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

fn too_large(found: usize, limit: u64, setting: &str) -> Finding {
    Finding::new(Code::ETooLarge)
        .with("found", found)
        .with("limit", limit)
        .with("setting", setting)
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("fields by name")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                    if fields.len() > FIELDS_MAX + 1 {
                        return Err(A::Error::custom("too many fields"));
                    }
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

impl<'de> Deserialize<'de> for Keyed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Keyed;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a list of two texts")
            }
            fn visit_str<E>(self, value: &str) -> Result<Keyed, E> {
                Ok(Keyed::Once(value.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Keyed, A::Error> {
                match (
                    list.next_element()?,
                    list.next_element()?,
                    list.next_element::<String>()?,
                ) {
                    (Some(first), Some(second), None) => Ok(Keyed::Twice(first, second)),
                    _ => Err(A::Error::custom("not two entries")),
                }
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests;
