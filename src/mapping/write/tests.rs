#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::Substitutions;
use crate::testing::*;
use model::define::Layout;
use model::{Code, Finding, Lang, Row, Standing};
use proptest::prelude::*;

fn send(layout: &Layout, values: &[(&str, &str)], given: &[(&str, &str)]) -> Result<Row, Vec<Finding>> {
    let substitutions: Substitutions = given.iter().map(|(id, text)| (no(id), (*text).to_owned())).collect();
    with_facts(&items(values), |facts| {
        compiled(layout).write(&facts, &agreement(), Some(&substitutions))
    })
}

fn cells(row: &Row) -> Vec<&str> {
    row.cells.iter().map(|c| c.as_deref().unwrap_or("∅")).collect()
}

#[test]
fn an_item_the_agreement_does_not_list_never_leaves() {
    let layout = layout(
        "utf-8",
        vec![
            field("编号", "is:case_no", &[], &[]),
            field("名称", "ent_name", &[], &[]),
            field("证件", "rep_id_no", &[], &[]),
            field("类别", "is:ent_class", &[], &[]),
        ],
    );
    let agreement = agreement_without(&["rep_id_no", "ent_class"]);
    let values = items(&[("ent_name", "甲公司"), ("rep_id_no", "110199197602140073")]);
    let findings = with_facts(&values, |facts| compiled(&layout).write(&facts, &agreement, None)).unwrap_err();
    assert_eq!(said(&findings), ["E_NOT_AGREED 证件", "E_NOT_AGREED 类别"]);
    assert_eq!(
        findings[0].what(Lang::En),
        "agreement BM-2026-007 does not list \"证件\""
    );
    // Also where this case has no value for it: the layout would send the next one.
    let findings = with_facts(&items(&[]), |facts| compiled(&layout).write(&facts, &agreement, None)).unwrap_err();
    assert_eq!(findings.len(), 2);
}

#[test]
fn nothing_is_cut_and_nothing_stands_in_for_a_character() {
    let name = at_most(required(field("NSRMC", "ent_name", &[], &[])), 12);
    let person = field("FDDBR", "rep_name", &[], &[]);
    let gbk = layout("gbk", vec![name.clone(), person.clone()]);
    let utf8 = layout("utf-8", vec![name, person]);
    // Six characters are 12 bytes of GBK and 18 of UTF-8.
    let fits = send(&gbk, &[("ent_name", "北京测试公司"), ("rep_name", "李喆")], &[]).unwrap();
    assert_eq!(cells(&fits), ["北京测试公司", "李喆"]);
    let findings = send(&utf8, &[("ent_name", "北京测试公司")], &[]).unwrap_err();
    assert_eq!(findings[0].what(Lang::En), "\"NSRMC\" is too long: 18, limit 12");
    let findings = send(&gbk, &[("ent_name", "北京测试公司司"), ("rep_name", "㛃测试")], &[]).unwrap_err();
    assert_eq!(said(&findings), ["E_TOO_LONG NSRMC", "E_UNMAPPABLE FDDBR"]);
    assert_eq!(
        findings[1].what(Lang::En),
        "\"㛃\" (U+36C3) in \"FDDBR\" does not exist in gbk"
    );
    assert_eq!(
        cells(&send(&utf8, &[("ent_name", "甲"), ("rep_name", "㛃测试")], &[]).unwrap()),
        ["甲", "㛃测试"]
    );
}

#[test]
fn a_persons_text_is_used_instead_and_judged_like_a_value() {
    let layout = layout(
        "gbk",
        vec![
            at_most(field("名称", "ent_name", &[], &[]), 12),
            field("号码", "rep_id_no", &[], &[]),
            field("注册号", "reg_no", &["fullwidth"], &["width_code"]),
        ],
    );
    let values = [
        ("ent_name", "北京测试一号生物制剂有限公司"),
        ("reg_no", "110199000000011"),
    ];
    assert!(send(&layout, &values, &[]).is_err());
    let row = send(&layout, &values, &[("ent_name", "测试一号公司")]).unwrap();
    assert_eq!(cells(&row), ["测试一号公司", "∅", "１１０１９９０００００００１１"]);
    let wrong = [
        ("ent_name", "测试?号"),
        ("rep_id_no", "110199197602140074"),
        ("reg_no", "110199000000012"),
    ];
    assert_eq!(
        said(&send(&layout, &values, &wrong).unwrap_err()),
        ["E_REPLACED 名称", "E_CHECK 号码", "E_CHECK 注册号"]
    );
    assert_eq!(
        said(&send(&layout, &values, &[("ent_name", "仍然太长的名称")]).unwrap_err()),
        ["E_TOO_LONG 名称"]
    );
}

