#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! What is pure: envelopes, what answers mean, what settings may say.

use super::answer::{of_hand_over, of_query};
use super::envelope::{Envelope, SOAP};
use super::settings::Soap;
use crate::Settings;
use crate::answer::Meaning;
use crate::tests::support::{channel, layout};
use crate::wire::Reply;
use formats::Encoding;
use model::Code;
use model::define::{Channel, Field, Layout};
use port::{Outcome, Said};

mod requests;

const QTS: &str = include_str!("../../../fixtures/link/qts.toml");

fn soap(text: &str) -> Soap {
    toml::from_str::<Settings>(text).unwrap().soap.unwrap()
}

fn reply(status: u16, body: &str) -> Reply {
    Reply {
        status,
        xml: true,
        charset: "utf-8".into(),
        body: body.into(),
        ..Reply::default()
    }
}

fn wrapped(body: &str) -> String {
    format!("<S:Envelope xmlns:S=\"{SOAP}\"><S:Body>{body}</S:Body></S:Envelope>")
}

fn response(name: &str, fields: &str) -> String {
    wrapped(&format!("<{name} xmlns=\"urn:bj:qts:orgcode:1.0\">{fields}</{name}>"))
}

fn fault(code: &str) -> String {
    wrapped(&format!(
        "<S:Fault><faultcode>S:Client</faultcode><faultstring> 不行 </faultstring><detail>\
         <o:orgCodeFault xmlns:o=\"urn:bj:qts:orgcode:1.0\"><o:CWM>{code}</o:CWM></o:orgCodeFault></detail></S:Fault>"
    ))
}

/// An answer in a word: a receipt, a code, `busy`, or why it says nothing.
fn told(reply: &Reply) -> String {
    let settings = soap(QTS);
    let envelope = Envelope::new(&settings);
    match of_hand_over(
        reply,
        &envelope,
        &settings.answer,
        "submitOrgCode",
        "1",
        "POST /s submitOrgCode",
    ) {
        Meaning::Says(Outcome::Acknowledged(receipt)) => receipt.unwrap_or_else(|| "already".into()),
        Meaning::Says(Outcome::Refused { code, reason }) => format!("{code} {reason}"),
        Meaning::Says(other) => panic!("{other:?}"),
        Meaning::Busy(fault) => {
            assert_eq!(fault.finding.code, Code::CBusy);
            "busy".into()
        }
        Meaning::Nothing(fault) => {
            assert_eq!(fault.finding.code, Code::CProtocol);
            fault.finding.args[1].1.clone()
        }
    }
}

#[test]
fn answers_to_a_hand_over() {
    let good = |fields: &str| response("submitOrgCodeResponse", fields);
    let html = Reply {
        xml: false,
        ..reply(200, "<html/>")
    };
    let table = [
        (reply(200, &good("<YWBH>1</YWBH><SLH>\n Q1 </SLH>")), "Q1"),
        (reply(200, &good("<SLH>Q1</SLH>")), "Q1"),
        (reply(200, &good("<YWBH>1</YWBH><SLH/>")), "HTTP 200, no receipt"),
        (
            reply(200, &good("<YWBH>2</YWBH><SLH>Q1</SLH>")),
            "HTTP 200, YWBH is another case's",
        ),
        (reply(500, &good("<YWBH>1</YWBH><SLH>Q1</SLH>")), "HTTP 500, no fault"),
        (reply(500, &fault("2004")), "2004 不行"),
        (reply(200, &fault("2004")), "2004 不行"),
        (reply(500, &fault("1005")), "already"),
        (reply(500, &fault("9001")), "busy"),
        (reply(503, ""), "busy"),
        (reply(429, ""), "busy"),
        (reply(500, &fault("0000")), "HTTP 500, a fault without a code"),
        (reply(500, &fault("")), "HTTP 500, a fault without a code"),
        (reply(400, &fault("2004")), "HTTP 400, not a documented status"),
        (reply(202, &good("<SLH>Q1</SLH>")), "HTTP 202, not a documented status"),
        (
            reply(200, &response("queryReceiptResponse", "<SLH>Q1</SLH>")),
            "HTTP 200, E_STRUCTURE",
        ),
        (
            reply(
                200,
                &wrapped("<submitOrgCodeResponse><SLH>Q1</SLH></submitOrgCodeResponse>"),
            ),
            "HTTP 200, E_STRUCTURE",
        ),
        (
            reply(200, &good("<SLH>Q1</SLH><SLH>Q2</SLH>")),
            "HTTP 200, E_DUPLICATE_KEY",
        ),
        (reply(200, "<!DOCTYPE a><a/>"), "HTTP 200, E_DTD"),
        (reply(200, ""), "HTTP 200, E_STRUCTURE"),
        (html, "HTTP 200, not XML"),
    ];
    for (reply, wanted) in table {
        assert_eq!(told(&reply), wanted, "{:?}", std::str::from_utf8(&reply.body));
    }
}

