#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::scan::{Scanner, Value};
use super::*;
use crate::RowWriter;
use crate::testing::{All, dribble, fixture, input, read_all};
use model::Row;
use proptest::prelude::*;

fn items() -> JsonReadOptions {
    JsonReadOptions::new(Records::List("items".into()))
}

fn open(text: &str, options: JsonReadOptions) -> Result<JsonReader, Finding> {
    JsonReader::open(input(text.as_bytes()), options)
}

fn read(text: &str, options: JsonReadOptions) -> All {
    read_all(open(text, options))
}

/// The only row of a document that is a record.
fn one(text: &str) -> All {
    read(text, JsonReadOptions::new(Records::Document))
}

fn codes(all: &All) -> Vec<Code> {
    all.bad.iter().chain(&all.refused).map(|f| f.code).collect()
}

#[test]
fn nested_names_become_dotted_and_the_rest_stays_around() {
    let bytes = fixture("files/park/results.json");
    let text = std::str::from_utf8(&bytes).unwrap();
    let reader = open(text, items()).unwrap();
    assert_eq!(reader.header(), &Header::new(["seq", "caseNo", "legalRep.name"]));
    assert_eq!(reader.around("cursor"), Some("17"));
    assert_eq!(reader.around("items"), None);
    let all = read(text, items());
    assert_eq!(
        all.texts(),
        [
            ["1", "110108202603020000019", "张测试"],
            ["2", "110108202603020000027", "李喆"]
        ]
    );
    assert_eq!(all.rows[1].line, 2);
}

