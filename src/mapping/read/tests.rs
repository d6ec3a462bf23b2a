#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::*;
use model::{Code, Header, Lang, Op, Row, Standing, Value};
use proptest::prelude::*;

/// One field beside the case number; what becomes of one text in it.
fn one(means: &str, in_: &[&str], text: &str) -> Result<(model::Incoming, Vec<model::Finding>), Vec<model::Finding>> {
    let layout = layout(
        "utf-8",
        vec![field("编号", "is:case_no", &[], &[]), field("列", means, &[], in_)],
    );
    read(&layout, &[CASE_NO, text])
}

#[test]
fn items_are_judged_by_everything_the_dictionary_says() {
    use Code::*;
    type Case<'c> = (&'c str, &'c [&'c str], &'c str, Result<&'c str, Code>);
    let cases: &[Case<'_>] = &[
        (
            "ent_name",
            &[],
            "北京测试一号生物制剂有限公司",
            Ok("北京测试一号生物制剂有限公司"),
        ),
        ("ent_name", &[], "&#14019;公司", Err(ENcr)),
        ("ent_name", &[], "测试\u{FFFD}公司", Err(EReplaced)),
        ("ent_name", &[], "锟斤拷公司", Err(EMojibake)),
        ("addr", &[], "北京市\u{0}海淀区", Err(ECharset)),
        ("addr", &[], "第一行\n第二行", Ok("第一行\n第二行")),
        ("addr", &[], "甲\u{1F}乙", Err(ECharset)),
        ("addr", &[], "&#14019;路1号", Err(ENcr)),
        ("scope", &[], "锟斤拷", Err(EMojibake)),
        ("addr", &[], "　中关村大街２７号 ", Ok("中关村大街２７号")),
        (
            "reg_no",
            &["width_code"],
            "１１０１９９０００００００１１",
            Ok("110199000000011"),
        ),
        ("reg_no", &[], "110199000000012", Err(ECheck)),
        ("reg_no", &[], "1.10199E+14", Err(ESci)),
        ("org_code", &["unhyphen"], "12345678-8", Ok("123456788")),
        (
            "reg_capital",
            &["strip_commas", "yuan_to_wan"],
            "1,000,000.00",
            Ok("100.000000"),
        ),
        ("reg_capital", &[], "100.0", Ok("100.000000")),
        ("reg_capital", &[], "100.1234567", Err(EScale)),
        ("reg_capital", &[], "99999999999", Err(ERange)),
        ("reg_capital", &[], "-1", Err(ERange)),
        ("staff_count", &[], "007", Ok("7")),
        ("staff_count", &[], "1.5", Err(EScale)),
        ("staff_count", &[], "1234567", Err(ERange)),
        ("licence_issue_date", &["date:%Y%m%d"], "20260316", Ok("2026-03-16")),
        ("licence_issue_date", &[], "2026年3月16日", Ok("2026-03-16")),
        ("licence_issue_date", &[], "02/03/2026", Err(EAmbiguous)),
        ("licence_issue_date", &[], "长期", Err(EDate)),
        ("licence_issue_date", &["date:%Y%m%d"], " 20260316 ", Ok("2026-03-16")),
        ("licence_issue_date", &["date:%Y%m%d"], "永久", Err(EDate)),
        ("term_to", &[], "长期", Ok("9999-12-31")),
        ("term_to", &["date:%Y%m%d"], "长期", Ok("9999-12-31")),
        ("term_to", &["date:%Y%m%d"], "99991231", Ok("9999-12-31")),
        ("rep_id_type", &["dict:park_id_type"], "1", Ok("111")),
        ("rep_id_type", &["dict:park_id_type"], "7", Err(EUnmapped)),
        ("rep_id_type", &[], "999", Err(EUnmapped)),
        ("rep_id_no", &[], "110199197602140073", Ok("110199197602140073")),
        ("rep_id_no", &[], "110199197602140074", Err(ECheck)),
        ("rep_id_no", &[], "110199197602140000", Err(EPrecision)),
        ("rep_id_no", &[], "110***********0073", Err(EMasked)),
        ("rep_tel", &["width_code"], "１３８００１３８０００", Ok("13800138000")),
        ("ent_type", &[], "12345", Err(ETooLong)),
    ];
    for (item, in_, text, expected) in cases {
        let found = one(item, in_, text).map(|(incoming, _)| incoming.items.get(&no(item)).cloned());
        match (found, expected) {
            (Ok(value), Ok(expected)) => assert_eq!(value, Some(Value::text(*expected)), "{item} {text}"),
            (Err(findings), Err(code)) => assert_eq!(said(&findings), [format!("{code} 列")], "{item} {text}"),
            (found, _) => panic!("{item} {text}: {found:?}"),
        }
    }
}

