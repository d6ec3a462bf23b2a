#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::testing::*;
use model::{Code, Header, Lang};

fn ltax_like() -> model::define::Layout {
    let mut name = required(field("纳税人名称", "ent_name", &[], &[]));
    name.aliases = vec!["单位名称".into()];
    layout(
        "gbk",
        vec![
            field("业务编号", "is:case_no", &[], &[]),
            name,
            field("YWBZ", "is:ignored", &[], &[]),
            field("dz", "addr", &[], &[]),
        ],
    )
}

#[test]
fn columns_are_found_by_name_and_never_by_position() {
    let compiled = compiled(&ltax_like());
    for names in [
        ["业务编号", "纳税人名称", "YWBZ", "dz"],
        ["dz", "YWBZ", "纳税人名称", "业务编号"],
        ["DZ", "YWBZ", "单位名称", " 业务编号 "],
    ] {
        let bound = compiled.bind(&Header::new(names)).unwrap();
        let cells: Vec<_> = names
            .iter()
            .map(|n| {
                if n.trim() == "业务编号" {
                    CASE_NO
                } else {
                    "北京测试"
                }
            })
            .collect();
        let (incoming, _) = bound.read(&row(&cells)).unwrap();
        assert_eq!(incoming.case_no.unwrap().as_str(), CASE_NO, "{names:?}");
        assert_eq!(
            incoming.items,
            items(&[("ent_name", "北京测试"), ("addr", "北京测试")]),
            "{names:?}"
        );
        assert!(bound.warnings().is_empty());
    }
}

#[test]
fn missing_and_extra_columns_are_named() {
    let compiled = compiled(&ltax_like());
    let finding = compiled.bind(&Header::new(["业务编号", "多余", "dz"])).unwrap_err();
    assert_eq!(finding.code, Code::EHeader);
    assert_eq!(
        finding.what(Lang::En),
        "wrong header: missing 纳税人名称, unexpected 多余"
    );
    // A row without its case number can go nowhere, whether or not the layout says so.
    let finding = compiled.bind(&Header::new(["单位名称", "dz"])).unwrap_err();
    assert_eq!(finding.what(Lang::En), "wrong header: missing 业务编号, unexpected -");
    // An optional column may be missing; an unknown one is only flagged.
    let bound = compiled.bind(&Header::new(["业务编号", "单位名称", "多余"])).unwrap();
    assert_eq!(said(bound.warnings()), ["W_EXTRA_COLUMN 多余"]);
}

#[test]
fn a_column_that_could_be_meant_twice_is_refused() {
    let compiled = compiled(&ltax_like());
    for names in [
        ["业务编号", "业务编号", "纳税人名称"],
        ["业务编号", "单位名称", "纳税人名称"],
    ] {
        assert_eq!(
            compiled.bind(&Header::new(names)).unwrap_err().code,
            Code::EHeader,
            "{names:?}"
        );
    }
}

#[test]
fn a_file_without_a_header_does_not_show_its_values() {
    let compiled = compiled(&ltax_like());
    let finding = compiled
        .bind(&Header::new(["张测试", "110199197602140073"]))
        .unwrap_err();
    let text = finding.sentence(Lang::Zh);
    assert!(
        !text.contains("张测试") && !text.contains("110199197602140073"),
        "{text}"
    );
    assert!(finding.args.contains(&("extra".into(), "2".into())));
}

#[test]
fn a_layout_that_can_only_be_written_is_not_bound() {
    let compiled = compiled(&layout("utf-8", vec![field("投资方", "inv_name", &["first"], &[])]));
    assert_eq!(
        compiled.bind(&Header::new(["投资方"])).unwrap_err().code,
        Code::SNoInverse
    );
    assert_eq!(
        said(&[compiled.bind(&Header::new(["投资方"])).unwrap_err()]),
        ["S_NO_INVERSE 投资方"]
    );
}