#[test]
fn required_means_that_something_stands_there() {
    let layout = layout(
        "utf-8",
        vec![
            required(field("名称", "ent_name", &[], &[])),
            field("地址", "addr", &[], &[]),
        ],
    );
    assert_eq!(said(&send(&layout, &[], &[]).unwrap_err()), ["E_REQUIRED 名称"]);
    assert_eq!(
        cells(&send(&layout, &[("ent_name", "甲公司")], &[]).unwrap()),
        ["甲公司", "∅"]
    );
}

#[test]
fn a_required_field_that_its_transforms_leave_empty_is_refused() {
    let opinion = required(field("意见", "addr", &["after:："], &[]));
    let layout = layout("utf-8", vec![opinion]);
    assert_eq!(cells(&send(&layout, &[("addr", "住所：甲路")], &[]).unwrap()), ["甲路"]);
    assert_eq!(
        said(&send(&layout, &[("addr", "甲路")], &[]).unwrap_err()),
        ["E_REQUIRED 意见"]
    );
}

#[test]
fn a_versioned_status_is_written_in_two_columns() {
    let mut layout = layout(
        "utf-8",
        vec![
            field("版本", "is:status_version", &[], &[]),
            field("结果", "is:status", &[], &[]),
        ],
    );
    let words = [
        ("1:1", Standing::Returned),
        ("2:1", Standing::Denied),
        ("2:5", Standing::Returned),
    ];
    layout.status = words.map(|(word, standing)| (word.to_owned(), standing)).into();
    let compiled = compiled(&layout);
    with_facts(&items(&[]), |mut facts| {
        for (standing, version) in [(Standing::Returned, "1"), (Standing::Denied, "2")] {
            facts.standing = Some(standing);
            let row = compiled.write(&facts, &agreement(), None).unwrap();
            assert_eq!((row.get(0), row.get(1)), (Some(version), Some("1")));
        }
    });
}

#[test]
fn every_meaning_is_written() {
    let layout = layout(
        "utf-8",
        vec![
            field("序号", "is:row_no", &[], &[]),
            field("消息", "is:message_id", &[], &[]),
            field("操作", "is:op", &["upper"], &[]),
            field("事项", "is:matter", &[], &[]),
            field("类别", "is:ent_class", &[], &[]),
            field("版本", "is:const=1.0", &[], &[]),
            field("略", "is:ignored", &[], &[]),
            field("结果", "is:status", &[], &[]),
            field("日期", "is:result_date", &["date:%Y%m%d"], &[]),
            field("说明", "is:reason", &[], &[]),
            field("回执", "is:receipt_no", &[], &[]),
        ],
    );
    let compiled = compiled(&layout);
    let names: Vec<&str> = compiled.header().names().iter().map(|n| &**n).collect();
    assert_eq!(
        names,
        [
            "序号", "消息", "操作", "事项", "类别", "版本", "结果", "日期", "说明", "回执"
        ]
    );
    let write = |standing, reason: Option<&'static str>| {
        with_facts(&items(&[]), |mut facts| {
            (facts.standing, facts.reason, facts.result_date) = (standing, reason, Some("2026-04-01"));
            compiled.write(&facts, &agreement(), None)
        })
    };
    let row = write(Some(Standing::Returned), Some("缺章")).unwrap();
    let expected = [
        "1",
        "HUB-PARK-20260323-000001",
        "SUBMIT",
        "park.hitech",
        "000001",
        "1.0",
        "退件",
        "20260401",
        "缺章",
        "∅",
    ];
    assert_eq!(cells(&row), expected);
    assert_eq!(
        said(&write(Some(Standing::Returned), None).unwrap_err()),
        ["E_REASON_MISSING 说明"]
    );
    assert_eq!(
        said(&write(Some(Standing::Voided), Some("x")).unwrap_err()),
        ["E_UNMAPPED 结果"]
    );
}

