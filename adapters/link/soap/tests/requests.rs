//! Requests and results as bytes.

use super::*;
use crate::soap::envelope::encode;
use crate::tests::support::{CASE, adapter, numbers, outgoing};
use model::{Finding, Op};
use port::{Offer, Parts, Taken};
use std::sync::Arc;

fn golden() -> serde_json::Value {
    serde_json::from_str(include_str!("../../../../fixtures/vectors/qts_xml.json")).unwrap()
}

#[test]
fn the_agreed_request_byte_for_byte() {
    let golden = &golden()["request"];
    let fields = golden["fields"].as_array().unwrap();
    let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
    let names: Vec<String> = fields.iter().map(|f| text(&f[0])).collect();
    let cells: Vec<String> = fields.iter().map(|f| text(&f[1])).collect();
    let cells: Vec<Option<&str>> = cells.iter().map(|c| Some(c.as_str())).collect();
    let layout = gb(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let rows = outgoing(layout, &[(Op::Submit, CASE, &cells)]);
    let settings = soap(QTS);
    let envelope = Envelope::new(&settings);
    let encoded = encode(&envelope, &settings.ops, &rows, &numbers(), 1 << 20).unwrap();
    let part = &encoded.parts[0];
    assert_eq!((part.name.as_str(), part.records.clone()), ("submitOrgCode", 0..1));
    assert_eq!(Encoding::Gb18030.decode(&part.bytes).unwrap(), text(&golden["text"]));
    assert_eq!(part.bytes.len() as u64, golden["bytes_gb18030"].as_u64().unwrap());
    assert_eq!(formats::digest::sm3_hex(&part.bytes), text(&golden["sm3_gb18030"]));
    assert_eq!(encoded.number, "park-20260323-000001");
}

#[test]
fn what_is_absent_is_left_out_and_what_does_not_fit_is_named() {
    let lists = Layout {
        fields: [("YWBH", None), ("JGMC", None), ("YZ", Some("list"))]
            .map(|(name, kind)| Field {
                name: name.into(),
                kind: kind.map(str::to_owned),
                ..Field::default()
            })
            .to_vec(),
        encoding: "gb18030".into(),
        ..Layout::default()
    };
    let (settings, numbers) = (soap(QTS), numbers());
    let envelope = Envelope::new(&settings);
    let encode = |rows: &[(Op, &str, &[Option<&str>])], largest| {
        encode(
            &envelope,
            &settings.ops,
            &outgoing(lists.clone(), rows),
            &numbers,
            largest,
        )
    };
    let ok = encode(&[(Op::Withdraw, CASE, &[Some(CASE), None, Some("a\u{1F}<b>")])], 9999).unwrap();
    let text = Encoding::Gb18030.decode(&ok.parts[0].bytes).unwrap();
    assert_eq!(ok.parts[0].name, "cancelOrgCode");
    assert!(
        text.contains("</o:YWBH><o:YZ>a</o:YZ><o:YZ>&lt;b&gt;</o:YZ></o:cancelOrgCode>"),
        "{text}"
    );
    let bad = [
        (Op::Submit, CASE, &[Some(CASE), Some("好"), None][..]),
        (Op::Submit, CASE, &[Some(CASE), Some("a\u{1F}b"), None][..]),
        (Op::Submit, CASE, &[Some(CASE), Some("\u{0}"), None][..]),
    ];
    let misfits = encode(&bad, 9999).unwrap_err();
    let told: Vec<_> = misfits.iter().map(|m| (m.record, m.findings[0].code)).collect();
    assert_eq!(told, [(1, Code::ECharset), (2, Code::ECharset)]);
    let large = encode(&bad[..1], 200).unwrap_err();
    assert_eq!(large[0].findings[0].code, Code::ETooLarge);
}

fn taken(offer: &mut Offer) -> Result<Vec<Vec<String>>, Finding> {
    let mut rows = Vec::new();
    while let Some(taken) = offer.rows.next()? {
        rows.push(match taken {
            Taken::Row(row) => row
                .cells
                .iter()
                .map(|c| c.as_deref().unwrap_or("-").to_owned())
                .collect(),
            Taken::Bad { findings, .. } => findings.iter().map(|f| f.code.word().to_owned()).collect(),
        });
    }
    Ok(rows)
}

async fn pushed(body: Vec<u8>) -> Offer {
    let link = adapter(QTS, "results", gb(&["YWBH", "CLJG", "JGDM", "FZRQ", "SM"]));
    let parts = Parts {
        feed: "results".into(),
        name: "callback".into(),
        body,
    };
    link.receive(parts).await.unwrap()
}

#[tokio::test]
async fn the_agreed_result_byte_for_byte() {
    let golden = &golden()["result"];
    let text = golden["text"].as_str().unwrap();
    let bytes = Encoding::Gb18030.encode(text).unwrap();
    assert_eq!(
        formats::digest::sm3_hex(&bytes),
        golden["sm3_gb18030"].as_str().unwrap()
    );
    let mut offer = pushed(bytes).await;
    // 有效期至 is in no layout: it is passed over.
    let row = [CASE, "4", "12345678-8", "20260408", "-"];
    assert_eq!(taken(&mut offer).unwrap(), [row]);
    assert_eq!((offer.feed.as_str(), offer.position), ("results", None));
    // Another prefix, padding, order, an empty element more: the same content.
    let other = text
        .replace("S:", "env:")
        .replace(":S=", ":env=")
        .replace("<CLJG>4</CLJG>", "")
        .replace("</YXQZ>", "</YXQZ><SM/><CLJG>\r\n 4 </CLJG>");
    let mut same = pushed(Encoding::Gb18030.encode(&other).unwrap()).await;
    assert_eq!(
        (same.digest, taken(&mut same).unwrap()),
        (offer.digest, vec![row.map(str::to_owned).to_vec()])
    );
    let news = pushed(Encoding::Gb18030.encode(&text.replace(">4<", ">5<")).unwrap()).await;
    assert_ne!(news.digest, offer.digest);
}

#[tokio::test]
async fn bad_results_are_refused_by_row_or_as_a_whole() {
    let result = |inside: &str| format!("<orgCodeResult xmlns=\"urn:bj:qts:orgcode:1.0\">{inside}</orgCodeResult>");
    let both = wrapped(&(result("<YWBH>1</YWBH><YWBH>2</YWBH>") + &result("<YWBH>3</YWBH>")));
    let mut offer = pushed(both.clone().into_bytes()).await;
    assert_eq!(
        taken(&mut offer).unwrap(),
        [&["E_DUPLICATE_KEY"][..], &["3", "-", "-", "-", "-"]]
    );
    // What a refused row says is not at hand, so its bytes count.
    let mut other = pushed(both.replace(">2<", ">4<").into_bytes()).await;
    assert_eq!(taken(&mut other).unwrap()[0], ["E_DUPLICATE_KEY"]);
    assert_ne!(offer.digest, other.digest);
    for (body, code) in [
        (&both[..both.len() - 1], Code::EStructure),
        ("", Code::EStructure),
        ("<!DOCTYPE a><a/>", Code::EDtd),
        ("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>", Code::ECodePage),
    ] {
        let mut offer = pushed(body.as_bytes().to_vec()).await;
        let finding = taken(&mut offer).unwrap_err();
        assert_eq!(
            (finding.code, finding.place.file.as_deref()),
            (code, Some("callback")),
            "{body}"
        );
    }
    let link: Arc<dyn port::Adapter> = adapter(QTS, "results", gb(&["YWBH"]));
    let parts = |feed: &str| Parts {
        feed: feed.into(),
        name: "x".into(),
        body: Vec::new(),
    };
    assert!(link.receive(parts("other")).await.is_err());
}

#[tokio::test]
async fn a_field_is_found_under_its_other_name_and_not_under_two_at_once() {
    let mut layout = gb(&["YWBH", "SM"]);
    layout.fields[1].aliases = vec!["YY".into()];
    let link = adapter(QTS, "results", layout);
    let result = |inside: &str| {
        wrapped(&format!(
            "<o:orgCodeResult xmlns:o=\"urn:bj:qts:orgcode:1.0\">{inside}</o:orgCodeResult>"
        ))
    };
    for (inside, wanted) in [
        ("<o:YWBH>1</o:YWBH><o:YY>a</o:YY>", vec!["1", "a"]),
        ("<YWBH>1</YWBH><SM>a</SM><YY/>", vec!["1", "a"]),
        ("<o:SM>a</o:SM><o:YY>a</o:YY>", vec!["E_DUPLICATE_KEY"]),
    ] {
        let parts = Parts {
            feed: "results".into(),
            name: "x".into(),
            body: result(inside).into_bytes(),
        };
        assert_eq!(
            taken(&mut link.receive(parts).await.unwrap()).unwrap(),
            [wanted],
            "{inside}"
        );
    }
}
