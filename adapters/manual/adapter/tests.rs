#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use crate::testing::*;
use crate::{Settings, worksheet};
use model::*;
use port::*;
use std::sync::Arc;

const CASE: &str = "110108202603020000019";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../fixtures/manual")
            .join(name),
    )
    .unwrap()
}

async fn offer(feed: &str, body: impl Into<Vec<u8>>) -> Offer {
    adapter()
        .receive(Parts {
            feed: feed.into(),
            name: "t7".into(),
            body: body.into(),
        })
        .await
        .unwrap()
}

/// The cells of the one row, or the findings about it.
async fn row(feed: &str, body: impl Into<Vec<u8>>) -> Result<Vec<Option<String>>, Vec<(Code, String)>> {
    let mut offer = offer(feed, body).await;
    let first = offer.rows.next().unwrap().unwrap();
    assert!(offer.rows.next().unwrap().is_none(), "one row");
    match first {
        Taken::Row(row) => {
            assert_eq!((row.line, row.cells.len()), (1, offer.rows.header().len()));
            Ok(row.cells.into_iter().map(|c| c.map(String::from)).collect())
        }
        Taken::Bad { line: 1, findings } => Err(findings
            .into_iter()
            .map(|f| (f.code, f.place.column.unwrap_or_default()))
            .collect()),
        other => panic!("{other:?}"),
    }
}

