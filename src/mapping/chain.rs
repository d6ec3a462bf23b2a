//! Several transforms one after the other, and why one of them refused.

use crate::Extensions;
use crate::transform::Transform;
use model::{Code, Finding, UnmappedCode};
use std::borrow::Cow;

/// What is wrong with one value, before its place is known. Carries no value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Wrong {
    pub(crate) code: Code,
    pub(crate) args: Vec<(&'static str, String)>,
    /// The codes that no table knows, where that is all that is wrong with it.
    pub(crate) unmapped: Vec<UnmappedCode>,
}

impl Wrong {
    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// What a check said of a text: its length where the length is wrong, never the text.
    pub(crate) fn about(code: Code, text: &str) -> Self {
        let wrong = Self::from(code);
        if code == Code::ELen {
            wrong.with("found", text.chars().count())
        } else {
            wrong
        }
    }

    /// As a finding about a column.
    pub(crate) fn finding(self, column: &str) -> Finding {
        let finding = Finding::new(self.code).with("column", column).column(column);
        self.args
            .into_iter()
            .fold(finding, |finding, (name, value)| finding.with(name, value))
    }
}

impl From<Code> for Wrong {
    fn from(code: Code) -> Self {
        Self {
            code,
            args: Vec::new(),
            unmapped: Vec::new(),
        }
    }
}

/// Applies the transforms in order. Most fields have none, and copy nothing.
pub(crate) fn run<'t>(chain: &[Transform], text: &'t str, extensions: &Extensions) -> Result<Cow<'t, str>, Wrong> {
    let mut text = Cow::Borrowed(text);
    for transform in chain {
        text = Cow::Owned(
            transform
                .apply_with(&text, extensions)
                .map_err(|code| match transform {
                    Transform::Encode(table) | Transform::Decode(table) => {
                        let mut wrong = Wrong::from(code).with("table", table.name());
                        wrong.unmapped = transform.unmapped(&text, extensions);
                        wrong
                    }
                    _ => Wrong::about(code, &text),
                })?,
        );
    }
    Ok(text)
}

/// The chain that undoes another one, or the first of its transforms that cannot be undone.
pub(crate) fn inverse<'s>(chain: &[Transform], specs: &'s [String]) -> Result<Vec<Transform>, &'s str> {
    let steps = chain.iter().zip(specs).rev();
    steps
        .map(|(transform, spec)| transform.inverse().ok_or(spec.as_str()))
        .collect()
}