#[test]
fn repeating_items_are_joined_counted_and_cut_to_the_first_only_by_order() {
    let values = [("inv_name", "甲公司|乙公司"), ("inv_ratio", "60.00|40.00")];
    let layout = layout(
        "gbk",
        vec![
            at_most(field("各方", "inv_name", &[], &[]), 6),
            field("首位", "inv_name", &["first"], &[]),
            field("比例", "inv_ratio", &["scale:0", "join:/"], &[]),
        ],
    );
    let row = send(&layout, &values, &[]).unwrap();
    assert_eq!(cells(&row), ["甲公司\u{1F}乙公司", "甲公司", "60/40"]);
    let findings = send(&layout, &[("inv_name", "甲公司|乙公司二")], &[]).unwrap_err();
    assert_eq!(said(&findings), ["E_TOO_LONG 各方"]);
}

#[test]
fn a_code_the_department_does_not_have_is_named_with_its_table() {
    let layout = layout(
        "utf-8",
        vec![field("idType", "rep_id_type", &["dict:park_id_type"], &[])],
    );
    let findings = send(&layout, &[("rep_id_type", "511")], &[]).unwrap_err();
    assert_eq!(findings[0].code, Code::EUnmapped);
    assert_eq!(
        findings[0].what(Lang::En),
        "the code in \"idType\" is not in table park_id_type"
    );
}

#[test]
fn a_layout_says_what_it_sends_and_what_it_needs() {
    let layout = layout(
        "utf-8",
        vec![
            required(field("a", "reg_no", &[], &[])),
            field("b", "ent_name", &[], &[]),
            field("c", "reg_no", &[], &[]),
            required(field("d", "is:case_no", &[], &[])),
        ],
    );
    let compiled = compiled(&layout);
    assert_eq!(compiled.items(), [no("ent_name"), no("reg_no")]);
    assert_eq!(compiled.required_items(), [no("reg_no")]);
}

#[test]
fn an_agreement_holds_to_the_end_of_its_last_day() {
    let agreement = agreement();
    assert_eq!(
        crate::agreement::holds(&agreement, "2026-12-31".parse().unwrap()),
        Ok(())
    );
    let finding = crate::agreement::holds(&agreement, "2027-01-01".parse().unwrap()).unwrap_err();
    assert_eq!(
        finding.what(Lang::En),
        "agreement BM-2026-007 expired on 2026-12-31; nothing leaves"
    );
}

/// A column worked out from items, under the name `合成`.
fn computed(expr: &str) -> Layout {
    let mut layout = layout("gbk", vec![field("编号", "is:case_no", &[], &[])]);
    layout.fields.push(model::define::Field {
        name: "合成".into(),
        meaning: model::define::Meaning::Computed,
        expr: Some(expr.into()),
        ..Default::default()
    });
    layout
}

#[test]
fn a_column_can_be_worked_out_from_several_items() {
    let cases = [
        ("ent_name ~ '（' ~ ent_class ~ '）'", "甲公司（000001）"),
        ("inv_name|join('，') ~ case_no[-4:]", "张三，李四0019"),
        ("ent_type|default('无')", "无"),
        ("ent_type|default('')", "∅"),
    ];
    for (expr, expected) in cases {
        let row = send(
            &computed(expr),
            &[("ent_name", "甲公司"), ("inv_name", "张三|李四")],
            &[],
        )
        .unwrap();
        assert_eq!(cells(&row)[1], expected, "{expr}");
    }
    // A person's substitution takes the item's place here too, and is judged as ever.
    let shorter = computed("ent_name ~ '。'");
    let row = send(
        &shorter,
        &[("ent_name", "很长的公司")],
        &[("ent_name", "北京甲生物制剂有限公司")],
    )
    .unwrap();
    assert_eq!(cells(&row)[1], "北京甲生物制剂有限公司。");
    let wrong = send(&shorter, &[("ent_name", "甲公司")], &[("ent_name", "&#14019;公司")]).unwrap_err();
    assert_eq!(said(&wrong), ["E_NCR 合成"]);
}