#[test]
fn answers_to_a_question() {
    let settings = soap(QTS);
    let (envelope, query) = (Envelope::new(&settings), settings.query.clone().unwrap());
    let said = |reply: &Reply| match of_query(reply, &envelope, &settings.answer, &query, "1", "POST /s queryReceipt") {
        Meaning::Says(said) => Some(said),
        Meaning::Busy(_) | Meaning::Nothing(_) => None,
    };
    let good = |fields: &str| response("queryReceiptResponse", fields);
    let booked = Some(Said::Booked(Some("Q1".into())));
    assert_eq!(said(&reply(200, &good("<YWBH>1</YWBH><SLH>Q1</SLH>"))), booked);
    assert_eq!(said(&reply(500, &fault("2010"))), Some(Said::NotBooked));
    for other in ["2004", "9001", "1005"] {
        assert_eq!(said(&reply(500, &fault(other))), None, "{other}");
    }
    assert_eq!(said(&reply(404, &fault("2010"))), None);
    assert_eq!(said(&reply(200, &good("<YWBH>2</YWBH><SLH>Q1</SLH>"))), None);
}

#[test]
fn whose_word_about_the_encoding_holds() {
    let body = |declared: &str| {
        let text = response("submitOrgCodeResponse", "<SLH>张</SLH>");
        format!("<?xml version=\"1.0\"{declared}?>{text}")
    };
    let gb = " encoding=\"GB18030\"";
    let header = QTS.replace("\"declaration\"", "\"header\"");
    let silent = QTS.replace("precedence = \"declaration\"\n", "");
    for (settings, declared, charset, written, good) in [
        (QTS, gb, "utf-8", Encoding::Gb18030, true),
        (&silent, gb, "utf-8", Encoding::Gb18030, true),
        (QTS, gb, "utf-8", Encoding::Utf8, false),
        (QTS, "", "utf-8", Encoding::Utf8, true),
        (QTS, "", "", Encoding::Gb18030, true),
        (QTS, "", "latin1", Encoding::Gb18030, true),
        (&header, gb, "utf-8", Encoding::Utf8, true),
        (&header, gb, "utf-8", Encoding::Gb18030, false),
        (&header, gb, "", Encoding::Gb18030, true),
    ] {
        let settings = soap(settings);
        let reply = Reply {
            charset: charset.into(),
            body: written.encode(&body(declared)).unwrap(),
            ..reply(200, "")
        };
        let opened = Envelope::new(&settings).opened(&reply, "submitOrgCode");
        let found = match &opened {
            Ok(super::envelope::Opened::Response(fields)) => fields.get("SLH"),
            _ => None,
        };
        assert_eq!(
            found == Some("张"),
            good,
            "{declared} {charset} {written:?}: {opened:?}"
        );
    }
}

fn judged(text: &str) -> Vec<String> {
    judged_with(text, &channel("results"), &[gb(&["YWBH"])])
}

fn judged_with(text: &str, channel: &Channel, layouts: &[Layout]) -> Vec<String> {
    let settings: Settings = toml::from_str(text).unwrap();
    let found = crate::judge::judge(&settings, channel, layouts);
    found.into_iter().map(|f| f.args[0].1.clone()).collect()
}

fn gb(names: &[&str]) -> Layout {
    let fields: Vec<(&str, Option<&str>)> = names.iter().map(|n| (*n, None)).collect();
    Layout {
        encoding: "gb18030".into(),
        ..layout(&fields)
    }
}

/// The department that is shipped says what the example says, only about another place.
#[test]
fn the_shipped_department_is_good() {
    let shipped: toml::Table = include_str!("../../../config/departments/qts.toml").parse().unwrap();
    let shipped = shipped["channel"][0]["settings"].clone();
    let mut shipped: Settings = shipped.try_into().unwrap();
    let found = crate::judge::judge(&shipped, &channel("results"), &[gb(&["YWBH"])]);
    assert_eq!(found, Vec::new());
    let soap = shipped.soap.as_mut().unwrap();
    soap.base = "https://qts.example:8443".into();
    soap.plain = None;
    assert_eq!(shipped, toml::from_str::<Settings>(QTS).unwrap());
}

