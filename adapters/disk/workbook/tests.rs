#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;

#[test]
fn kinds_out_of_their_words() {
    for (word, expected) in [
        ("text", Some(CellKind::Text)),
        ("id", Some(CellKind::Id { digits: None })),
        ("id12", Some(CellKind::Id { digits: Some(12) })),
        ("date", Some(CellKind::Date)),
        ("number", Some(CellKind::Number)),
        ("number.2", Some(CellKind::Number)),
        ("id0", None),
        ("id100", None),
        ("id+1", None),
        ("number.13", None),
        ("D", None),
        ("", None),
    ] {
        assert_eq!(kind(word), expected, "{word}");
    }
    assert_eq!((scale("number.2"), scale("number")), (Some(2), None));
}
