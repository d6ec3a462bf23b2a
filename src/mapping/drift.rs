//! A department changes its file without a word. What the layout pinned is compared with what came, by name.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::Bound;
use crate::extensions::Extensions;
use crate::testing::*;
use model::define::Layout;
use model::{Code, Header, Lang};

/// The result file as it was agreed; the first two columns and the result are needed.
const PINNED: [(&str, &str); 5] = [
    ("业务编号", CASE_NO),
    ("纳税人名称", "北京测试一号生物制剂有限公司"),
    ("证件类型", "1"),
    ("登记日期", "2026-03-16"),
    ("处理结果", "办结"),
];

fn pinned() -> Layout {
    layout(
        "gbk",
        vec![
            field("业务编号", "is:case_no", &[], &[]),
            required(field("纳税人名称", "ent_name", &[], &[])),
            field("证件类型", "rep_id_type", &[], &["dict:park_id_type"]),
            field("登记日期", "is:result_date", &[], &["date:%Y-%m-%d"]),
            required(field("处理结果", "is:status", &[], &[])),
        ],
    )
}

/// What became of a file with these columns and one row: what the header says, then what the row says.
fn take(file: &[(&str, &str)]) -> (Vec<String>, Result<model::Incoming, Vec<String>>) {
    let compiled = compiled(&pinned());
    let header = Header::new(file.iter().map(|(name, _)| *name));
    let bound: Bound<'_> = match compiled.bind(&header) {
        Ok(bound) => bound,
        Err(finding) => return (vec![finding.what(Lang::En)], Err(vec![finding.code.word().to_owned()])),
    };
    let cells: Vec<&str> = file.iter().map(|(_, text)| *text).collect();
    let read = bound.read_with(&row(&cells), &Extensions::default());
    let incoming = read.map(|(incoming, _)| incoming).map_err(|unread| {
        let codes = unread
            .unmapped
            .iter()
            .map(|c| format!("waits for {} {}", c.table, c.code));
        said(&unread.findings)
            .into_iter()
            .map(|s| s.to_string())
            .chain(codes)
            .collect()
    });
    (
        said(bound.warnings()).into_iter().map(|s| s.to_string()).collect(),
        incoming,
    )
}

fn changed(change: impl Fn(&mut Vec<(&'static str, &'static str)>)) -> Vec<(&'static str, &'static str)> {
    let mut file = PINNED.to_vec();
    change(&mut file);
    file
}

#[test]
fn what_was_pinned_is_taken_in_any_order() {
    let (said, incoming) = take(&PINNED);
    assert_eq!(said, [""; 0]);
    let pinned = incoming.unwrap();
    for turn in 1..PINNED.len() {
        let (said, incoming) = take(&changed(|file| file.rotate_left(turn)));
        assert_eq!((said, incoming.unwrap()), (Vec::new(), pinned.clone()), "{turn}");
    }
    assert_eq!(take(&changed(|file| file.reverse())).1.unwrap(), pinned);
}

#[test]
fn a_column_that_was_added_is_told_and_left() {
    for at in 0..=PINNED.len() {
        let (said, incoming) = take(&changed(|file| file.insert(at, ("经办窗口", "3"))));
        assert_eq!(said, ["W_EXTRA_COLUMN 经办窗口"]);
        assert_eq!(incoming.unwrap(), take(&PINNED).1.unwrap());
    }
}

/// The file is refused before its first row, and so is the next one, until somebody changes the agreement: the message
/// is the difference between what was pinned and what came.
#[test]
fn a_needed_column_that_is_gone_or_renamed_stops_the_file_with_the_difference() {
    for (at, name) in [(0, "业务编号"), (1, "纳税人名称"), (4, "处理结果")] {
        let (said, incoming) = take(&changed(|file| {
            file.remove(at);
        }));
        assert_eq!(said, [format!("wrong header: missing {name}, unexpected -")]);
        assert_eq!(incoming.unwrap_err(), ["E_HEADER"]);
        let (said, incoming) = take(&changed(|file| file[at].0 = "新列名"));
        assert_eq!(said, [format!("wrong header: missing {name}, unexpected 新列名")]);
        assert_eq!(incoming.unwrap_err(), ["E_HEADER"]);
    }
    // Several at once are named at once.
    let (said, _) = take(&changed(|file| {
        file[1].0 = "单位";
        file[4].0 = "结果";
        file.push(("备注", ""));
    }));
    assert_eq!(
        said,
        ["wrong header: missing 纳税人名称, 处理结果, unexpected 单位, 结果, 备注"]
    );
}

/// What was not needed may go; under another name it is an unknown column, and that is said.
#[test]
fn a_column_nobody_needs_may_go() {
    let (said, incoming) = take(&changed(|file| {
        file.remove(3);
    }));
    assert_eq!((said, incoming.unwrap().result_date), (Vec::new(), None));
    let (said, incoming) = take(&changed(|file| file[3].0 = "日期"));
    assert_eq!(
        (said, incoming.unwrap().result_date),
        (vec!["W_EXTRA_COLUMN 日期".to_owned()], None)
    );
}

/// The same column with other contents refuses its row and names the column; nothing is converted on a guess.
#[test]
fn a_column_whose_contents_changed_refuses_the_row() {
    for (at, text, told) in [
        (0, "1", "E_LEN 业务编号"),
        (3, "46097", "E_DATE 登记日期"),
        (3, "16/03/2026", "E_DATE 登记日期"),
        (4, "1", "E_UNMAPPED 处理结果"),
    ] {
        let (said, incoming) = take(&changed(|file| file[at].1 = text));
        assert_eq!(said, [""; 0]);
        assert_eq!(incoming.unwrap_err(), [told], "{text}");
    }
}

/// A new value of a code table is no fault of the row: it waits until people say what the code means.
#[test]
fn a_new_code_waits_for_its_meaning() {
    let (said, incoming) = take(&changed(|file| file[2].1 = "7"));
    assert_eq!(said, [""; 0]);
    let told = incoming.unwrap_err();
    assert_eq!(told, ["E_UNMAPPED 证件类型", "waits for park_id_type 7"]);
    assert!(Code::EHeader.remedy(Lang::En).contains("configuration"));
}
