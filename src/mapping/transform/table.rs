//! Code tables, read both ways.

use model::define::CodeTable;

type Pairs = Vec<(Box<str>, Box<str>)>;

/// A code table with both its sides sorted, so that either is found without a map.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    name: Box<str>,
    by_local: Pairs,
    by_canonical: Pairs,
}

impl Table {
    /// Sorts a table's pairs by each side.
    ///
    /// # Errors
    /// A code that stands twice on one side: such a table cannot be read both ways.
    pub fn new(table: &CodeTable) -> Result<Self, String> {
        let sorted = |swap: bool| -> Result<Pairs, String> {
            let mut pairs: Pairs = table
                .pairs
                .iter()
                .map(|(local, canonical)| if swap { (canonical, local) } else { (local, canonical) })
                .map(|(key, value)| (key.as_str().into(), value.as_str().into()))
                .collect();
            pairs.sort();
            match pairs.windows(2).find(|two| two[0].0 == two[1].0) {
                Some(two) => Err(two[0].0.to_string()),
                None => Ok(pairs),
            }
        };
        Ok(Self {
            name: table.name.as_str().into(),
            by_local: sorted(false)?,
            by_canonical: sorted(true)?,
        })
    }

    pub(super) fn empty(name: &str) -> Self {
        Self {
            name: name.into(),
            by_local: Vec::new(),
            by_canonical: Vec::new(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// The canonical code for the department's.
    pub fn canonical(&self, local: &str) -> Option<&str> {
        find(&self.by_local, local)
    }
    /// Whether it is one of the canonical codes.
    pub fn holds(&self, canonical: &str) -> bool {
        self.local(canonical).is_some()
    }
    /// The department's code for the canonical one.
    pub fn local(&self, canonical: &str) -> Option<&str> {
        find(&self.by_canonical, canonical)
    }
}

fn find<'t>(pairs: &'t [(Box<str>, Box<str>)], key: &str) -> Option<&'t str> {
    let at = pairs.binary_search_by(|(k, _)| (**k).cmp(key)).ok()?;
    pairs.get(at).map(|(_, value)| &**value)
}
