#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::RowWriter;
use crate::encoding::BOM;
use crate::testing::{All, dribble, input, read_all, vectors};
use proptest::prelude::*;

mod wide;
mod writing;

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const QTS: &str = "urn:bj:qts:orgcode:1.0";

fn cases() -> XmlReadOptions {
    XmlReadOptions::new(Encoding::Utf8, Path::plain("Package/Body/Case"), Many::Any)
}

fn open(text: &str, options: XmlReadOptions) -> Result<XmlReader, Finding> {
    XmlReader::open(input(text.as_bytes()), options)
}

fn read(text: &str, options: XmlReadOptions) -> All {
    read_all(open(text, options))
}

/// Fields of the only `<R>` document.
fn one(inside: &str) -> All {
    let options = XmlReadOptions::new(Encoding::Utf8, Path::plain("R"), Many::One);
    read(&format!("<R>{inside}</R>"), options)
}

fn codes(all: &All) -> Vec<Code> {
    all.bad.iter().chain(&all.refused).map(|f| f.code).collect()
}

#[test]
fn elements_are_fields_and_the_rest_stays_around() {
    let text = "<?xml version=\"1.0\"?>\n<Package v='2'>\n <Head><Count> 2 </Count><To/><F>a</F><F>b</F></Head>\n <Body>\n\
        <Case n=\"1\"><No>17</No><rep><name> 张三\n</name><id t='9'/></rep></Case><!-- x --><Case>\n<No>18</No>\n</Case></Body></Package>\n";
    let reader = open(text, cases()).unwrap();
    assert_eq!(
        reader.header(),
        &Header::new(["@n", "No", "rep.name", "rep.id.@t", "rep.id"])
    );
    let around = |path: &str| reader.around(path);
    assert_eq!(
        (around("Package/@v"), around("Package/Head/Count")),
        (Some("2"), Some("2"))
    );
    assert_eq!((around("Package/Head/To"), around("Package/Head/F")), (None, None));
    let all = read(text, cases());
    assert_eq!(
        all.texts(),
        [
            ["1", "17", "张三", "9", "<absent>"],
            ["<absent>", "18", "<absent>", "<absent>", "<absent>"]
        ]
    );
    assert_eq!(all.rows[1].line, 2);
}

#[test]
fn the_result_of_the_quality_bureau() {
    let golden = vectors("qts_xml");
    let text = golden["result"]["text"].as_str().unwrap();
    let path = Path::new([
        Name::of(SOAP, "Envelope"),
        Name::of(SOAP, "Body"),
        Name::of(QTS, "orgCodeResult"),
    ]);
    let options = XmlReadOptions::new(Encoding::Utf8, path, Many::One);
    let bytes = Encoding::Gb18030.encode(text).unwrap();
    let reader = XmlReader::open(input(&bytes), options.clone()).unwrap();
    assert_eq!(reader.header(), &Header::new(["YWBH", "CLJG", "JGDM", "FZRQ", "YXQZ"]));
    assert_eq!(reader.encoding(), Encoding::Gb18030);
    let wanted = [["110108202603020000019", "4", "12345678-8", "20260408", "20300407"]];
    assert_eq!(read_all(Ok(reader)).texts(), wanted);
    // Another prefix, padded values, bytes one by one: the same row.
    let padded = text
        .replace("S:", "soapenv:")
        .replace(":S=", ":soapenv=")
        .replace("<YWBH>", "<YWBH>\r\n   ");
    let reader = XmlReader::open(
        dribble(padded.as_bytes(), 1),
        XmlReadOptions {
            precedence: Precedence::Options,
            ..options
        },
    );
    assert_eq!(read_all(reader).texts(), wanted);
}

#[test]
fn pieces_of_one_value_are_joined() {
    for (inside, wanted) in [
        (
            "<a>甲&amp;乙 &lt;&gt;&apos;&quot; &#20018;&#x4E32;</a>",
            "甲&乙 <>'\" 串串",
        ),
        ("<a>甲<![CDATA[<&amp;> ]]>乙</a>", "甲<&amp;> 乙"),
        ("<a>甲<!-- & -->乙<?pi x?>丙</a>", "甲乙丙"),
        ("<a>\r\n\t 甲\r\n乙\n</a>", "甲\n乙"),
        ("<a>\u{3000}甲\u{3000}</a>", "\u{3000}甲\u{3000}"),
        ("<a>&#13;&#10;甲</a>", "甲"),
    ] {
        assert_eq!(one(inside).texts(), [[wanted]], "{inside}");
    }
    let options = XmlReadOptions {
        trim: false,
        ..XmlReadOptions::new(Encoding::Utf8, Path::plain("R"), Many::One)
    };
    assert_eq!(
        read("<R><a> 甲&#13; </a><b> </b><c></c></R>", options).texts(),
        [[" 甲\r ", " ", "<absent>"]]
    );
}

