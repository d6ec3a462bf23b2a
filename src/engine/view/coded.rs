//! What a coded value on a worksheet means, in the words of the item's own code table: whoever keys `150` sees what it says.
//!
//! The department's code is led back to the canonical one by the table that its field is written through. A field that is
//! written in any other way says nothing: a wrong meaning is worse than none.

use mapping::transform::Table;

#[cfg(test)]
mod tests;

/// The word for a value of an item with these codes, written by these transforms; none where the value is the word itself.
pub fn meaning<'t>(
    table: impl Fn(&str) -> Option<&'t Table>,
    codes: &str,
    out: &[String],
    value: &str,
) -> Option<&'t str> {
    let words = table(codes)?;
    let word = match out {
        [] => words.local(value),
        [one] => words.local(table(one.strip_prefix("dict:")?)?.canonical(value)?),
        _ => None,
    }?;
    (word != value).then_some(word)
}
