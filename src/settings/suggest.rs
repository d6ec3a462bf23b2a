//! "Did you mean": the nearest known word, if one is near enough to be a slip of the hand.

/// The known word nearest to `word`, if it is near: wrong in a third of its letters (at least one; capitals do not
/// count), or its beginning.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let lower = word.to_lowercase();
    let most = (word.chars().count() / 3).max(1);
    let near = |k: &'a str| {
        let distance = strsim::damerau_levenshtein(&lower, &k.to_lowercase());
        let prefix = !lower.is_empty() && lower.len() >= 4 && k.to_lowercase().starts_with(&lower);
        (distance <= most || prefix).then_some((if prefix { 1 } else { distance }, k))
    };
    known
        .into_iter()
        .filter(|k| *k != word)
        .filter_map(near)
        .min()
        .map(|(_, k)| k.to_owned())
}

/// Known words for a message: all where they are few, otherwise the first ones and an ellipsis.
pub(crate) fn listed<'a>(known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match known.get(..24) {
        Some(first) if known.len() > 24 => format!("{}, …", first.join(", ")),
        _ => known.join(", "),
    }
}
