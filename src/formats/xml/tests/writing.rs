//! What is written: golden files, escapes, refusals, and that rows return.

use super::*;
use crate::xml::{Element, Tag, XmlWriteOptions, XmlWriter};

fn write(header: &Header, rows: &[Row], options: XmlWriteOptions) -> Vec<u8> {
    let mut writer = XmlWriter::new(header.clone(), options).unwrap();
    let mut out = Vec::new();
    writer.begin(&mut out).unwrap();
    rows.iter().for_each(|r| writer.row(r, &mut out).unwrap());
    writer.end(&mut out).unwrap();
    out
}

fn row(cells: &[Option<&str>]) -> Row {
    Row {
        line: 1,
        cells: cells.iter().map(|c| c.map(Into::into)).collect(),
    }
}

/// The rows of a golden message, as lists of names and values.
fn golden(message: &serde_json::Value) -> (Header, Row) {
    let fields = message["fields"].as_array().unwrap();
    let name = |f: &serde_json::Value| f[0].as_str().unwrap().to_owned();
    let values: Vec<Option<&str>> = fields.iter().map(|f| f[1].as_str()).collect();
    (Header::new(fields.iter().map(name)), row(&values))
}

#[test]
fn the_request_for_the_quality_bureau() {
    let vectors = vectors("qts_xml");
    let (header, row) = golden(&vectors["request"]);
    let options = XmlWriteOptions {
        around: vec![
            Tag::new("ns2:Envelope").attribute("xmlns:ns2", SOAP),
            Tag::new("ns2:Body"),
        ],
        prefix: Some("o".into()),
        ..XmlWriteOptions::new(Encoding::Gb18030, Tag::new("o:submitOrgCode").attribute("xmlns:o", QTS))
    };
    let bytes = write(&header, &[row], options);
    assert_eq!(
        Encoding::Gb18030.decode(&bytes).unwrap(),
        vectors["request"]["text"].as_str().unwrap()
    );
    assert_eq!(bytes.len(), 567);
    assert_eq!(crate::digest::sm3_hex(&bytes), vectors["request"]["sm3_gb18030"]);
}

#[test]
fn a_package_with_a_head_and_a_manifest_of_attributes() {
    let vectors = vectors("psb_xml");
    let (header, seal) = golden(&vectors["file"]);
    let head = [
        ("Version", "1.0"),
        ("MsgId", "HUB-PSB-20260402-000001"),
        ("From", "HUB"),
        ("To", "PSB"),
        ("Biz", "SEAL"),
        ("CreateTime", "2026年04月02日 18时00分00秒"),
        ("Count", "1"),
    ];
    let head = Element::of("Head", head.map(|(name, text)| Element::text(name, text)));
    let options = XmlWriteOptions {
        bom: true,
        around: vec![Tag::new("Package").head(head), Tag::new("Body")],
        ..XmlWriteOptions::new(Encoding::Utf8, Tag::new("Seal"))
    };
    let bytes = write(&header, &[seal], options);
    assert_eq!(
        std::str::from_utf8(&bytes[3..]).unwrap(),
        vectors["file"]["text"].as_str().unwrap()
    );
    assert_eq!(bytes.len(), 633);
    assert_eq!(crate::digest::sm3_hex(&bytes), vectors["file"]["sm3"]);

    let (header, file) = golden(&vectors["manifest"]);
    let around = Tag::new("Manifest")
        .attribute("seq", "1")
        .attribute("prev", "0")
        .attribute("date", "20260402");
    let options = XmlWriteOptions {
        around: vec![around],
        ..XmlWriteOptions::new(Encoding::Utf8, Tag::new("File"))
    };
    let bytes = write(&header, &[file], options);
    assert_eq!(
        std::str::from_utf8(&bytes).unwrap(),
        vectors["manifest"]["text"].as_str().unwrap()
    );
}

#[test]
fn what_stands_where() {
    let header = Header::new(["@n", "a", "b.c", "b.d.@t", "b.d", "S", "e"]);
    let options = XmlWriteOptions {
        lists: vec!["S".into()],
        ..XmlWriteOptions::new(Encoding::Utf8, Tag::new("R"))
    };
    let inside = |cells: &[Option<&str>], options: &XmlWriteOptions| {
        let writer = XmlWriter::new(header.clone(), options.clone()).unwrap();
        String::from_utf8(writer.element(&row(cells)).unwrap()).unwrap()
    };
    let full = [
        Some("1\n\""),
        Some("<&>\r]]>"),
        Some("c"),
        Some("t"),
        Some("d"),
        Some("x\u{1F}y"),
        Some(""),
    ];
    assert_eq!(
        inside(&full, &options),
        "<R n=\"1&#10;&quot;\"><a>&lt;&amp;&gt;&#13;]]&gt;</a><b><c>c</c><d t=\"t\">d</d></b><S>x</S><S>y</S><e/></R>"
    );
    let few = [None, None, None, Some("t"), None, None, Some("e")];
    assert_eq!(inside(&few, &options), "<R><b><d t=\"t\"/></b><e>e</e></R>");
    assert_eq!(inside(&[None; 7], &options), "<R/>");
    let options = XmlWriteOptions {
        empty_elements: true,
        ..options
    };
    assert_eq!(
        inside(&[None; 7], &options),
        "<R><a/><b><c/><d/></b><e/></R>".replace("<e/>", "<S/><e/>")
    );
}

