//! What a form or a page's query brought: names and texts, bounded before they are looked at.

use axum::extract::Query;
use axum::http::Uri;

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

    /// Of a page's query; none where it cannot be read, for a page without one is still that page.
    pub(crate) fn of_query(uri: &Uri) -> Self {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
        pairs.ok().and_then(|Query(pairs)| Self::new(pairs)).unwrap_or_default()
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