#[test]
fn an_empty_element_is_absent() {
    for inside in [
        "<a/>",
        "<a></a>",
        "<a> \n </a>",
        "<a><!-- nothing --></a>",
        "<a><![CDATA[]]></a>",
    ] {
        assert_eq!(one(inside).texts(), [["<absent>"]], "{inside}");
    }
    // An empty element may also be one whose fields are all absent.
    let columns = Columns::exactly(["rep.name", "No"]);
    let options = XmlReadOptions { columns, ..cases() };
    let text = "<Package><Body><Case><rep/><No>1</No></Case><Case><re/></Case></Body></Package>";
    let all = read(text, options);
    assert_eq!(all.texts(), [["<absent>", "1"]]);
    assert_eq!(codes(&all), [Code::EUnknownField]);
}

#[test]
fn lists_only_where_they_are_named() {
    let text =
        "<Package><Body><Case><S>1</S><S>2</S></Case><Case><S>3</S></Case><Case><S>4</S><S/></Case></Body></Package>";
    let all = read(text, cases());
    assert_eq!(all.texts(), [["3"]]);
    assert_eq!(codes(&all), [Code::EDuplicateKey, Code::EDuplicateKey]);
    let options = XmlReadOptions {
        lists: vec!["S".into()],
        ..cases()
    };
    let all = read(text, options);
    assert_eq!(all.texts(), [["1\u{1F}2"], ["3"]]);
    assert_eq!(codes(&all), [Code::ENested]);
}

#[test]
fn a_record_may_be_text() {
    let options = XmlReadOptions::new(Encoding::Utf8, Path::plain("L/F"), Many::Any);
    let all = read("<L><F n='1'> a </F><F>b</F><F n='3'/></L>", options);
    assert_eq!(all.texts(), [["1", "a"], ["<absent>", "b"], ["3", "<absent>"]]);
}

#[test]
fn how_many_records() {
    let doc = |n: usize| format!("<Package><Body>{}</Body></Package>", "<Case><a>1</a></Case>".repeat(n));
    let many = |text: &str, many| codes(&read(text, XmlReadOptions { many, ..cases() }));
    for (count, wanted) in [(0, vec![Code::EStructure]), (1, vec![]), (2, vec![Code::EStructure])] {
        assert_eq!(many(&doc(count), Many::One), wanted, "{count}");
        assert_eq!(many(&doc(count), Many::Any), [], "{count}");
    }
    assert_eq!(many("<Package><Head/></Package>", Many::Any), [Code::EStructure]);
    assert_eq!(
        many("<Package><Body/><Body/></Package>", Many::Any),
        [Code::EDuplicateKey]
    );
}

