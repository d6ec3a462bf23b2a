//! How a row says that items are wrong: words of the department's own, each standing for the items it calls so.

use crate::UNIT_SEPARATOR;
use crate::chain::Wrong;
use crate::compile::Compiled;
use model::check::width;
use model::{Code, ItemNo};

/// What stands between two words of one cell.
const BETWEEN: [char; 8] = ['、', ',', '，', ';', '；', '\n', '\r', UNIT_SEPARATOR];

/// The items that a word calls wrong, where it is one that does.
pub(crate) fn items_of<'l>(layout: &'l Compiled, word: &str) -> Option<&'l [ItemNo]> {
    let at = layout.review.binary_search_by(|(known, _)| (**known).cmp(word)).ok()?;
    layout.review.get(at).map(|(_, items)| &**items)
}

/// The items that a cell names, word by word. A word nobody knows is not guessed at.
pub(crate) fn named(layout: &Compiled, text: &str) -> Result<Vec<ItemNo>, Wrong> {
    let mut named = Vec::new();
    let words = text.split(BETWEEN).map(width::text).filter(|word| !word.is_empty());
    for word in words {
        match items_of(layout, word) {
            Some(items) => named.extend(items),
            None => return Err(Wrong::from(Code::EUnmapped).with("table", "review")),
        }
    }
    Ok(named)
}

#[cfg(test)]
mod tests;
