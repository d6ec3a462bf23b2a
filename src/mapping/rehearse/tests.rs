#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::*;

fn texts(pairs: &[(&str, &str)]) -> Texts {
    let many = |text: &str| text.split('|').map(str::to_owned).collect();
    pairs
        .iter()
        .map(|(name, text)| ((*name).to_owned(), many(text)))
        .collect()
}

fn expect(pairs: &[(&str, &str)]) -> Expect {
    Expect::Texts(texts(pairs))
}

fn submit() -> Compiled {
    compiled(&layout(
        "gbk",
        vec![
            field("序号", "is:row_no", &[], &[]),
            field("业务编号", "is:case_no", &[], &[]),
            required(field("名称", "ent_name", &[], &[])),
            field("资本", "reg_capital", &["wan_to_yuan"], &[]),
            field("投资人", "inv_name", &["join:；"], &[]),
        ],
    ))
}

fn out(given: &[(&str, &str)], expect: &Expect) -> Vec<Miss> {
    rehearse(&submit(), &agreement(), &dictionary(), Way::Out, &texts(given), expect)
}

fn back(given: &[(&str, &str)], expect: &Expect) -> Vec<Miss> {
    let layout = compiled(&layout(
        "gbk",
        vec![
            field("业务编号", "is:case_no", &[], &[]),
            field("结果", "is:status", &[], &[]),
            field("说明", "is:reason", &[], &[]),
            field("税号", "tax_no_local", &[], &["width_code"]),
        ],
    ));
    rehearse(&layout, &agreement(), &dictionary(), Way::In, &texts(given), expect)
}

const ROW: &[(&str, &str)] = &[
    ("case_no", CASE_NO),
    ("ent_name", "北京测试一号有限公司"),
    ("reg_capital", "1.5"),
];

#[test]
fn a_row_that_comes_out_as_said_says_nothing() {
    let whole = expect(&[
        ("序号", "1"),
        ("业务编号", CASE_NO),
        ("资本", "15000.00"),
        ("投资人", ""),
    ]);
    assert_eq!(out(ROW, &whole), []);
    let many = [ROW, &[("inv_name", "甲|乙"), ("row_no", "7")]].concat();
    assert_eq!(out(&many, &expect(&[("投资人", "甲；乙"), ("序号", "7")])), []);
    let row = [
        ("业务编号", CASE_NO),
        ("结果", "办结"),
        ("税号", "１１０１９９１２３４５６７８８"),
    ];
    let told = expect(&[
        ("standing", "approved"),
        ("tax_no_local", "110199123456788"),
        ("reason", ""),
    ]);
    assert_eq!(back(&row, &told), []);
}

#[test]
fn what_differs_is_named_with_both_texts() {
    let miss = |key: &str, expected: &str, found: &str| Miss::Differs {
        key: key.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    };
    assert_eq!(out(ROW, &expect(&[("资本", "1.5")])), [miss("资本", "1.5", "15000.00")]);
    assert_eq!(out(ROW, &expect(&[("投资人", "甲")])), [miss("投资人", "甲", "")]);
    let refused = Expect::Refusal(Code::ERequired, Some("名称".to_owned()));
    assert_eq!(out(&ROW[..1], &refused), []);
    assert_eq!(out(ROW, &refused), [miss("", "E_REQUIRED 名称", "-")]);
    assert_eq!(
        out(&ROW[..1], &expect(&[("资本", "")])),
        [miss("", "-", "E_REQUIRED 名称")]
    );
    let other = Expect::Refusal(Code::ERequired, Some("资本".to_owned()));
    assert_eq!(out(&ROW[..1], &other), [miss("", "E_REQUIRED 资本", "E_REQUIRED 名称")]);
    let bad = [("业务编号", CASE_NO), ("结果", "不详")];
    assert_eq!(back(&bad, &Expect::Refusal(Code::EUnmapped, None)), []);
}

#[test]
fn a_name_that_means_nothing_is_a_miss_of_its_own() {
    let unknown = |misses: Vec<Miss>| match misses.as_slice() {
        [Miss::Unknown(name, known)] => (name.clone(), known.len()),
        other => panic!("{other:?}"),
    };
    assert_eq!(unknown(out(&[("ent_nam", "甲")], &expect(&[]))).0, "ent_nam");
    assert_eq!(unknown(out(ROW, &expect(&[("资木", "1")]))), ("资木".to_owned(), 5));
    assert_eq!(unknown(back(&[("税好", "1")], &expect(&[]))).0, "税好");
    assert_eq!(unknown(back(&[], &expect(&[("message_id", "1")]))).0, "message_id");
}