#[test]
fn namespaces_not_prefixes() {
    let path = Path::new([Name::of(SOAP, "Envelope"), Name::of(QTS, "r")]);
    let options = XmlReadOptions {
        columns: Columns::exactly(["a"]),
        ..XmlReadOptions::new(Encoding::Utf8, path, Many::One)
    };
    let judge = |text: &str| {
        let text = text.replace("SOAP", SOAP).replace("QTS", QTS);
        let all = read(&text, options.clone());
        (all.rows.len(), codes(&all))
    };
    for text in [
        "<Envelope xmlns='SOAP'><r xmlns='QTS'><a>1</a></r></Envelope>",
        "<s:Envelope xmlns:s='SOAP' xmlns='QTS'><r><a>1</a></r></s:Envelope>",
        "<s:Envelope xmlns:s='SOAP' xmlns:q='QTS'><q:r xmlns:i='urn:i' i:type='x' xml:lang='zh'><q:a i:nil='0'>1</q:a></q:r></s:Envelope>",
        "<s:Envelope xmlns:s='SOAP' xmlns:q='QTS'><q:r><a>1</a></q:r></s:Envelope>",
        "<q:Envelope xmlns:q='SOAP'><q:r xmlns:q='QTS'><a>1</a></q:r></q:Envelope>",
    ] {
        assert_eq!(judge(text), (1, vec![]), "{text}");
    }
    for text in [
        "<Envelope><r xmlns='QTS'><a>1</a></r></Envelope>",
        "<Envelope xmlns='SOAP'><r><a>1</a></r></Envelope>",
        "<Envelope xmlns='SOAP'><x:r><a>1</a></x:r></Envelope>",
        "<s:Envelope xmlns:s='SOAP'><r xmlns:s='QTS'/></s:Envelope>",
    ] {
        assert_eq!(judge(text), (0, vec![Code::EStructure]), "{text}");
    }
    let foreign = "<s:Envelope xmlns:s='SOAP' xmlns:q='QTS'><q:r><s:a>1</s:a></q:r></s:Envelope>";
    assert_eq!(judge(foreign), (0, vec![Code::EUnknownField]));
    let named = XmlReadOptions {
        namespaces: vec![SOAP.into()],
        ..options.clone()
    };
    let foreign = foreign.replace("SOAP", SOAP).replace("QTS", QTS);
    assert_eq!(read(&foreign, named).texts(), [["1"]]);
}

#[test]
fn whose_word_about_the_encoding_holds() {
    let text = |declared: &str| format!("<?xml version='1.0' {declared}?><R><a>张</a></R>");
    for (declared, written, precedence, wanted) in [
        ("encoding='GB18030'", Encoding::Gb18030, Precedence::Declaration, None),
        ("encoding='gb2312'", Encoding::Gbk, Precedence::Declaration, None),
        (
            "encoding=\"UTF-8\" standalone='yes'",
            Encoding::Utf8,
            Precedence::Declaration,
            None,
        ),
        ("", Encoding::Gbk, Precedence::Declaration, None),
        ("encoding='UTF-8'", Encoding::Gbk, Precedence::Options, None),
        ("encoding='UTF-16'", Encoding::Gbk, Precedence::Options, None),
        (
            "encoding='UTF-8'",
            Encoding::Gbk,
            Precedence::Declaration,
            Some(Code::EEncoding),
        ),
        (
            "encoding='UTF-16'",
            Encoding::Gbk,
            Precedence::Declaration,
            Some(Code::ECodePage),
        ),
        (
            "encoding='GB18030'",
            Encoding::Utf8,
            Precedence::Options,
            Some(Code::EEncoding),
        ),
        (
            "encoding=''",
            Encoding::Gbk,
            Precedence::Declaration,
            Some(Code::ECodePage),
        ),
        (
            "encode='x'",
            Encoding::Gbk,
            Precedence::Declaration,
            Some(Code::EStructure),
        ),
        (
            "encoding='gbk",
            Encoding::Gbk,
            Precedence::Declaration,
            Some(Code::EStructure),
        ),
        (
            "encoding='gbk' encoding='gbk'",
            Encoding::Gbk,
            Precedence::Declaration,
            Some(Code::EStructure),
        ),
    ] {
        let bytes = written.encode(&text(declared)).unwrap();
        let options = XmlReadOptions {
            precedence,
            ..XmlReadOptions::new(Encoding::Gbk, Path::plain("R"), Many::One)
        };
        let all = read_all(XmlReader::open(input(&bytes), options));
        assert_eq!(all.refused.as_ref().map(|f| f.code), wanted, "{declared} {written:?}");
        assert!(wanted.is_some() || all.texts() == [["张"]], "{declared} {written:?}");
    }
}

#[test]
fn places_are_bytes_of_the_document() {
    let text = "<?xml version='1.0' encoding='GBK'?><R><a>张三</a><b>&x;</b></R>";
    let bytes = Encoding::Gbk.encode(text).unwrap();
    let options = XmlReadOptions::new(Encoding::Utf8, Path::plain("R"), Many::One);
    let refused = read_all(XmlReader::open(input(&bytes), options.clone()))
        .refused
        .unwrap();
    let at = bytes.windows(3).position(|w| w == b"&x;").unwrap();
    assert_eq!((refused.code, refused.place.byte), (Code::EDtd, Some(at as u64)));
    let mut marked = BOM.to_vec();
    marked.extend_from_slice(b"<R><a>\xFF</a></R>");
    let options = XmlReadOptions {
        bom: Bom::Accept,
        ..options
    };
    let refused = read_all(XmlReader::open(input(&marked), options)).refused.unwrap();
    assert_eq!((refused.code, refused.place.byte), (Code::EEncoding, Some(9)));
}

