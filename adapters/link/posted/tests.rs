#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use crate::tests::support::layout;

const CASE: &str = include_str!("../../../fixtures/link/case.json");
const BOUNDS: Bounds = Bounds {
    bytes: 4096,
    depth: 4,
    values: 64,
};

fn offered(body: &[u8]) -> Offer {
    let parts = Parts {
        feed: "cases".into(),
        name: "/v1/cases".into(),
        body: body.to_vec(),
    };
    offer(parts, None, BOUNDS)
}

fn row(body: &str) -> Vec<(String, Option<String>)> {
    let mut offer = offered(body.as_bytes());
    let Ok(Some(Taken::Row(row))) = offer.rows.next() else {
        panic!("a row")
    };
    assert_eq!(offer.rows.next(), Ok(None));
    let names = offer.rows.header().names().iter().map(|n| n.to_string());
    names.zip(row.cells.into_iter().map(|c| c.map(String::from))).collect()
}

#[test]
fn a_posted_case_is_one_row() {
    let some = |t: &str| Some(t.to_owned());
    let expected = [
        ("op", some("submit")),
        ("case_no", some("110108202603020000019")),
        ("ent_class", some("000001")),
        ("matter", None),
        ("reason", None),
        (
            "attachments",
            some(r#"[{"name":"scan.pdf","size":1024,"digest":"0f"}]"#),
        ),
        ("secrecy", None),
        ("items.ent_name", some("北京测试一号生物制剂有限公司")),
        ("items.reg_capital", some("100.000000")),
        ("items.inv_name", some("张测试\u{1f}王示例")),
    ];
    assert_eq!(row(CASE), expected.map(|(n, v)| (n.to_owned(), v)));
    let offer = offered(CASE.as_bytes());
    assert_eq!(
        (offer.feed.as_str(), offer.position, offer.declared),
        ("cases", None, Declared::default())
    );
}

#[test]
fn the_fields_of_the_layout_stand_first_and_strange_items_are_passed_on_by_name() {
    let layout = layout(&[("case_no", None), ("items.ent_name", None), ("attachments", None)]);
    let body = r#"{"case_no":"1","items":{"zzz":"v"},"attachments":[]}"#;
    let parts = Parts {
        feed: "cases".into(),
        name: "n".into(),
        body: body.into(),
    };
    let mut offer = offer(parts, Some(&layout), BOUNDS);
    let names: Vec<_> = offer.rows.header().names().iter().map(|n| n.to_string()).collect();
    assert_eq!(names, ["case_no", "items.ent_name", "attachments", "items.zzz"]);
    let Ok(Some(Taken::Row(row))) = offer.rows.next() else {
        panic!("a row")
    };
    assert_eq!(
        (row.get(0), row.get(1), row.get(2), row.get(3)),
        (Some("1"), None, Some("[]"), Some("v"))
    );
}

#[test]
fn a_secrecy_mark_that_the_layout_does_not_look_at_is_refused() {
    let parts = || Parts {
        feed: "cases".into(),
        name: "n".into(),
        body: r#"{"case_no":"1","secrecy":"机密"}"#.into(),
    };
    let blind = layout(&[("case_no", None)]);
    let taken = offer(parts(), Some(&blind), BOUNDS).rows.next();
    let Ok(Some(Taken::Bad { findings, .. })) = taken else {
        panic!("{taken:?}")
    };
    assert_eq!(findings[0].place.column.as_deref(), Some("secrecy"));
    let seeing = layout(&[("case_no", None), ("secrecy", None)]);
    assert!(matches!(
        offer(parts(), Some(&seeing), BOUNDS).rows.next(),
        Ok(Some(Taken::Row(_)))
    ));
}

#[test]
fn the_same_content_has_the_same_digest_and_other_content_another() {
    let a = offered(br#"{"op":"submit","case_no":"1"}"#).digest;
    assert_eq!(a, offered(b" { \"case_no\" : \"1\", \"op\":\"s\\u0075bmit\" } ").digest);
    assert_ne!(a, offered(br#"{"op":"submit","case_no":"2"}"#).digest);
    assert_ne!(offered(b"{").digest, offered(b"[").digest);
}

#[test]
fn a_body_that_cannot_be_read_is_an_offer_that_says_why() {
    let deep = format!("{{\"items\":{}1{}}}", "[".repeat(9), "]".repeat(9));
    let large = format!("{{\"reason\":\"{}\"}}", "x".repeat(5000));
    let table: &[(&[u8], Code)] = &[
        (&CASE.as_bytes()[..CASE.find('北').unwrap() + 1], Code::EEncoding),
        (&CASE.as_bytes()[..CASE.len() - 3], Code::EStructure),
        (&CASE.as_bytes()[..40], Code::EStructure),
        (b"", Code::EStructure),
        (b"{\"case_no\":\"\xB1\xBE\"}", Code::EEncoding),
        (b"\xFF\xFE{\0}\0", Code::EEncoding),
        (b"\xEF\xBB\xBF{}", Code::EBom),
        (br#"{"op":"submit","op":"withdraw"}"#, Code::EDuplicateKey),
        (br#"{"items":{"a":"1","a":"2"}}"#, Code::EDuplicateKey),
        (deep.as_bytes(), Code::ETooLarge),
        (large.as_bytes(), Code::ETooLarge),
        (b"<html></html>", Code::EStructure),
    ];
    for (body, code) in table {
        let mut offer = offered(body);
        let finding = offer.rows.next().unwrap_err();
        assert_eq!(finding.code, *code, "{}", body.escape_ascii());
        assert_eq!(finding.place.file.as_deref(), Some("/v1/cases"));
        assert_eq!(offer.rows.next(), Ok(None), "said once");
    }
}

#[test]
fn what_does_not_belong_is_named_all_at_once() {
    type Named<'a> = (&'a str, &'a [(Code, Option<&'a str>)]);
    let table: &[Named<'_>] = &[
        (
            r#"{"op":"submit","caseno":"1","x":2}"#,
            &[(Code::EUnknownField, Some("caseno")), (Code::EUnknownField, Some("x"))],
        ),
        (r#"{"id 1101":1}"#, &[(Code::EUnknownField, Some("?"))]),
        (r#"{"items":{"a b":1}}"#, &[(Code::EUnknownField, Some("?"))]),
        (r#"{"items":["a"]}"#, &[(Code::ENested, Some("items"))]),
        (r#"{"items":{"a":{"b":1}}}"#, &[(Code::ENested, Some("items.a"))]),
        (r#"{"attachments":"x"}"#, &[(Code::ENested, Some("attachments"))]),
        (r#"{"op":["submit"]}"#, &[(Code::ENested, Some("op"))]),
        (r#"{"case_no":{"a":1}}"#, &[(Code::ENested, Some("case_no"))]),
        ("[1]", &[(Code::ENested, None)]),
    ];
    for (body, expected) in table {
        let Ok(Some(Taken::Bad { line: 1, findings })) = offered(body.as_bytes()).rows.next() else {
            panic!("{body}")
        };
        let mut found: Vec<_> = findings.iter().map(|f| (f.code, f.place.column.as_deref())).collect();
        found.dedup();
        assert_eq!(found, *expected, "{body}");
    }
}