#[test]
fn every_meaning_finds_its_place() {
    let digest = "ab".repeat(32);
    let files = format!(r#"[{{"name":"扫描件.pdf","size":12,"digest":"{digest}"}}]"#);
    let read = |means: &str, text: &str| one(means, &[], text).unwrap().0;
    assert_eq!(read("is:row_no", "０17").row_no, Some(17));
    assert_eq!(read("is:status", "办结").standing, Some(Standing::Approved));
    assert_eq!(read("is:return_code", "0000").return_code.as_deref(), Some("0000"));
    assert_eq!(read("is:reason", "材料\n齐全").reason.as_deref(), Some("材料\n齐全"));
    assert_eq!(read("is:source_seq", "1").source_seq.as_deref(), Some("1"));
    assert_eq!(read("is:batch_no", " M_1 ").batch_no.as_deref(), Some("M_1"));
    assert_eq!(read("is:receipt_no", "R-1").receipt_no.as_deref(), Some("R-1"));
    assert_eq!(read("is:op", "withdraw").op, Some(Op::Withdraw));
    assert_eq!(
        read("is:result_date", "2026/4/1").result_date.as_deref(),
        Some("2026-04-01")
    );
    assert_eq!(read("is:result_date", "00000000").result_date, None);
    assert_eq!(read("is:matter", "aic.licence").matter.unwrap().as_str(), "aic.licence");
    assert_eq!(read("is:ent_class", "000001").ent_class.as_deref(), Some("000001"));
    assert_eq!(read("is:attachments", &files).attachments[0].name, "扫描件.pdf");
    assert_eq!(read("is:const=SWDJ", "SWDJ"), read("is:ignored", "whatever"));
    assert_eq!(read("is:message_id", "M1"), read("is:ignored", "whatever"));
}

#[test]
fn what_does_not_fit_its_meaning_is_refused() {
    let long = "长".repeat(2001);
    let cases: &[(&str, &str, Code)] = &[
        ("is:row_no", "-1", Code::EFormat),
        ("is:status", "不认识", Code::EUnmapped),
        ("is:op", "cancel", Code::EUnmapped),
        ("is:matter", "licence", Code::EFormat),
        ("is:matter", "AIC.x", Code::EFormat),
        ("is:const=1", "2", Code::EFormat),
        ("is:reason", &long, Code::ETooLong),
        ("is:result_date", "20260230", Code::EDate),
        ("is:ent_class", "0000011", Code::ETooLong),
        (
            "is:attachments",
            r#"[{"name":"../x","size":1,"digest":"00"}]"#,
            Code::EFormat,
        ),
        ("is:attachments", r#"[{"name":"x","size":1}]"#, Code::EFormat),
        ("is:attachments", "{", Code::EFormat),
    ];
    for (means, text, code) in cases {
        let findings = one(means, &[], text).unwrap_err();
        assert_eq!(said(&findings), [format!("{code} 列")], "{means}");
        assert_eq!(findings[0].place.row, Some(7));
    }
}

#[test]
fn all_that_is_wrong_with_a_row_is_said_at_once_in_the_order_of_the_layout() {
    let layout = layout(
        "utf-8",
        vec![
            field("证件号", "rep_id_no", &[], &[]),
            field("证件类型", "rep_id_type", &[], &[]),
            field("编号", "is:case_no", &[], &[]),
            required(field("名称", "ent_name", &[], &[])),
            field("电话", "tel", &[], &[]),
            field("结果", "is:status", &[], &[]),
        ],
    );
    let findings = read(
        &layout,
        &[
            "110199197602140074",
            "111",
            "110108202603020000099",
            "NULL",
            "12800138000",
            "?!",
        ],
    )
    .unwrap_err();
    assert_eq!(
        said(&findings),
        [
            "E_CHECK 证件号",
            "E_CHECK 编号",
            "E_REQUIRED 名称",
            "E_PREFIX 电话",
            "E_UNMAPPED 结果"
        ]
    );
    // And no value stands in what is said of them.
    let text: String = findings.iter().map(|f| f.sentence(Lang::Zh)).collect();
    assert!(
        !text.contains("110199197602140074") && !text.contains("12800138000"),
        "{text}"
    );
}

#[test]
fn a_fields_own_check_comes_on_top_of_the_items() {
    let with_check = |means: &str, check: &str| {
        let mut column = field("列", means, &[], &["unhyphen"]);
        column.check = Some(check.into());
        layout("utf-8", vec![field("编号", "is:case_no", &[], &[]), column])
    };
    for means in ["tax_office", "is:receipt_no"] {
        let layout = with_check(means, "org_code");
        assert!(read(&layout, &[CASE_NO, "12345678-8"]).is_ok(), "{means}");
        assert_eq!(
            said(&read(&layout, &[CASE_NO, "12345678-9"]).unwrap_err()),
            ["E_CHECK 列"],
            "{means}"
        );
    }
}

#[test]
fn a_case_number_is_never_missing() {
    let layout = layout(
        "utf-8",
        vec![
            field("编号", "is:case_no", &[], &[]),
            field("名称", "ent_name", &[], &[]),
        ],
    );
    assert_eq!(said(&read(&layout, &[" ", "甲公司"]).unwrap_err()), ["E_REQUIRED 编号"]);
}

#[test]
fn nothing_words_and_empty_cells_say_nothing() {
    for text in ["", " ", "NULL", " － ", "\u{3000}"] {
        let (incoming, _) = one("addr", &[], text).unwrap();
        assert!(incoming.items.is_empty(), "{text:?}");
    }
    // Only the whole cell is such a word.
    assert_eq!(one("addr", &[], "NULL路1号").unwrap().0.items.len(), 1);
}

#[test]
fn identity_numbers_are_judged_by_the_document_of_their_row() {
    let fields = || {
        vec![
            field("编号", "is:case_no", &[], &[]),
            field("姓名", "rep_name", &[], &[]),
            field("号码", "rep_id_no", &[], &[]),
            field("类型", "rep_id_type", &[], &[]),
        ]
    };
    let layout = layout("utf-8", fields());
    let read = |name, id, kind| read(&layout, &[CASE_NO, name, id, kind]);
    assert!(read("张测试", "110199197602140073", "111").is_ok());
    assert!(read("SMITH, JOHN", "E12345678", "414").is_ok());
    assert_eq!(said(&read("张测试", "E12345678", "111").unwrap_err()), ["E_LEN 号码"]);
    assert_eq!(
        said(&read("SMITH", "E12345678", "").unwrap_err()),
        ["E_CHARSET 姓名", "E_LEN 号码"]
    );
    // An unknown type is said once; the number is not judged by a guess.
    assert_eq!(
        said(&read("张测试", "E12345678", "999").unwrap_err()),
        ["E_UNMAPPED 类型"]
    );
}

#[test]
fn sex_and_identity_number_must_agree() {
    let layout = layout(
        "utf-8",
        vec![
            field("编号", "is:case_no", &[], &[]),
            field("性别", "rep_sex", &[], &[]),
            field("号码", "rep_id_no", &[], &[]),
        ],
    );
    assert!(read(&layout, &[CASE_NO, "1", "110199197602140073"]).is_ok());
    assert_eq!(
        said(&read(&layout, &[CASE_NO, "2", "110199197602140073"]).unwrap_err()),
        ["E_SEX_MISMATCH 性别"]
    );
}

#[test]
fn repeating_items_become_lists_judged_value_by_value() {
    let layout = layout(
        "utf-8",
        vec![
            field("编号", "is:case_no", &[], &[]),
            field("类型", "inv_id_type", &[], &["split:,", "dict:park_id_type"]),
            field("号码", "inv_id_no", &[], &["split:,"]),
            field("比例", "inv_ratio", &[], &[]),
        ],
    );
    let (incoming, _) = read(
        &layout,
        &[CASE_NO, "1,2", "110199197602140073,E12345678", "60\u{1F}NULL"],
    )
    .unwrap();
    let expected = items(&[
        ("inv_id_type", "111|414"),
        ("inv_id_no", "110199197602140073|E12345678"),
        ("inv_ratio", "60.00|"),
    ]);
    assert_eq!(incoming.items, expected);
    // The second number is no identity card number.
    let findings = read(&layout, &[CASE_NO, "1,1", "110199197602140073,E12345678", ""]).unwrap_err();
    assert_eq!(said(&findings), ["E_LEN 号码"]);
}

/// A layout whose status words follow the version of the code standard that a row names (domain notes 5.3).
fn versioned() -> model::define::Layout {
    let mut layout = layout(
        "utf-8",
        vec![
            field("编号", "is:case_no", &[], &[]),
            field("结果", "is:status", &[], &[]),
            field("版本", "is:status_version", &[], &[]),
        ],
    );
    let words = [
        ("1:0", Standing::Approved),
        ("1:1", Standing::Returned),
        ("1:5", Standing::Returned),
        ("1:6", Standing::Closed),
        ("2:0", Standing::Approved),
        ("2:1", Standing::Denied),
        ("2:5", Standing::Returned),
        ("2:6", Standing::AcceptanceRefused),
    ];
    layout.status = words.map(|(word, standing)| (word.to_owned(), standing)).into();
    layout
}

#[test]
fn a_code_means_what_it_means_in_the_rows_own_version() {
    use Standing::*;
    let layout = versioned();
    let cases: &[(&str, &str, Result<Standing, &str>)] = &[
        ("1", "1", Ok(Returned)),
        ("2", "1", Ok(Denied)),
        ("1", "6", Ok(Closed)),
        ("2", "6", Ok(AcceptanceRefused)),
        (" 2 ", "0", Ok(Approved)),
        ("1", "7", Err("E_UNMAPPED 结果")),
        // Nobody guesses: the row is for a person.
        ("", "6", Err("E_CODE_VERSION 结果")),
        ("NULL", "6", Err("E_CODE_VERSION 结果")),
        ("3", "6", Err("E_CODE_VERSION 结果")),
        ("1:1", "6", Err("E_CODE_VERSION 结果")),
        ("", "2:6", Err("E_CODE_VERSION 结果")),
    ];
    for (version, code, expected) in cases {
        let found = read(&layout, &[CASE_NO, code, version]);
        let found = found.map(|(incoming, _)| incoming.standing.unwrap());
        let found = found.map_err(|findings| said(&findings).concat());
        assert_eq!(found, expected.map_err(str::to_owned), "{version} {code}");
    }
}

#[test]
fn a_row_without_a_version_column_has_no_meaning_to_guess() {
    let layout = versioned();
    let compiled = compiled(&layout);
    let bound = compiled.bind(&Header::new(["编号", "结果"])).unwrap();
    assert_eq!(
        said(&bound.read(&row(&[CASE_NO, "0"])).unwrap_err()),
        ["E_CODE_VERSION 结果"]
    );
}

#[test]
fn a_number_that_was_cut_is_not_taken() {
    let mut column = field("文号", "hitech_cert_no", &[], &[]);
    column.check = Some("doc_no".into());
    let layout = layout("utf-8", vec![field("编号", "is:case_no", &[], &[]), column]);
    assert!(read(&layout, &[CASE_NO, "海环审字〔2026〕1号"]).is_ok());
    let cut = read(&layout, &[CASE_NO, "京海环审字〔2026〕1"]).unwrap_err();
    assert_eq!(said(&cut), ["E_FORMAT 文号"]);
}

#[test]
fn a_refusing_result_says_why() {
    let layout = layout(
        "utf-8",
        vec![
            field("编号", "is:case_no", &[], &[]),
            field("结果", "is:status", &[], &[]),
            field("说明", "is:reason", &[], &[]),
        ],
    );
    assert_eq!(
        said(&read(&layout, &[CASE_NO, "退件", ""]).unwrap_err()),
        ["E_REASON_MISSING 说明"]
    );
    assert!(read(&layout, &[CASE_NO, "退件", "缺少印章"]).is_ok());
    assert!(read(&layout, &[CASE_NO, "办结", ""]).is_ok());
}

#[test]
fn one_item_in_two_columns_must_be_the_same() {
    let fields = vec![
        field("编号", "is:case_no", &[], &[]),
        field("甲", "addr", &[], &[]),
        field("乙", "addr", &[], &[]),
    ];
    let layout = layout("utf-8", fields);
    assert!(read(&layout, &[CASE_NO, "同", "同"]).is_ok());
    let findings = read(&layout, &[CASE_NO, "同", "异"]).unwrap_err();
    assert_eq!(said(&findings), ["E_CROSS_CHECK 乙"]);
    assert!(findings[0].args.contains(&("other".into(), "甲".into())));
}

#[test]
fn what_is_flagged_carries_its_row_and_column() {
    let (incoming, warnings) = one("fin_id_no", &[], "110199760214001").unwrap();
    assert_eq!(said(&warnings), ["W_LEGACY15 列"]);
    assert_eq!(warnings[0].place.row, Some(7));
    assert_eq!(incoming.items.len(), 1);
    let (_, warnings) = one("rep_name", &[], "张\u{E000}").unwrap();
    assert!(warnings[0].what(Lang::En).contains("U+E000"), "{warnings:?}");
}

/// Every meaning and every item of the tests' dictionary, some with transforms.
fn everything() -> model::define::Layout {
    let meanings = [
        "case_no",
        "ent_class",
        "row_no",
        "status",
        "return_code",
        "reason",
        "op",
        "result_date",
        "matter",
    ];
    let mut fields: Vec<_> = meanings
        .iter()
        .map(|m| field(&format!("m_{m}"), &format!("is:{m}"), &[], &[]))
        .collect();
    fields.push(field("attachments", "is:attachments", &[], &[]));
    let chains: [&[&str]; 6] = [
        &[],
        &["width_code"],
        &["split:,"],
        &["strip_commas", "yuan_to_wan"],
        &["date:%Y%m%d"],
        &["dict:park_id_type"],
    ];
    let dictionary = dictionary();
    for (def, chain) in dictionary.iter().zip(chains.iter().cycle()) {
        fields.push(field(&def.id, &def.id, &[], chain));
    }
    layout("utf-8", fields)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic_and_none_stands_in_a_finding(
        texts in proptest::collection::vec(proptest::option::of("[0-9A-Z张测试,.*&#?长期\u{0}\u{1F}年月日-]{6,24}"), 0..60)
    ) {
        let layout = everything();
        let compiled = compiled(&layout);
        let bound = compiled.bind(&Header::new(layout.fields.iter().map(|f| f.name.as_str()))).unwrap();
        let row = Row { line: 3, cells: texts.iter().map(|t| t.as_deref().map(Into::into)).collect() };
        let findings = bound.read(&row).map_or_else(|wrong| wrong, |(_, warnings)| warnings);
        for finding in &findings {
            prop_assert_eq!(finding.place.row, Some(3));
            prop_assert!(finding.place.column.is_some());
            for lang in [Lang::Zh, Lang::En] {
                let said = finding.sentence(lang);
                prop_assert!(!said.contains('{'), "an unfilled mark: {}", said);
                let leaks = |text: &String| said.contains(text.trim()) && text.trim().chars().count() >= 6;
                prop_assert!(!texts.iter().flatten().any(leaks), "{}", said);
            }
        }
    }
}

/// An item worked out from two columns, one of which stands there for itself too.
fn composed(required: bool) -> model::define::Layout {
    let mut layout = layout(
        "utf-8",
        vec![
            field("编号", "is:case_no", &[], &[]),
            field("街道", "is:ignored", &[], &[]),
        ],
    );
    let from = [("district", "区"), ("street", "街道")];
    layout.computed.push(model::define::Computed {
        item: no("addr"),
        from: from.iter().map(|(n, c)| ((*n).to_owned(), (*c).to_owned())).collect(),
        expr: "district ~ (street|default('（不详）'))".into(),
        required,
    });
    layout
}

fn read_composed(required: bool, columns: &[&str], cells: &[&str]) -> Result<model::Incoming, Vec<String>> {
    let compiled = compiled(&composed(required));
    let bound = compiled
        .bind(&Header::new(columns.iter().copied()))
        .map_err(|f| vec![f.code.to_string()])?;
    assert_eq!(bound.warnings(), []);
    bound
        .read(&row(cells))
        .map(|(incoming, _)| incoming)
        .map_err(|f| said(&f))
}

#[test]
fn an_item_can_be_worked_out_from_several_columns() {
    let columns = ["编号", "街道", "区"];
    let addr = |cells: &[&str]| {
        let incoming = read_composed(false, &columns, cells).unwrap();
        incoming.items.get(&no("addr")).map(|v| v.as_str().to_owned())
    };
    assert_eq!(
        addr(&[CASE_NO, " 示例路1号 ", "海淀区"]).as_deref(),
        Some("海淀区示例路1号")
    );
    assert_eq!(addr(&[CASE_NO, "NULL", "海淀区"]).as_deref(), Some("海淀区（不详）"));
    // Columns that say nothing say nothing together.
    assert_eq!(addr(&[CASE_NO, "－", ""]), None);
    let wrong = |cells: &[&str]| read_composed(true, &columns, cells).unwrap_err();
    assert_eq!(wrong(&[CASE_NO, "", ""]), ["E_REQUIRED 区+街道"]);
    assert_eq!(wrong(&[CASE_NO, "示例路", ""]), ["E_EXPR 区+街道"]);
    assert_eq!(wrong(&[CASE_NO, "&#14019;路", "海淀区"]), ["E_NCR 区+街道"]);
    // What comes out is judged like any value of the item.
    assert_eq!(wrong(&[CASE_NO, &"路".repeat(120), "区"]), ["E_TOO_LONG 区+街道"]);
    assert_eq!(
        read_composed(true, &["编号", "街道"], &[CASE_NO, "路"]).unwrap_err(),
        ["E_HEADER"]
    );
    assert!(read_composed(false, &["编号", "街道"], &[CASE_NO, ""]).is_ok());
}

#[test]
fn what_is_worked_out_when_read_is_never_written() {
    let compiled = compiled(&composed(true));
    assert_eq!(compiled.header().names(), ["编号".into()]);
    assert_eq!(compiled.items(), []);
    assert_eq!(compiled.columns().collect::<Vec<_>>(), ["区", "编号", "街道"]);
}

/// `成功` or `失败：原因` in one column: the word is the result, what follows it the reason.
#[test]
fn two_fields_take_parts_of_one_column() {
    let parts = |second: &str| {
        layout(
            "utf-8",
            vec![
                field("编号", "is:case_no", &[], &[]),
                field("处理结果", "is:return_code", &[], &["before:："]),
                field("处理结果", "is:reason", &[], &[second]),
            ],
        )
    };
    for (text, code, reason) in [("成功", "成功", None), ("失败：缺材料：一", "失败", Some("缺材料：一"))]
    {
        let compiled = compiled(&parts("after:："));
        let bound = compiled.bind(&Header::new(["编号", "处理结果"])).unwrap();
        let (incoming, _) = bound.read(&row(&[CASE_NO, text])).unwrap();
        assert_eq!(
            (incoming.return_code.as_deref(), incoming.reason.as_deref()),
            (Some(code), reason)
        );
    }
    // The same part twice, or all of it beside a part, is a column read twice.
    for second in ["before:：", "trim"] {
        let findings = crate::Compiled::new(&parts(second), &dictionary(), &codes()).unwrap_err();
        assert_eq!(
            findings.iter().map(|f| f.code).collect::<Vec<_>>(),
            [Code::STwice],
            "{second}"
        );
    }
}

#[test]
fn what_is_marked_secret_is_refused_and_nothing_is_guessed() {
    let marked = |mark: &str| one("is:secrecy", &[], mark);
    for mark in [
        "国家秘密",
        "工作秘密",
        "绝密★长期",
        "机密★10年",
        " 秘密 ",
        "内部涉密件",
        "top secret",
    ] {
        let findings = marked(mark).unwrap_err();
        assert_eq!(said(&findings), ["E_SECRECY 列"], "{mark}");
        assert!(!findings[0].sentence(Lang::Zh).contains("10年"));
    }
    for mark in ["", "无", "非涉密", "公开", "none", "NULL"] {
        assert!(marked(mark).is_ok(), "{mark}");
    }
    assert_eq!(said(&marked("内部").unwrap_err()), ["E_UNMAPPED 列"]);
    let written = compiled(&layout("utf-8", vec![field("密级", "is:secrecy", &[], &[])]));
    assert!(written.header().is_empty());
}
