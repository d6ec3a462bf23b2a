#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::tests::support::{self, BOUNDS, layout, numbers, outgoing};
use model::Op;

const PARK: &[u8] = include_bytes!("../../../fixtures/link/park_request.json");

#[test]
fn the_body_is_the_agreed_sample_in_its_order() {
    let encoded = encode(&Ops::default(), &support::park_sample(Op::Submit), &numbers(), BOUNDS).unwrap();
    assert_eq!(encoded.parts.len(), 1);
    let part = &encoded.parts[0];
    assert_eq!((part.name.as_str(), part.records.clone()), ("POST /api/v1/cases", 0..1));
    // Objects compare in order: nesting and sequence are the sample's.
    assert_eq!(
        json::parse(&part.bytes, BOUNDS).unwrap(),
        json::parse(PARK, BOUNDS).unwrap()
    );
    assert_eq!(encoded.number, "park-20260323-000001");
}

#[test]
fn each_op_has_its_request_line() {
    let table = [
        (Op::Submit, "POST /api/v1/cases"),
        (Op::Supplement, "POST /api/v1/cases/110108202603020000019/supplements"),
        (Op::Amend, "PUT /api/v1/cases/110108202603020000019"),
        (Op::Withdraw, "DELETE /api/v1/cases/110108202603020000019"),
    ];
    for (op, line) in table {
        let encoded = encode(&Ops::default(), &support::park_sample(op), &numbers(), BOUNDS).unwrap();
        assert_eq!(encoded.parts[0].name, line);
        assert!(
            encoded.parts[0].bytes.starts_with(b"{\"msgId\":"),
            "a withdrawal has a body too"
        );
    }
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let rows = support::park_sample(Op::Submit);
    let first = encode(&Ops::default(), &rows, &numbers(), BOUNDS);
    assert_eq!(first, encode(&Ops::default(), &rows.clone(), &numbers(), BOUNDS));
}

#[test]
fn cells_are_written_as_their_kind_says() {
    let layout = layout(&[
        ("a", None),
        ("n", Some("number")),
        ("l", Some("list")),
        ("j", Some("json")),
    ]);
    let rows = |cells: &[Option<&str>]| outgoing(layout.clone(), &[(Op::Submit, "1", cells)]);
    let body = |cells: &[Option<&str>]| {
        let encoded = encode(&Ops::default(), &rows(cells), &numbers(), BOUNDS).unwrap();
        String::from_utf8(encoded.parts[0].bytes.clone()).unwrap()
    };
    assert_eq!(body(&[Some(""), None, None, None]), r#"{"a":""}"#);
    assert_eq!(
        body(&[None, Some("1.50"), Some("x\u{1f}y"), Some("[{\"k\": 1}]")]),
        r#"{"n":1.50,"l":["x","y"],"j":[{"k":1}]}"#
    );
    assert_eq!(
        body(&[Some("\"\\\n"), None, Some(""), None]),
        r#"{"a":"\"\\\n","l":[]}"#
    );
    let misfits = [
        (vec![Some("x\u{1f}y"), None, None, None], Code::ECharset, "a"),
        (vec![None, Some("1,5"), None, None], Code::EFormat, "n"),
        (vec![None, None, None, Some("{")], Code::EStructure, "j"),
    ];
    for (cells, code, column) in misfits {
        let bad = encode(&Ops::default(), &rows(&cells), &numbers(), BOUNDS).unwrap_err();
        let f = &bad[0].findings[0];
        assert_eq!(
            (bad[0].record, f.code, f.place.column.as_deref()),
            (0, code, Some(column))
        );
    }
}

#[test]
fn one_misfit_stops_the_encoding_and_all_are_named() {
    let layout = layout(&[("n", Some("number"))]);
    let good: &[Option<&str>] = &[Some("1")];
    let bad: &[Option<&str>] = &[Some("x")];
    let rows = outgoing(
        layout,
        &[(Op::Submit, "1", good), (Op::Submit, "2", bad), (Op::Submit, "3", bad)],
    );
    let misfits = encode(&Ops::default(), &rows, &numbers(), BOUNDS).unwrap_err();
    assert_eq!(misfits.iter().map(|m| m.record).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn a_body_beyond_the_limit_is_a_misfit() {
    let small = json::Bounds { bytes: 100, ..BOUNDS };
    let misfits = encode(&Ops::default(), &support::park_sample(Op::Submit), &numbers(), small).unwrap_err();
    assert_eq!(misfits[0].findings[0].code, Code::ETooLarge);
}
