#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use model::define::Field;

fn layout(fields: &[(&str, Meaning, Option<Verify>)]) -> Layout {
    let field = |(name, meaning, verify): &(&str, Meaning, Option<Verify>)| Field {
        name: (*name).to_owned(),
        meaning: meaning.clone(),
        verify: *verify,
        ..Field::default()
    };
    Layout {
        name: "f".to_owned(),
        encoding: "utf-8".to_owned(),
        fields: fields.iter().map(field).collect(),
        computed: Vec::new(),
        status: BTreeMap::new(),
        review: BTreeMap::new(),
        null_words: Vec::new(),
    }
}

fn entries(names: &[&str]) -> BTreeMap<String, String> {
    let pairs = names.iter().map(|n| ((*n).to_owned(), "x".to_owned()));
    pairs.chain([("空".to_owned(), String::new())]).collect()
}

fn rule(share: u32) -> Rekey {
    Rekey {
        later_ms: 1,
        share,
        raised: 25,
        above: 20,
    }
}

/// Which fields, whether the same person may later, whether drawn.
fn said(again: Option<Again>) -> Option<(Vec<String>, bool, bool)> {
    again.map(|again| (again.fields, again.later, again.drawn))
}

#[test]
fn what_is_keyed_again_is_decided_by_mark_and_by_lot() {
    use Meaning::{CaseNo, ReceiptNo, Status};
    use Verify::{Rekey, RekeyLater};
    let none = layout(&[("编", CaseNo, None), ("果", Status, None), ("号", ReceiptNo, None)]);
    let one = layout(&[
        ("编", CaseNo, None),
        ("果", Status, None),
        ("号", ReceiptNo, Some(Rekey)),
    ]);
    let later = layout(&[("果", Status, Some(RekeyLater)), ("号", ReceiptNo, Some(RekeyLater))]);
    let mixed = layout(&[("果", Status, Some(Rekey)), ("号", ReceiptNo, Some(RekeyLater))]);
    let empty = layout(&[("果", Status, Some(Rekey)), ("空", ReceiptNo, Some(Rekey))]);
    type Row<'a> = (&'a Layout, u32, u32, bool, Option<(&'a [&'a str], bool, bool)>);
    let table: &[Row<'_>] = &[
        // Neither marked nor drawn.
        (&none, 0, 0, true, None),
        (&none, 5, 500, false, None),
        (&none, 5, 499, false, Some((&["果", "号"], false, true))),
        // Whoever is wrong more often is drawn more often; without any lot nobody is.
        (&none, 5, 2_499, true, Some((&["果", "号"], false, true))),
        (&none, 5, 2_500, true, None),
        (&none, 30, 2_999, true, Some((&["果", "号"], false, true))),
        // Marked: these alone, but for one that is drawn.
        (&one, 0, 0, false, Some((&["号"], false, false))),
        (&one, 5, 9_999, false, Some((&["号"], false, false))),
        (&one, 5, 0, false, Some((&["果", "号"], false, true))),
        // The same person later, where all that is marked lets them.
        (&later, 0, 0, false, Some((&["果", "号"], true, false))),
        (&later, 5, 0, false, Some((&["果", "号"], true, true))),
        (&mixed, 0, 0, false, Some((&["果", "号"], false, false))),
        // One that is empty is looked at again beside one that is not.
        (&empty, 0, 0, false, Some((&["果", "空"], false, false))),
    ];
    for (n, (layout, share, draw, often, expected)) in table.iter().enumerate() {
        let found = decide(rule(*share), layout, &entries(&["果", "号"]), *draw, *often);
        let expected = expected.map(|(fields, later, drawn)| {
            let fields: Vec<String> = fields.iter().map(|f| (*f).to_owned()).collect();
            (fields, later, drawn)
        });
        assert_eq!(said(found), expected, "row {n}");
    }
    // Nothing that is marked was keyed: there is nothing to prove.
    assert_eq!(decide(rule(0), &one, &entries(&["果"]), 0, false), None);
    assert!(may_wait(rule(0), &one) && may_wait(rule(1), &none) && !may_wait(rule(0), &none));
}
