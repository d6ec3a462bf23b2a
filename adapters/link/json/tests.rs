#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::*;
use proptest::prelude::*;

const BOUNDS: Bounds = Bounds {
    bytes: 4096,
    depth: 8,
    values: 256,
};

fn code(text: &[u8]) -> Code {
    parse(text, BOUNDS).unwrap_err().code
}

#[test]
fn good_documents_are_read_exactly() {
    let v = parse(
        br#" {"a":[1.50,-0,1e9,12345678901234567890],"b":{"c":"x\n\u4e2d\ud83d\ude00"},"d":null} "#,
        BOUNDS,
    );
    let v = v.unwrap();
    let Some(Json::List(a)) = v.get("a") else {
        panic!("a list")
    };
    let words: Vec<_> = a.iter().filter_map(Json::word).collect();
    assert_eq!(words, ["1.50", "-0", "1e9", "12345678901234567890"]);
    assert_eq!(v.at("b.c").and_then(Json::word), Some("x\n中😀"));
    assert_eq!(v.get("d"), Some(&Json::Null));
    assert_eq!(v.at("b.x.y"), None);
}

#[test]
fn bad_documents_are_refused_by_name() {
    let deep = "[".repeat(9) + &"]".repeat(9);
    let many = format!("[{}1]", "1,".repeat(300));
    let long = format!("\"{}\"", "x".repeat(5000));
    let table: &[(&[u8], Code)] = &[
        (b"", Code::EStructure),
        (b"{\"a\":1", Code::EStructure),
        (b"{\"a\":1}x", Code::EStructure),
        (b"{\"a\":01}", Code::EStructure),
        (b"{\"a\":+1}", Code::EStructure),
        (b"{\"a\":.5}", Code::EStructure),
        (b"{\"a\":NaN}", Code::EStructure),
        (b"{a:1}", Code::EStructure),
        (b"{'a':1}", Code::EStructure),
        (b"[1,]", Code::EStructure),
        (b"{\"a\":1,}", Code::EStructure),
        (b"\"\\x\"", Code::EStructure),
        (b"\"\\ud800\"", Code::EStructure),
        (b"\"\\udc00\"", Code::EStructure),
        (b"\"a\nb\"", Code::EStructure),
        (b"\xEF\xBB\xBF{}", Code::EBom),
        (b"{\"a\":\"\xB1\xB1\"}", Code::EEncoding),
        (b"{\"a\":1,\"b\":2,\"a\":3}", Code::EDuplicateKey),
        (b"{\"x\":{\"a\":1,\"\\u0061\":1}}", Code::EDuplicateKey),
        (deep.as_bytes(), Code::ETooLarge),
        (many.as_bytes(), Code::ETooLarge),
        (long.as_bytes(), Code::ETooLarge),
    ];
    for (text, expected) in table {
        assert_eq!(code(text), *expected, "{}", text.escape_ascii());
    }
}

#[test]
fn a_foreign_key_is_not_repeated_in_the_finding() {
    let f = parse("{\"id 110199\":1,\"id 110199\":2}".as_bytes(), BOUNDS).unwrap_err();
    assert_eq!(f.place.column.as_deref(), Some("?"));
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::Bool),
        any::<i64>().prop_map(|n| Json::Number(n.to_string().into())),
        ".{0,12}".prop_map(|t| Json::Text(t.into())),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::List),
            prop::collection::btree_map(".{0,6}", inner, 0..6)
                .prop_map(|m| Json::Object(m.into_iter().map(|(k, v)| (k.into(), v)).collect())),
        ]
    })
}

proptest! {
    // Kept failures would be written beside the crate, where the workspace looks for members.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(v in any_json()) {
        let bounds = Bounds { bytes: 1 << 20, depth: 64, values: 10_000 };
        prop_assert_eq!(parse(&v.write(), bounds).unwrap(), v.clone());
        let canonical = parse(&v.canonical(), bounds).unwrap();
        prop_assert_eq!(canonical.canonical(), v.canonical());
        // The reader and an independent one agree.
        let other: serde_json::Value = serde_json::from_slice(&v.write()).unwrap();
        let same: serde_json::Value = serde_json::from_slice(&v.canonical()).unwrap();
        prop_assert_eq!(other, same);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = parse(&bytes, BOUNDS);
    }

    #[test]
    fn a_cut_document_is_never_good(v in any_json(), cut in 0usize..200) {
        let whole = Json::Object(vec![("a".into(), v)]).write();
        let cut = cut.min(whole.len() - 1);
        let bounds = Bounds { bytes: 1 << 20, depth: 64, values: 10_000 };
        prop_assert!(parse(&whole[..cut], bounds).is_err());
    }
}
