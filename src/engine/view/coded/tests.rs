#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use super::*;
use model::define::CodeTable;

fn table(name: &str, pairs: &[(&str, &str)]) -> Table {
    let pairs = pairs.iter().map(|(l, r)| ((*l).to_owned(), (*r).to_owned()));
    let table = CodeTable {
        name: name.to_owned(),
        version: "1".to_owned(),
        date: "2026-01-01".parse().unwrap(),
        pairs: pairs.collect(),
    };
    Table::new(&table).unwrap()
}

#[test]
fn a_code_is_explained_where_it_is_certain_what_it_says() {
    let tables = [
        table("ent_type", &[("有限责任公司", "150"), ("国有企业", "110")]),
        table("theirs", &[("1", "110"), ("110", "150"), ("7", "999")]),
    ];
    let of = |name: &str| tables.iter().find(|t| t.name() == name);
    let cases: [(&str, &[&str], &str, Option<&str>); 9] = [
        ("ent_type", &[], "150", Some("有限责任公司")),
        ("ent_type", &["dict:theirs"], "1", Some("国有企业")),
        // The same digits mean another thing in their table.
        ("ent_type", &["dict:theirs"], "110", Some("有限责任公司")),
        ("ent_type", &["dict:theirs"], "7", None),
        ("ent_type", &["dict:ent_type"], "国有企业", None),
        ("ent_type", &["upper"], "150", None),
        ("ent_type", &["dict:theirs", "upper"], "1", None),
        ("ent_type", &[], "99", None),
        ("none", &[], "150", None),
    ];
    for (codes, out, value, expected) in cases {
        let out: Vec<String> = out.iter().map(|t| (*t).to_owned()).collect();
        assert_eq!(meaning(of, codes, &out, value), expected, "{codes} {out:?} {value}");
    }
}