#[test]
fn every_contradiction_is_named_by_its_setting() {
    assert_eq!(judged(QTS), Vec::<String>::new());
    let query = &QTS[QTS.find("[soap.query]").unwrap()..QTS.find("[soap.results]").unwrap()];
    let results = &QTS[QTS.find("[soap.results]").unwrap()..];
    let table = [
        ("https://qts.example:8443", "http://qts.example", "soap.base"),
        ("\"/services/orgcode\"", "\"services\"", "soap.path"),
        ("urn:bj:qts:orgcode:1.0", "urn:质监", "soap.namespace"),
        ("\"submitOrgCode\"", "\"1submit\"", "soap.ops.submit"),
        ("\"cancelOrgCode\"", "\"o:cancel\"", "soap.ops.withdraw"),
        ("\"X-Serial-No\"", "\"X Serial\"", "soap.serial"),
        ("serial = \"X-Serial-No\"\n", "", "soap.serial"),
        (query, "", "soap.query"),
        ("\"LSH\"", "\"\"", "soap.query.serial"),
        ("not_booked = [\"2010\"]", "not_booked = []", "soap.query.not_booked"),
        (results, "", "soap.results"),
        ("feed = \"results\"", "feed = \"other\"", "soap.results.feed"),
        ("\"XYXH\"", "\"X Y\"", "soap.results.next"),
        ("limit = 100", "limit = 0", "soap.results.limit"),
        (
            "serial = \"X-Serial-No\"",
            "serial = \"X-Serial-No\"\nconcurrency = 0",
            "soap.concurrency",
        ),
        (
            "serial = \"X-Serial-No\"",
            "serial = \"X-Serial-No\"\nwait = { total = \"1s\" }",
            "soap.wait.total",
        ),
        ("transport = \"soap\"", "transport = \"rest\"", "rest"),
        ("transport = \"soap\"", "transport = \"rest\"", "soap"),
        ("\"gb18030\"", "\"utf-8\"", "l"),
    ];
    for (from, to, setting) in table {
        assert!(QTS.contains(from), "{from}");
        let found = judged(&QTS.replace(from, to));
        assert!(found.iter().any(|s| s == setting), "{from} -> {to}: {found:?}");
    }
    let repeats = QTS
        .replace(query, "")
        .replace("serial = \"X", "recognises_repeats = true\nserial = \"X");
    assert_eq!(judged(&repeats), Vec::<String>::new());
    let plain = QTS
        .replace("https:", "http:")
        .replace("serial = \"X", "plain = \"政务内网\"\nserial = \"X");
    assert_eq!(judged(&plain), Vec::<String>::new());
}

#[test]
fn fields_that_cannot_be_elements_are_found() {
    let one = |fields: Layout| judged_with(QTS, &channel("results"), &[fields]);
    assert_eq!(one(gb(&["YWBH", "rep.name", "rep.id", "@v"])), Vec::<String>::new());
    for names in [&["rep", "rep.name"][..], &["a b"], &["a", "a"]] {
        assert_eq!(one(gb(names)), ["l"], "{names:?}");
    }
    let kinds = Layout {
        fields: ["number", "json", "list", "string"]
            .map(|kind| Field {
                name: format!("f{kind}"),
                kind: Some(kind.into()),
                ..Field::default()
            })
            .to_vec(),
        ..gb(&[])
    };
    let found = one(kinds);
    assert!(
        found.contains(&"fnumber".to_owned()) && found.contains(&"fjson".to_owned()),
        "{found:?}"
    );
    assert!(
        !found.contains(&"flist".to_owned()) && !found.contains(&"fstring".to_owned()),
        "{found:?}"
    );
}

#[test]
fn unknown_settings_are_errors_of_the_reader() {
    for (text, word) in [
        (QTS.replace("[soap.query]", "[soap.query]\npath = \"/x\""), "path"),
        (QTS.replace("\"gb18030\"", "\"utf-16\""), "utf-16"),
        (QTS.replace("\"declaration\"", "\"document\""), "document"),
        (QTS.replace("code = \"detail", "codes = \"detail"), "codes"),
    ] {
        let error = toml::from_str::<Settings>(&text).unwrap_err();
        assert!(error.to_string().contains(word), "{error}");
    }
}
