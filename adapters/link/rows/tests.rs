#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::json;
use crate::tests::support::{BOUNDS, layout};

fn take(text: &str) -> Taken {
    let mut layout = layout(&[
        ("seq", None),
        ("rep.name", None),
        ("codes", None),
        ("files", Some("json")),
    ]);
    layout.fields[0].aliases = vec!["no".into()];
    Shape::of_layout(&layout).row(7, &json::parse(text.as_bytes(), BOUNDS).unwrap())
}

fn cells(text: &str) -> Vec<Option<String>> {
    match take(text) {
        Taken::Row(row) => row.cells.into_iter().map(|c| c.map(String::from)).collect(),
        Taken::Bad { findings, .. } => panic!("{findings:?}"),
    }
}

#[test]
fn objects_become_cells() {
    let some = |t: &str| Some(t.to_owned());
    let table = [
        (
            r#"{"seq":12345678901234567890,"rep":{"name":"张"},"x":1}"#,
            vec![some("12345678901234567890"), some("张"), None, None],
        ),
        (r#"{"no":"1","rep.name":""}"#, vec![some("1"), some(""), None, None]),
        (
            r#"{"seq":null,"codes":["a","b"],"files":[{"n": 1}]}"#,
            vec![None, None, some("a\u{1f}b"), some("[{\"n\":1}]")],
        ),
        (
            r#"{"seq":true,"codes":[],"files":null}"#,
            vec![some("true"), None, some(""), None],
        ),
        (r#"{"rep":{"other":{"name":"x"}}}"#, vec![None, None, None, None]),
    ];
    for (text, expected) in table {
        assert_eq!(cells(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_cell_is_named() {
    let table = [
        (r#"{"seq":1,"no":2}"#, Code::EDuplicateKey, Some("seq")),
        (
            r#"{"rep":{"name":1},"rep.name":2}"#,
            Code::EDuplicateKey,
            Some("rep.name"),
        ),
        (r#"{"seq":{"a":1}}"#, Code::ENested, Some("seq")),
        (r#"{"codes":["a",["b"]]}"#, Code::ENested, Some("codes")),
        (r#"{"codes":["a",null]}"#, Code::ENested, Some("codes")),
        (r#"{"codes":["a\u001fb"]}"#, Code::ECharset, Some("codes")),
        (r#"["seq"]"#, Code::ENested, None),
    ];
    for (text, code, column) in table {
        let Taken::Bad { line, findings } = take(text) else {
            panic!("{text}")
        };
        assert_eq!(
            (line, findings[0].code, findings[0].place.column.as_deref()),
            (7, code, column),
            "{text}"
        );
        assert_eq!(findings[0].place.row, Some(7));
    }
}