fn form(fields: &str) -> String {
    format!(r#"{{"case_no":"{CASE}","matter":"aic.name","fields":{{{fields}}}}}"#)
}

#[tokio::test]
async fn a_completed_form_is_one_row_in_the_layouts_names() {
    let cells = row("name", fixture("name_approved.json")).await.unwrap();
    let text: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
    assert_eq!(
        text[..6],
        [
            Some(CASE),
            Some("准予"),
            None,
            Some("（京海）名称预核（内）字〔2026〕第0000001号"),
            Some("2026-09-08"),
            Some("北京测试一号生物制剂有限公司")
        ]
    );
    assert!(text[6].unwrap().contains("\"size\":2048"));
    let cells = row("licence", fixture("licence_approved.json")).await.unwrap();
    assert_eq!(
        cells,
        [CASE, "aic.licence", "110199000000011"].map(|t| Some(t.to_owned()))
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_by_column() {
    let table: &[(&str, &[(Code, &str)])] = &[
        (
            r#""处理结果":"准予","名称预核准文号":["a","b"]"#,
            &[(Code::EDoubleEntry, "名称预核准文号")],
        ),
        (
            r#""处理结果":"准予","名称预核准文号":"a""#,
            &[(Code::EDoubleEntry, "名称预核准文号")],
        ),
        (
            r#""处理结果":"准予","名称预核准文号":["a",""]"#,
            &[(Code::EDoubleEntry, "名称预核准文号")],
        ),
        (r#""处理结果":["准予","补正"]"#, &[(Code::EDoubleEntry, "处理结果")]),
        (r#""说明":"x""#, &[(Code::ERequired, "处理结果")]),
        (r#""处理结果":"  ""#, &[(Code::ERequired, "处理结果")]),
        (r#""处理结果":"准予","税号":"x""#, &[(Code::EUnknownField, "税号")]),
        (
            r#""处理结果":"准予","企业名称":"a","ent_name":"b""#,
            &[(Code::EDoubleEntry, "企业名称")],
        ),
        (
            r#""处理结果":"准予","办件编号":"110108202603020000027""#,
            &[(Code::EDoubleEntry, "办件编号")],
        ),
        (
            r#""税号":"x","名称预核准文号":["a","b"]"#,
            &[
                (Code::EUnknownField, "税号"),
                (Code::ERequired, "处理结果"),
                (Code::EDoubleEntry, "名称预核准文号"),
            ],
        ),
    ];
    for (fields, expected) in table {
        let found = row("name", form(fields)).await.unwrap_err();
        let found: Vec<(Code, &str)> = found.iter().map(|(code, column)| (*code, column.as_str())).collect();
        assert_eq!(found, *expected, "{fields}");
    }
    let other = form(r#""处理结果":"准予""#).replace("aic.name", "aic.licence");
    assert_eq!(
        row("name", other).await.unwrap_err(),
        [(Code::EState, "matter".to_owned())]
    );
    let attached = format!(
        r#"{{"case_no":"{CASE}","matter":"aic.licence","fields":{{"reg_no":["1","1"]}},"attachments":[{{"name":"a","size":1,"digest":"{}"}}]}}"#,
        "a".repeat(64)
    );
    assert_eq!(
        row("licence", attached).await.unwrap_err(),
        [(Code::EUnknownField, "attachments".to_owned())]
    );
}

#[tokio::test]
async fn entries_that_differ_in_blanks_agree_and_nothing_keyed_is_nothing() {
    let cells = row(
        "name",
        form(r#""处理结果":"不予许可","说明":" 不符 ","名称预核准文号":["  "," "],"名称保留期至":"""#),
    )
    .await
    .unwrap();
    assert_eq!(
        cells[2].as_deref(),
        Some(" 不符 "),
        "a value keyed once is left as it is"
    );
    assert_eq!(
        (cells[3].as_deref(), cells[4].as_deref(), cells[5].as_deref()),
        (Some(""), Some(""), None)
    );
    let cells = row("name", form(r#""处理结果":"准予","名称预核准文号":["a "," a"]"#))
        .await
        .unwrap();
    assert_eq!(cells[3].as_deref(), Some("a"));
}

#[tokio::test]
async fn what_is_no_form_is_refused_without_telling_what_was_keyed() {
    let secret = "110199197602140073";
    let twice = form(r#""处理结果":"准予","说明":"a","说明":"b""#);
    for (body, code) in [
        (String::new(), Code::EStructure),
        ("[]".into(), Code::EStructure),
        (
            format!(r#"{{"case_no":{secret},"matter":"m","fields":{{}}}}"#),
            Code::EStructure,
        ),
        (form(&format!(r#""说明":{secret}"#)), Code::EStructure),
        (form(&format!(r#""说明":["{secret}"]"#)), Code::EStructure),
        (form(&format!(r#""说明":["{secret}","a","b"]"#)), Code::EStructure),
        (form(&format!(r#""说明":{{"{secret}":1}}"#)), Code::EStructure),
        (form(&format!(r#""说明":"{secret}"#)), Code::EStructure),
        (form("\"说明\":null"), Code::EStructure),
        (twice, Code::EStructure),
        (form("").replace("\"matter\"", "\"case_no\""), Code::EStructure),
        (form("").replace("\"fields\"", "\"felder\""), Code::EStructure),
        (format!("{}1", "[".repeat(100_000)), Code::EStructure),
        (form("").replace('}', " ") + &" ".repeat(300_000), Code::ETooLarge),
        (
            form(&(0..600).map(|n| format!("\"f{n}\":\"\"")).collect::<Vec<_>>().join(",")),
            Code::EStructure,
        ),
    ] {
        let mut offer = offer("name", body.clone()).await;
        assert!(!offer.rows.header().is_empty());
        let finding = offer.rows.next().unwrap_err();
        assert_eq!(
            (finding.code, finding.place.file.as_deref()),
            (code, Some("t7")),
            "{body:.60}"
        );
        assert!(!finding.sentence(Lang::Zh).contains(secret) && !format!("{finding:?}").contains(secret));
        assert!(offer.rows.next().unwrap().is_none());
    }
    let bad = adapter()
        .receive(Parts {
            feed: "none".into(),
            name: "t".into(),
            body: Vec::new(),
        })
        .await;
    assert!(bad.is_err_and(|fault| fault.next == Next::Never));
}

#[tokio::test]
async fn the_same_content_is_the_same_form() {
    let one = offer("name", form(r#""处理结果":"准予","名称预核准文号":["a","a"]"#)).await;
    let reordered = offer("name", form(r#" "名称预核准文号" : ["a","a "], "处理结果":"准予" "#)).await;
    let other = offer("name", form(r#""处理结果":"准予","名称预核准文号":["b","b"]"#)).await;
    assert_eq!(one.digest, reordered.digest);
    assert_ne!(one.digest, other.digest);
    let elsewhere = offer(
        "name",
        form(r#""处理结果":"准予","名称预核准文号":["a","a"]"#).replace("0019", "0027"),
    )
    .await;
    assert_ne!(one.digest, elsewhere.digest);
}

fn outgoing() -> (Outgoing, Numbers) {
    let names = ["企业名称", "文号", "rep_id_no"];
    let records: Vec<Record> = [(CASE, Op::Submit), ("110108202603020000027", Op::Withdraw)]
        .iter()
        .map(|(case, op)| Record {
            attempt: AttemptId(1),
            case_no: CaseNo::new(case),
            matter: "aic.name".into(),
            op: *op,
            token: "x".into(),
        })
        .collect();
    let row = |line| Row {
        line,
        cells: vec![Some("北京\"测试\"\n一号".into()), None, Some("".into())],
    };
    let out = Outgoing {
        layout: Arc::new(model::define::Layout::default()),
        header: Header::new(names),
        rows: vec![row(1), row(2)],
        records,
        beside: port::Beside::default(),
    };
    let numbers = Numbers {
        batch: BatchId(4),
        dept: "aic".into(),
        day: jiff::civil::date(2026, 3, 2),
        seq: 12,
        at: 0,
    };
    (out, numbers)
}

#[tokio::test]
async fn each_record_is_a_worksheet_in_the_order_of_the_screen() {
    let (rows, numbers) = outgoing();
    let encoded = adapter().encode(&rows, &numbers).unwrap();
    assert_eq!(encoded, adapter().encode(&rows, &numbers).unwrap());
    assert_eq!(encoded.number, "aic-20260302-0012");
    let parts: Vec<_> = encoded
        .parts
        .iter()
        .map(|p| (p.name.as_str(), p.records.clone()))
        .collect();
    assert_eq!(
        parts,
        [
            ("0001-110108202603020000019.json", 0..1),
            ("0002-110108202603020000027.json", 1..2)
        ]
    );
    let sheet = worksheet(&encoded.parts[1].bytes).unwrap();
    assert_eq!(
        (sheet.case_no.as_str(), sheet.matter.as_str(), sheet.op.as_str()),
        ("110108202603020000027", "aic.name", "withdraw")
    );
    let fields: Vec<_> = sheet
        .fields
        .iter()
        .map(|f| (f.name.as_str(), f.value.as_deref()))
        .collect();
    assert_eq!(
        fields,
        [
            ("企业名称", Some("北京\"测试\"\n一号")),
            ("文号", None),
            ("rep_id_no", Some(""))
        ]
    );
    assert_eq!(worksheet(b"{}"), None);
    let mut short = rows;
    short.rows[1].cells.pop();
    let misfits = adapter().encode(&short, &numbers).unwrap_err().misfits();
    assert_eq!(misfits.iter().map(|m| m.record).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn nothing_is_delivered_collected_or_taken_back() {
    let adapter = adapter();
    assert_eq!(
        adapter.abilities(),
        Abilities {
            starts: Starts::Claim,
            collects: false,
            queries: false,
            recalls: false
        }
    );
    adapter.probe().await.unwrap();
    assert!(
        adapter
            .collect(&Ask {
                position: None,
                place: None,
                answers: None,
                past_gaps: false,
                max: 5
            })
            .await
            .unwrap()
            .is_empty()
    );
    let (rows, numbers) = outgoing();
    let encoded = adapter.encode(&rows, &numbers).unwrap();
    let batch = Prepared {
        numbers,
        encoded,
        records: rows.records,
        place: None,
        again: false,
        copy: 1,
    };
    assert_eq!(adapter.deliver(&batch).await.unwrap_err().next, Next::Never);
    assert_eq!(adapter.query(&batch).await.unwrap(), [Said::CannotSay, Said::CannotSay]);
    assert_eq!(adapter.recall(&batch).await.unwrap(), Recalled::Impossible);
}

#[test]
fn settings_and_layouts_are_judged() {
    let settings: Settings = toml::from_str("").unwrap();
    assert_eq!(settings.judge(&channel(), &[form_layout(), bare_layout()]), []);
    let mut nameless = bare_layout();
    nameless.fields.remove(1);
    let mut caseless = form_layout();
    caseless.fields.remove(0);
    for layouts in [[form_layout(), nameless], [caseless, bare_layout()]] {
        let found = settings.judge(&channel(), &layouts);
        assert_eq!(
            found.iter().map(|f| f.code).collect::<Vec<_>>(),
            [Code::SChannelSetting]
        );
    }
    let tiny: Settings = toml::from_str("form_bytes_max = 10").unwrap();
    assert_eq!(tiny.judge(&channel(), &[form_layout(), bare_layout()]).len(), 1);
    assert!(toml::from_str::<Settings>("form_byte_max = 1").is_err());
}