#[test]
fn what_cannot_be_worked_out_is_refused_in_its_column() {
    let absent = send(&computed("ent_name ~ ent_type"), &[("ent_name", "甲公司")], &[]).unwrap_err();
    assert_eq!(said(&absent), ["E_EXPR 合成"]);
    assert!(absent[0].what(Lang::En).contains("ent_type"), "{absent:?}");
    assert!(!absent[0].sentence(Lang::Zh).contains("甲公司"));
    // What it makes must fit like any other text.
    let rare = send(&computed("'㛃' ~ ent_name"), &[("ent_name", "甲公司")], &[]).unwrap_err();
    assert_eq!(said(&rare), ["E_UNMAPPABLE 合成"]);
    let mut narrow = computed("ent_name ~ ent_name");
    narrow.fields[1].max_bytes = Some(6);
    assert_eq!(
        said(&send(&narrow, &[("ent_name", "甲公司")], &[]).unwrap_err()),
        ["E_TOO_LONG 合成"]
    );
}

#[test]
fn every_item_an_expression_names_must_be_agreed() {
    let values = items(&[("ent_name", "甲公司")]);
    let layout = computed("ent_name if rep_id_no is undefined else ent_name");
    let agreement = agreement_without(&["rep_id_no"]);
    let findings = with_facts(&values, |facts| compiled(&layout).write(&facts, &agreement, None)).unwrap_err();
    assert_eq!(said(&findings), ["E_NOT_AGREED 合成"]);
    assert_eq!(compiled(&layout).items(), [no("ent_name"), no("rep_id_no")]);
    assert_eq!(compiled(&computed("case_no ~ ent_class")).items(), []);
    let class = agreement_without(&["ent_class"]);
    let findings = with_facts(&values, |f| compiled(&computed("ent_class")).write(&f, &class, None)).unwrap_err();
    assert_eq!(said(&findings), ["E_NOT_AGREED 合成"]);
}

#[test]
fn an_expression_that_cannot_be_used_is_said_once_and_early() {
    let compile = |expr: &str| {
        let findings = crate::Compiled::new(&computed(expr), &dictionary(), &codes()).unwrap_err();
        said(&findings)
    };
    assert_eq!(compile("'a' * 100000000"), ["S_EXPR 合成"]);
    assert_eq!(compile("nobody ~ ent_name"), ["S_UNKNOWN_ITEM 合成"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// A limit is in bytes of the layout's encoding: the text is written whole, or refused with both numbers.
    #[test]
    fn a_limit_in_bytes_is_kept_and_nothing_is_cut(text in "[张三喆㛃a-z0-9（）]{1,20}", limit in 1_u32..50) {
        for word in ["gbk", "gb18030", "utf-8", "utf-16"] {
            let layout = layout(word, vec![at_most(field("A", "addr", &[], &[]), limit)]);
            let encoding = formats::Encoding::from_word(word).unwrap();
            match (send(&layout, &[("addr", &text)], &[]), encoding.encoded_len(&text)) {
                (Ok(row), Ok(len)) => {
                    prop_assert!(len <= limit as usize);
                    prop_assert_eq!(cells(&row), [text.as_str()]);
                }
                (Err(findings), Ok(len)) => {
                    prop_assert!(len > limit as usize, "{:?}", findings);
                    prop_assert_eq!(findings[0].code, Code::ETooLong);
                    let wanted = format!("\"A\" is too long: {len}, limit {limit}");
                    prop_assert_eq!(findings[0].what(Lang::En), wanted);
                }
                (found, Err(_)) => prop_assert_eq!(found.unwrap_err()[0].code, Code::EUnmappable),
            }
        }
    }
}
