#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use crate::testing::*;
use crate::{Unread, Unwritten};
use model::{Header, Side, UnmappedCode};

fn code(table: &str, side: Side, code: &str) -> UnmappedCode {
    let (table, code) = (table.to_owned(), code.to_owned());
    UnmappedCode { table, side, code }
}

fn knowing(pairs: &[(&str, &str, &str)]) -> Extensions {
    let mut extensions = Extensions::default();
    for (table, code, canonical) in pairs {
        extensions.add(table, code, canonical);
    }
    extensions
}

fn documents() -> model::define::Layout {
    layout(
        "utf-8",
        vec![
            field("编号", "is:case_no", &[], &[]),
            field("类型", "rep_id_type", &["dict:park_id_type"], &[]),
            field("投资人类型", "inv_id_type", &[], &[]),
            field("结果", "is:status", &[], &[]),
            field("名称", "ent_name", &[], &[]),
        ],
    )
}

/// What one row gives: the two items of codes, or what is not known and what is wrong.
fn read(cells: &[&str], extensions: &Extensions) -> Result<Vec<String>, Unread> {
    let layout = documents();
    let compiled = compiled(&layout);
    let header = Header::new(layout.fields.iter().map(|f| f.name.as_str()));
    let (incoming, _) = compiled.bind(&header).unwrap().read_with(&row(cells), extensions)?;
    let value = |id: &str| incoming.items.get(&no(id)).map(|v| v.as_str().to_owned());
    Ok(["rep_id_type", "inv_id_type"].into_iter().filter_map(value).collect())
}

#[test]
fn every_code_a_row_waits_for_is_named_and_nothing_else_may_be_wrong() {
    let none = Extensions::default();
    let unread = read(&[CASE_NO, "9", "999\u{1F}111\u{1F}998", "", ""], &none).unwrap_err();
    assert_eq!(said(&unread.findings), ["E_UNMAPPED 类型", "E_UNMAPPED 投资人类型"]);
    assert_eq!(unread.case_no.unwrap().as_str(), CASE_NO);
    let first = [
        code("id_type", Side::Canonical, "999"),
        code("park_id_type", Side::Local, "9"),
    ];
    assert_eq!(unread.unmapped, first);
    // Something else is wrong, or a word is unknown that is in no table: the row is refused, it does not wait.
    for cells in [
        [CASE_NO, "9", "", "", "&#14019;公司"],
        ["1", "9", "", "", ""],
        [CASE_NO, "9", "", "不详", ""],
        [CASE_NO, "not one word", "", "", ""],
        [CASE_NO, "123456789012345678901234567890123", "", "", ""],
    ] {
        let unread = read(&cells, &none).unwrap_err();
        assert_eq!(unread.unmapped, [], "{cells:?}");
    }
}

#[test]
fn what_people_added_is_read_and_never_changes_what_was_known() {
    let known = knowing(&[
        ("park_id_type", "9", "111"),
        ("park_id_type", "1", "414"),
        ("id_type", "999", "511"),
        ("id_type", "新证件", "998"),
        ("other", "9", "516"),
    ]);
    assert_eq!(read(&[CASE_NO, "9", "999", "", ""], &known).unwrap(), ["111", "511"]);
    assert_eq!(read(&[CASE_NO, "1", "998", "", ""], &known).unwrap(), ["111", "998"]);
    let unread = read(&[CASE_NO, "8", "997", "", ""], &known).unwrap_err();
    assert_eq!(unread.unmapped.len(), 2, "{unread:?}");
    // A code may come to mean one that the item's own table does not know yet: then that one waits.
    let further = knowing(&[("park_id_type", "9", "777")]);
    let unread = read(&[CASE_NO, "9", "", "", ""], &further).unwrap_err();
    assert_eq!(unread.unmapped, [code("id_type", Side::Canonical, "777")]);
}

#[test]
fn a_row_is_written_with_what_people_added() {
    let write = |document: &str, name: &str, extensions: &Extensions| -> Result<String, Unwritten> {
        let values = items(&[("rep_id_type", document), ("ent_name", name)]);
        let mut layout = documents();
        layout.fields[4].max_bytes = Some(9);
        layout.fields.remove(3);
        let compiled = compiled(&layout);
        let row = with_facts(&values, |facts| {
            compiled.write_with(&facts, &agreement(), None, extensions)
        })?;
        Ok(row.get(1).unwrap().to_owned())
    };
    let none = Extensions::default();
    let unwritten = write("998", "甲公司", &none).unwrap_err();
    assert_eq!(unwritten.unmapped, [code("park_id_type", Side::Canonical, "998")]);
    assert_eq!(write("998", "很长的公司", &none).unwrap_err().unmapped, []);
    let known = knowing(&[("park_id_type", "9", "998"), ("park_id_type", "8", "111")]);
    assert_eq!(write("998", "甲公司", &known).unwrap(), "9");
    assert_eq!(write("111", "甲公司", &known).unwrap(), "1");
}
