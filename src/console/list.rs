//! A list on a page: at most so many rows at once, and where the next ones are.

/// Rows of a list on one page.
pub(crate) const ROWS: usize = 100;

/// Which rows of how many these are.
pub(crate) struct Further {
    /// The page with its query up to where a place in the list follows.
    pub(crate) place: String,
    /// The first row shown, from 1; 0 where there is none.
    pub(crate) first: usize,
    pub(crate) last: usize,
    pub(crate) count: usize,
    /// Where the rows before these begin.
    pub(crate) before: Option<usize>,
    /// Where the next ones begin.
    pub(crate) next: Option<usize>,
}

/// The rows from a place on. A place behind the end, as after rows were dealt with, is the last page there is.
pub(crate) fn part<T>(all: Vec<T>, from: &str, place: String) -> (Vec<T>, Further) {
    let count = all.len();
    let wanted = from.parse::<usize>().unwrap_or(0);
    let from = wanted.min(count.saturating_sub(1)) / ROWS * ROWS;
    let rows: Vec<T> = all.into_iter().skip(from).take(ROWS).collect();
    let last = from + rows.len();
    let further = Further {
        place,
        first: if rows.is_empty() { 0 } else { from + 1 },
        last,
        count,
        before: from.checked_sub(ROWS),
        next: (last < count).then_some(last),
    };
    (rows, further)
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn every_row_stands_on_one_page() {
        for count in [0, 1, 99, 100, 101, 250] {
            let (mut seen, mut from) = (Vec::new(), Some(0));
            while let Some(at) = from {
                let (rows, further) = part((0..count).collect(), &at.to_string(), String::new());
                assert!(rows.len() <= 100);
                assert_eq!(further.last - further.first + usize::from(!rows.is_empty()), rows.len());
                seen.extend(rows);
                from = further.next;
            }
            assert_eq!(seen, (0..count).collect::<Vec<_>>());
        }
        let (rows, further) = part((0..150).collect::<Vec<_>>(), "900", String::new());
        assert_eq!((rows.len(), further.before, further.next), (50, Some(0), None));
        let (rows, _) = part((0..150).collect::<Vec<_>>(), "-1; x", String::new());
        assert_eq!(rows[0], 0);
    }
}