#[test]
fn declared_fields_are_the_header() {
    let options = JsonReadOptions {
        columns: Columns::exactly(["b", "a.c"]).optional(["d"]),
        ..items()
    };
    let all = read(r#"{"items":[{"a":{"c":""},"b":null},{},{"d":true}]}"#, options.clone());
    assert_eq!(
        all.texts(),
        [
            ["<absent>", "", "<absent>"],
            ["<absent>"; 3],
            ["<absent>", "<absent>", "true"]
        ]
    );
    let extra = r#"{"items":[{"b":"1"},{"b":"2","x":{"y":[1]}}]}"#;
    let all = read(extra, options.clone());
    assert_eq!((all.rows.len(), codes(&all)), (1, vec![Code::EUnknownField]));
    assert_eq!(
        (all.bad[0].place.row, all.bad[0].place.column.as_deref()),
        (Some(2), Some("x.y"))
    );
    let lenient = JsonReadOptions {
        columns: options.columns.clone().extra(Extra::Warn),
        ..options
    };
    let all = read(extra, lenient);
    assert_eq!(
        (all.rows.len(), all.warnings.len(), all.warnings[0].code),
        (2, 1, Code::WExtraColumn)
    );
}

#[test]
fn numbers_are_the_text_that_was_sent() {
    for number in ["0", "-0", "1.50", "100.00", "9007199254740992", "0.000001", "-12.5"] {
        assert_eq!(one(&format!("{{\"n\":{number}}}")).texts(), [[number]]);
    }
    for (number, code) in [
        ("9007199254740993", Code::EPrecision),
        ("-9007199254740993", Code::EPrecision),
        ("99999999999999999999999", Code::EPrecision),
        ("123456789012345.67", Code::EPrecision),
        ("1e3", Code::ESci),
        ("1.10108E+20", Code::ESci),
    ] {
        assert_eq!(codes(&one(&format!("{{\"n\":{number}}}"))), [code], "{number}");
    }
    for broken in [
        "01", "+1", "1.", ".5", "1e", "-", "0x10", "NaN", "Infinity", "1 2", "１",
    ] {
        assert_eq!(
            codes(&one(&format!("{{\"n\":{broken}}}"))),
            [Code::EStructure],
            "{broken}"
        );
    }
}

#[test]
fn lists_only_where_they_are_named() {
    let text = r#"{"seals":["1101990000017","1101990000025"],"none":[]}"#;
    assert_eq!(codes(&one(text)), [Code::ENested, Code::ENested]);
    let options = JsonReadOptions {
        lists: vec!["seals".into(), "none".into()],
        ..JsonReadOptions::new(Records::Document)
    };
    assert_eq!(
        read(text, options.clone()).texts(),
        [["1101990000017\u{1F}1101990000025", "<absent>"]]
    );
    for (inside, code) in [
        (r#"["a",["b"]]"#, Code::ENested),
        (r#"[{"b":1}]"#, Code::ENested),
        (r#"["a",null]"#, Code::ENested),
        (r#"["a\u001fb"]"#, Code::ECharset),
        (r#"[9007199254740993]"#, Code::EPrecision),
    ] {
        assert_eq!(
            codes(&read(&format!("{{\"seals\":{inside}}}"), options.clone())),
            [code],
            "{inside}"
        );
    }
}

#[test]
fn repeated_names_however_they_are_written() {
    for text in [
        r#"{"a":1,"a":1}"#,
        r#"{"a":1,"\u0061":2}"#,
        r#"{"a":{"b":1},"a":{"c":2}}"#,
        r#"{"a":{},"a":1}"#,
        r#"{"a":{"b":1,"b":2}}"#,
        r#"{"a.b":1,"a":{"b":2}}"#,
        r#"{"x":[{"b":1,"b":2}]}"#,
    ] {
        assert!(codes(&one(text)).contains(&Code::EDuplicateKey), "{text}");
    }
    assert_eq!(
        codes(&read(r#"{"m":{"k":1,"k":2},"items":[]}"#, items())),
        [Code::EDuplicateKey]
    );
    assert_eq!(
        codes(&read(r#"{"items":[],"items":[]}"#, items())),
        [Code::EDuplicateKey]
    );
}

#[test]
fn strings() {
    let text = r#"{"a":"\"\\\/\b\f\n\r\t\u5f20\ud84c\udf12","b":"张 三"}"#;
    assert_eq!(one(text).texts(), [["\"\\/\u{8}\u{C}\n\r\t张\u{23312}", "张 三"]]);
    for broken in [
        r#""\x""#,
        r#""\ud800""#,
        r#""\ud800\u0041""#,
        r#""\udc00""#,
        r#""\u12""#,
        r#""\u+123""#,
        "\"a\nb\"",
        "\"\u{1}\"",
        r#""\u0000""#,
        "\"a",
        "'a'",
    ] {
        assert_eq!(
            codes(&one(&format!("{{\"a\":{broken}}}"))),
            [Code::EStructure],
            "{broken}"
        );
    }
}

#[test]
fn where_records_are() {
    let deep = JsonReadOptions::new(Records::List("data.page.items".into()));
    let text = r#"{"data":{"total":2,"page":{"items":[{"a":"1"},{"a":"2"}],"next":"x"}},"code":"0"}"#;
    let reader = open(text, deep.clone()).unwrap();
    assert_eq!(
        (
            reader.around("data.total"),
            reader.around("data.page.next"),
            reader.around("code")
        ),
        (Some("2"), Some("x"), Some("0"))
    );
    assert_eq!(read(text, deep.clone()).rows.len(), 2);
    let whole = JsonReadOptions::new(Records::List("".into()));
    assert_eq!(read("[{\"a\":\"1\"}]", whole.clone()).texts(), [["1"]]);
    for (text, options) in [
        ("{}", deep),
        ("{}", whole.clone()),
        ("[1,]", whole.clone()),
        ("[", whole.clone()),
        ("", whole),
    ] {
        assert_eq!(codes(&read(text, options)), [Code::EStructure], "{text}");
    }
}

#[test]
fn limits_hold() {
    let setting = |text: &str, limits: Limits| {
        let all = read(text, JsonReadOptions { limits, ..items() });
        all.refused.map(|f| f.args[2].1.clone())
    };
    let limits = Limits::default();
    let text = r#"{"items":[{"a":"1","b":"2"},{"a":{"c":{"d":"1"}}}]}"#;
    assert_eq!(setting(text, limits), None);
    assert_eq!(
        setting(
            text,
            Limits {
                file_bytes: text.len() as u64,
                ..limits
            }
        ),
        None
    );
    assert_eq!(
        setting(
            text,
            Limits {
                file_bytes: text.len() as u64 - 1,
                ..limits
            }
        )
        .as_deref(),
        Some("limits.file_bytes")
    );
    assert_eq!(
        setting(text, Limits { rows: 1, ..limits }).as_deref(),
        Some("limits.rows")
    );
    assert_eq!(
        setting(text, Limits { columns: 2, ..limits }).as_deref(),
        Some("limits.columns")
    );
    assert_eq!(
        setting(
            text,
            Limits {
                record_bytes: 10,
                ..limits
            }
        )
        .as_deref(),
        Some("limits.record_bytes")
    );
    assert_eq!(setting(text, Limits { depth: 5, ..limits }), None);
    assert_eq!(
        setting(text, Limits { depth: 4, ..limits }).as_deref(),
        Some("limits.depth")
    );
    let names = format!("{{\"items\":[{{\"{}\":1}}]}}", "n".repeat(257));
    assert_eq!(codes(&read(&names, items())), [Code::EStructure]);
    let wide = format!(
        "{{\"items\":[],\"aside\":{{{}}}}}",
        (0..600).map(|n| format!("\"n{n}\":1")).collect::<Vec<_>>().join(",")
    );
    assert_eq!(setting(&wide, limits).as_deref(), Some("limits.columns"));
    let deep = format!("{{\"items\":{}", "[".repeat(1_000_000));
    assert_eq!(
        setting(
            &deep,
            Limits {
                depth: usize::MAX,
                ..limits
            }
        )
        .as_deref(),
        Some("limits.depth")
    );
}

/// Everything is judged before the first row: a cut document gives none.
#[test]
fn every_prefix_is_refused() {
    let bytes = fixture("files/park/results.json");
    for cut in 0..bytes.len() {
        let all = read_all(JsonReader::open(dribble(&bytes[..cut], 7), items()));
        assert!(all.refused.is_some() && all.rows.is_empty(), "cut at {cut}");
    }
}

fn write(header: &Header, rows: &[Row], options: JsonWriteOptions) -> String {
    let mut writer = JsonWriter::new(header.clone(), options).unwrap();
    let mut out = Vec::new();
    writer.begin(&mut out).unwrap();
    for row in rows {
        writer.row(row, &mut out).unwrap();
    }
    writer.end(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn row(line: u64, cells: &[Option<&str>]) -> Row {
    Row {
        line,
        cells: cells.iter().map(|c| c.map(Into::into)).collect(),
    }
}

#[test]
fn writes_nested_objects_in_the_order_of_the_header() {
    let header = Header::new(["caseNo", "legalRep.name", "rdStaff", "legalRep.phone", "seals"]);
    let options = JsonWriteOptions {
        numbers: vec!["rdStaff".into()],
        lists: vec!["seals".into()],
        ..JsonWriteOptions::new(Whole::Under("items".into()))
    };
    let rows = [
        row(
            1,
            &[Some("1"), Some("张\"三"), Some("12.50"), Some(""), Some("a\u{1F}b")],
        ),
        row(2, &[Some("2"), None, None, None, None]),
        row(3, &[None; 5]),
    ];
    let text = write(&header, &rows, options.clone());
    assert_eq!(
        text,
        r#"{"items":[{"caseNo":"1","legalRep":{"name":"张\"三","phone":""},"rdStaff":12.50,"seals":["a","b"]},{"caseNo":"2"},{}]}"#
    );
    assert_eq!(
        write(
            &header,
            &rows[1..2],
            JsonWriteOptions {
                whole: Whole::Lines,
                ..options.clone()
            }
        ),
        "{\"caseNo\":\"2\"}\n"
    );
    assert_eq!(
        write(
            &header,
            &[],
            JsonWriteOptions {
                whole: Whole::List,
                ..options.clone()
            }
        ),
        "[]"
    );
    let back = JsonReadOptions {
        columns: Columns::exactly(header.names().to_vec()),
        lists: vec!["seals".into()],
        ..items()
    };
    assert_eq!(read(&text, back).rows, rows);

    let writer = JsonWriter::new(header, options).unwrap();
    for wrong in ["", "1,5", "01", "1e3", "+1", "１", "NaN", "1."] {
        let findings = writer
            .object(&row(5, &[None, None, Some(wrong), None, None]))
            .unwrap_err();
        assert_eq!(
            (
                findings[0].code,
                findings[0].place.row,
                findings[0].place.column.as_deref()
            ),
            (Code::EFormat, Some(5), Some("rdStaff"))
        );
    }
    for names in [
        vec!["a", "a.b"],
        vec!["a.b", "a"],
        vec!["a", "a"],
        vec![""],
        vec!["a..b"],
        vec!["a."],
    ] {
        assert!(
            JsonWriter::new(Header::new(names.clone()), JsonWriteOptions::new(Whole::List)).is_err(),
            "{names:?}"
        );
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        (-1_000_000_i64..1_000_000).prop_map(Into::into),
        "\\PC{0,8}".prop_map(|t| t.replace('\0', "").into()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            proptest::collection::btree_map("[a-d]{1,3}", inner, 0..4)
                .prop_map(|m| serde_json::Value::Object(m.into_iter().collect())),
        ]
    })
}

/// Our scanner's value as the stranger's.
fn strangers(value: &Value<'_>) -> serde_json::Value {
    match value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(yes) => (*yes).into(),
        Value::Number(text) => serde_json::from_str(text).unwrap(),
        Value::Text(text) => text.as_str().into(),
        Value::List(values) => values.iter().map(strangers).collect::<Vec<_>>().into(),
        Value::Object(members) => {
            serde_json::Value::Object(members.iter().map(|(k, v)| (k.clone(), strangers(v))).collect())
        }
    }
}

proptest! {
    #![proptest_config(crate::testing::cases())]

    #[test]
    fn agrees_with_serde_json(value in any_json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value).unwrap() } else { value.to_string() };
        let mut scanner = Scanner::new(&text, 0, Limits::default());
        let found = scanner.value().unwrap();
        prop_assert!(scanner.end().is_ok());
        prop_assert_eq!(strangers(&found), value);
    }

    /// Where the stranger refuses, we refuse; where it accepts, we may only be stricter about NUL and size.
    #[test]
    fn refuses_what_serde_json_refuses(text in "[\\[\\]{}:,\"a0-1.eE+\\- \\\\utrfalsn]{0,12}") {
        let mut scanner = Scanner::new(&text, 0, Limits::default());
        let ours = scanner.value().is_ok() && scanner.end().is_ok();
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        let out_of_range = theirs.as_ref().is_err_and(|e| e.to_string().contains("out of range"));
        prop_assert!(ours == theirs.is_ok() || out_of_range || text.contains("\\u0000"), "{:?} {:?}", text, theirs);
    }

    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..80), text in "\\{\"items\":\\[[\\[\\]{}:,\"a1\\\\u ]{0,40}\\]\\}") {
        for encoding in Encoding::ALL {
            let _ = read_all(JsonReader::open(input(&bytes), JsonReadOptions { encoding, ..items() }));
        }
        let _ = read(&text, items());
    }

    #[test]
    fn rows_return(table in proptest::collection::vec(proptest::collection::vec(proptest::option::of("[^\\x00]{0,8}"), 4), 0..6)) {
        let header = Header::new(["a", "b.c", "b.d.e", "f"]);
        let rows: Vec<Row> = table.iter().enumerate()
            .map(|(n, cells)| row(n as u64 + 1, &cells.iter().map(|c| c.as_deref()).collect::<Vec<_>>())).collect();
        let text = write(&header, &rows, JsonWriteOptions::new(Whole::Under("items".into())));
        let back = JsonReadOptions { columns: Columns::exactly(header.names().to_vec()), ..items() };
        prop_assert_eq!(read(&text, back).rows, rows);
    }
}

#[test]
fn lines_are_records_and_nothing_goes_on_in_the_next() {
    let lines = |text: &str| {
        read_all(JsonReader::open(
            input(text.as_bytes()),
            JsonReadOptions::new(Records::Lines),
        ))
    };
    let all = lines("{\"a\":\"1\",\"b\":{\"c\":\"x\\n\"}}\n{\"b\":{\"c\":\"2\"}}\r\n[]\n{\"a\":\"3\"}\n");
    assert_eq!(all.texts(), [["1", "x\n"], ["<absent>", "2"], ["3", "<absent>"]]);
    assert_eq!(all.facts(), ["rows 3", "bad E_STRUCTURE row 3"]);
    assert_eq!(lines("").facts(), ["rows 0"]);
    let refused = [
        ("{\"a\":\"1\"}", "file E_LAST_LINE row 1"),
        ("{\"a\":\"1\"}\n{\"a\":", "file E_LAST_LINE row 2"),
        ("{\"a\":\"1\"}\n{\"a\":\n\"2\"}\n", "file E_STRUCTURE row 2"),
        ("{\"a\":\"1\"}{\"a\":\"2\"}\n", "file E_STRUCTURE row 1"),
        ("{\"a\":\"1\"}\n\n", "file E_STRUCTURE row 2"),
    ];
    for (text, fact) in refused {
        let facts = lines(text).facts();
        assert!(facts.len() == 2 && facts[1].starts_with(fact), "{text:?}: {facts:?}");
    }
}

#[test]
fn lines_are_written_and_read_again() {
    let header = Header::new(["a", "b.c"]);
    let mut writer = JsonWriter::new(header, JsonWriteOptions::new(Whole::Lines)).unwrap();
    let mut out = Vec::new();
    writer.begin(&mut out).unwrap();
    for (line, cells) in [(1, ["1", "两行\n"]), (2, ["\"", "\u{2028}"])] {
        let cells = cells.map(|c| Some(c.into())).to_vec();
        writer.row(&Row { line, cells }, &mut out).unwrap();
    }
    writer.end(&mut out).unwrap();
    assert_eq!(out.iter().filter(|b| **b == b'\n').count(), 2);
    let all = read_all(JsonReader::open(input(&out), JsonReadOptions::new(Records::Lines)));
    assert_eq!(all.texts(), [["1", "两行\n"], ["\"", "\u{2028}"]]);
}