#[test]
fn limits_hold() {
    let setting = |text: &str, limits: Limits| {
        let all = read(text, XmlReadOptions { limits, ..cases() });
        all.refused.map(|f| f.args[2].1.clone())
    };
    let limits = Limits::default();
    let text =
        "<Package><Head><x>1</x><y>2</y></Head><Body><Case><a><b>1</b></a><c>2</c></Case><Case/></Body></Package>";
    assert_eq!(setting(text, limits), None);
    let exact = Limits {
        file_bytes: text.len() as u64,
        columns: 2,
        rows: 2,
        depth: 5,
        record_bytes: 35,
        ..limits
    };
    assert_eq!(setting(text, exact), None);
    for (limits, wanted) in [
        (
            Limits {
                file_bytes: text.len() as u64 - 1,
                ..limits
            },
            "limits.file_bytes",
        ),
        (Limits { columns: 1, ..limits }, "limits.columns"),
        (Limits { rows: 1, ..limits }, "limits.rows"),
        (Limits { depth: 4, ..limits }, "limits.depth"),
        (
            Limits {
                record_bytes: 20,
                ..limits
            },
            "limits.record_bytes",
        ),
    ] {
        assert_eq!(setting(text, limits).as_deref(), Some(wanted));
    }
    // Whatever the settings say, 64 elements deep is the end.
    let deep = |n: usize| {
        format!(
            "<Package><Body><Case>{}{}</Case></Body></Package>",
            "<a>".repeat(n),
            "</a>".repeat(n)
        )
    };
    let generous = Limits { depth: 1000, ..limits };
    assert_eq!(setting(&deep(61), generous), None);
    assert_eq!(setting(&deep(62), generous).as_deref(), Some("limits.depth"));
}

#[test]
fn a_bomb_of_anything_is_refused() {
    let attributes = |n: usize| (0..n).map(|i| format!(" a{i}=''")).collect::<String>();
    let refused = |text: String| read(&text, cases()).refused.map(|f| f.code);
    let doc = |attributes: String| format!("<Package><Head{attributes}/><Body/></Package>");
    assert_eq!(refused(doc(attributes(256))), None);
    assert_eq!(refused(doc(attributes(257))), Some(Code::EStructure));
    assert_eq!(refused(doc(attributes(800_000))), Some(Code::EStructure));
    let namespaces: String = (0..1000).map(|i| format!(" xmlns:a{i}='urn:{i}'")).collect();
    assert_eq!(refused(doc(namespaces)), Some(Code::EStructure));
    assert_eq!(refused("<a>".repeat(1_000_000)), Some(Code::EStructure));
    let comments = usize::try_from(EVENTS_MAX).unwrap();
    assert_eq!(
        refused(format!("<Package>{}<Body/></Package>", "<?a?>".repeat(comments))),
        Some(Code::EStructure)
    );
}

#[test]
fn declared_fields_are_the_header() {
    let options = XmlReadOptions {
        columns: Columns::exactly(["b", "@n"]).optional(["d"]),
        ..cases()
    };
    let text = "<Package><Body><Case n='1'><b>2</b></Case><Case><x>1</x></Case></Body></Package>";
    let all = read(text, options.clone());
    assert_eq!(all.texts(), [["2", "1", "<absent>"]]);
    assert_eq!(
        (codes(&all), all.bad[0].place.row),
        (vec![Code::EUnknownField], Some(2))
    );
    let columns = options.columns.clone().extra(Extra::Warn);
    let all = read(text, XmlReadOptions { columns, ..options });
    assert_eq!((all.rows.len(), all.warnings[0].code), (2, Code::WExtraColumn));
}

proptest! {
    #![proptest_config(crate::testing::cases())]

    #[test]
    fn any_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..80), text in "[<>/!\\[\\]?&;#='\"a:x -]{0,40}") {
        for encoding in Encoding::ALL {
            let options = XmlReadOptions { encoding, ..cases() };
            let _ = read_all(XmlReader::open(input(&bytes), options));
        }
        let _ = read(&format!("<Package><Body><Case>{text}</Case></Body></Package>"), cases());
        let _ = read(&text, cases());
    }
}
