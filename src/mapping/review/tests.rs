#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use crate::testing::*;
use model::{Code, ItemNo, Standing};

/// What a row says: its result, and which items are wrong; or what is wrong with it, and in which column.
type Said = Result<(Option<Standing>, Vec<ItemNo>), Vec<(Code, String)>>;

/// A result with a column in which a department names what is wrong.
fn read_row(status: &str, wrong: &str, reason: &str) -> Said {
    let layout = layout(
        "utf-8",
        vec![
            field("编号", "is:case_no", &[], &[]),
            field("结果", "is:status", &[], &[]),
            field("有误项", "is:review", &[], &[]),
            field("说明", "is:reason", &[], &[]),
        ],
    );
    read(&layout, &[CASE_NO, status, wrong, reason])
        .map(|(incoming, _)| (incoming.standing, incoming.review))
        .map_err(|wrong| {
            let named = |f: &model::Finding| (f.code, f.place.column.clone().unwrap());
            wrong.iter().map(named).collect()
        })
}

#[test]
fn a_row_calls_items_wrong_by_the_departments_words() {
    let sorted = |mut items: Vec<ItemNo>| {
        items.sort_unstable();
        items
    };
    let (capital, person) = (vec![no("reg_capital")], sorted(vec![no("rep_name"), no("rep_id_no")]));
    let all = sorted([capital.clone(), person.clone()].concat());
    for (status, wrong, standing, items) in [
        ("资本有误", "", None, capital.clone()),
        ("校核", "法定代表人", None, person.clone()),
        ("校核", "法定代表人、资本有误", None, all.clone()),
        ("资本有误", " 资本有误，法定代表人；", None, all),
        ("受理", "资本有误", Some(Standing::Accepted), capital),
        ("", "法定代表人", None, person),
        ("受理", "NULL", Some(Standing::Accepted), vec![]),
    ] {
        assert_eq!(
            read_row(status, wrong, "与原件不符"),
            Ok((standing, items)),
            "{status} {wrong}"
        );
    }
}

#[test]
fn what_is_not_said_plainly_is_refused_by_name() {
    for (status, wrong, reason, code, column) in [
        ("校核", "", "与原件不符", Code::ERequired, "有误项"),
        ("资本有误", "", "", Code::EReasonMissing, "说明"),
        ("受理", "资本有误", "", Code::EReasonMissing, "说明"),
        ("校核", "资本有误、不认识", "与原件不符", Code::EUnmapped, "有误项"),
        ("资本有点问题", "", "与原件不符", Code::EUnmapped, "结果"),
    ] {
        let expected = Err(vec![(code, column.to_owned())]);
        assert_eq!(read_row(status, wrong, reason), expected, "{status} {wrong}");
    }
}

#[test]
fn such_a_column_is_never_written() {
    let layout = layout(
        "utf-8",
        vec![
            field("编号", "is:case_no", &[], &[]),
            field("有误项", "is:review", &[], &[]),
        ],
    );
    let header = compiled(&layout).header().names().to_vec();
    assert_eq!(header, ["编号".into()]);
}
