//! Which columns a file must have, and what is said when it has others.
//!
//! Order never matters: rows keep the file's own order and callers look a column up by its name.

use crate::fault::{self, shown};
use model::{Code, Finding, Header};

/// What happens to a column nobody declared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Extra {
    /// The file does not follow the interface: refused.
    #[default]
    Refuse,
    /// Told as a warning; nobody maps it, so it is not taken.
    Warn,
}

/// The columns of a layout, by their names in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    required: Vec<Box<str>>,
    optional: Vec<Box<str>>,
    extra: Extra,
}

impl Columns {
    /// Whatever the file has, as long as no name stands there twice. For looking at an unknown file.
    pub fn any() -> Self {
        Self::default()
    }
    /// These, and no others.
    pub fn exactly<I, S>(names: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<Box<str>>,
    {
        Self {
            required: names.into_iter().map(Into::into).collect(),
            ..Self::default()
        }
    }
    /// And these, which may be missing.
    #[must_use]
    pub fn optional<I, S>(mut self, names: I) -> Self
    where
        I: IntoIterator<Item = S>,
        S: Into<Box<str>>,
    {
        self.optional.extend(names.into_iter().map(Into::into));
        self
    }
    /// What to do with others.
    #[must_use]
    pub fn extra(mut self, extra: Extra) -> Self {
        self.extra = extra;
        self
    }
    /// True where nothing was declared.
    pub fn is_any(&self) -> bool {
        self.required.is_empty() && self.optional.is_empty()
    }
    /// What happens to others.
    pub fn on_extra(&self) -> Extra {
        self.extra
    }
    /// All declared names, the required ones first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.required.iter().chain(&self.optional).map(|n| &**n)
    }

    /// Judges the names of a file. The header keeps their order, in the declared spelling; warnings name what is extra.
    pub(crate) fn judge(
        &self,
        found: &[String],
        same: fn(&str, &str) -> bool,
    ) -> Result<(Header, Vec<Finding>), Finding> {
        for (at, name) in found.iter().enumerate() {
            if let Some(first) = found.iter().take(at).position(|n| same(n, name)) {
                return Err(fault::structure(
                    "重复的列 repeated column",
                    format!("{} = {}", first + 1, at + 1),
                ));
            }
        }
        let declared: Vec<Option<&str>> = found.iter().map(|f| self.names().find(|n| same(n, f))).collect();
        let extra: Vec<&str> = found
            .iter()
            .zip(&declared)
            .filter(|(_, d)| d.is_none())
            .map(|(f, _)| f.as_str())
            .collect();
        let missing: Vec<&str> = self
            .required
            .iter()
            .map(|n| &**n)
            .filter(|n| !found.iter().any(|f| same(n, f)))
            .collect();
        let header = Header::new(found.iter().zip(&declared).map(|(f, d)| d.unwrap_or(f)));
        if self.is_any() {
            return Ok((header, Vec::new()));
        }
        if missing.is_empty() && (extra.is_empty() || self.extra == Extra::Warn) {
            let warnings = extra.iter().map(|n| {
                Finding::new(Code::WExtraColumn)
                    .column(shown(n))
                    .with("column", shown(n))
            });
            return Ok((header, warnings.collect()));
        }
        // Where not one name is known, the first line is most likely data: its values may be personal and are not told.
        let extra = if extra.len() == found.len() {
            format!("#{}", extra.len())
        } else {
            listed(&extra)
        };
        Err(Finding::new(Code::EHeader)
            .with("missing", listed(&missing))
            .with("extra", extra))
    }
}

fn listed(names: &[&str]) -> String {
    const MOST: usize = 12;
    let mut text = names.iter().take(MOST).map(|n| shown(n)).collect::<Vec<_>>().join("、");
    if names.is_empty() {
        text.push('-');
    }
    if names.len() > MOST {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests;
