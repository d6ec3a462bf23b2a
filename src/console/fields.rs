//! What a form brought: names and texts, bounded before they are looked at.

/// Most fields of a form.
const MOST: usize = 600;

/// The fields of one form, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Of a form's pairs; nothing where there are too many.
    pub(crate) fn new(pairs: Vec<(String, String)>) -> Option<Self> {
        (pairs.len() <= MOST).then_some(Self(pairs))
    }

    /// One field's text; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, text)| text)
    }

    /// Fields whose names begin so, without that beginning.
    pub(crate) fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter_map(move |(name, text)| Some((name.strip_prefix(prefix)?, text.as_str())))
    }
}