#[test]
fn what_cannot_be_written_is_refused() {
    let simple = || XmlWriteOptions {
        lists: vec!["S".into()],
        ..XmlWriteOptions::new(Encoding::Gbk, Tag::new("R").attribute("fixed", "1"))
    };
    for names in [
        vec!["a", "a"],
        vec!["a", "a.b"],
        vec!["a.b", "a"],
        vec!["@a", "@a"],
        vec!["1a"],
        vec!["a:b"],
        vec![""],
        vec!["@a.b"],
        vec!["a", "."],
        vec!["@n:a"],
        vec!["@fixed"],
        vec!["S", "S.@a"],
    ] {
        let refused = XmlWriter::new(Header::new(names.clone()), simple())
            .err()
            .map(|f| f.code);
        assert_eq!(refused, Some(Code::EStructure), "{names:?}");
    }
    let header = Header::new(["a"]);
    let refused = |options| XmlWriter::new(header.clone(), options).err().map(|f| f.code);
    assert_eq!(refused(XmlWriteOptions { bom: true, ..simple() }), Some(Code::EBom));
    assert_eq!(
        refused(XmlWriteOptions {
            record: Tag::new("a b"),
            ..simple()
        }),
        Some(Code::EStructure)
    );
    assert_eq!(
        refused(XmlWriteOptions {
            prefix: Some("a:".into()),
            ..simple()
        }),
        Some(Code::EStructure)
    );
    let head = Tag::new("P").head(Element::text("h", "\u{1}"));
    assert_eq!(
        refused(XmlWriteOptions {
            around: vec![head],
            ..simple()
        }),
        Some(Code::EStructure)
    );
    let attribute = Tag::new("P").attribute("h", "㛃");
    assert_eq!(
        refused(XmlWriteOptions {
            around: vec![attribute],
            ..simple()
        }),
        Some(Code::EUnmappable)
    );

    let mut writer = XmlWriter::new(header.clone(), simple()).unwrap();
    let mut out = b"before".to_vec();
    for (cell, code) in [
        ("㛃", Code::EUnmappable),
        ("\u{0}", Code::ECharset),
        ("\u{1F}", Code::ECharset),
        ("\u{FFFF}", Code::ECharset),
    ] {
        let findings = writer.row(&row(&[Some(cell)]), &mut out).unwrap_err();
        assert_eq!(
            (findings[0].code, findings[0].place.column.as_deref()),
            (code, Some("a")),
            "{cell:?}"
        );
    }
    assert_eq!(writer.row(&row(&[]), &mut out).unwrap_err()[0].code, Code::EStructure);
    assert_eq!(out, b"before");
}

/// Text that XML can carry, with white space only inside.
fn text() -> impl Strategy<Value = String> {
    let whole = "[ -~\\t\\n\\r\u{85}\u{2028}\u{4E00}-\u{4E80}\u{3000}\u{20000}-\u{20100}]{1,8}";
    whole
        .prop_map(|t| t.trim_matches(super::super::name::is_space).to_owned())
        .prop_filter("absent", |t| !t.is_empty())
}

proptest! {
    #![proptest_config(crate::testing::cases())]

    #[test]
    fn rows_return(
        table in proptest::collection::vec(proptest::collection::vec(proptest::option::of(text()), 5), 0..6),
        encoding in proptest::sample::select(vec![Encoding::Utf8, Encoding::Gb18030, Encoding::Utf16, Encoding::Utf16Le, Encoding::Utf16Be]),
        padded in any::<bool>(),
    ) {
        let header = Header::new(["@a", "b", "c.d", "c.e.@f", "c.e.g"]);
        let rows: Vec<Row> = table.iter().enumerate().map(|(n, cells)| {
            let cells = cells.iter().map(|c| c.as_deref().map(Into::into)).collect();
            Row { line: n as u64 + 1, cells }
        }).collect();
        let options = XmlWriteOptions {
            around: vec![Tag::new("Package").attribute("xmlns", "urn:p"), Tag::new("Body")],
            empty_elements: padded,
            ..XmlWriteOptions::new(encoding, Tag::new("Case"))
        };
        let bytes = write(&header, &rows, options);
        let path = Path::new(["Package", "Body", "Case"].map(|n| Name::of("urn:p", n)));
        let back = XmlReadOptions { columns: Columns::exactly(header.names().to_vec()), ..XmlReadOptions::new(Encoding::Gbk, path, Many::Any) };
        prop_assert_eq!(read_all(XmlReader::open(input(&bytes), back)).rows, rows);
    }
}
